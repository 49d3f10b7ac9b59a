//! Responses as protobuf messages.

use anteroom_signalling::ApiResponse;
use livekit_protocol as proto;

use super::encoding::Encoding;
use crate::convert;

/// The body of a response.
pub fn write_response(response: &ApiResponse, encoding: Encoding) -> Vec<u8> {
    match response {
        // All empty messages are encoded alike, whatever their name.
        ApiResponse::Done => encoding.write(&proto::DeleteRoomResponse {}),
        ApiResponse::Room(room) => encoding.write(&convert::room_snapshot(room)),
        ApiResponse::Rooms(rooms) => {
            let rooms = rooms.iter().map(convert::room_snapshot).collect();
            encoding.write(&proto::ListRoomsResponse { rooms })
        }
        ApiResponse::Participant(info) => encoding.write(&convert::participant(info)),
        ApiResponse::Participants(infos) => {
            let participants = infos.iter().map(|info| convert::participant(info)).collect();
            encoding.write(&proto::ListParticipantsResponse { participants })
        }
        ApiResponse::Track(track) => {
            let track = Some(convert::track(track));
            encoding.write(&proto::MuteRoomTrackResponse { track })
        }
        ApiResponse::Payload(payload) => encoding.write(&proto::PerformRpcResponse { payload: payload.clone() }),
    }
}
