// Runs the effects of effects.ts and sends back events. The only place where the call talks to server, media room and browser.

import { consultationClient, standingSource, type ConsultationClient } from "../protocol/consultation-client.ts";
import { loginUrl } from "../protocol/login.ts";
import { openStatusStream, type StatusStream } from "../protocol/status-stream.ts";
import { Refused } from "../protocol/problem.ts";
import type { Standing } from "../protocol/standing.ts";
import { Chime } from "../alerts/chime.ts";
import { showNotification } from "../alerts/notifications.ts";
import { ScreenWakeLock } from "./wake-lock.ts";
import type { Effect } from "./effects.ts";
import { Capture } from "./media/capture.ts";
import type { MediaRoom } from "./media/media-room.ts";
import { mark } from "./media/join-timing.ts";
import { warmUpWebRtc } from "./media/webrtc-warm-up.ts";
import { saveState, tabId } from "./storage.ts";
import type { Call, CallEvent, ServerRequest, RequestFailure } from "./state.ts";
import { messages } from "./messages.ts";

type MediaRoomModule = typeof import("./media/media-room.ts");

export class EffectRunner {
  readonly chime = new Chime();
  readonly capture: Capture;
  readonly #consultation: ConsultationClient;
  readonly #wakeLock = new ScreenWakeLock();
  readonly #audioElements: HTMLElement;
  readonly #send: (event: CallEvent) => void;
  readonly #call: () => Call;
  #statusStream: StatusStream | undefined;
  #mediaModule: Promise<MediaRoomModule> | undefined;
  #attempt = 0;
  /** The name of this page in the beats of its stream. */
  #page: string | undefined;
  mediaRoom: MediaRoom | undefined;

  constructor(base: string, audioElements: HTMLElement, call: () => Call, send: (event: CallEvent) => void) {
    this.#consultation = consultationClient(base, tabId());
    this.#audioElements = audioElements;
    this.#call = call;
    this.#send = send;
    this.capture = new Capture(send, (kind) => {
      this.mediaRoom?.publish(kind);
      // A page that captures may also play audio: after a reload this starts playback without a tap.
      if (call().audioBlocked) void this.mediaRoom?.startAudio();
    });
  }

