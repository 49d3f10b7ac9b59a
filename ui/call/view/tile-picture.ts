// The picture of a tile: fills it or is shown whole on a blurred copy of itself, with a button to change that.

import { fitOf, hasChoice, type Fit } from "../picture-fit.ts";
import { messages } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";

export interface TilePicture {
  ground: HTMLCanvasElement;
  button: HTMLButtonElement;
  /** Called at every render: once a second the ground follows the picture. */
  render(hasVideo: boolean): void;
}

/** Pixels of the ground before it is blurred: a second video would cost a phone its battery. */
const GROUND = { width: 24, height: 24 };

export function tilePicture(video: HTMLVideoElement): TilePicture {
  const ground = h("canvas", { class: "call-tile__ground", "aria-hidden": "true", ...GROUND });
  const button = h("button", { type: "button", class: "call-tile__fit", onclick: () => choose() });
  let chosen: Fit | undefined;
  let hasVideo = false;
  video.addEventListener("resize", () => render(hasVideo));

  function fit(): Fit {
    return fitOf({ width: video.videoWidth, height: video.videoHeight }, tileSize(), chosen);
  }

  function tileSize(): { width: number; height: number } {
    return { width: video.parentElement?.clientWidth ?? 0, height: video.parentElement?.clientHeight ?? 0 };
  }

  function choose(): void {
    chosen = fit() === "whole" ? "fill" : "whole";
    render(hasVideo);
  }

  function render(shown: boolean): void {
    hasVideo = shown;
    const current = fit();
    const whole = shown && current === "whole";
    attr(video, "data-fit", current);
    show(ground, whole);
    show(button, shown && hasChoice({ width: video.videoWidth, height: video.videoHeight }, tileSize()));
    text(button, current === "whole" ? messages.inCall.fill : messages.inCall.whole);
    if (whole && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      ground.getContext("2d")?.drawImage(video, 0, 0, GROUND.width, GROUND.height);
    }
  }

  return { ground, button, render };
}
