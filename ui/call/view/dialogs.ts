// Modal dialogs (<dialog>): leave, end for everyone, device settings.
// Escape and a tap on the backdrop close the dialog without an action.

import type { Call, Dialog } from "../state.ts";
import { messages } from "../messages.ts";
import { attr, button, h, text } from "./dom.ts";
import { selfPreview } from "./self-preview.ts";
import { devicePicker } from "./device-picker.ts";
import type { ViewContext, View } from "./view.ts";

export function dialogs(context: ViewContext): View {
  const parts = [leaveDialog(context), endDialog(context), expelDialog(context), deviceDialog(context)];
  return {
    node: h("div", { class: "call-dialogs" }, ...parts.map((part) => part.node)),
    render: (call, now) => parts.forEach((part) => part.render(call, now)),
  };
}

function frame(
  context: ViewContext,
  name: Dialog,
  title: HTMLElement,
  ...content: HTMLElement[]
): { node: HTMLDialogElement; render(call: Call): void } {
  title.id = `call-dialog-${name}`;
  const node = h(
    "dialog",
    {
      class: "call-dialog",
      "aria-labelledby": title.id,
      oncancel: (event) => (event.preventDefault(), close()),
      onclick: (event) => event.target === node && close(),
    },
    h("div", { class: "call-dialog__body" }, title, ...content),
  );
  const close = (): void => context.send({ type: "dialog", dialog: undefined });
  return {
    node,
    render(call) {
      const open = call.dialog === name;
      if (open && !node.open) node.showModal();
      if (!open && node.open) node.close();
    },
  };
}

function confirmDialog(
  context: ViewContext,
  name: Dialog,
  titleOf: (call: Call) => string,
  yes: string,
  explain: (call: Call) => string,
  send: (call: Call) => void,
  keep: () => string = () => messages.dialogs.remain,
): View {
  const explanation = h("p", { id: `call-dialog-text-${name}` });
  const stay = button("", () => context.send({ type: "dialog", dialog: undefined }), keep());
  const title = h("h2");
  const confirm = button("danger", () => last && send(last), yes);
  let last: Call | undefined;
  const dialog = frame(
    context,
    name,
    title,
    explanation,
    h("div", { class: "call-dialog__actions" }, stay, confirm),
  );
  attr(dialog.node, "aria-describedby", explanation.id);
  return {
    node: dialog.node,
    render(call) {
      last = call;
      if (call.dialog === name) {
        text(title, titleOf(call));
        text(explanation, explain(call));
      }
      dialog.render(call);
    },
  };
}

function leaveDialog(context: ViewContext): View {
  return confirmDialog(
    context,
    "leave",
    () => messages.dialogs.leaveTitle,
    messages.dialogs.leave,
    (call) =>
      call.standing.role === "host"
        ? messages.dialogs.leaveHost
        : call.stage === "waiting"
          ? messages.dialogs.leaveWaiting
          : messages.dialogs.leaveGuest(call.standing),
    () => context.send({ type: "leave" }),
  );
}

function endDialog(context: ViewContext): View {
  return confirmDialog(
    context,
    "end",
    () => messages.dialogs.endTitle,
    messages.dialogs.end,
    () => messages.dialogs.endExplanation,
    () => context.send({ type: "end" }),
  );
}

/** Puts out a guest who may be another person. */
function expelDialog(context: ViewContext): View {
  const name = ({ standing, about }: Call): string => standing.people.find((person) => person.id === about)?.name ?? "";
  return confirmDialog(
    context,
    "expel",
    (call) => messages.dialogs.expelTitle(name(call)),
    messages.inCall.putOut,
    (call) => messages.dialogs.expelExplanation(name(call)),
    ({ about }) => about && context.send({ type: "expel", participantId: about }),
    () => messages.dialogs.expelKeep,
  );
}

function deviceDialog(context: ViewContext): View {
  const picker = devicePicker(context);
  const test = button("small", () => context.playTestSound(), messages.devices.test);
  const shortcuts = h("input", {
    type: "checkbox",
    id: "call-shortcuts",
    onchange: () => context.send({ type: "shortcuts", on: shortcuts.checked }),
  });
  const done = button("primary", () => context.send({ type: "dialog", dialog: undefined }), messages.devices.done);
  const hasKeyboard = !matchMedia("(pointer: coarse)").matches;
  const previewHolder = h("div", { class: "call-dialog__preview" });
  const dialog = frame(
    context,
    "devices",
    h("h2", {}, messages.devices.title),
    previewHolder,
    picker.node,
    ...(hasKeyboard ? [h("div", { class: "call-check" }, shortcuts, h("label", { for: "call-shortcuts" }, messages.devices.shortcuts))] : []),
    h("div", { class: "call-dialog__actions" }, test, done),
  );
  let preview: View | undefined;
  return {
    node: dialog.node,
    render(call, now) {
      shortcuts.checked = call.shortcuts;
      const open = call.dialog === "devices";
      // A second preview is expensive on a phone: it exists only while the dialog is open.
      if (open && !preview) previewHolder.append((preview = selfPreview(context, { meter: true })).node);
      if (!open && preview) (preview.dispose?.(), preview.node.remove(), (preview = undefined));
      preview?.render(call, now);
      picker.render(call, now);
      dialog.render(call);
    },
  };
}
