// The server API of a media server, and the tokens with which clients join its rooms.
import { AccessToken, RoomServiceClient } from "livekit-server-sdk";

import { KEY, SECRET } from "./media-server.mjs";

/** @param {import("./media-server.mjs").MediaServer} server */
export function roomService(server) {
  return new RoomServiceClient(server.http, KEY, SECRET);
}

/**
 * A token that lets this identity join this room.
 *
 * @param {string} room
 * @param {string} identity
 * @param {object} [grant] added to the usual grant, or replacing parts of it
 * @param {object} [claims] name, metadata, attributes
 */
export async function joinToken(room, identity, grant = {}, claims = {}) {
  const token = new AccessToken(KEY, SECRET, { identity, ttl: "10m", ...claims });
  token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true, ...grant });
  return token.toJwt();
}
