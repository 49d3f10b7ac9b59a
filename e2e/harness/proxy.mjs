// A reverse proxy in front of the program, which a story can break: the network between people and the server.
import { once } from "node:events";
import { createServer, request } from "node:http";

/**
 * @typedef {object} Proxy
 * @property {(path: string) => string} url of a path, through the proxy
 * @property {() => void} work passes everything on
 * @property {() => void} breakDown closes all connections; then answers 502, as while the server behind it restarts
 * @property {() => void} buffer keeps event streams back until they end
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} target the program's URL
 * @returns {Promise<Proxy>}
 */
export async function startProxy(target) {
  const { hostname, port } = new URL(target);
  /** @type {"working" | "down" | "buffering"} */
  let mode = "working";
  const server = createServer((asked, answer) => {
    if (mode === "down") return void answer.writeHead(502).end("Bad gateway");
    const { method, url, headers } = asked;
    const upstream = request({ hostname, port, method, path: url, headers }, (reply) => {
      const isStream = reply.headers["content-type"] === "text/event-stream";
      if (isStream && mode === "buffering") return void reply.resume();
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(answer);
    });
    upstream.on("error", () => answer.destroy());
    answer.on("close", () => upstream.destroy());
    asked.pipe(upstream);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: (path) => new URL(path, `http://127.0.0.1:${own.port}`).href,
    work: () => void (mode = "working"),
    breakDown: () => {
      mode = "down";
      server.closeAllConnections();
    },
    buffer: () => void (mode = "buffering"),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
