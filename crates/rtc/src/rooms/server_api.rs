//! Requests of API clients, carried out. Authorisation was checked before, in `http`.

use std::time::{Duration, Instant};

use anteroom_room::{DisconnectReason, Identity, Input, Limits, TrackSid};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, CreateRoom};

use super::command::ApiCall;
use super::live_room::LiveRoom;
use super::registry::Rooms;

type ApiResult = Result<ApiResponse, ApiError>;

impl Rooms {
    pub(super) fn api_call(&mut self, now: Instant, call: ApiCall) {
        let ApiCall { request, may_open, at_ms, reply } = call;
        if let Some(response) = self.directory.answer(&request) {
            return drop(reply.send(response));
        }
        let response = match request {
            ApiRequest::CreateRoom(options) => self.create(now, options, may_open, at_ms),
            ApiRequest::DeleteRoom(room) => self.delete(now, &room),
            ApiRequest::RemoveParticipant(room, who) => self.for_participant(&room, |live| {
                live.participant_by_identity(&who)?;
                live.handle(now, Input::Remove(who));
                Ok(ApiResponse::Done)
            }),
            ApiRequest::MutePublishedTrack(room, who, track) => {
                self.for_participant(&room, |live| live.mute_track(now, who, track))
            }
            ApiRequest::UpdateParticipant(room, who, change, grants) => self.for_participant(&room, |live| {
                live.handle(now, Input::UpdateParticipant { identity: who.clone(), change, grants });
                live.participant_by_identity(&who)
            }),
            ApiRequest::UpdateSubscriptions(room, who, tracks, wanted) => self.for_participant(&room, |live| {
                let who = live.room.find(&who).ok_or(ApiError::ParticipantNotFound)?.sid.clone();
                live.handle(now, Input::UpdateSubscription { who, tracks, wanted });
                Ok(ApiResponse::Done)
            }),
            ApiRequest::SendData(room, data) => self.in_room(&room, |live| {
                live.send_server_data(now, &data);
                Ok(ApiResponse::Done)
            }),
            ApiRequest::UpdateRoomMetadata(room, metadata) => {
                self.in_room(&room, |live| Ok(ApiResponse::Room(Box::new(live.update_room_metadata(metadata)))))
            }
            ApiRequest::PerformRpc(room, who, rpc) => {
                let Some(id) = self.id_of(&room) else { return drop(reply.send(Err(ApiError::RoomNotFound))) };
                self.within(id, |live, random| live.perform_rpc(now, &who, rpc, reply, random));
                return;
            }
            // The directory has answered these.
            ApiRequest::ListRooms(_) | ApiRequest::ListParticipants(_) | ApiRequest::GetParticipant(..) => return,
        };
        // The HTTP request may have been cancelled meanwhile; its effect stays.
        let _ = reply.send(response);
    }

    fn create(&mut self, now: Instant, options: CreateRoom, may_open: bool, at_ms: i64) -> ApiResult {
        let id = match self.id_of(&options.name) {
            Some(id) => id,
            None if !may_open => return Err(ApiError::RoomReserved),
            None => {
                let limits = limits_of(&options, self.limits);
                let CreateRoom { name, sid, metadata, .. } = options;
                self.open_room(now, &name, sid, metadata, at_ms, limits).ok_or(ApiError::TooManyRooms)?
            }
        };
        let snapshot = self.within(id, |live, _| live.snapshot()).ok_or(ApiError::RoomFailed)?;
        Ok(ApiResponse::Room(Box::new(snapshot)))
    }

    /// The name is free at once: the next join opens a new room.
    fn delete(&mut self, now: Instant, room: &str) -> ApiResult {
        let id = self.by_name.remove(room).ok_or(ApiError::RoomNotFound)?;
        self.directory.remove(room);
        self.within(id, |live, _| {
            live.listing = None;
            live.handle(now, Input::Close(DisconnectReason::RoomDeleted));
        });
        Ok(ApiResponse::Done)
    }

    fn in_room(&mut self, room: &str, work: impl FnOnce(&mut LiveRoom) -> ApiResult) -> ApiResult {
        let id = self.id_of(room).ok_or(ApiError::RoomNotFound)?;
        self.within(id, |live, _| work(live)).unwrap_or(Err(ApiError::RoomFailed))
    }

    /// An unknown room is answered as "participant not found", as LiveKit does.
    fn for_participant(&mut self, room: &str, work: impl FnOnce(&mut LiveRoom) -> ApiResult) -> ApiResult {
        if self.id_of(room).is_none() {
            return Err(ApiError::ParticipantNotFound);
        }
        self.in_room(room, work)
    }
}

impl LiveRoom {
    fn participant_by_identity(&self, who: &Identity) -> ApiResult {
        self.room.find(who).cloned().map(ApiResponse::Participant).ok_or(ApiError::ParticipantNotFound)
    }

    fn mute_track(&mut self, now: Instant, who: Identity, track: TrackSid) -> ApiResult {
        let sid = self.room.find(&who).ok_or(ApiError::ParticipantNotFound)?.sid.clone();
        self.handle(now, Input::ServerMute { identity: who, track: track.clone(), muted: true });
        let muted = self.room.participant(&sid).and_then(|info| info.track(&track)).cloned();
        muted.map(|track| ApiResponse::Track(Box::new(track))).ok_or(ApiError::TrackNotFound)
    }
}

fn limits_of(options: &CreateRoom, default: Limits) -> Limits {
    let seconds = |wanted: u32, default| if wanted == 0 { default } else { Duration::from_secs(wanted.into()) };
    Limits {
        empty: seconds(options.empty_timeout, default.empty),
        departure: seconds(options.departure_timeout, default.departure),
        people: if options.max_participants == 0 { default.people } else { options.max_participants as usize },
        ..default
    }
}
