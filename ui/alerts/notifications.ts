// Browser notifications, shown only while the page is hidden and permission is granted.
//
// Never with a name: others may read them on the screen, a locked one too.

/** Whether a tap could bring up the browser's question. */
export function mayAskForNotifications(): boolean {
  return canNotify() && Notification.permission === "default";
}

/** Call on a tap. Resolves to whether notifications are granted. */
export async function askForNotifications(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === "granted";
}

export function areNotificationsGranted(): boolean {
  return canNotify() && Notification.permission === "granted";
}

export function showNotification(title: string, body: string): void {
  if (!areNotificationsGranted() || !document.hidden) return;
  try {
    const note = new Notification(title, { body, tag: "anteroom", icon: "/favicon.svg" });
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
