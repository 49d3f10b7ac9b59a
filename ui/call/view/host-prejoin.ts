// Pre-join page of the host: guest status, device preview, checklist, and the Start button.

import type { Call } from "../state.ts";
import { countdown } from "../time-format.ts";
import { messages } from "../messages.ts";
import { checklist } from "./checklist.ts";
import { deviceControls } from "./controls.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { selfPreview } from "./self-preview.ts";
import { guestStatus } from "./guest-status.ts";
import { hostAlerts } from "./host-alerts.ts";
import { deviceProblem } from "./device-problem.ts";
import { movedGuestNotes } from "./moved-guests.ts";
import type { ViewContext, View } from "./view.ts";
import { waitingGuests } from "../effects.ts";

export function hostPrejoin(context: ViewContext): View {
  const title = h("h1", { tabindex: -1 });
  const when = h("p", { class: "call-when" });
  const facts = h("p", { class: "call-muted" });
  const left = h("span", { class: "call-count__left", role: "timer" });
  const count = h("p", { class: "call-count" }, icon("clock"), h("span", {}, messages.appointment.opensIn), left);
  const start = h("button", {
    type: "button",
    class: "button button--wide call-join",
    onclick: () => context.send({ type: last?.standing.may.start ? "start" : "join" }),
  });
  const startHint = h("p", { class: "call-muted call-hint" });
  const preview = selfPreview(context, { meter: true, offer: true });
  const parts = [preview, deviceControls(context), deviceProblem(context), guestStatus(), movedGuestNotes(context), checklist(), hostAlerts(context)] as const;
  const [, controls, problem, status, moved, checks, alerts] = parts;
  let last: Call | undefined;

  const node = h(
    "div",
    { class: "call-page call-host-prejoin" },
    h("header", { class: "call-host-prejoin__head" }, title, when, facts),
    h(
      "div",
      { class: "call-host-prejoin__side" },
      status.node,
      moved.node,
      h("div", { class: "call-host-prejoin__actions" }, count, start, startHint),
      checks.node,
      alerts.node,
    ),
    h(
      "section",
      { class: "call-card call-preview-card", "aria-label": messages.devices.title },
      preview.node,
      controls.node,
      problem.node,
    ),
  );

  return {
    node,
    render(call, now) {
      last = call;
      const { standing } = call;
      const live = standing.consultation.state === "live";
      const waits = waitingGuests(call).length > 0;
      const possible = live || standing.may.start;
      const early = call.stage === "early";
      text(title, messages.hostPrejoin.title(standing));
      text(when, messages.appointment.when(standing));
      text(facts, messages.appointment.facts(standing));
      show(count, early);
      text(left, countdown(Date.parse(standing.door.opens_at) - now));
      show(controls.node, call.devicesRequested);
      const busy = call.requests.includes("start");
      text(
        start,
        busy
          ? messages.guestPrejoin.joining
          : live
            ? messages.hostPrejoin.join
            : waits || !possible
              ? messages.hostPrejoin.start
              : messages.hostPrejoin.startEarly,
      );
      attr(start, "class", `button button--wide call-join${waits || live ? " button--primary" : ""}`);
      attr(start, "disabled", !possible);
      attr(start, "aria-disabled", busy && "true");
      text(startHint, live ? messages.guestPrejoin.rejoinHint : possible ? "" : messages.hostPrejoin.notOpen);
      show(startHint, startHint.textContent !== "");
      for (const part of parts) part.render(call, now);
    },
    dispose: () => parts.forEach((part) => part.dispose?.()),
  };
}
