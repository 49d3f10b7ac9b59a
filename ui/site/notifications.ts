// The browser's own notices, for whoever works in another window. Asked for only by a tap, never on arrival.

export function enableNotifyButton(button: HTMLElement | null): void {
  if (!button || !("Notification" in window) || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await Notification.requestPermission();
    if (answer !== "default") button.hidden = true;
  });
}

/** Says it outside the page; a tap on it brings the page back. */
export function showNotification(message: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notice = new Notification(message, { tag: "anteroom-waiting", icon: "/favicon.svg" });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  } catch {
    // Chrome on Android allows notices from service workers only; there the sound has to do.
  }
}
