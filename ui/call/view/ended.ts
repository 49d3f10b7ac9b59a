// The screen after and outside a call: ended, left, declined, moved to another device, failed, or no room.
// Each shows the state and one next step.

import type { Standing } from "../../protocol/standing.ts";
import type { Call, Stage } from "../state.ts";
import { hour, length } from "../time-format.ts";
import { messages } from "../messages.ts";
import { attr, button, h, show, text } from "./dom.ts";
import { setIcon, icon, type IconName } from "./icons.ts";
import type { ViewContext, View } from "./view.ts";

interface EndedContent {
  icon: IconName;
  title: string;
  text: string;
  action?: string | undefined;
}

export function ended(context: ViewContext): View {
  const screenIcon = icon("check");
  const title = h("h1", { tabindex: -1 });
  const explanation = h("p", { class: "call-ended__text" });
  const facts = h("dl", { class: "call-facts" });
  const action = button("primary", () => context.send({ type: "join" }));
  const end = button("", () => context.send({ type: "dialog", dialog: "end" }), messages.controls.endWhole);
  const reload = button("", () => location.reload(), messages.ended.reload);
  const home = h("a", { class: "button", href: context.homeUrl ?? "/" }, messages.ended.backToDay);
  const node = h(
    "div",
    { class: "call-page call-ended" },
    h(
      "div",
      { class: "call-card call-ended__card" },
      h("span", { class: "call-ended__icon" }, screenIcon),
      title,
      explanation,
      facts,
      h("div", { class: "call-ended__actions" }, action, end, reload, home),
    ),
  );
  let shownFacts = "";

  return {
    node,
    render(call) {
      const content = contentOf(call);
      setIcon(screenIcon, content.icon);
      text(title, content.title);
      text(explanation, content.text);
      show(action, content.action !== undefined);
      text(action, content.action ?? "");
      attr(action, "aria-disabled", call.requests.includes("enter") && "true");
      show(end, call.stage === "left" && call.standing.may.end);
      show(reload, call.stage === "failed");
      show(home, context.homeUrl !== undefined);
      const rows = call.stage === "ended" ? factsOf(call) : [];
      if (shownFacts === JSON.stringify(rows)) return;
      shownFacts = JSON.stringify(rows);
      facts.replaceChildren(...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    },
  };
}

function contentOf(call: Call): EndedContent {
  const { standing } = call;
  const { ended: texts } = messages;
  const guest = standing.role !== "host";
  const live = standing.consultation.state === "live";
  const contents: Partial<Record<Stage, EndedContent>> = {
    ended: {
      icon: "check",
      title: texts.ended,
      text: endedText(standing),
    },
    left: {
      icon: "door",
      title: texts.left,
      text: !guest ? texts.leftHost : live ? texts.leftGuest : texts.leftWaiting,
      action: guest && !standing.may.enter ? undefined : texts.goBack,
    },
    declined: {
      icon: "door",
      title: texts.declined,
      text: texts.declinedHint(standing),
      action: standing.may.enter ? texts.askAgain : undefined,
    },
    replaced: { icon: "devices", title: texts.replaced, text: texts.replacedHint(standing), action: texts.useHere },
    failed: { icon: "alert", title: texts.failed, text: failureReason(call) ?? texts.failedHint, action: texts.tryAgain },
  };
  return contents[call.stage] ?? closed(call);
}

function endedText(standing: Standing): string {
  const { ended: texts } = messages;
  if (standing.consultation.started_at === null) return texts.neverStarted;
  if (standing.consultation.end_reason === "unanswered") return texts.unanswered;
  return standing.role !== "host" ? texts.endedGuest(standing) : texts.endedHost;
}

function closed({ standing, barred }: Call): EndedContent {
  const { ended: texts } = messages;
  if (barred === "link" && standing.door.state !== "cancelled") {
    return { icon: "door", title: texts.linkGone, text: texts.linkGoneHint(standing) };
  }
  switch (standing.door.state) {
    case "cancelled":
      return { icon: "clock", title: texts.cancelled, text: texts.cancelledHint(standing) };
    case "too_late":
      return { icon: "clock", title: texts.tooLate, text: texts.tooLateHint(standing) };
    default:
      return {
        icon: "door",
        title: texts.notOpen,
        text: texts.notOpenHint(standing),
      };
  }
}

function failureReason(call: Call): string | undefined {
  return call.notice && call.notice.kind !== "unreachable" ? messages.requestFailure(call.notice) : undefined;
}

function factsOf({ standing }: Call): [string, string][] {
  const { started_at, ended_at, duration_seconds } = standing.consultation;
  const { zone } = standing.appointment;
  const rows: [string, string | undefined][] = [
    [messages.ended.started, started_at ? hour(started_at, zone) : undefined],
    [messages.ended.end, started_at && ended_at ? hour(ended_at, zone) : undefined],
    [messages.ended.lasted, duration_seconds === null ? undefined : length(duration_seconds)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}
