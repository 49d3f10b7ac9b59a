// The first peer connection of a page takes up to 250 ms to create, the next one about 5 ms: the browser starts threads and
// enumerates codecs. Creating one during the wait takes that time out of connecting.

let warmed = false;

export function warmUpWebRtc(): void {
  if (warmed || typeof RTCPeerConnection === "undefined") return;
  warmed = true;
  const peer = new RTCPeerConnection();
  peer.addTransceiver("audio", { direction: "recvonly" });
  peer.addTransceiver("video", { direction: "recvonly" });
  // The offer is never applied: no ICE candidates are gathered, nothing is sent.
  void peer.createOffer().then(
    () => peer.close(),
    () => peer.close(),
  );
}
