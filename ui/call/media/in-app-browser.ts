// Detects browsers embedded in other apps (web views), by their user agent.

/** User agent fragments of in-app browsers; `; wv)` marks every Android web view. */
const IN_APP_USER_AGENTS = [
  "FBAN", "FBAV", "FB_IAB", "Instagram", "WhatsApp", "Line/", "Snapchat", "TikTok", "musical_ly",
  "BytedanceWebview", "MicroMessenger", "Twitter", "LinkedInApp", "GSA/", "; wv)",
];

/** In these, cameras are often unavailable, or lost when the app goes to the background. */
export function isInAppBrowser(userAgent: string): boolean {
  return IN_APP_USER_AGENTS.some((name) => userAgent.includes(name));
}
