// What needs a word during the call: somebody waits, the line broke, sound is held back, the screen is shared.

import type { Call } from "../state.ts";
import { waitingGuests } from "../effects.ts";
import { words } from "../messages.ts";
import { attr, button, h, list, show, text } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";
import { deviceTrouble } from "./device-problem.ts";
import type { House, View } from "./view.ts";

export function banners(house: House): View {
  const knocks = new Map<string, Knock>();
  const queue = h("div", { class: "call-knocks" });
  const parts = [
    banner("alert", "call-note--warn", (call) => (call.connection === "up" ? undefined : words.live.reconnecting)),
    banner("sound", "", (call) => (call.soundBlocked ? words.live.enableSound : undefined), {
      label: () => words.live.enableSound,
      onclick: () => house.enableSound(),
    }),
    banner("share", "", (call) => (call.screen === "on" ? words.live.sharing : undefined), {
      label: () => words.live.stopSharing,
      onclick: () => house.send({ type: "share", on: false }),
    }),
    banner("signal", "call-note--warn", (call) => (isWeak(call) ? words.live.weakHint : undefined), {
      label: () => words.live.weakDeed,
      onclick: () => house.send({ type: "toggle", which: "camera" }),
    }),
    deviceTrouble(house),
  ];
  return {
    node: h("div", { class: "call-banners" }, queue, ...parts.map((part) => part.node)),
    draw(call, now) {
      list(
        queue,
        knocks,
        waitingGuests(call),
        (person) => person.id,
        (person) => knock(house, person.id),
      );
      for (const person of waitingGuests(call)) knocks.get(person.id)?.draw(call, person.name);
      for (const part of parts) part.draw(call, now);
    },
  };
}

interface Knock {
  node: HTMLElement;
  draw(call: Call, name: string): void;
}

/** Somebody at the door: let in, or decline. One click, because the host is talking to someone. */
function knock(house: House, who: string): Knock {
  const says = h("p", { class: "call-note__text", dir: "auto" });
  const admit = button("primary small", () => house.send({ type: "admit", who }), words.live.letIn);
  const decline = button("small", () => house.send({ type: "decline", who }), words.live.decline);
  const node = h(
    "div",
    { class: "call-note call-note--knock", role: "group", "data-participant": who },
    icon("door"),
    says,
    admit,
    decline,
  );
  return {
    node,
    draw(call, name) {
      text(says, words.live.waits(name));
      attr(node, "aria-label", words.live.waits(name));
      const busy = call.errands.includes(`admit ${who}`) || call.errands.includes(`decline ${who}`);
      attr(admit, "aria-disabled", busy && "true");
      attr(decline, "aria-disabled", busy && "true");
    },
  };
}

function banner(
  sign: IconName,
  kind: string,
  says: (call: Call) => string | undefined,
  deed?: { label(): string; onclick(): void },
): View {
  const words = h("p", { class: "call-note__text" });
  const act = deed && button("small", () => deed.onclick(), deed.label());
  const node = h("div", { class: `call-note ${kind}`.trim() }, icon(sign), words, act);
  return {
    node,
    draw(call) {
      const sentence = says(call);
      show(node, sentence !== undefined);
      text(words, sentence ?? "");
    },
  };
}

function isWeak(call: Call): boolean {
  return call.quality === "weak" && call.camera.wanted && call.camera.state === "ready";
}
