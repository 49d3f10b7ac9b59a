// Servers that speak LiveKit's protocol, each alone on free ports of loopback: our media server, and LiveKit's as the
// reference. The stories of the Node SDK use this too, so it imports no package.
import { freePorts } from "../ports.mjs";
import { startProcess } from "../process.mjs";

export const KEY = "devkey";
/** The reference accepts so short a secret in development mode only; our test server has just this pair. */
export const SECRET = "secret";

/**
 * @typedef {object} MediaServer
 * @property {string} http
 * @property {string} ws
 * @property {() => Promise<void>} stop
 */

/**
 * Our media server.
 *
 * @param {string[]} webhooks URLs that receive its webhooks
 * @returns {Promise<MediaServer>}
 */
export async function startMediaServer(webhooks = []) {
  const port = await freePorts(1);
  return start(programOf("ANTEROOM_PLAIN"), [`127.0.0.1:${port}`, ...webhooks], port, "listening; API key");
}

/**
 * LiveKit's server.
 *
 * @param {string[]} webhooks URLs that receive its webhooks
 * @returns {Promise<MediaServer>}
 */
export async function startLiveKitServer(webhooks = []) {
  const port = await freePorts(3);
  const config = {
    port,
    bind_addresses: ["127.0.0.1"],
    keys: { [KEY]: SECRET },
    development: true,
    rtc: { tcp_port: port + 1, udp_port: port + 2, node_ip: "127.0.0.1", use_external_ip: false, enable_loopback_candidate: true },
    webhook: { urls: webhooks, api_key: KEY },
    logging: { level: "info" },
  };
  return start(programOf("LIVEKIT_SERVER"), ["--dev", "--config-body", JSON.stringify(config)], port, "starting LiveKit server");
}

/** Required, without a default: a story against the wrong program proves nothing. @param {string} variable */
function programOf(variable) {
  const program = process.env[variable];
  if (!program) throw new Error(`${variable} is not set; e2e/clients/README.md says which program it names`);
  return program;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {number} port
 * @param {string} ready part of the line it prints when it accepts connections
 * @returns {Promise<MediaServer>}
 */
async function start(program, args, port, ready) {
  const server = startProcess(program, args, { reads: "stderr" });
  await server.prints((line) => line.includes(ready));
  return { http: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}`, stop: () => server.stop("SIGKILL") };
}
