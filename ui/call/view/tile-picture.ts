// The picture of a tile, with a button for how it is shown: that of a camera fills the tile or is shown whole on a blurred
// copy of itself, a shared screen is shown whole or enlarged.

import { fitOf, hasChoice, type Fit } from "../picture-fit.ts";
import { messages } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";

export interface TilePicture {
  ground?: HTMLCanvasElement;
  /** What is shown in the tile: the video, or what it is moved in. */
  video: HTMLElement;
  button: HTMLButtonElement;
  isEnlarged(): boolean;
  /** Called at every render: once a second the ground follows the picture. `name` is of the person or the screen. */
  render(hasVideo: boolean, name: string, chosen: Fit | undefined): void;
}

/** Pixels of the ground before it is blurred: a second video would cost a phone its battery. */
const GROUND = { width: 24, height: 24 };

export function tilePicture(video: HTMLVideoElement, choose: (fit: Fit) => void): TilePicture {
  const ground = h("canvas", { class: "call-tile__ground", "aria-hidden": "true", ...GROUND });
  const button = h("button", { type: "button", class: "call-tile__fit", onclick: () => choose(fit() === "whole" ? "fill" : "whole") });
  let last: Parameters<TilePicture["render"]> = [false, "", undefined];
  video.addEventListener("resize", () => render(...last));

  function fit(): Fit {
    return fitOf({ width: video.videoWidth, height: video.videoHeight }, tileSize(), last[2]);
  }

  function tileSize(): { width: number; height: number } {
    return { width: video.parentElement?.clientWidth ?? 0, height: video.parentElement?.clientHeight ?? 0 };
  }

  function render(...next: typeof last): void {
    last = next;
    const [shown, name] = next;
    const current = fit();
    const whole = shown && current === "whole";
    attr(video, "data-fit", current);
    show(ground, whole);
    show(button, shown && hasChoice({ width: video.videoWidth, height: video.videoHeight }, tileSize()));
    label(button, current === "whole" ? messages.inCall.fill : messages.inCall.whole, name);
    if (whole && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      ground.getContext("2d")?.drawImage(video, 0, 0, GROUND.width, GROUND.height);
    }
  }

  return { ground, video, button, isEnlarged: () => false, render };
}

export function screenPicture(video: HTMLVideoElement): TilePicture {
  const pan = h("div", { class: "call-tile__pan" }, video);
  const button = h("button", { type: "button", class: "call-tile__fit", onclick: () => toggle() });
  let enlarged = false;
  let name = "";

  function toggle(): void {
    enlarged = !enlarged;
    attr(pan.parentElement ?? pan, "data-enlarged", enlarged);
    update();
    // From its middle, and not from the corner where there is little to read.
    if (enlarged) pan.scrollTo((pan.scrollWidth - pan.clientWidth) / 2, (pan.scrollHeight - pan.clientHeight) / 2);
  }

  function update(): void {
    attr(pan, "tabindex", enlarged ? 0 : undefined);
    attr(pan, "role", enlarged ? "group" : undefined);
    attr(pan, "aria-label", enlarged ? name : undefined);
    label(button, enlarged ? messages.inCall.wholeScreen : messages.inCall.enlarge, name);
  }

  return {
    video: pan,
    button,
    isEnlarged: () => enlarged,
    render(_shown, screen) {
      name = screen;
      update();
    },
  };
}

/** There may be several tiles: the name says of which one. */
function label(button: HTMLButtonElement, what: string, of: string): void {
  text(button, what);
  attr(button, "aria-label", `${what}: ${of}`);
}
