// The two ways LiveKit's clients connect.
export const PATHS = [
  { path: "/rtc/v1", singlePeerConnection: true },
  { path: "/rtc", singlePeerConnection: false },
];
