// A story in one room: one server for the whole file, clients for one story. Most are played twice at the same time,
// once on each signal path.
import { after, before, test } from "node:test";

import { closeChromium, launchChromium } from "../chromium.mjs";
import { playAndClose } from "../play.mjs";
import { LiveKitClient } from "./client.mjs";
import { startLiveKitServer, startMediaServer } from "./media-server.mjs";
import { roomService } from "./server-api.mjs";
import { SIGNAL_PATHS } from "./signal-paths.mjs";

/** @typedef {import("./client.mjs").JoinOptions} JoinOptions */

/** @type {import("./media-server.mjs").MediaServer} */
let server;
let rooms = 0;

const LIMIT = { timeout: 120_000 };

before(async () => {
  // A story that LiveKit's own server does not pass either is a wrong story: this is how to find out.
  const start = process.env.ANTEROOM_STORIES_OF === "reference" ? startLiveKitServer : startMediaServer;
  [server] = await Promise.all([start(), launchChromium({ frameRate: 15 })]);
});
after(async () => {
  await closeChromium();
  await server?.stop();
});

/**
 * @typedef {object} Room
 * @property {string} room its name
 * @property {import("./media-server.mjs").MediaServer} server
 * @property {ReturnType<typeof roomService>} service the server API
 * @property {(identity: string, how?: JoinOptions) => Promise<LiveKitClient>} join a client in Chromium joins
 * @property {(identity: string, how?: JoinOptions) => Promise<LiveKitClient>} joinInFirefox
 * @property {(identity: string) => Promise<LiveKitClient>} open a client in Chromium that has not joined yet
 */

/** @param {string} promise @param {(room: Room) => Promise<void>} play */
export function roomStory(promise, play) {
  test(promise, LIMIT, ({ signal }) => playInRoom(play, { singlePeerConnection: true }, signal));
}

/**
 * Played on both signal paths at the same time: most of a story is waiting.
 *
 * @param {string} promise
 * @param {(room: Room) => Promise<void>} play
 */
export function roomStoryOnBothPaths(promise, play) {
  test(promise, { ...LIMIT, concurrency: SIGNAL_PATHS.length }, async (t) => {
    await Promise.all(SIGNAL_PATHS.map(({ path, ...options }) => t.test(`on ${path}`, LIMIT, ({ signal }) => playInRoom(play, options, signal))));
  });
}

/**
 * @param {(room: Room) => Promise<void>} play
 * @param {object} options of every client's room
 * @param {AbortSignal} timeout
 */
async function playInRoom(play, options, timeout) {
  rooms += 1;
  const room = `room-${rooms}`;
  /** @type {LiveKitClient[]} */
  const clients = [];
  const add = async (/** @type {Promise<LiveKitClient>} */ opening) => {
    const client = await opening;
    clients.push(client);
    return client;
  };
  const joined = async (/** @type {Promise<LiveKitClient>} */ opening, /** @type {JoinOptions} */ how = {}) => {
    const client = await add(opening);
    await client.join(server, room, { ...how, options: { ...options, ...how.options } });
    return client;
  };
  const stage = {
    get consoleErrors() {
      return clients.flatMap((client) => client.consoleErrors);
    },
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  };
  await playAndClose(stage, timeout, () => play({
    room, server, service: roomService(server),
    join: (identity, how) => joined(LiveKitClient.inChromium(identity), how),
    joinInFirefox: (identity, how) => joined(LiveKitClient.inFirefox(identity), how),
    open: (identity) => add(LiveKitClient.inChromium(identity)),
  }));
}
