// The waiting room (lobby) and the joining screen: self preview, status text, device controls.

import type { Call } from "../state.ts";
import { countdown } from "../time-format.ts";
import { messages } from "../messages.ts";
import { control, deviceControls } from "./controls.ts";
import { h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { selfPreview } from "./self-preview.ts";
import { deviceProblem } from "./device-problem.ts";
import type { ViewContext, View } from "./view.ts";

const LATE_AFTER_MS = 2 * 60_000;

export function waitingRoom(context: ViewContext): View {
  const title = h("h1", { tabindex: -1 });
  const when = h("p", { class: "call-waiting-room__when" });
  const hint = h("p", { class: "call-waiting-room__hint" });
  const offlineNote = h("p", { class: "call-waiting-room__offline", role: "status" }, messages.statusStreamDown);
  const badge = h("span", {}, messages.waitingRoom.badge);
  const left = h("p", { class: "call-waiting-room__left" });
  const preview = selfPreview(context, { meter: false });
  const problem = deviceProblem(context);
  const controls = deviceControls(context);
  const notify = h(
    "button",
    { type: "button", class: "button button--small call-waiting-room__notify", onclick: () => void requestPermission() },
    icon("bell"),
    h("span", {}, messages.waitingRoom.notify),
  );
  const leave = control(
    "leave",
    messages.controls.leave,
    () => context.send({ type: "dialog", dialog: "leave" }),
    "call-control--leave",
  );
  leave.node.setAttribute("aria-label", messages.waitingRoom.leave);
  let offered =
    "Notification" in globalThis && Notification.permission === "default" && !matchMedia("(pointer: coarse)").matches;

  async function requestPermission(): Promise<void> {
    const granted = await context.requestNotificationPermission();
    offered = false;
    if (granted) text(notify.querySelector("span") as Element, messages.waitingRoom.notifying);
    else show(notify, false);
  }

  const node = h(
    "div",
    { class: "call-waiting-room" },
    preview.node,
    h(
      "div",
      { class: "call-waiting-room__sheet" },
      h(
        "div",
        { class: "call-waiting-room__text" },
        h("p", { class: "call-waiting-room__badge" }, h("span", { class: "call-pulse", "aria-hidden": "true" }), badge),
        title,
        when,
        left,
        hint,
        offlineNote,
        problem.node,
        notify,
      ),
      h("div", { class: "call-control-bar" }, controls.node, leave.node),
    ),
  );

  return {
    node,
    render(call, now) {
      const { standing } = call;
      const joining = call.stage === "joining";
      const until = Date.parse(standing.appointment.starts_at) - now;
      text(title, joining ? messages.joining.title(standing) : messages.waitingRoom.title(standing));
      text(badge, joining ? messages.tabTitle.starting : messages.waitingRoom.badge);
      text(when, messages.appointment.when(standing));
      text(left, startText(call, until));
      show(when, !joining);
      show(left, !joining);
      text(
        hint,
        joining
          ? call.attempts > 0
            ? messages.joining.retryHint
            : messages.joining.hint
          : until < -LATE_AFTER_MS && standing.consultation.state !== "live"
            ? messages.waitingRoom.late(standing)
            : isHostConnected(call)
              ? messages.waitingRoom.hostThere(standing)
              : messages.waitingRoom.hint,
      );
      show(offlineNote, !call.statusStreamUp && !joining);
      show(notify, !joining && (offered || notify.textContent === messages.waitingRoom.notifying));
      for (const part of [preview, controls, problem]) part.render(call, now);
    },
    dispose: () => [preview, controls].forEach((part) => part.dispose?.()),
  };
}

function startText(call: Call, until: number): string {
  if (call.standing.consultation.state === "live") return messages.waitingRoom.running;
  if (until > 0) return messages.appointment.startsIn(countdown(until));
  return until > -LATE_AFTER_MS ? messages.appointment.startsNow : messages.appointment.late(call.standing, -until);
}

function isHostConnected(call: Call): boolean {
  return call.standing.people.some((person) => person.role === "host" && person.connected);
}
