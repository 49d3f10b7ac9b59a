// Performs what effects.ts names, and tells what came of it. The only place where the call meets server, room and browser.

import { consultation, type Consultation } from "../protocol/consultation-client.ts";
import { follow, type Live } from "../protocol/status-stream.ts";
import { Refused } from "../protocol/problem.ts";
import type { Standing } from "../protocol/standing.ts";
import { Awake } from "./wake-lock.ts";
import { Bell } from "./chime.ts";
import type { Effect } from "./effects.ts";
import { Capture } from "./media/capture.ts";
import type { Line } from "./media/room-connection.ts";
import { mark } from "./media/join-timing.ts";
import { warmUp } from "./media/webrtc-warm-up.ts";
import { notify } from "./notifications.ts";
import { remember } from "./storage.ts";
import type { Call, CallEvent, Errand, Trouble } from "./state.ts";
import { words } from "./messages.ts";

type LineModule = typeof import("./media/room-connection.ts");

export class Stagehand {
  readonly bell = new Bell();
  readonly capture: Capture;
  readonly #consultation: Consultation;
  readonly #awake = new Awake();
  readonly #sounds: HTMLElement;
  readonly #tell: (event: CallEvent) => void;
  readonly #call: () => Call;
  #live: Live | undefined;
  #lineModule: Promise<LineModule> | undefined;
  #attempt = 0;
  line: Line | undefined;

  constructor(base: string, sounds: HTMLElement, call: () => Call, tell: (event: CallEvent) => void) {
    this.#consultation = consultation(base);
    this.#sounds = sounds;
    this.#call = call;
    this.#tell = tell;
    this.capture = new Capture(tell, (which) => {
      this.line?.publish(which);
      // A page that records may also sound: after a reload this is what lets voices through without a tap.
      if (call().soundBlocked) void this.line?.enableSound();
    });
  }

  follow(): void {
    this.#live = follow(this.#consultation, {
      standing: (standing) => this.#hear(standing),
      line: (up) => this.#tell({ type: "line", up }),
    });
  }

  perform(effect: Effect): void {
    switch (effect.do) {
      case "errand":     return void this.#errand(effect.errand);
      case "connect":    return void this.#connect();
      case "disconnect": return void this.#disconnect();
      case "devices":    return this.capture.want(effect.wants);
      case "speaker":    return void this.line?.speaker(effect.id);
      case "share":      return void this.line?.share(effect.on);
      case "refresh":    return void this.#consultation.state().then((told) => this.#hear(told), () => undefined);
      case "rest":       return void setTimeout(() => this.#tell({ type: "rested" }), effect.ms);
      case "prepare":    return this.#prepare();
      case "stay-awake": return this.#awake.want(effect.awake);
      case "ring":       return this.#ring();
      case "knock":      return this.#knock();
      case "remember":   return remember(this.#call().standing, effect.memory);
    }
  }

  /** The page is in front again, or the network is back: look at everything that may have died meanwhile. */
  wake(): void {
    this.#awake.renew();
    this.#live?.nudge();
    this.capture.check();
  }

  stop(): void {
    this.#live?.stop();
    this.#awake.want(false);
    void this.#disconnect();
    const none = { held: false, on: false, facing: "user" as const, tries: 0 };
    this.capture.want({ camera: none, microphone: none });
  }

  #prepare(): void {
    warmUp();
    void this.#library().catch(() => undefined);
  }

  async #errand(errand: Errand): Promise<void> {
    try {
      this.#hear(await this.#run(errand));
      this.#tell({ type: "errand-done", errand });
    } catch (error) {
      this.#tell({ type: "errand-failed", errand, trouble: troubleOf(error) });
    }
  }

  #run(errand: Errand): Promise<Standing> {
    const [verb, who = ""] = errand.split(" ");
    switch (verb) {
      case "enter":  return this.#consultation.enter();
      case "depart": return this.#consultation.depart();
      case "start":  return this.#consultation.start();
      case "admit":  return this.#consultation.admit(who);
      case "decline": return this.#consultation.decline(who);
      default:       return this.#consultation.end();
    }
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    const current = (): boolean => attempt === this.#attempt;
    let module: LineModule | undefined;
    try {
      const [ticket, loaded] = await Promise.all([this.#consultation.ticket(), this.#library()]);
      if (!current()) return;
      mark("ticket");
      module = loaded;
      this.line ??= new loaded.Line((event) => this.#tell(event), this.capture, this.#sounds);
      await this.line.connect(ticket, this.#call().speaker);
    } catch (error) {
      if (!current()) return;
      const named = error instanceof Refused || !module ? troubleOf(error) : module.troubleAtTheDoor(error);
      this.#tell({ type: "connect-failed", trouble: named });
    }
  }

  async #disconnect(): Promise<void> {
    this.#attempt++;
    await this.line?.disconnect();
  }

  #library(): Promise<LineModule> {
    this.#lineModule ??= import("./media/room-connection.ts").catch((error: unknown) => {
      this.#lineModule = undefined; // a lost network now must not mean no call later
      throw error;
    });
    return this.#lineModule;
  }

  #hear(standing: Standing): void {
    this.#tell({ type: "standing", standing, at: Date.now() });
  }

  #ring(): void {
    const { standing } = this.#call();
    this.bell.ring();
    notify(words.notification.starting(standing), words.notification.joinNow);
  }

  #knock(): void {
    const { standing } = this.#call();
    this.bell.knock();
    // No name: a notification is read by whoever stands behind the host.
    notify(words.notification.waiting(standing), words.notification.open);
  }
}

function troubleOf(error: unknown): Trouble {
  return error instanceof Refused ? { kind: "refused", code: error.code, message: error.detail } : { kind: "unreachable" };
}
