/** What the browsers inside other apps call themselves; `; wv)` is Android's own for any app. */
const APPS = [
  "FBAN", "FBAV", "FB_IAB", "Instagram", "WhatsApp", "Line/", "Snapchat", "TikTok", "musical_ly",
  "BytedanceWebview", "MicroMessenger", "Twitter", "LinkedInApp", "GSA/", "; wv)",
];

/** There, cameras often do not exist, or are lost when the app goes to the back. */
export function isInsideAnotherApp(userAgent: string): boolean {
  return APPS.some((name) => userAgent.includes(name));
}
