// Notifies the others of what a participant has switched on and cannot send: to them a microphone that was never published looks
// like one that is off. Sent as a data message of the room, also to those who come later.

import { RoomEvent, type RemoteParticipant, type Room } from "livekit-client";
import type { Unsent } from "./send-watchdog.ts";

const TOPIC = "anteroom.unsent";
const KNOWN: readonly string[] = ["camera", "microphone", "both"] satisfies Unsent[];

export class UnsentNotices {
  readonly #room: Room;
  readonly #received = new Map<string, Unsent>();
  #own: Unsent | undefined;

  /** `changed` is called when another participant reports something. */
  constructor(room: Room, changed: () => void) {
    this.#room = room;
    room.on(RoomEvent.DataReceived, (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
      if (topic !== TOPIC || !from) return;
      const unsent = unsentIn(payload);
      if (unsent) this.#received.set(from.identity, unsent);
      else this.#received.delete(from.identity);
      changed();
    });
    room.on(RoomEvent.ParticipantConnected, () => this.#own && this.#send());
    // Another connection of the same person has reported nothing yet.
    room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => this.#received.delete(identity));
  }

  of(identity: string): Unsent | undefined {
    return this.#received.get(identity);
  }

  report(unsent: Unsent | undefined): void {
    this.#own = unsent;
    this.#send();
  }

  #send(): void {
    const payload = new TextEncoder().encode(this.#own ?? "");
    // Without a connection they see for themselves that nothing arrives.
    void this.#room.localParticipant.publishData(payload, { reliable: true, topic: TOPIC }).catch(() => undefined);
  }
}

/** Undefined for the empty message, with which everything is sent again, and for one that this version does not know. */
export function unsentIn(payload: Uint8Array): Unsent | undefined {
  const text = new TextDecoder().decode(payload);
  return KNOWN.includes(text) ? (text as Unsent) : undefined;
}
