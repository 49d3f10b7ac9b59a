/** What the browsers inside other apps call themselves; `; wv)` is Android's own for any app. */
const IN_APP_USER_AGENTS = [
  "FBAN", "FBAV", "FB_IAB", "Instagram", "WhatsApp", "Line/", "Snapchat", "TikTok", "musical_ly",
  "BytedanceWebview", "MicroMessenger", "Twitter", "LinkedInApp", "GSA/", "; wv)",
];

/** There, cameras often do not exist, or are lost when the app goes to the back. */
export function isInAppBrowser(userAgent: string): boolean {
  return IN_APP_USER_AGENTS.some((name) => userAgent.includes(name));
}
