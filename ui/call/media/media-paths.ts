// Which ways to the media server a connection has tried, from its WebRTC statistics. Pure.

import type { MediaProtocol } from "../state.ts";

/** The protocols of the server's candidates, in the order in which they are named to people. */
export function protocolsTried(report: Iterable<Record<string, unknown>>): readonly MediaProtocol[] {
  const tried = new Set([...report].filter((entry) => entry["type"] === "remote-candidate").map((entry) => String(entry["protocol"]).toUpperCase()));
  return (["UDP", "TCP"] as const).filter((protocol) => tried.has(protocol));
}
