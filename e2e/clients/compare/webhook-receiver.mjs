// Hears a server's webhooks, and believes only those its key has signed.
import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { WebhookReceiver } from "livekit-server-sdk";
import { KEY, SECRET } from "../../harness/livekit/servers.mjs";

export async function ear() {
  const judge = new WebhookReceiver(KEY, SECRET);
  /** @type {object[]} */
  const told = [];
  const http = createServer(async (request, response) => {
    const body = await text(request);
    await judge.receive(body, request.headers.authorization);
    told.push(JSON.parse(body));
    response.writeHead(200).end();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (http.address());
  return { url: `http://127.0.0.1:${port}/`, told, stop: () => new Promise((done) => http.close(done)) };
}
