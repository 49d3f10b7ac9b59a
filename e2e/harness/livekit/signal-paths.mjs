// The two ways LiveKit's clients connect: one peer connection that the client offers, or one for each direction.
export const SIGNAL_PATHS = [
  { path: "/rtc/v1", singlePeerConnection: true },
  { path: "/rtc", singlePeerConnection: false },
];
