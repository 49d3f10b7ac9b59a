// The media door, as somebody would try it who has no page: with a token in hand.
import { createHmac } from "node:crypto";

/** @typedef {import("./site.mjs").Site} Site */

/**
 * Shows a token at the door without going in.
 *
 * @param {Site} site
 * @param {string} token
 * @returns {Promise<{ status: number, code: string }>} the name of the refusal, or nothing
 */
export async function knock(site, token) {
  const response = await fetch(site.at(`/rtc/v1/validate?access_token=${encodeURIComponent(token)}`));
  const said = await response.text();
  return { status: response.status, code: response.ok ? "" : (said.split(":")[0] ?? "").trim() };
}

/**
 * A token with a true signature, as a thief of the key would make it: for any room and anybody.
 *
 * @param {Site} site
 * @param {string} room
 * @param {string} identity
 * @param {{ secret?: string, seat?: number }} [forgery]
 */
export function forge(site, room, identity, { secret = site.facts.livekit.secret, seat } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: site.facts.livekit.key,
    sub: identity,
    nbf: now - 10,
    exp: now + 7 * 86_400, // stories move the clock
    video: { roomJoin: true, room, canPublish: true, canSubscribe: true },
    ...(seat !== undefined && { anteroom: { seat } }),
  };
  const signed = [{ alg: "HS256", typ: "JWT" }, claims].map(encoded).join(".");
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** @param {unknown} part */
function encoded(part) {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/**
 * What the bearer of a link gets when they ask for a ticket.
 *
 * @param {Site} site
 * @param {string} link
 */
export function ticket(site, link) {
  return site.asks("POST", `${new URL(link).pathname}/tickets`, { bearer: "" });
}
