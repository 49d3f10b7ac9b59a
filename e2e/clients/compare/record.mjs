// Plays the session on one server, and records what clients, webhooks and server API report: one line for each fact.
import { play } from "./session.mjs";
import { apiLines, eventLines, webhookLines } from "./normalise.mjs";
import { startWebhookReceiver } from "./webhook-receiver.mjs";
import { eventually } from "../../harness/eventually.mjs";
import { roomService } from "../../harness/livekit/server-api.mjs";

/**
 * @param {(webhooks: string[]) => Promise<import("../../harness/livekit/media-server.mjs").MediaServer>} start
 * @param {boolean} singlePeerConnection
 * @returns {Promise<Record<string, string[]>>} by source: the events of each client, the webhooks, and the answers of the
 *   server API after each step
 */
export async function record(start, singlePeerConnection) {
  const webhooks = await startWebhookReceiver();
  /** @type {import("../../harness/livekit/media-server.mjs").MediaServer | undefined} */
  let server;
  const room = "ward";
  const answers = [];
  const clients = [];
  try {
    server = await start([webhooks.url]);
    const service = roomService(server);
    const afterStep = async (step) => answers.push(`-- ${step}`, ...apiLines(await service.listParticipants(room)));
    clients.push(...await play(server, room, singlePeerConnection, afterStep));
    await eventually("room_finished is received", () => webhooks.events.some(({ event }) => event === "room_finished"));
    const events = await Promise.all(clients.map(async (client, at) =>
      [`events of ${client.identity}${at === 4 ? " (second client)" : ""}`, eventLines(await client.events())]));
    return { ...Object.fromEntries(events), webhooks: webhookLines(webhooks.events), "answers of the server API": answers };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await server?.stop();
    await webhooks.stop();
  }
}
