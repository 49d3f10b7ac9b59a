// Tile of one remote participant: video, or the initial without video; name and muted state.

import { arrivalSentence, isPictureOld, nameOf } from "../screen-reader.ts";
import type { VideoSource } from "../media/remote-participants.ts";
import type { Call, RemoteParticipant } from "../state.ts";
import { messages } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { screenPicture, tilePicture } from "./tile-picture.ts";
import type { ViewContext } from "./view.ts";

export interface ParticipantTile {
  node: HTMLElement;
  render(call: Call, participant: RemoteParticipant): void;
}

export function participantTile(context: ViewContext, id: string, source: VideoSource): ParticipantTile {
  const video = h("video", { class: "call-tile__video", playsinline: true, autoplay: true, muted: true });
  video.muted = true; // audio plays in separate elements; a muted video is always allowed to autoplay
  const picture = source === "camera" ? tilePicture(video, (fit) => context.send({ type: "choose-fit", participantId: id, fit })) : screenPicture(video);
  const initial = h("span", { class: "call-avatar call-avatar--large", "aria-hidden": "true" });
  const note = h("p", { class: "call-tile__note" }, messages.inCall.cameraOff);
  const empty = h("div", { class: "call-tile__placeholder" }, initial, note);
  const name = h("span", { dir: "auto" });
  const mutedIcon = h(
    "span",
    { class: "call-tile__muted", role: "img", "aria-label": messages.inCall.micOff },
    icon("microphone-off"),
  );
  const interruption = h("p", { class: "call-tile__interruption" });
  const caption = h("figcaption", { class: "call-tile__name" }, name, mutedIcon);
  const node = h(
    "figure",
    { class: `call-tile call-tile--${source}`, "data-participant": id, "data-source": source },
    picture.ground,
    picture.video,
    empty,
    interruption,
    h("div", { class: "call-tile__foot" }, caption, picture.button),
  );

  return {
    node,
    render(call, participant) {
      const displayName = nameOf(call, participant);
      const hasVideo = source === "screen" || participant.camera;
      text(name, source === "screen" ? messages.inCall.screenOf(displayName) : displayName);
      attr(video, "aria-label", source === "screen" ? messages.inCall.screenOf(displayName) : displayName);
      text(initial, initialOf(displayName));
      show(mutedIcon, source === "camera" && !participant.microphone);
      show(video, hasVideo);
      show(empty, !hasVideo);
      picture.render(hasVideo, displayName, call.fits[id]);
      attr(node, "data-enlarged", picture.isEnlarged());
      attr(node, "data-speaking", participant.speaking && source === "camera");
      const sentence = source === "camera" ? arrivalSentence(call, participant) : screenSentence(participant);
      show(interruption, sentence !== undefined);
      text(interruption, sentence ?? "");
      const isOld = source === "camera" ? participant.arrival === "nothing" || isPictureOld(call, participant) : participant.screenPaused;
      attr(node, "data-interrupted", sentence !== undefined && isOld);
      show(note, sentence === undefined);
      context.attachVideo(video, id, source);
    },
  };
}

function screenSentence({ screenPaused }: RemoteParticipant): string | undefined {
  return screenPaused ? messages.inCall.screenPaused : undefined;
}

/** The first letter of the last name: "Dr. Weber" gives W, not D. */
export function initialOf(name: string): string {
  const last = name.trim().split(/\s+/).at(-1) ?? "";
  const [letter = "·"] = new Intl.Segmenter().segment(last)[Symbol.iterator]().next().value?.segment ?? "·";
  return letter.toLocaleUpperCase();
}
