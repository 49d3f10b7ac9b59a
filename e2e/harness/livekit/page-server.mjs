// Where people's pages come from: a server of our own on loopback, with LiveKit's client as npm delivers it.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const PAGES = join(import.meta.dirname, "../../clients/page");
const CLIENT = join(import.meta.dirname, "../../node_modules/livekit-client/dist");
const TYPES = { ".html": "text/html", ".mjs": "text/javascript" };

const http = createServer(async (request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://page").pathname);
  const file = path === "/" ? join(PAGES, "index.html")
    : path.startsWith("/livekit-client/") ? join(CLIENT, path.slice("/livekit-client/".length))
    : join(PAGES, path);
  const body = await readFile(file).catch(() => null);
  if (body === null) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
});
http.listen(0, "127.0.0.1");
await once(http, "listening");
http.unref();

/** The address of everybody's page. */
export const PAGE = `http://127.0.0.1:${http.address().port}/`;
