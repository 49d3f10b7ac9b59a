// The screens on which nothing runs: it has ended, was left, declined, moved elsewhere, failed, or is not to be.
// Each says what is so, and gives the one thing to do next.

import type { Call, Stage } from "../state.ts";
import { hour, length } from "../time-format.ts";
import { words } from "../messages.ts";
import { attr, button, h, show, text } from "./dom.ts";
import { draw, icon, type IconName } from "./icons.ts";
import type { House, View } from "./view.ts";

interface Ending {
  sign: IconName;
  title: string;
  says: string;
  deed?: string | undefined;
}

export function after(house: House): View {
  const sign = icon("check");
  const title = h("h1", { tabindex: -1 });
  const says = h("p", { class: "call-after__says" });
  const facts = h("dl", { class: "call-facts" });
  const deed = button("primary", () => house.send({ type: "come" }));
  const end = button("", () => house.send({ type: "ask", dialog: "end" }), words.controls.endWhole);
  const reload = button("", () => location.reload(), words.after.reload);
  const home = h("a", { class: "button", href: house.home ?? "/" }, words.after.toDay);
  const node = h(
    "div",
    { class: "call-page call-after" },
    h(
      "div",
      { class: "call-card call-after__card" },
      h("span", { class: "call-after__sign" }, sign),
      title,
      says,
      facts,
      h("div", { class: "call-after__deeds" }, deed, end, reload, home),
    ),
  );
  let shownFacts = "";

  return {
    node,
    draw(call) {
      const ending = endingOf(call);
      draw(sign, ending.sign);
      text(title, ending.title);
      text(says, ending.says);
      show(deed, ending.deed !== undefined);
      text(deed, ending.deed ?? "");
      attr(deed, "aria-disabled", call.errands.includes("enter") && "true");
      show(end, call.stage === "left" && call.standing.may.end);
      show(reload, call.stage === "failed");
      show(home, house.home !== undefined);
      const rows = call.stage === "ended" ? factsOf(call) : [];
      if (shownFacts === JSON.stringify(rows)) return;
      shownFacts = JSON.stringify(rows);
      facts.replaceChildren(...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    },
  };
}

function endingOf(call: Call): Ending {
  const { standing } = call;
  const { after: say } = words;
  const guest = standing.role === "guest";
  const live = standing.consultation.state === "live";
  const endings: Partial<Record<Stage, Ending>> = {
    ended: {
      sign: "check",
      title: say.ended(standing),
      says:
        standing.consultation.started_at === null ? say.neverTook : guest ? say.endedGuest(standing) : say.endedHost,
    },
    left: {
      sign: "door",
      title: say.left,
      says: !guest ? say.leftHost(standing) : live ? say.leftGuest(standing) : say.leftWaiting,
      deed: guest && !standing.may.enter ? undefined : say.goBack,
    },
    declined: {
      sign: "door",
      title: say.declined,
      says: say.declinedHint(standing),
      deed: standing.may.enter ? say.askAgain : undefined,
    },
    replaced: { sign: "devices", title: say.replaced, says: say.replacedHint, deed: say.useHere },
    failed: { sign: "alert", title: say.failed, says: reason(call) ?? say.failedHint, deed: say.tryAgain },
  };
  return endings[call.stage] ?? closed(call);
}

function closed({ standing }: Call): Ending {
  const { after: say } = words;
  switch (standing.door.state) {
    case "cancelled":
      return { sign: "clock", title: say.cancelled, says: say.cancelledHint(standing) };
    case "too_late":
      return { sign: "clock", title: say.tooLate, says: say.tooLateHint(standing) };
    default:
      return {
        sign: "door",
        title: say.notOpen,
        says: `${standing.door.message ?? ""} ${say.contact(standing)}`.trim(),
      };
  }
}

function reason(call: Call): string | undefined {
  return call.notice?.kind === "refused" ? words.trouble(call.notice) : undefined;
}

function factsOf({ standing }: Call): [string, string][] {
  const { started_at, ended_at, duration_seconds } = standing.consultation;
  const { zone } = standing.appointment;
  const rows: [string, string | undefined][] = [
    [words.after.started, started_at ? hour(started_at, zone) : undefined],
    [words.after.end, started_at && ended_at ? hour(ended_at, zone) : undefined],
    [words.after.lasted, duration_seconds === null ? undefined : length(duration_seconds)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}
