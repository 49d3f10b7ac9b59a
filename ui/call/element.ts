// <anteroom-call data-base="/join/…" data-role="guest|host"> : a consultation in a page.
// Beside or inside it, a <script type="application/json" id="standing"> holds the first standing.
// `data-stage` says which screen it is on; `room` is the media connection, for diagnostics and tests.

import type { Room } from "livekit-client";
import { readStanding } from "../protocol/standing.ts";
import { effects } from "./effects.ts";
import { eventFor, isTyping } from "./keyboard-shortcuts.ts";
import { Level } from "./media/audio-level.ts";
import { mark } from "./media/join-timing.ts";
import { isInsideAnotherApp } from "./media/in-app-browser.ts";
import { recall } from "./storage.ts";
import { next } from "./reducer.ts";
import { Stagehand } from "./effect-runner.ts";
import { start, type Call, type CallEvent } from "./state.ts";
import { titleOf } from "./tab-title.ts";
import { root } from "./view/root.ts";
import type { House, View } from "./view/view.ts";

export class AnteroomCall extends HTMLElement {
  #call: Call | undefined;
  #stagehand: Stagehand | undefined;
  #view: View | undefined;
  #level = new Level();
  #queue: CallEvent[] = [];
  #busy = false;
  #away = new AbortController();
  #plainTitle = "";

  /** The media connection, while there is one. For diagnostics: nothing on the page depends on it. */
  get room(): Room | undefined {
    return this.#stagehand?.line?.room;
  }

  /** The whole state, for diagnostics. */
  get call(): Call | undefined {
    return this.#call;
  }

  connectedCallback(): void {
    const written = this.querySelector("#standing") ?? document.getElementById("standing");
    const standing = this.#call?.standing ?? readStanding(JSON.parse(written?.textContent ?? "null"));
    this.#plainTitle = document.title;
    const call = next(start(standing, Date.now(), recall(standing)), { type: "visible", visible: !document.hidden });
    this.#call = call;
    if (call.place === "here") mark("tap");

    const sounds = document.createElement("div");
    sounds.hidden = true;
    this.#stagehand = new Stagehand(
      this.dataset["base"] ?? "",
      sounds,
      () => this.#call ?? call,
      (event) => this.send(event),
    );
    this.#view = root(this.#house());
    this.replaceChildren(this.#view.node, sounds);
    // Before the first drawing: after a reload in a call, the ticket is on its way while the page is being drawn.
    for (const effect of effects(undefined, call)) this.#stagehand.perform(effect);
    this.#draw();
    this.#stagehand.follow();
    this.#listen();
  }

  disconnectedCallback(): void {
    this.#away.abort();
    this.#stagehand?.stop();
    this.#level.stop();
    this.#view?.node.remove();
  }

  send(event: CallEvent): void {
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) this.#take(event);
    this.#busy = false;
    this.#draw();
  }

  #take(event: CallEvent): void {
    if (!this.#call || !this.#stagehand) return;
    if (event.type === "come" || event.type === "start" || event.type === "look") {
      if (event.type !== "look") mark("tap");
      this.#stagehand.bell.warm();
    }
    const before = this.#call;
    this.#call = next(before, event);
    for (const effect of effects(before, this.#call)) this.#stagehand.perform(effect);
  }

  #draw(): void {
    const call = this.#call;
    if (!call) return;
    this.dataset["stage"] = call.stage;
    document.title = titleOf(call, this.#plainTitle);
    this.#view?.draw(call, Date.now() + call.skew);
  }

  #listen(): void {
    this.#away = new AbortController();
    const { signal } = this.#away;
    const second = setInterval(() => {
      this.send({ type: "tick", at: Date.now() });
    }, 1000);
    signal.addEventListener("abort", () => clearInterval(second));
    document.addEventListener(
      "visibilitychange",
      () => {
        this.send({ type: "visible", visible: !document.hidden });
        if (!document.hidden) this.#wake();
      },
      { signal },
    );
    globalThis.addEventListener("online", () => this.#wake(), { signal });
    // Closed for good: let go of the room at once, keep the seat. A page that may come back keeps both.
    globalThis.addEventListener(
      "pagehide",
      (event) => {
        if (!event.persisted) void this.#stagehand?.line?.disconnect();
      },
      { signal },
    );
    globalThis.addEventListener("pageshow", (event) => event.persisted && this.#wake(), { signal });
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

  #wake(): void {
    this.#stagehand?.wake();
    this.send({ type: "came-back" });
  }

  #house(): House {
    const hand = (): Stagehand => this.#stagehand as Stagehand;
    return {
      send: (event) => this.send(event),
      level: this.#level,
      ownTrack: (which) => hand().capture.track(which),
      show: (video, id, source) => hand().line?.show(video, id, source),
      enableSound: () => void hand().line?.enableSound(),
      playTestSound: () => hand().bell.ring(),
      isBellReady: () => hand().bell.isReady(),
      allowNotifications: async () =>
        "Notification" in globalThis && (await Notification.requestPermission()) === "granted",
      mayNotify: () => "Notification" in globalThis && Notification.permission === "granted",
      insideApp: isInsideAnotherApp(navigator.userAgent),
      home: this.dataset["home"],
    };
  }
}
