// The waiting room, and the moment of connecting: the person sees themselves, and reads that all is well.

import type { Call } from "../state.ts";
import { countdown } from "../time-format.ts";
import { words } from "../messages.ts";
import { control, deviceControls } from "./controls.ts";
import { h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { mirror } from "./self-preview.ts";
import { deviceTrouble } from "./device-problem.ts";
import type { House, View } from "./view.ts";

const LATE_AFTER_MS = 2 * 60_000;

export function waiting(house: House): View {
  const title = h("h1", { tabindex: -1 });
  const when = h("p", { class: "call-wait__when" });
  const calm = h("p", { class: "call-wait__calm" });
  const line = h("p", { class: "call-wait__line", role: "status" }, words.lineDown);
  const badge = h("span", {}, words.waiting.badge);
  const left = h("p", { class: "call-wait__left" });
  const glass = mirror(house, { meter: false });
  const trouble = deviceTrouble(house);
  const controls = deviceControls(house);
  const notify = h(
    "button",
    { type: "button", class: "button button--small call-wait__notify", onclick: () => void ask() },
    icon("bell"),
    h("span", {}, words.waiting.notify),
  );
  const leave = control(
    "leave",
    words.controls.leave,
    () => house.send({ type: "ask", dialog: "leave" }),
    "call-control--leave",
  );
  leave.node.setAttribute("aria-label", words.waiting.leave);
  let offered =
    "Notification" in globalThis && Notification.permission === "default" && !matchMedia("(pointer: coarse)").matches;

  async function ask(): Promise<void> {
    const granted = await house.allowNotifications();
    offered = false;
    if (granted) text(notify.querySelector("span") as Element, words.waiting.notifying);
    else show(notify, false);
  }

  const node = h(
    "div",
    { class: "call-stage call-wait" },
    glass.node,
    h(
      "div",
      { class: "call-wait__sheet" },
      h(
        "div",
        { class: "call-wait__words" },
        h("p", { class: "call-wait__badge" }, h("span", { class: "call-pulse", "aria-hidden": "true" }), badge),
        title,
        when,
        left,
        calm,
        line,
        trouble.node,
        notify,
      ),
      h("div", { class: "call-bar" }, controls.node, leave.node),
    ),
  );

  return {
    node,
    draw(call, now) {
      const { standing } = call;
      const joining = call.stage === "joining";
      const until = Date.parse(standing.appointment.starts_at) - now;
      text(title, joining ? words.joining.title(standing) : words.waiting.title(standing));
      text(badge, joining ? words.tab.starting : words.waiting.badge);
      text(when, words.appointment.when(standing));
      text(left, start(call, until));
      show(when, !joining);
      show(left, !joining);
      text(
        calm,
        joining
          ? call.tries > 0
            ? words.joining.again
            : words.joining.calm
          : until < -LATE_AFTER_MS
            ? words.waiting.late(standing)
            : hostIsThere(call)
              ? words.waiting.hostThere(standing)
              : words.waiting.calm,
      );
      show(line, !call.lineUp && !joining);
      show(notify, !joining && (offered || notify.textContent === words.waiting.notifying));
      for (const part of [glass, controls, trouble]) part.draw(call, now);
    },
    drop: () => [glass, controls].forEach((part) => part.drop?.()),
  };
}

function start(call: Call, until: number): string {
  if (until > 0) return words.appointment.startsIn(countdown(until));
  return until > -LATE_AFTER_MS ? words.appointment.startsNow : words.appointment.late(call.standing, -until);
}

function hostIsThere(call: Call): boolean {
  return call.standing.people.some((person) => person.role === "host" && person.connected);
}
