// Serves the page of the LiveKit client stories on loopback, with livekit-client as npm delivers it.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const PAGE = join(import.meta.dirname, "../../clients/page");
/** Other directories, by the path under which the page finds them. */
const MOUNTED = {
  "/livekit-client/": join(import.meta.dirname, "../../node_modules/livekit-client/dist"),
  "/in-page/": join(import.meta.dirname, "../in-page"),
};
/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html", ".mjs": "text/javascript" };

const http = createServer(async (request, response) => {
  const file = fileOf(normalize(new URL(request.url ?? "/", "http://page").pathname));
  const body = await readFile(file).catch(() => null);
  if (body === null) return response.writeHead(404).end();
  return response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
});
http.listen(0, "127.0.0.1");
await once(http, "listening");
http.unref();

/** @param {string} path */
function fileOf(path) {
  for (const [prefix, directory] of Object.entries(MOUNTED)) {
    if (path.startsWith(prefix)) return join(directory, path.slice(prefix.length));
  }
  return join(PAGE, path === "/" ? "index.html" : path);
}

const { port } = /** @type {import("node:net").AddressInfo} */ (http.address());

/** The address of the page. */
export const PAGE_URL = `http://127.0.0.1:${port}/`;
