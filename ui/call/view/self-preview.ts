// Self preview: the own camera, mirrored like a mirror, with a microphone level meter.

import type { Call } from "../state.ts";
import { messages } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { ViewContext, View } from "./view.ts";

const METER_INTERVAL_MS = 90;

export interface SelfPreviewOptions {
  meter: boolean;
  /** Shows a button that requests camera and microphone while they have not been requested. */
  offer?: boolean;
}

export function selfPreview(context: ViewContext, options: SelfPreviewOptions): View {
  const video = h("video", {
    class: "call-self-preview__video",
    playsinline: true,
    autoplay: true,
    muted: true,
    "aria-label": messages.devices.preview,
  });
  video.muted = true; // the attribute alone does not mute an element created by script
  const note = h("p", { class: "call-self-preview__note" });
  const previewButton = h(
    "button",
    { type: "button", class: "button call-self-preview__start", onclick: () => context.send({ type: "use-devices" }) },
    icon("camera"),
    messages.guestPrejoin.previewDevices,
  );
  const placeholder = h(
    "div",
    { class: "call-self-preview__placeholder" },
    h("span", { class: "call-self-preview__icon" }, icon("person")),
    note,
    previewButton,
  );
  const meterBar = h("span", { class: "call-meter__bar" });
  const meter = h("div", { class: "call-meter", "aria-hidden": "true" }, meterBar);
  const node = h("div", { class: "call-self-preview" }, video, placeholder, meter);
  let shownTrack: MediaStreamTrack | undefined;

  const meterTimer = options.meter
    ? setInterval(
        () => meterBar.style.setProperty("--level", context.audioLevel.read(context.localTrack("microphone")).toFixed(2)),
        METER_INTERVAL_MS,
      )
    : undefined;

  return {
    node,
    render(call) {
      const captured = call.camera.wanted ? context.localTrack("camera") : undefined;
      // A camera that has ended leaves a black picture.
      const track = captured?.readyState === "live" ? captured : undefined;
      if (track !== shownTrack) {
        shownTrack = track;
        video.srcObject = track ? new MediaStream([track]) : null;
        if (track) void video.play().catch(() => undefined);
      }
      show(video, track !== undefined);
      show(placeholder, track === undefined);
      text(note, noteOf(call));
      show(previewButton, options.offer === true && !call.devicesRequested);
      attr(node, "data-mirrored", call.camera.facing === "user");
      show(meter, options.meter && call.microphone.wanted && context.localTrack("microphone") !== undefined);
    },
    dispose() {
      clearInterval(meterTimer);
      video.srcObject = null;
    },
  };
}

function noteOf(call: Call): string {
  if (!call.devicesRequested) return messages.guestPrejoin.previewHint;
  switch (call.camera.state) {
    case "asking":
      return messages.hostPrejoin.state.asking;
    case "lost":
      return messages.deviceProblem.stopped("camera");
    case "problem":
      return messages.deviceProblem.title("camera", call.camera.problem ?? "unknown");
    default:
      return call.camera.wanted ? "" : messages.inCall.cameraOff;
  }
}
