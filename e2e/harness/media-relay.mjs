// The network between one tab and the media server's UDP port, which a story can break. The tab's peer connections get
// the relay's address instead of the server's, and no TCP candidates.
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** @typedef {import("./tab.mjs").Tab} Tab */
/** @typedef {import("node:dgram").Socket} Socket */

/**
 * @typedef {object} MediaRelay
 * @property {() => void} work passes everything on
 * @property {() => void} cut drops everything, without a word to either side: a pulled cable
 * @property {() => void} dropDtls connectivity checks pass, the DTLS handshake does not
 * @property {() => Promise<void>} close
 */

/**
 * Call before the tab opens the page.
 *
 * @param {Tab} tab
 * @returns {Promise<MediaRelay>}
 */
export async function relayMedia({ page }) {
  /** @type {"working" | "cut" | "no-dtls"} */
  let mode = "working";
  /** The server's address for media; a room has one. @type {{ address: string, port: number } | undefined} */
  let server;
  /** Sockets towards the server by the tab's port. @type {Map<number, Promise<Socket>>} */
  const backs = new Map();
  const front = await bound();

  /** @param {Buffer} datagram */
  const passes = (datagram) => mode === "working" || (mode === "no-dtls" && !isDtls(datagram));

  /** @param {import("node:dgram").RemoteInfo} tab */
  const connected = async (tab) => {
    const back = await bound();
    back.on("message", (answer) => passes(answer) && front.send(answer, tab.port, tab.address));
    return back;
  };

  front.on("message", async (datagram, tab) => {
    if (!server || !passes(datagram)) return;
    const back = backs.get(tab.port) ?? connected(tab);
    backs.set(tab.port, back);
    (await back).send(datagram, server.port, server.address);
  });

  await page.exposeFunction("relayTo", (/** @type {string} */ address, /** @type {number} */ port) => void (server = { address, port }));
  await page.addInitScript(rewriteCandidates, front.address().port);
  return {
    work: () => void (mode = "working"),
    cut: () => void (mode = "cut"),
    dropDtls: () => void (mode = "no-dtls"),
    close: async () => [front, ...(await Promise.all(backs.values()))].forEach((socket) => socket.close()),
  };
}

/** RFC 7983: the first byte of a DTLS record. @param {Buffer} datagram */
function isDtls(datagram) {
  const first = datagram[0] ?? 0;
  return first >= 20 && first <= 63;
}

async function bound() {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket.unref(); // a story that fails does not close it
}

/**
 * Runs in the page, before its scripts. Synchronous, or descriptions would overtake each other.
 *
 * @param {number} port of the relay
 */
function rewriteCandidates(port) {
  /** The candidate at the relay; nothing for one that the relay does not carry. @param {string} line */
  const relayed = (line) => {
    const [foundation, component, transport = "", priority, address = "", serverPort, ...rest] = line.split(" ");
    if (transport.toLowerCase() !== "udp" || address.includes(":")) return undefined;
    /** @type {any} */ (globalThis).relayTo(address, Number(serverPort));
    return [foundation, component, transport, priority, "127.0.0.1", port, ...rest].join(" ");
  };
  const { setRemoteDescription, addIceCandidate } = /** @type {any} */ (RTCPeerConnection.prototype);
  RTCPeerConnection.prototype.setRemoteDescription = function (/** @type {RTCSessionDescriptionInit} */ description) {
    const lines = (description.sdp ?? "").split("\r\n").map((line) => (line.startsWith("a=candidate:") ? relayed(line) : line));
    return setRemoteDescription.call(this, { type: description.type, sdp: lines.filter((line) => line !== undefined).join("\r\n") });
  };
  RTCPeerConnection.prototype.addIceCandidate = async function (/** @type {RTCIceCandidateInit} */ init) {
    const candidate = init?.candidate ? relayed(init.candidate) : undefined;
    if (!init?.candidate || candidate) return addIceCandidate.call(this, { ...init, candidate: candidate ?? "" });
  };
}
