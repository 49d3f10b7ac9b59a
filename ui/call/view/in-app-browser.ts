// For a guest who opened the link inside another app, where cameras often do not work: how to get out.

import { words } from "../messages.ts";
import { h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { House, View } from "./view.ts";

export function escapeHint(house: House): View {
  const copy = h(
    "button",
    {
      type: "button",
      class: "button button--small",
      onclick: () =>
        void navigator.clipboard?.writeText(location.href).then(
          () => text(copy, words.threshold.linkCopied),
          () => undefined,
        ),
    },
    words.threshold.copyLink,
  );
  const node = h(
    "div",
    { class: "call-note" },
    icon("alert"),
    h("p", { class: "call-note__text" }, words.threshold.insideApp),
    copy,
  );
  return {
    node,
    draw: (call) => show(node, house.insideApp && !(call.looking && call.camera.state === "ready")),
  };
}
