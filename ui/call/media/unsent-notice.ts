// Notifies the others of what a participant has switched on and cannot send: to them a microphone that was never published looks
// like one that is off. Sent as a data message of the room, again and again while it holds: one of them may be lost, and who
// comes back under the same identity, on either side, causes no event here.

import { RoomEvent, type RemoteParticipant, type Room } from "livekit-client";
import type { Unsent } from "./send-watchdog.ts";

export const TOPIC = "anteroom.unsent";
const KNOWN: readonly string[] = ["camera", "microphone", "both"] satisfies Unsent[];
/** No known value is longer. What is longer is not decoded: any participant can send it, as often as they like. */
const MAX_BYTES = 16;
const REPEAT_MS = 5_000;
/** Two messages in succession may be lost. */
const EXPIRES_MS = 15_000;

interface Received {
  /** The session that reported it: another one of the same identity has reported nothing yet. */
  sid: string;
  unsent: Unsent;
  at: number;
}

export class UnsentNotices {
  readonly #room: Room;
  readonly #now: () => number;
  readonly #received = new Map<string, Received>();
  #own: Unsent | undefined;
  #sentAt = 0;

  /**
   * `now` is a clock in milliseconds. What is received is read with `of`, once a second: a render for each message would let
   * one participant keep the pages of the others busy.
   */
  constructor(room: Room, now: () => number) {
    this.#room = room;
    this.#now = now;
    room.on(RoomEvent.DataReceived, (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
      if (topic === TOPIC && from && payload.byteLength <= MAX_BYTES) this.#receive(from, unsentIn(payload));
    });
    room.on(RoomEvent.ParticipantConnected, () => this.#own && this.#send());
    room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => this.#received.delete(identity));
  }

  of(identity: string): Unsent | undefined {
    const received = this.#received.get(identity);
    if (!received || this.#now() - received.at >= EXPIRES_MS) return undefined;
    return this.#room.remoteParticipants.get(identity)?.sid === received.sid ? received.unsent : undefined;
  }

  report(unsent: Unsent | undefined): void {
    this.#own = unsent;
    this.#send();
  }

  /** Called once a second: sends it again when that is due. */
  repeat(): void {
    if (this.#own && this.#now() - this.#sentAt >= REPEAT_MS) this.#send();
  }

  #receive({ identity, sid }: RemoteParticipant, unsent: Unsent | undefined): void {
    if (unsent) this.#received.set(identity, { sid, unsent, at: this.#now() });
    else this.#received.delete(identity);
  }

  #send(): void {
    this.#sentAt = this.#now();
    const payload = new TextEncoder().encode(this.#own ?? "");
    // A notice that could not be sent is sent again; the end of one that could not be sent expires with the others.
    void this.#room.localParticipant.publishData(payload, { reliable: true, topic: TOPIC }).catch(() => undefined);
  }
}

/** Undefined for the empty message, with which everything is sent again, and for one that this version does not know. */
export function unsentIn(payload: Uint8Array): Unsent | undefined {
  const text = new TextDecoder().decode(payload);
  return KNOWN.includes(text) ? (text as Unsent) : undefined;
}
