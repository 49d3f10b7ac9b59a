// Note about a camera or microphone that cannot be used (permission denied, missing, in use): advice, retry, continue without.

import type { Call, DeviceKind } from "../state.ts";
import { messages } from "../messages.ts";
import { button, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { ViewContext, View } from "./view.ts";

export function deviceProblem(context: ViewContext): View {
  const title = h("strong");
  const advice = h("span");
  const retry = button("small", () => retryAll(), messages.deviceProblem.retry);
  const without = button("small quiet", () => context.send({ type: "continue-without" }), messages.deviceProblem.continueWithout);
  const node = h(
    "div",
    { class: "call-note call-note--warn", role: "status" },
    icon("alert"),
    h("div", { class: "call-note__text" }, title, advice),
    h("div", { class: "call-note__actions" }, retry, without),
  );
  let failed: readonly DeviceKind[] = [];

  function retryAll(): void {
    for (const kind of failed) context.send({ type: "retry-device", kind });
  }

  return {
    node,
    render(call) {
      failed = failedDevices(call);
      const [first] = failed;
      show(node, first !== undefined);
      if (!first) return;
      const problem = call[first].problem ?? "unknown";
      text(title, messages.deviceProblem.title(failed.length > 1 ? "both" : first, problem));
      text(advice, messages.deviceProblem.advice(problem));
    },
  };
}

/** Both kinds if both have the same problem, else the camera first. */
function failedDevices(call: Call): DeviceKind[] {
  const all = (["camera", "microphone"] as const).filter((kind) => call[kind].state === "problem");
  return all.filter((kind) => all[0] && call[kind].problem === call[all[0]].problem);
}
