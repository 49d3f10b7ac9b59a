//! What programs with an API key have done in the rooms. Whether they may was asked at the door.

use std::time::{Duration, Instant};

use anteroom_livekit::server_api::{ApiRequest, ApiResponse, Code, CreateRoom, RoomSnapshot, TwirpError};
use anteroom_room::{DisconnectReason, Identity, Input, Limits, TrackSid};
use tokio::sync::oneshot;

use super::Rooms;
use super::live_room::LiveRoom;

/// An order and where its answer goes.
pub(crate) struct ApiCall {
    pub(crate) api_call: ApiRequest,
    /// A program may open this room: it is no consultation's.
    pub(crate) may_open: bool,
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    pub(crate) reply: Reply,
}

pub(crate) type Reply = oneshot::Sender<Result<ApiResponse, TwirpError>>;

impl Rooms {
    pub(super) fn api_call(&mut self, now: Instant, api_call: ApiCall) {
        let ApiCall { api_call, may_open, at_ms, reply } = api_call;
        let answer = match api_call {
            ApiRequest::CreateRoom(plan) => self.create(now, plan, may_open, at_ms),
            ApiRequest::ListRooms(names) => Ok(ApiResponse::Rooms(self.list(&names))),
            ApiRequest::DeleteRoom(room) => self.delete(now, &room),
            ApiRequest::ListParticipants(room) => Ok(ApiResponse::Participants(self.list_participants(&room))),
            ApiRequest::GetParticipant(room, who) => self.for_participant(&room, |live| live.get_participant(&who)),
            ApiRequest::RemoveParticipant(room, who) => self.for_participant(&room, |live| {
                live.get_participant(&who)?;
                live.tell(now, Input::Remove(who));
                Ok(ApiResponse::Done)
            }),
            ApiRequest::MutePublishedTrack(room, who, track) => {
                self.for_participant(&room, |live| live.mute_track(now, who, track))
            }
            ApiRequest::UpdateParticipant(room, who, change, grants) => self.for_participant(&room, |live| {
                live.tell(now, Input::UpdateParticipant { identity: who.clone(), change, grants });
                live.get_participant(&who)
            }),
            ApiRequest::UpdateSubscriptions(room, who, tracks, wanted) => self.for_participant(&room, |live| {
                let who = live.room.find(&who).ok_or_else(TwirpError::no_participant)?.sid.clone();
                live.tell(now, Input::UpdateSubscription { who, tracks, wanted });
                Ok(ApiResponse::Done)
            }),
            ApiRequest::SendData(room, announcement) => self.in_room(&room, |live| {
                live.send_server_data(now, &announcement);
                Ok(ApiResponse::Done)
            }),
            ApiRequest::UpdateRoomMetadata(room, metadata) => self.in_room(&room, |live| {
                live.describe(metadata);
                Ok(ApiResponse::Room(Box::new(live.snapshot())))
            }),
            ApiRequest::PerformRpc(room, who, call) => {
                let Some(id) = self.room_id(&room) else { return drop(reply.send(Err(TwirpError::no_room()))) };
                self.within(id, |live, random| live.perform_rpc(now, &who, call, reply, random));
                return;
            }
        };
        // Whoever asked may have gone away meanwhile; what they ordered is done all the same.
        let _ = reply.send(answer);
    }

    fn create(
        &mut self,
        now: Instant,
        plan: CreateRoom,
        may_open: bool,
        at_ms: i64,
    ) -> Result<ApiResponse, TwirpError> {
        let id = match self.room_id(&plan.name) {
            Some(id) => id,
            None if !may_open => {
                let why = "the room of a consultation is opened by its people";
                return Err(TwirpError::new(Code::FailedPrecondition, why));
            }
            None => {
                let limits = limits_of(&plan, self.limits);
                let full = || TwirpError::new(Code::ResourceExhausted, "the server is full");
                self.open_room(now, &plan.name, plan.metadata, at_ms, limits).ok_or_else(full)?
            }
        };
        self.within(id, |live, _| ApiResponse::Room(Box::new(live.snapshot()))).ok_or_else(broken)
    }

