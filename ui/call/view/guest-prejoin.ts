// The guest before the waiting room: when it is, with whom, a look at oneself, and one large button.

import type { Call } from "../state.ts";
import { countdown } from "../time-format.ts";
import { words } from "../messages.ts";
import { deviceControls } from "./controls.ts";
import { attr, button, h, show, text } from "./dom.ts";
import { escapeHint } from "./in-app-browser.ts";
import { icon } from "./icons.ts";
import { mirror } from "./self-preview.ts";
import { deviceTrouble } from "./device-problem.ts";
import type { House, View } from "./view.ts";

export function threshold(house: House): View {
  const title = h("h1", { tabindex: -1 });
  const when = h("p", { class: "call-when" });
  const facts = h("p", { class: "call-muted" });
  const left = h("span", { class: "call-count__left", role: "timer" });
  const count = h("p", { class: "call-count" }, icon("clock"), h("span", {}, words.appointment.opensIn), left);
  const glass = mirror(house, { meter: true, offer: true });
  const controls = deviceControls(house);
  const trouble = deviceTrouble(house);
  const go = h("button", {
    type: "button",
    class: "button button--primary button--wide call-go",
    onclick: () => house.send({ type: "come" }),
  });
  const hint = h("p", { class: "call-muted call-hint" });
  const armedHint = h("p");
  const armed = h(
    "div",
    { class: "call-note call-note--good", role: "status" },
    icon("check"),
    h("div", { class: "call-note__text" }, h("strong", {}, words.threshold.armed), armedHint),
  );
  const notYet = button("quiet", () => house.send({ type: "stay-out" }), words.threshold.notYet);
  const escape = escapeHint(house);

  const node = h(
    "div",
    { class: "call-page call-threshold" },
    h("header", { class: "call-threshold__head" }, title, when, facts, count),
    h(
      "section",
      { class: "call-card call-look", "aria-label": words.devices.title },
      glass.node,
      controls.node,
      trouble.node,
    ),
    h("div", { class: "call-threshold__act" }, escape.node, armed, go, hint, notYet),
  );

  return {
    node,
    draw(call, now) {
      const { standing } = call;
      const early = call.stage === "early";
      const ready = isArmed(call);
      const rejoins = standing.entry === "admitted" || standing.entry === "waiting";
      const moving = rejoins && standing.consultation.state === "live" && standing.entry === "admitted";
      text(title, moving ? words.threshold.rejoinTitle(standing) : words.appointment.title(standing));
      text(when, words.appointment.when(standing));
      text(facts, words.appointment.facts(standing));
      show(count, early);
      text(left, countdown(Date.parse(standing.door.opens_at) - now));
      show(controls.node, call.looking);
      show(armed, ready);
      text(armedHint, words.threshold.armedHint(standing));
      show(notYet, ready);
      show(go, !ready);
      show(hint, !ready);
      const busy = call.errands.includes("enter") || call.resting;
      attr(go, "aria-disabled", busy && "true");
      text(
        go,
        busy
          ? words.threshold.entering
          : moving
            ? words.threshold.rejoin
            : rejoins
              ? words.threshold.resume
              : words.threshold.here,
      );
      text(
        hint,
        moving
          ? words.threshold.rejoinHint(standing)
          : rejoins
            ? words.threshold.resumeHint
            : early
              ? words.threshold.hereEarly
              : words.threshold.hereHint(standing),
      );
      for (const part of [glass, controls, trouble, escape]) part.draw(call, now);
    },
    drop: () => [glass, controls].forEach((part) => part.drop?.()),
  };
}

function isArmed(call: Call): boolean {
  return call.stage === "early" && call.place === "here";
}
