// How the host will notice a guest who arrives while they look elsewhere: the chime, and a notification if they wish.

import { words } from "../messages.ts";
import { button, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { House, View } from "./view.ts";

export function reach(house: House): View {
  const chime = button("small", () => turnOn(), icon("sound"), words.before.soundOn);
  const silent = h("div", { class: "call-note" }, h("p", { class: "call-note__text" }, words.before.soundOff), chime);
  const label = h("span", {}, words.notification.ask);
  const notify = button("small quiet", () => void allow(), icon("bell"), label);
  const node = h("div", { class: "call-reach" }, silent, notify);
  show(silent, false);
  show(notify, "Notification" in globalThis && Notification.permission !== "denied");
  if (house.mayNotify()) text(label, words.notification.on);
  void house.isBellReady().then((ready) => show(silent, !ready));
  // Any touch of the page unlocks its sound.
  document.addEventListener("pointerdown", () => turnOn(false), { once: true });

  function turnOn(play = true): void {
    if (play) house.playTestSound();
    void house.isBellReady().then((ready) => show(silent, !ready));
  }

  async function allow(): Promise<void> {
    const granted = await house.allowNotifications();
    if (granted) text(label, words.notification.on);
    else show(notify, false);
  }

  return { node, draw: () => undefined };
}
