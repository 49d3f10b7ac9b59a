// Alerts for a host when a guest arrives: unlock the chime, ask for notification permission.

import { messages } from "../messages.ts";
import { button, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { ViewContext, View } from "./view.ts";

export function hostAlerts(context: ViewContext): View {
  const chimeButton = button("small", () => unlockSound(), icon("sound"), messages.hostPrejoin.soundOn);
  const silentNote = h("div", { class: "call-note" }, h("p", { class: "call-note__text" }, messages.hostPrejoin.soundOff), chimeButton);
  const label = h("span", {}, messages.notification.ask);
  const notifyButton = button("small quiet", () => void requestPermission(), icon("bell"), label);
  const node = h("div", { class: "call-host-alerts" }, silentNote, notifyButton);
  show(silentNote, false);
  show(notifyButton, "Notification" in globalThis && Notification.permission !== "denied");
  if (context.notificationsGranted()) text(label, messages.notification.on);
  void context.isChimeReady().then((ready) => show(silentNote, !ready));
  // Any tap on the page unlocks audio (autoplay policy).
  document.addEventListener("pointerdown", () => unlockSound(false), { once: true });

  function unlockSound(play = true): void {
    if (play) context.playTestSound();
    void context.isChimeReady().then((ready) => show(silentNote, !ready));
  }

  async function requestPermission(): Promise<void> {
    const granted = await context.requestNotificationPermission();
    if (granted) text(label, messages.notification.on);
    else show(notifyButton, false);
  }

  return { node, render: () => undefined };
}
