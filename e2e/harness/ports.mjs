// Free ports, for programs that are given their address: media ports of a server are those after its HTTP port.
import { once } from "node:events";
import { createServer } from "node:net";

/** The first of this many consecutive free TCP ports. @param {number} count */
export async function freePorts(count) {
  for (;;) {
    const first = await listen(0);
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, at) => listen(first.port + at + 1)));
    await Promise.all([first, ...rest].map((one) => one.close()));
    if (rest.every((one) => one.port)) return first.port;
  }
}

/** Listens on this port; `port` is 0 when it is taken. @param {number} port */
async function listen(port) {
  const server = createServer().listen(port, "0.0.0.0");
  const isFree = await once(server, "listening").then(() => true, () => false);
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { port: isFree ? address.port : 0, close: () => new Promise((resolve) => server.close(resolve)) };
}