    fn list(&self, names: &[String]) -> Vec<RoomSnapshot> {
        if names.is_empty() {
            return self.by_name.values().filter_map(|id| self.rooms.get(id)).map(LiveRoom::snapshot).collect();
        }
        names.iter().filter_map(|name| self.rooms.get(&self.room_id(name)?)).map(LiveRoom::snapshot).collect()
    }

    /// From now on the name is free: who comes next comes into a new room.
    fn delete(&mut self, now: Instant, room: &str) -> Result<ApiResponse, TwirpError> {
        let id = self.by_name.remove(room).ok_or_else(TwirpError::no_room)?;
        self.within(id, |live, _| live.tell(now, Input::Close(DisconnectReason::RoomDeleted)));
        Ok(ApiResponse::Done)
    }

    fn list_participants(&self, room: &str) -> Vec<std::sync::Arc<anteroom_room::Participant>> {
        let live = self.room_id(room).and_then(|id| self.rooms.get(&id));
        live.map(|live| live.room.participants().cloned().collect()).unwrap_or_default()
    }

    fn in_room(
        &mut self,
        room: &str,
        work: impl FnOnce(&mut LiveRoom) -> Result<ApiResponse, TwirpError>,
    ) -> Result<ApiResponse, TwirpError> {
        let id = self.room_id(room).ok_or_else(TwirpError::no_room)?;
        self.within(id, |live, _| work(live)).unwrap_or_else(|| Err(broken()))
    }

    /// Somebody in a room that is not there is somebody who is not there.
    fn for_participant(
        &mut self,
        room: &str,
        work: impl FnOnce(&mut LiveRoom) -> Result<ApiResponse, TwirpError>,
    ) -> Result<ApiResponse, TwirpError> {
        if self.room_id(room).is_none() {
            return Err(TwirpError::no_participant());
        }
        self.in_room(room, work)
    }

    fn room_id(&self, room: &str) -> Option<u64> {
        self.by_name.get(room).copied()
    }
}

impl LiveRoom {
    /// The room, for programs.
    pub(super) fn snapshot(&self) -> RoomSnapshot {
        let seen = || self.room.participants().filter(|info| !info.grants.hidden);
        let people = seen().count() as u32;
        let publishers = seen().filter(|info| !info.tracks.is_empty()).count() as u32;
        RoomSnapshot { info: self.facts.clone(), people, publishers }
    }

    fn get_participant(&self, who: &Identity) -> Result<ApiResponse, TwirpError> {
        self.room.find(who).cloned().map(ApiResponse::Participant).ok_or_else(TwirpError::no_participant)
    }

    fn mute_track(&mut self, now: Instant, who: Identity, track: TrackSid) -> Result<ApiResponse, TwirpError> {
        let sid = self.room.find(&who).ok_or_else(TwirpError::no_participant)?.sid.clone();
        self.tell(now, Input::ServerMute { identity: who, track: track.clone(), muted: true });
        let silenced = self.room.participant(&sid).and_then(|info| info.track(&track)).cloned();
        let no_track = || TwirpError::new(Code::NotFound, "track is not found");
        silenced.map(|track| ApiResponse::Track(Box::new(track))).ok_or_else(no_track)
    }
}

fn limits_of(plan: &CreateRoom, usual: Limits) -> Limits {
    let seconds = |wanted: u32, usual| if wanted == 0 { usual } else { Duration::from_secs(wanted.into()) };
    Limits {
        empty: seconds(plan.empty_timeout, usual.empty),
        departure: seconds(plan.departure_timeout, usual.departure),
        people: if plan.max_participants == 0 { usual.people } else { plan.max_participants as usize },
        ..usual
    }
}

fn broken() -> TwirpError {
    TwirpError::new(Code::Internal, "the room broke and was ended")
}
