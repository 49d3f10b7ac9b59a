//! Responses as protobuf messages.

use std::sync::Arc;

use anteroom_room::{Participant, Track};
use livekit_protocol as proto;

use super::encoding::Encoding;
use crate::convert::{self, RoomInfo};

/// A room at one moment.
#[derive(Clone, Debug)]
pub struct RoomSnapshot {
    /// What it is.
    pub info: RoomInfo,
    /// How many are in; hidden ones are not counted.
    pub people: u32,
    /// How many of them send something.
    pub publishers: u32,
}

/// What an order comes to.
#[derive(Clone)]
pub enum ApiResponse {
    /// It is done, and there is nothing to say.
    Done,
    /// The room.
    Room(Box<RoomSnapshot>),
    /// The rooms.
    Rooms(Vec<RoomSnapshot>),
    /// The participant.
    Participant(Arc<Participant>),
    /// The participants.
    Participants(Vec<Arc<Participant>>),
    /// The track.
    Track(Box<Track>),
    /// What the called participant answered.
    Payload(String),
}

impl RoomSnapshot {
    pub(crate) fn message(&self) -> proto::Room {
        convert::room(&self.info, self.people, self.publishers)
    }
}

impl ApiResponse {
    /// The body.
    pub fn write(&self, encoding: Encoding) -> Vec<u8> {
        match self {
            // All the empty answers look the same, whatever they are called.
            Self::Done => encoding.write(&proto::DeleteRoomResponse {}),
            Self::Room(room) => encoding.write(&room.message()),
            Self::Rooms(rooms) => {
                let rooms = rooms.iter().map(RoomSnapshot::message).collect();
                encoding.write(&proto::ListRoomsResponse { rooms })
            }
            Self::Participant(info) => encoding.write(&convert::participant(info)),
            Self::Participants(infos) => {
                let participants = infos.iter().map(|info| convert::participant(info)).collect();
                encoding.write(&proto::ListParticipantsResponse { participants })
            }
            Self::Track(track) => {
                let track = Some(convert::track(track));
                encoding.write(&proto::MuteRoomTrackResponse { track })
            }
            Self::Payload(payload) => encoding.write(&proto::PerformRpcResponse { payload: payload.clone() }),
        }
    }
}
