// The person's own picture, as a mirror shows it, with a line that moves when they speak.

import type { Call } from "../state.ts";
import { words } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { House, View } from "./view.ts";

const METER_EVERY_MS = 90;

export interface Options {
  meter: boolean;
  /** Offers to switch the camera on, to a person who has not been asked yet. */
  offer?: boolean;
}

export function mirror(house: House, options: Options): View {
  const video = h("video", {
    class: "call-mirror__video",
    playsinline: true,
    autoplay: true,
    muted: true,
    "aria-label": words.devices.preview,
  });
  video.muted = true; // the attribute alone does not silence an element made by script
  const note = h("p", { class: "call-mirror__note" });
  const look = h(
    "button",
    { type: "button", class: "button call-mirror__look", onclick: () => house.send({ type: "look" }) },
    icon("camera"),
    words.threshold.check,
  );
  const empty = h(
    "div",
    { class: "call-mirror__empty" },
    h("span", { class: "call-mirror__sign" }, icon("person")),
    note,
    look,
  );
  const bar = h("span", { class: "call-meter__bar" });
  const meter = h("div", { class: "call-meter", "aria-hidden": "true" }, bar);
  const node = h("div", { class: "call-mirror" }, video, empty, meter);
  let shown: MediaStreamTrack | undefined;

  const clock = options.meter
    ? setInterval(
        () => bar.style.setProperty("--level", house.level.of(house.ownTrack("microphone")).toFixed(2)),
        METER_EVERY_MS,
      )
    : undefined;

  return {
    node,
    draw(call) {
      const track = call.camera.wanted ? house.ownTrack("camera") : undefined;
      if (track !== shown) {
        shown = track;
        video.srcObject = track ? new MediaStream([track]) : null;
        if (track) void video.play().catch(() => undefined);
      }
      show(video, track !== undefined);
      show(empty, track === undefined);
      text(note, noteOf(call));
      show(look, options.offer === true && !call.looking);
      attr(node, "data-mirrored", call.camera.facing === "user");
      show(meter, options.meter && call.microphone.wanted && house.ownTrack("microphone") !== undefined);
    },
    drop() {
      clearInterval(clock);
      video.srcObject = null;
    },
  };
}

function noteOf(call: Call): string {
  if (!call.looking) return words.threshold.checkHint;
  switch (call.camera.state) {
    case "asking":
      return words.before.state.asking;
    case "problem":
      return words.device.title("camera", call.camera.problem ?? "unknown");
    default:
      return call.camera.wanted ? "" : words.live.cameraOff;
  }
}
