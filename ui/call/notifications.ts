// Browser notifications, shown only while the page is hidden and permission is granted.

export function showNotification(title: string, body: string): void {
  if (!canNotify() || Notification.permission !== "granted" || !document.hidden) return;
  try {
    const note = new Notification(title, { body, tag: "anteroom" });
    note.addEventListener("click", () => {
      globalThis.focus();
      note.close();
    });
  } catch {
    // Chrome on Android allows notifications only from a service worker; chime and vibration remain
  }
}

function canNotify(): boolean {
  return typeof Notification !== "undefined";
}
