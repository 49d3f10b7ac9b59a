// The questions of the call, as the browser's own dialogs: leave, end for everyone, and the list of devices.
// Escape and the backdrop mean "stay"; nothing is lost by a slip of the thumb.

import type { Call } from "../state.ts";
import { words } from "../messages.ts";
import { attr, button, h, text } from "./dom.ts";
import { mirror } from "./self-preview.ts";
import { picker } from "./device-picker.ts";
import type { House, View } from "./view.ts";

export function dialogs(house: House): View {
  const parts = [leaving(house), ending(house), choosing(house)];
  return {
    node: h("div", { class: "call-dialogs" }, ...parts.map((part) => part.node)),
    draw: (call, now) => parts.forEach((part) => part.draw(call, now)),
  };
}

type Name = NonNullable<Call["dialog"]>;

function frame(
  house: House,
  name: Name,
  title: HTMLElement,
  ...content: HTMLElement[]
): { node: HTMLDialogElement; draw(call: Call): void } {
  title.id = `call-ask-${name}`;
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
  const close = (): void => house.send({ type: "ask", dialog: undefined });
  return {
    node,
    draw(call) {
      const open = call.dialog === name;
      if (open && !node.open) node.showModal();
      if (!open && node.open) node.close();
    },
  };
}

function question(
  house: House,
  name: Name,
  title: string,
  yes: string,
  says: (call: Call) => string,
  send: () => void,
): View {
  const explanation = h("p", { id: `call-why-${name}` });
  const stay = button("", () => house.send({ type: "ask", dialog: undefined }), words.ask.stay);
  const go = button("danger", send, yes);
  const dialog = frame(
    house,
    name,
    h("h2", {}, title),
    explanation,
    h("div", { class: "call-dialog__deeds" }, stay, go),
  );
  attr(dialog.node, "aria-describedby", explanation.id);
  return {
    node: dialog.node,
    draw(call) {
      text(explanation, says(call));
      dialog.draw(call);
    },
  };
}

function leaving(house: House): View {
  return question(
    house,
    "leave",
    words.ask.leaveTitle,
    words.ask.leave,
    (call) =>
      call.standing.role === "host"
        ? words.ask.leaveHost(call.standing)
        : call.stage === "waiting"
          ? words.ask.leaveWaiting
          : words.ask.leaveGuest(call.standing),
    () => house.send({ type: "leave" }),
  );
}

function ending(house: House): View {
  return question(
    house,
    "end",
    words.ask.endTitle,
    words.ask.end,
    (call) => words.ask.endSays(call.standing),
    () => house.send({ type: "end" }),
  );
}

function choosing(house: House): View {
  const choose = picker(house);
  const test = button("small", () => house.playTestSound(), words.devices.test);
  const shortcuts = h("input", {
    type: "checkbox",
    id: "call-shortcuts",
    onchange: () => house.send({ type: "shortcuts", on: shortcuts.checked }),
  });
  const done = button("primary", () => house.send({ type: "ask", dialog: undefined }), words.devices.done);
  const holder = h("div", { class: "call-dialog__mirror" });
  const dialog = frame(
    house,
    "devices",
    h("h2", {}, words.devices.title),
    holder,
    choose.node,
    h("div", { class: "call-check" }, shortcuts, h("label", { for: "call-shortcuts" }, words.devices.shortcuts)),
    h("div", { class: "call-dialog__deeds" }, test, done),
  );
  let glass: View | undefined;
  return {
    node: dialog.node,
    draw(call, now) {
      shortcuts.checked = call.shortcuts;
      const open = call.dialog === "devices";
      // A second mirror costs the phone a second decoder's worth of work: only while it is looked at.
      if (open && !glass) holder.append((glass = mirror(house, { meter: true })).node);
      if (!open && glass) (glass.drop?.(), glass.node.remove(), (glass = undefined));
      glass?.draw(call, now);
      choose.draw(call, now);
      dialog.draw(call);
    },
  };
}
