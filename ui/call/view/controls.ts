// The round buttons of a call: microphone, camera, flip, devices, and those a screen adds. Words under each sign.

import type { Call, Which } from "../state.ts";
import { words } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { draw, icon, type IconName } from "./icons.ts";
import type { House, View } from "./view.ts";

const LISTEN_EVERY_MS = 100;

export interface Control {
  node: HTMLButtonElement;
  set(name: IconName, label: string): void;
}

export function control(name: IconName, label: string, onclick: () => void, kind = ""): Control {
  const sign = icon(name);
  const seen = h("span");
  const heard = h("span", { class: "hidden-visually" });
  const caption = h("span", { class: "call-control__label" }, seen, heard);
  const say = (label: string): void => {
    const [short = "", rest = ""] = label.split("|");
    text(seen, short);
    text(heard, rest);
  };
  say(label);
  const node = h(
    "button",
    { type: "button", class: `call-control ${kind}`.trim(), onclick },
    h("span", { class: "call-control__sign" }, sign),
    caption,
  );
  return {
    node,
    set(next, label) {
      draw(sign, next);
      say(label);
    },
  };
}

export function toggle(house: House, which: Which): View {
  const button = control(which, "", () => house.send({ type: "toggle", which }));
  // A ring around the microphone that moves with the voice: the person sees that they are heard.
  const ring = which === "microphone" ? setInterval(listen, LISTEN_EVERY_MS) : undefined;

  function listen(): void {
    button.node.style.setProperty("--level", house.level.of(house.ownTrack("microphone")).toFixed(2));
  }

  return {
    node: button.node,
    drop: () => clearInterval(ring),
    draw(call) {
      const device = call[which];
      const on = device.wanted && device.state !== "problem";
      button.set(on ? which : `${which}-off`, words.controls.label(which, on));
      attr(button.node, "data-off", !on);
      attr(button.node, "data-problem", device.state === "problem");
    },
  };
}

export function flip(house: House): View {
  const button = control("flip", words.controls.flip, () => house.send({ type: "flip" }));
  return {
    node: button.node,
    draw: (call) => show(button.node, canFlip(call)),
  };
}

export function devices(house: House): View {
  const button = control("settings", words.controls.settings, () => house.send({ type: "ask", dialog: "devices" }));
  return { node: button.node, draw: () => undefined };
}

/** Own controls, in the order of how often they are needed. */
export function deviceControls(house: House): View {
  const parts = [toggle(house, "microphone"), toggle(house, "camera"), flip(house), devices(house)];
  return {
    node: h(
      "div",
      { class: "call-controls", role: "group", "aria-label": words.devices.title },
      ...parts.map((part) => part.node),
    ),
    draw: (call, now) => parts.forEach((part) => part.draw(call, now)),
    drop: () => parts.forEach((part) => part.drop?.()),
  };
}

/** Two cameras facing two ways: a phone or tablet in the hand. Elsewhere the list of devices is the better choice. */
function canFlip(call: Call): boolean {
  const handheld = globalThis.matchMedia?.("(pointer: coarse)").matches ?? false;
  return handheld && call.choices.camera.length > 1 && call.camera.wanted;
}
