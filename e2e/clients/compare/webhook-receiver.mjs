// Receives a server's webhooks, and accepts only those with a valid signature.
import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { WebhookReceiver } from "livekit-server-sdk";
import { KEY, SECRET } from "../../harness/livekit/media-server.mjs";

export async function startWebhookReceiver() {
  const verifier = new WebhookReceiver(KEY, SECRET);
  /** @type {object[]} */
  const events = [];
  const http = createServer(async (request, response) => {
    const body = await text(request);
    await verifier.receive(body, request.headers.authorization);
    events.push(JSON.parse(body));
    response.writeHead(200).end();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (http.address());
  return { url: `http://127.0.0.1:${port}/`, events, stop: () => new Promise((resolve) => http.close(resolve)) };
}
