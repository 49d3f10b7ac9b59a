// Browser notifications, for a host who works in another window. Permission is requested only on a tap.

export function enableNotifyButton(button: HTMLElement | null): void {
  if (!button || !("Notification" in window) || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await Notification.requestPermission();
    if (answer !== "default") button.hidden = true;
  });
}

/** Shows a notification; a tap on it focuses the page. */
export function showNotification(message: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notice = new Notification(message, { tag: "anteroom-waiting", icon: "/favicon.svg" });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  } catch {
    // Chrome on Android allows notifications only from service workers; the chime remains.
  }
}
