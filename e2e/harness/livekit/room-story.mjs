// A story: our server for the whole file, people for one story, who go when it is over. Most are told twice, once on
// each of the two ways LiveKit's clients connect.
import { after, before, test } from "node:test";
import { browser, closeBrowser } from "./chromium.mjs";
import { PATHS } from "./signal-paths.mjs";
import { Person } from "./client.mjs";
import { ours, theirs } from "./servers.mjs";

/** @type {import("./servers.mjs").Server} */
let server;
let told = 0;

/** Nobody waits longer for the end of a story. */
const LIMIT = { timeout: 120_000 };

before(async () => {
  // A story that LiveKit's own server does not pass either is a wrong story: this is how to find out.
  const start = process.env.ANTEROOM_STORIES_OF === "reference" ? theirs : ours;
  [server] = await Promise.all([start(), browser()]);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/**
 * @typedef {object} Call
 * @property {import("./servers.mjs").Server} server
 * @property {string} room
 * @property {(name: string, how?: object) => Promise<Person>} comes somebody in Chromium is in the room
 * @property {(name: string, how?: object) => Promise<Person>} comesWithFirefox
 * @property {(name: string) => Promise<Person>} waits somebody in Chromium who has not come in yet
 */

/** @param {string} name @param {(call: Call) => Promise<void>} play */
export function story(name, play) {
  test(name, LIMIT, () => tell(play, { singlePeerConnection: true }));
}

/**
 * Told on both paths, at the same time: most of a story is waiting.
 *
 * @param {string} name
 * @param {(call: Call) => Promise<void>} play
 */
export function onBothPaths(name, play) {
  test(name, { ...LIMIT, concurrency: PATHS.length }, async (t) => {
    await Promise.all(PATHS.map(({ path, ...way }) => t.test(`by ${path}`, LIMIT, () => tell(play, way))));
  });
}

/** @param {(call: Call) => Promise<void>} play @param {object} way */
async function tell(play, way) {
  told += 1;
  const room = `room-${told}`;
  const people = [];
  const enters = async (person, how) => {
    people.push(person);
    await person.comesIn(server, room, { ...how, options: { ...way, ...how?.options } });
    return person;
  };
  const waits = async (name) => {
    const person = await Person.withChromium(name);
    people.push(person);
    return person;
  };
  try {
    await play({
      server, room, way, waits,
      comes: async (name, how) => enters(await Person.withChromium(name), how),
      comesWithFirefox: async (name, how) => enters(await Person.withFirefox(name), how),
    });
  } catch (error) {
    const complaints = people.flatMap((person) => person.complaints);
    if (complaints.length) error.message += `\n  their pages said:\n    ${complaints.join("\n    ")}`;
    throw error;
  } finally {
    await Promise.all(people.map((person) => person.goes()));
  }
}
