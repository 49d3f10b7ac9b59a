// Hint in an in-app browser, where cameras often do not work: open the page in the default browser.

import { messages } from "../messages.ts";
import { h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { ViewContext, View } from "./view.ts";

export function inAppBrowserHint(context: ViewContext): View {
  const copy = h(
    "button",
    {
      type: "button",
      class: "button button--small",
      onclick: () =>
        void navigator.clipboard?.writeText(location.href).then(
          () => text(copy, messages.guestPrejoin.linkCopied),
          () => undefined,
        ),
    },
    messages.guestPrejoin.copyLink,
  );
  const node = h(
    "div",
    { class: "call-note" },
    icon("alert"),
    h("p", { class: "call-note__text" }, messages.guestPrejoin.insideApp),
    copy,
  );
  return {
    node,
    render: (call) => show(node, context.inAppBrowser && !(call.devicesRequested && call.camera.state === "ready")),
  };
}
