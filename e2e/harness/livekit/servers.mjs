// Servers that speak LiveKit's protocol, each alone on free ports of loopback for as long as a story needs it: ours, and
// the one whose manners we keep.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { AccessToken, RoomServiceClient } from "livekit-server-sdk";

export const KEY = "devkey";
/** Long enough for the reference, which refuses shorter ones; ours is told the pair it knows. */
export const SECRET = "secret";

/**
 * @typedef {object} Server
 * @property {string} http
 * @property {string} ws
 * @property {RoomServiceClient} rooms what a program may order
 * @property {() => Promise<void>} stop
 */

/**
 * Our media server. What happens in its rooms is told to `webhooks`.
 *
 * @param {string[]} webhooks
 * @returns {Promise<Server>}
 */
export async function ours(webhooks = []) {
  const port = await freePorts(2);
  return started(named("ANTEROOM_PLAIN"), [`127.0.0.1:${port}`, ...webhooks], port, "open, with devkey");
}

/**
 * LiveKit's own server.
 *
 * @param {string[]} webhooks
 * @returns {Promise<Server>}
 */
export async function theirs(webhooks = []) {
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
  return started(named("LIVEKIT_SERVER"), ["--dev", "--config-body", JSON.stringify(config)], port, "starting LiveKit server");
}

/** A program for this comes from outside, and is never guessed: a story about another program proves nothing. */
function named(variable) {
  const program = process.env[variable];
  if (!program) throw new Error(`${variable} names no program; README.md says which it should be`);
  return program;
}

/** @param {string} program @param {string[]} args @param {number} port @param {string} open what it says when it is */
async function started(program, args, port, open) {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: child.stderr });
  const said = [];
  for await (const line of lines) {
    said.push(line);
    if (line.includes(open)) break;
  }
  if (!said.at(-1)?.includes(open)) throw new Error(`${program} did not start:\n${said.join("\n")}`);
  if (process.env.ANTEROOM_LOUD) child.stderr.pipe(process.stderr);
  child.stderr.resume();
  const http = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  return { http, ws: `ws://127.0.0.1:${port}`, rooms: new RoomServiceClient(http, KEY, SECRET), stop };
}

/**
 * A token of a person, for this room.
 *
 * @param {string} room
 * @param {string} identity
 * @param {object} [grant] what more or less than usual they may do
 * @param {object} [facts] their name, metadata, attributes
 */
export async function token(room, identity, grant = {}, facts = {}) {
  const signed = new AccessToken(KEY, SECRET, { identity, ttl: "10m", ...facts });
  signed.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true, ...grant });
  return signed.toJwt();
}

/** The first of so many ports in a row. @param {number} count */
async function freePorts(count) {
  for (;;) {
    const port = await open(0);
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, at) => open(port.number + at + 1)));
    await Promise.all([port, ...rest].map((one) => one.close()));
    if (rest.every((one) => one.number)) return port.number;
  }
}

/** @param {number} number */
async function open(number) {
  const server = createServer().listen(number, "0.0.0.0");
  const isFree = await once(server, "listening").then(() => true, () => false);
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { number: isFree ? address.port : 0, close: () => new Promise((done) => server.close(done)) };
}
