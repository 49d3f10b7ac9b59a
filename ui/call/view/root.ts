// Root view: switches screens by stage, moves the focus, shows notices and writes to the live region.

import { announcement, HeldNotices } from "../screen-reader.ts";
import type { Role } from "../../protocol/standing.ts";
import type { Call, Stage } from "../state.ts";
import { messages } from "../messages.ts";
import { ended } from "./ended.ts";
import { dialogs } from "./dialogs.ts";
import { hostPrejoin } from "./host-prejoin.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { inCall } from "./in-call.ts";
import { focusedIn, keepFocus } from "./keep-focus.ts";
import { guestPrejoin } from "./guest-prejoin.ts";
import type { ViewContext, View } from "./view.ts";
import { waitingRoom } from "./waiting-room.ts";

type Screen = "guest-prejoin" | "host-prejoin" | "waiting-room" | "in-call" | "ended";

const SCREENS: Record<Screen, (context: ViewContext) => View> = {
  "guest-prejoin": guestPrejoin,
  "host-prejoin": hostPrejoin,
  "waiting-room": waitingRoom,
  "in-call": inCall,
  ended,
};

/** Long enough to be read out; afterwards a screen reader that looks around must not find what is no longer true. */
const ANNOUNCED_MS = 4_000;

export function root(context: ViewContext): View {
  const screenHolder = h("div", { class: "call-screen" });
  const dialogLayer = dialogs(context);
  const liveRegion = h("div", { class: "hidden-visually", "aria-live": "polite", role: "status" });
  const noticeText = h("p", { class: "call-note__text" });
  const close = h(
    "button",
    {
      type: "button",
      class: "call-note__close",
      "aria-label": messages.close,
      onclick: () => context.send({ type: "dismiss-notice" }),
    },
    icon("close"),
  );
  const notice = h(
    "div",
    { class: "call-note call-note--warn call-notice", role: "alert" },
    icon("alert"),
    noticeText,
    close,
  );
  const offline = h(
    "div",
    { class: "call-note call-note--warn call-offline", role: "status" },
    icon("alert"),
    h("p", { class: "call-note__text" }, messages.statusStreamDown),
  );
  const superseded = h(
    "div",
    { class: "call-note call-superseded", role: "status" },
    icon("alert"),
    h("p", { class: "call-note__text" }, messages.statusSuperseded),
  );
  const node = h("div", { class: "call-root" }, dialogLayer.node, offline, superseded, screenHolder, notice, liveRegion);
  let screen: Screen | undefined;
  let view: View | undefined;
  const notices = new HeldNotices();
  let last: Call | undefined;
  let announcedAt = 0;

  function switchTo(next: Screen, first: boolean): void {
    view?.dispose?.();
    screen = next;
    view = SCREENS[next](context);
    screenHolder.replaceChildren(view.node);
    // Screen reader and keyboard users start at the heading of the new screen, not where the old button was.
    if (!first) queueMicrotask(() => view?.node.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true }));
  }

  return {
    node,
    render(call, now) {
      const next = screenFor(call.stage, call.standing.role);
      if (next !== screen) switchTo(next, screen === undefined);
      attr(node, "data-screen", next);
      const focused = focusedIn(screenHolder);
      view?.render(call, now);
      if (focused) keepFocus(focused, view?.node.querySelector("h1"), document);
      dialogLayer.render(call, now);
      show(notice, call.notice !== undefined && call.stage !== "failed");
      show(offline, !call.statusStreamUp && SHOWS_OFFLINE.includes(call.stage));
      show(superseded, call.statusSuperseded && call.statusStreamUp && call.stage !== "ended" && call.stage !== "closed");
      text(noticeText, call.notice ? messages.requestFailure(call.notice) : "");
      const held = notices.hold(call, now);
      const announced = last && last !== held ? announcement(last, held) : undefined;
      if (announced !== undefined) {
        liveRegion.replaceChildren(announced);
        announcedAt = now;
      } else if (now - announcedAt > ANNOUNCED_MS) liveRegion.replaceChildren();
      last = held;
    },
  };
}

/** The waiting room and the call have notes of their own; the other stages do not change any more. */
const SHOWS_OFFLINE: readonly Stage[] = ["early", "ready", "left", "declined"];

function screenFor(stage: Stage, role: Role): Screen {
  switch (stage) {
    case "early":
    case "ready":
      return role === "host" ? "host-prejoin" : "guest-prejoin";
    case "waiting":
    case "joining":
      return "waiting-room";
    case "live":
      return "in-call";
    default:
      return "ended";
  }
}
