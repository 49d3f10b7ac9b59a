// Tokens and tickets, as a client would use them that is not our page.
import { createHmac } from "node:crypto";

/** @typedef {import("./site.mjs").Site} Site */

/**
 * Asks the media server whether a token could join, without joining.
 *
 * @param {Site} site
 * @param {string} token
 * @returns {Promise<{ status: number, code: string }>} the code of the refusal, or ""
 */
export async function validateToken(site, token) {
  const response = await fetch(site.url(`/rtc/v1/validate?access_token=${encodeURIComponent(token)}`));
  const text = await response.text();
  return { status: response.status, code: response.ok ? "" : (text.split(":")[0] ?? "").trim() };
}

/**
 * A token with a valid signature for any room and identity, as an attacker with the key could sign it.
 *
 * @param {Site} site
 * @param {string} room
 * @param {string} identity
 * @param {{ secret?: string, seat?: number }} [forgery] `seat`: the ticket number in it
 */
export function forgeToken(site, room, identity, { secret = site.demo.livekit.secret, seat } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: site.demo.livekit.key,
    sub: identity,
    nbf: now - 10,
    exp: now + 7 * 86_400, // stories move the server's clock
    video: { roomJoin: true, room, canPublish: true, canSubscribe: true },
    ...(seat !== undefined && { anteroom: { seat } }),
  };
  const signed = [{ alg: "HS256", typ: "JWT" }, claims].map(base64url).join(".");
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** @param {unknown} part */
function base64url(part) {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/**
 * A ticket, as a page with this link requests it.
 *
 * @param {Site} site
 * @param {string} link
 * @param {string} [tab] the tab of the page
 */
export function requestTicket(site, link, tab) {
  return site.request("POST", `${new URL(link).pathname}/tickets${tab ? `?tab=${tab}` : ""}`, { bearer: "" });
}
