// Why a connection to the media room ended.

import { DisconnectReason } from "livekit-client";

export function disconnectCause(reason: DisconnectReason | undefined): "replaced" | "removed" | "lost" {
  switch (reason) {
    case DisconnectReason.DUPLICATE_IDENTITY: return "replaced";
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED: return "removed";
    default: return "lost";
  }
}
