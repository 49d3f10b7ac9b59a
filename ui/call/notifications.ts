// Notifications of the browser, outside the page.

export function showNotification(title: string, body: string): void {
  if (!canNotify() || Notification.permission !== "granted" || !document.hidden) return;
  try {
    const note = new Notification(title, { body, tag: "anteroom" });
    note.addEventListener("click", () => {
      globalThis.focus();
      note.close();
    });
  } catch {
    // Android allows notifications only from a service worker; there, chime and buzz must do
  }
}

function canNotify(): boolean {
  return typeof Notification !== "undefined";
}