  openStatusStream(): void {
    this.#statusStream = openStatusStream(standingSource(this.#consultation, (page) => this.#answerBeat(page)), {
      status: (standing, asked) => this.#receive(standing, asked),
      known: () => this.#call().standing.version,
      connected: (up) => this.#send({ type: "status-stream", up }),
      superseded: (superseded) => {
        if (superseded !== this.#call().statusSuperseded) this.#send({ type: "status-superseded", superseded });
      },
      refused: ({ code }) => this.#send({ type: "status-refused", code }),
    });
  }

  run(effect: Effect): void {
    switch (effect.do) {
      case "request":             return void this.#sendRequest(effect.request);
      case "connect":             return void this.#connect();
      case "disconnect":          return void this.#disconnect();
      case "capture":             return this.capture.setTargets(effect.targets);
      case "select-speaker":      return void this.mediaRoom?.selectSpeaker(effect.id);
      case "share-screen":        return void this.mediaRoom?.shareScreen(effect.on);
      case "refresh":             return this.#statusStream?.poll();
      case "schedule-retry":      return void setTimeout(() => this.#send({ type: "retry-due" }), effect.ms);
      case "preload":             return this.#preload();
      case "log-in":              return location.assign(loginUrl());
      case "wake-lock":           return this.#wakeLock.hold(effect.held);
      case "alert-starting":      return this.#alertStarting();
      case "alert-still-there":   return this.#alertStillThere();
      case "alert-guest-waiting": return this.#alertGuestWaiting();
      case "save":                return saveState(this.#call().standing, effect.state);
    }
  }

  /** Reported at once, not at the next beat: a host sees whether the guest looks at the page. */
  visibilityChanged(): void {
    if (this.#page) this.#answerBeat(this.#page);
  }

  #answerBeat(page: string): void {
    this.#page = page;
    this.#consultation.answerBeat(page, !document.hidden).catch(() => undefined); // the next beat comes in seconds
  }

  /** The page is visible or the network is back: check wake lock, status stream and local tracks, any of which may have died. */
  resume(): void {
    this.#wakeLock.reacquire();
    this.#statusStream?.refresh();
    this.capture.checkTracks();
  }

  stop(): void {
    this.#statusStream?.stop();
    this.#wakeLock.hold(false);
    void this.#disconnect();
    const none = { captured: false, enabled: false, facing: "user" as const, attempts: 0 };
    this.capture.setTargets({ camera: none, microphone: none });
  }

  #preload(): void {
    warmUpWebRtc();
    void this.#loadMediaModule().catch(() => undefined);
  }

  async #sendRequest(request: ServerRequest): Promise<void> {
    const asked = this.#call().standing.version;
    try {
      this.#receive(await this.#dispatch(request), asked);
      this.#send({ type: "request-done", request });
    } catch (error) {
      this.#send({ type: "request-failed", request, failure: failureOf(error) });
    }
  }

  #dispatch(request: ServerRequest): Promise<Standing> {
    const [verb, who = ""] = request.split(" ") as [Verb<ServerRequest>, string?];
    switch (verb) {
      case "enter":   return this.#consultation.enter();
      case "depart":  return this.#consultation.depart();
      case "start":   return this.#consultation.start();
      case "still-there": return this.#consultation.stillThere();
      case "admit":   return this.#consultation.admit(who);
      case "decline": return this.#consultation.decline(who);
      case "expel":   return this.#consultation.expel(who);
      case "end":     return this.#consultation.end();
      default:        return unknownVerb(verb);
    }
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    const current = (): boolean => attempt === this.#attempt;
    try {
      const [ticket, loaded] = await Promise.all([this.#consultation.ticket(this.#call().taking), this.#loadMediaModule()]);
      if (!current()) return;
      mark("ticket");
      this.mediaRoom ??= new loaded.MediaRoom((event) => this.#send(event), this.capture, this.#audioElements);
      await this.mediaRoom.connect(ticket, this.#call().speaker);
    } catch (error) {
      if (!current()) return;
      this.#send({ type: "connect-failed", failure: failureOf(error) });
    }
  }

  async #disconnect(): Promise<void> {
    this.#attempt++;
    await this.mediaRoom?.disconnect();
  }

  #loadMediaModule(): Promise<MediaRoomModule> {
    this.#mediaModule ??= import("./media/media-room.ts").catch((error: unknown) => {
      this.#mediaModule = undefined; // allow another attempt: a failed download now must not prevent a call later
      throw error;
    });
    return this.#mediaModule;
  }

  #receive(standing: Standing, asked: number): void {
    this.#send({ type: "standing", standing, at: Date.now(), asked });
  }

  #alertStarting(): void {
    this.chime.playStarting();
    showNotification(messages.notification.starting, messages.notification.joinNow);
  }

  /** The page may be hidden behind others for hours. */
  #alertStillThere(): void {
    this.chime.playGuestWaiting();
    showNotification(messages.notification.stillThere, messages.notification.endsSoon);
  }

  #alertGuestWaiting(): void {
    this.chime.playGuestWaiting();
    // No name: others may see the notification on the host’s screen.
    showNotification(messages.notification.waiting, messages.notification.open);
  }
}

type Verb<R extends string> = R extends `${infer V} ${string}` ? V : R;

/** The compiler finds a request without a case: none may end the consultation by omission. */
function unknownVerb(verb: never): never {
  throw new Error(`no request: ${String(verb)}`);
}

function failureOf(error: unknown): RequestFailure {
  return error instanceof Refused ? { kind: "refused", code: error.code, message: error.detail } : { kind: "unreachable" };
}
