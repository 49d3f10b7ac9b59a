// Puts the right screen on the page, moves the focus with it, and says aloud what changed.

import { announcement } from "../screen-reader.ts";
import type { Call, Stage } from "../state.ts";
import { words } from "../messages.ts";
import { after } from "./ended.ts";
import { dialogs } from "./dialogs.ts";
import { before } from "./host-prejoin.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { live } from "./in-call.ts";
import { threshold } from "./guest-prejoin.ts";
import type { House, View } from "./view.ts";
import { waiting } from "./waiting-room.ts";

type Screen = "threshold" | "before" | "waiting" | "live" | "after";

const SCREENS: Record<Screen, (house: House) => View> = { threshold, before, waiting, live, after };

export function root(house: House): View {
  const holder = h("div", { class: "call-screen" });
  const asked = dialogs(house);
  const aloud = h("div", { class: "hidden-visually", "aria-live": "polite", role: "status" });
  const says = h("p", { class: "call-note__text" });
  const close = h(
    "button",
    {
      type: "button",
      class: "call-note__close",
      "aria-label": words.close,
      onclick: () => house.send({ type: "dismiss" }),
    },
    icon("close"),
  );
  const notice = h(
    "div",
    { class: "call-note call-note--warn call-notice", role: "alert" },
    icon("alert"),
    says,
    close,
  );
  const node = h("div", { class: "call-root" }, asked.node, holder, notice, aloud);
  let screen: Screen | undefined;
  let view: View | undefined;
  let last: Call | undefined;

  function turnTo(next: Screen, first: boolean): void {
    view?.drop?.();
    screen = next;
    view = SCREENS[next](house);
    holder.replaceChildren(view.node);
    // A person who reads by ear or keyboard starts at the top of the new screen, not where the old button was.
    if (!first) queueMicrotask(() => view?.node.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true }));
  }

  return {
    node,
    draw(call, now) {
      const next = screenFor(call.stage, call.standing.role);
      if (next !== screen) turnTo(next, screen === undefined);
      attr(node, "data-screen", next);
      view?.draw(call, now);
      asked.draw(call, now);
      show(notice, call.notice !== undefined && call.stage !== "failed");
      text(says, call.notice ? words.trouble(call.notice) : "");
      const spoken = last && last !== call ? announcement(last, call) : undefined;
      if (spoken !== undefined) aloud.replaceChildren(spoken);
      last = call;
    },
  };
}

function screenFor(stage: Stage, role: "guest" | "host"): Screen {
  switch (stage) {
    case "early":
    case "ready":
      return role === "host" ? "before" : "threshold";
    case "waiting":
    case "joining":
      return "waiting";
    case "live":
      return "live";
    default:
      return "after";
  }
}
