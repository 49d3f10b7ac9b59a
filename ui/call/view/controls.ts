// Round control buttons: microphone, camera, flip, devices, and those that a screen adds. Each has an icon and a label.

import type { Call, DeviceKind } from "../state.ts";
import { messages } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { setIcon, icon, type IconName } from "./icons.ts";
import type { ViewContext, View } from "./view.ts";

const METER_INTERVAL_MS = 100;

export interface Control {
  node: HTMLButtonElement;
  set(name: IconName, label: string): void;
}

export function control(name: IconName, label: string, onclick: () => void, variant = ""): Control {
  const controlIcon = icon(name);
  const shownPart = h("span");
  const hiddenPart = h("span", { class: "hidden-visually" });
  const caption = h("span", { class: "call-control__label" }, shownPart, hiddenPart);
  const setLabel = (label: string): void => {
    const [short = "", rest = ""] = label.split("|");
    text(shownPart, short);
    text(hiddenPart, rest);
  };
  setLabel(label);
  const node = h(
    "button",
    { type: "button", class: `call-control ${variant}`.trim(), onclick },
    h("span", { class: "call-control__icon" }, controlIcon),
    caption,
  );
  return {
    node,
    set(next, label) {
      setIcon(controlIcon, next);
      setLabel(label);
    },
  };
}

export function deviceToggle(context: ViewContext, kind: DeviceKind): View {
  const button = control(kind, "", () => context.send({ type: "toggle-device", kind }));
  // Level ring around the microphone button: shows that the microphone picks up sound.
  const levelTimer = kind === "microphone" ? setInterval(updateLevel, METER_INTERVAL_MS) : undefined;

  let isOut = true;

  function updateLevel(): void {
    const level = isOut ? context.audioLevel.read(context.localTrack("microphone")) : 0;
    button.node.style.setProperty("--level", level.toFixed(2));
  }

  return {
    node: button.node,
    dispose: () => clearInterval(levelTimer),
    render(call) {
      const device = call[kind];
      isOut = isSent(call, kind);
      const on = device.wanted && device.state !== "problem";
      button.set(on ? kind : `${kind}-off`, messages.controls.label(kind, on));
      attr(button.node, "data-off", !on);
      attr(button.node, "data-problem", device.state === "problem");
    },
  };
}

export function flipButton(context: ViewContext): View {
  const button = control("flip", messages.controls.flip, () => context.send({ type: "flip-camera" }));
  return {
    node: button.node,
    render: (call) => show(button.node, canFlip(call)),
  };
}

export function devicesButton(context: ViewContext): View {
  const button = control("settings", messages.controls.settings, () => context.send({ type: "dialog", dialog: "devices" }));
  return { node: button.node, render: () => undefined };
}

/** Device controls, most used first. */
export function deviceControls(context: ViewContext): View {
  const parts = [deviceToggle(context, "microphone"), deviceToggle(context, "camera"), flipButton(context), devicesButton(context)];
  return {
    node: h(
      "div",
      { class: "call-controls", role: "group", "aria-label": messages.devices.title },
      ...parts.map((part) => part.node),
    ),
    render: (call, now) => parts.forEach((part) => part.render(call, now)),
    dispose: () => parts.forEach((part) => part.dispose?.()),
  };
}

/** In a call the level shows what others hear: nothing while nothing is sent. */
function isSent(call: Call, kind: DeviceKind): boolean {
  if (call.stage !== "live") return true;
  return call.connection === "up" && !call.linkSilent && call.unsent !== kind && call.unsent !== "both";
}

/** A phone or tablet with a front and a back camera. Elsewhere the device picker is the better choice. */
function canFlip(call: Call): boolean {
  const handheld = globalThis.matchMedia?.("(pointer: coarse)").matches ?? false;
  return handheld && call.deviceOptions.camera.length > 1 && call.camera.wanted;
}
