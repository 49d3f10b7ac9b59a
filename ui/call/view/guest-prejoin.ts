// Pre-join page of the guest, before the waiting room: appointment, device preview, and the join button.

import type { Call } from "../state.ts";
import { countdown } from "../time-format.ts";
import { messages } from "../messages.ts";
import { deviceControls } from "./controls.ts";
import { attr, button, h, show, text } from "./dom.ts";
import { inAppBrowserHint } from "./in-app-browser.ts";
import { icon } from "./icons.ts";
import { selfPreview } from "./self-preview.ts";
import { deviceProblem } from "./device-problem.ts";
import type { ViewContext, View } from "./view.ts";

/** A guest who only tests the camera is asked to enter after this time, or once the appointment begins. */
const ASK_AFTER_MS = 2 * 60_000;

export function guestPrejoin(context: ViewContext): View {
  const title = h("h1", { tabindex: -1 });
  const when = h("p", { class: "call-when" });
  const facts = h("p", { class: "call-muted" });
  const inside = h("p", { class: "call-note call-note--good call-guest-prejoin__inside", role: "status" });
  const left = h("span", { class: "call-count__left", role: "timer" });
  const count = h("p", { class: "call-count" }, icon("clock"), h("span", {}, messages.appointment.opensIn), left);
  const preview = selfPreview(context, { meter: true, offer: true });
  const controls = deviceControls(context);
  const problem = deviceProblem(context);
  const join = h("button", {
    type: "button",
    class: "button button--primary button--wide call-join",
    onclick: () => context.send({ type: "join" }),
  });
  const hint = h("p", { class: "call-muted call-hint" });
  const readyHint = h("p");
  const readyNote = h(
    "div",
    { class: "call-note call-note--good", role: "status" },
    icon("check"),
    h("div", { class: "call-note__text" }, h("strong", {}, messages.guestPrejoin.joinsWhenOpen), readyHint),
  );
  const askText = h("p", { class: "call-note__text" });
  const ask = h("div", { class: "call-note call-note--warn", role: "status" }, icon("clock"), askText);
  let openSince: number | undefined;
  const cancel = button("quiet", () => context.send({ type: "cancel-join" }), messages.guestPrejoin.cancelJoin);
  const inAppHint = inAppBrowserHint(context);

  const node = h(
    "div",
    { class: "call-page call-guest-prejoin" },
    h("header", { class: "call-guest-prejoin__head" }, title, when, facts, count, inside),
    h(
      "section",
      { class: "call-card call-preview-card", "aria-label": messages.devices.title },
      preview.node,
      controls.node,
      problem.node,
    ),
    h("div", { class: "call-guest-prejoin__actions" }, inAppHint.node, readyNote, ask, join, hint, cancel),
  );

  return {
    node,
    render(call, now) {
      const { standing } = call;
      const early = call.stage === "early";
      const joinsLater = joinsWhenOpen(call);
      const rejoins = standing.entry === "admitted" || standing.entry === "waiting";
      const rejoinsCall = rejoins && standing.consultation.state === "live" && standing.entry === "admitted";
      text(title, rejoinsCall ? messages.guestPrejoin.rejoinTitle(standing) : messages.appointment.title(standing));
      text(when, messages.appointment.when(standing));
      text(facts, messages.appointment.facts(standing));
      show(inside, isHostInside(call));
      text(inside, isHostInside(call) ? messages.guestPrejoin.hostInside(standing) : "");
      show(count, early);
      text(left, countdown(Date.parse(standing.door.opens_at) - now));
      show(controls.node, call.devicesRequested);
      show(readyNote, joinsLater);
      text(readyHint, messages.guestPrejoin.joinsWhenOpenHint(standing));
      show(cancel, joinsLater);
      show(join, !joinsLater);
      if (call.stage === "ready") openSince ??= now;
      show(ask, openSince !== undefined && isOverdue(call, now, openSince));
      text(askText, messages.guestPrejoin.notSeenYet(standing));
      show(hint, !joinsLater);
      const busy = call.requests.includes("enter") || call.retryPending;
      attr(join, "aria-disabled", busy && "true");
      text(
        join,
        busy
          ? messages.guestPrejoin.joining
          : rejoinsCall
            ? messages.guestPrejoin.rejoin
            : rejoins
              ? messages.guestPrejoin.resume
              : messages.guestPrejoin.join,
      );
      text(
        hint,
        rejoinsCall
          ? messages.guestPrejoin.rejoinHint
          : rejoins
            ? messages.guestPrejoin.resumeHint
            : early
              ? messages.guestPrejoin.joinEarlyHint
              : messages.guestPrejoin.joinHint(standing),
      );
      for (const part of [preview, controls, problem, inAppHint]) part.render(call, now);
    },
    dispose: () => [preview, controls].forEach((part) => part.dispose?.()),
  };
}

/** The room is open, the host waits or the time has come, and the guest has not entered. */
function isOverdue({ stage, standing, presence }: Call, now: number, openSince: number): boolean {
  if (stage !== "ready" || presence !== "outside" || standing.entry !== "outside" || !standing.may.enter) return false;
  return isHostInside({ standing }) || now >= Date.parse(standing.appointment.starts_at) || now - openSince >= ASK_AFTER_MS;
}

function isHostInside({ standing }: Pick<Call, "standing">): boolean {
  return standing.people.some((person) => person.role === "host" && person.connected);
}

function joinsWhenOpen(call: Call): boolean {
  return call.stage === "early" && call.presence === "here";
}
