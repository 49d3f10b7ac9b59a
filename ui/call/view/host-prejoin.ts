// The host before the consultation: is the guest here, is everything ready, and Start.

import type { Call } from "../state.ts";
import { countdown } from "../time-format.ts";
import { words } from "../messages.ts";
import { checklist } from "./checklist.ts";
import { deviceControls } from "./controls.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import { mirror } from "./self-preview.ts";
import { presence } from "./guest-status.ts";
import { reach } from "./host-alerts.ts";
import { deviceTrouble } from "./device-problem.ts";
import type { House, View } from "./view.ts";
import { waitingGuests } from "../effects.ts";

export function before(house: House): View {
  const title = h("h1", { tabindex: -1 });
  const when = h("p", { class: "call-when" });
  const facts = h("p", { class: "call-muted" });
  const left = h("span", { class: "call-count__left", role: "timer" });
  const count = h("p", { class: "call-count" }, icon("clock"), h("span", {}, words.appointment.opensIn), left);
  const go = h("button", {
    type: "button",
    class: "button button--wide call-go",
    onclick: () => house.send({ type: last?.standing.may.start ? "start" : "come" }),
  });
  const goHint = h("p", { class: "call-muted call-hint" });
  const glass = mirror(house, { meter: true, offer: true });
  const parts = [glass, deviceControls(house), deviceTrouble(house), presence(), checklist(), reach(house)] as const;
  const [, controls, trouble, guest, checks, calling] = parts;
  let last: Call | undefined;

  const node = h(
    "div",
    { class: "call-page call-before" },
    h("header", { class: "call-before__head" }, title, when, facts),
    h(
      "div",
      { class: "call-before__side" },
      guest.node,
      h("div", { class: "call-before__act" }, count, go, goHint),
      checks.node,
      calling.node,
    ),
    h(
      "section",
      { class: "call-card call-look", "aria-label": words.devices.title },
      glass.node,
      controls.node,
      trouble.node,
    ),
  );

  return {
    node,
    draw(call, now) {
      last = call;
      const { standing } = call;
      const live = standing.consultation.state === "live";
      const waits = waitingGuests(call).length > 0;
      const possible = live || standing.may.start;
      const early = call.stage === "early";
      text(title, words.before.title(standing));
      text(when, words.appointment.when(standing));
      text(facts, words.appointment.facts(standing));
      show(count, early);
      text(left, countdown(Date.parse(standing.door.opens_at) - now));
      show(controls.node, call.looking);
      const busy = call.errands.includes("start");
      text(
        go,
        busy
          ? words.threshold.entering
          : live
            ? words.before.join(standing)
            : waits || !possible
              ? words.before.start(standing)
              : words.before.startEarly,
      );
      attr(go, "class", `button button--wide call-go${waits || live ? " button--primary" : ""}`);
      attr(go, "disabled", !possible);
      attr(go, "aria-disabled", busy && "true");
      text(goHint, live ? words.threshold.rejoinHint(standing) : possible ? "" : words.before.notOpen);
      show(goHint, goHint.textContent !== "");
      for (const part of parts) part.draw(call, now);
    },
    drop: () => parts.forEach((part) => part.drop?.()),
  };
}
