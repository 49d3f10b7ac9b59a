// <anteroom-call data-base="/join/…" data-role="guest|host" data-pack="clinic">: the custom element that runs a
// consultation in a page.
// A <script type="application/json" id="standing"> beside or inside it holds the first standing.
// `data-stage` is the current stage; `room` is the LiveKit room, for diagnostics and tests.

import type { Room } from "livekit-client";
import { areNotificationsGranted, askForNotifications } from "../alerts/notifications.ts";
import { loginUrl } from "../protocol/login.ts";
import { readStanding } from "../protocol/standing.ts";
import { effects } from "./effects.ts";
import { eventFor, isTyping } from "./keyboard-shortcuts.ts";
import { AudioLevel } from "./media/audio-level.ts";
import { mark } from "./media/join-timing.ts";
import { isInAppBrowser } from "./media/in-app-browser.ts";
import { loadState } from "./storage.ts";
import { reduce } from "./reducer.ts";
import { EffectRunner } from "./effect-runner.ts";
import { initialCall, type Call, type CallEvent } from "./state.ts";
import { titleOf } from "./tab-title.ts";
import { root } from "./view/root.ts";
import type { ViewContext, View } from "./view/view.ts";

export class AnteroomCall extends HTMLElement {
  #call: Call | undefined;
  #runner: EffectRunner | undefined;
  #view: View | undefined;
  #audioLevel = new AudioLevel();
  #queue: CallEvent[] = [];
  #dispatching = false;
  #listeners = new AbortController();

  /** The LiveKit room while connected. For diagnostics; nothing on the page depends on it. */
  get room(): Room | undefined {
    return this.#runner?.mediaRoom?.room;
  }

  /** The whole state, for diagnostics. */
  get call(): Call | undefined {
    return this.#call;
  }

  connectedCallback(): void {
    const script = this.querySelector("#standing") ?? document.getElementById("standing");
    const standing = this.#call?.standing ?? readStanding(JSON.parse(script?.textContent ?? "null"));
    const call = reduce(initialCall(standing, Date.now(), loadState(standing), Math.random()), { type: "visible", visible: !document.hidden });
    this.#call = call;
    if (call.presence === "here") mark("tap");

    const audioElements = document.createElement("div");
    audioElements.hidden = true;
    this.#runner = new EffectRunner(
      this.dataset["base"] ?? "",
      audioElements,
      () => this.#call ?? call,
      (event) => this.send(event),
    );
    this.#view = root(this.#viewContext());
    this.replaceChildren(this.#view.node, audioElements);
    // Before the first render: after a reload in a call the ticket request is already under way while the page renders.
    for (const effect of effects(undefined, call)) this.#runner.run(effect);
    this.#render();
    this.#runner.openStatusStream();
    this.#addListeners();
  }

  disconnectedCallback(): void {
    this.#listeners.abort();
    this.#runner?.stop();
    this.#audioLevel.stop();
    this.#view?.node.remove();
  }

  send(event: CallEvent): void {
    this.#queue.push(event);
    if (this.#dispatching) return;
    this.#dispatching = true;
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) this.#dispatch(event);
    this.#dispatching = false;
    this.#render();
  }

  #dispatch(event: CallEvent): void {
    if (!this.#call || !this.#runner) return;
    if (event.type === "join" || event.type === "start" || event.type === "use-devices") {
      if (event.type !== "use-devices") mark("tap");
      this.#runner.chime.unlock();
    }
    const before = this.#call;
    this.#call = reduce(before, event);
    for (const effect of effects(before, this.#call)) this.#runner.run(effect);
  }

  #render(): void {
    const call = this.#call;
    if (!call) return;
    this.dataset["stage"] = call.stage;
    document.title = titleOf(call);
    this.#view?.render(call, Date.now() + call.clockSkewMs);
  }

  #addListeners(): void {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const second = setInterval(() => {
      this.send({ type: "tick", at: Date.now() });
    }, 1000);
    signal.addEventListener("abort", () => clearInterval(second));
    document.addEventListener(
      "visibilitychange",
      () => {
        this.send({ type: "visible", visible: !document.hidden });
        this.#runner?.visibilityChanged();
        if (!document.hidden) this.#resume();
      },
      { signal },
    );
    globalThis.addEventListener("online", () => this.#resume(), { signal });
    // The page is closed for good: leave the room at once; the entry stays. A page in the back/forward cache keeps both.
    globalThis.addEventListener(
      "pagehide",
      (event) => {
        if (!event.persisted) void this.#runner?.mediaRoom?.disconnect();
      },
      { signal },
    );
    globalThis.addEventListener("pageshow", (event) => event.persisted && this.#resume(), { signal });
    document.addEventListener(
      "keydown",
      (event) => {
        const press = {
          key: event.key,
          modified: event.ctrlKey || event.altKey || event.metaKey,
          repeated: event.repeat,
          typing: isTyping(event.target),
        };
        const meant = this.#call && eventFor(press, this.#call);
        if (meant) this.send(meant);
      },
      { signal },
    );
  }

  #resume(): void {
    this.#runner?.resume();
    this.send({ type: "resume" });
  }

  #viewContext(): ViewContext {
    const runner = (): EffectRunner => this.#runner as EffectRunner;
    return {
      send: (event) => this.send(event),
      audioLevel: this.#audioLevel,
      localTrack: (kind) => runner().capture.track(kind),
      attachVideo: (video, id, source) => runner().mediaRoom?.attachVideo(video, id, source),
      startAudio: () => void runner().mediaRoom?.startAudio(),
      playTestSound: () => runner().chime.playStarting(),
      isChimeReady: () => runner().chime.isReady(),
      requestNotificationPermission: askForNotifications,
      notificationsGranted: areNotificationsGranted,
      logIn: () => void globalThis.open(loginUrl(), "_blank", "noopener"),
      inAppBrowser: isInAppBrowser(navigator.userAgent),
      homeUrl: this.dataset["home"],
    };
  }
}
