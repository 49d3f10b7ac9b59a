// The first peer connection of a page takes a browser up to a quarter of a second to begin, the second five milliseconds:
// threads are started, codecs are counted. Done while people wait, it is not done while they are being connected.

let warmed = false;

export function warmUpWebRtc(): void {
  if (warmed || typeof RTCPeerConnection === "undefined") return;
  warmed = true;
  const peer = new RTCPeerConnection();
  peer.addTransceiver("audio", { direction: "recvonly" });
  peer.addTransceiver("video", { direction: "recvonly" });
  // Never applied: nothing is gathered, nothing leaves this device.
  void peer.createOffer().then(
    () => peer.close(),
    () => peer.close(),
  );
}
