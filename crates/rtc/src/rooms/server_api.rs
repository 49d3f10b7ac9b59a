//! What programs with an API key have done in the rooms. Whether they may was asked at the door.

use std::time::{Duration, Instant};

use anteroom_livekit::server_api::{Answer, Code, Fault, Order, Plan, RoomNow};
use anteroom_room::{Identity, Input, Limits, Reason, TrackSid};
use tokio::sync::oneshot;

use super::Hall;
use super::live_room::Live;

/// An order and where its answer goes.
pub(crate) struct Ordered {
    pub(crate) order: Order,
    /// A program may open this room: it is no consultation's.
    pub(crate) may_open: bool,
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    pub(crate) reply: Reply,
}

pub(crate) type Reply = oneshot::Sender<Result<Answer, Fault>>;

impl Hall {
    pub(super) fn order(&mut self, now: Instant, ordered: Ordered) {
        let Ordered { order, may_open, at_ms, reply } = ordered;
        let answer = match order {
            Order::CreateRoom(plan) => self.create(now, plan, may_open, at_ms),
            Order::ListRooms(names) => Ok(Answer::Rooms(self.list(&names))),
            Order::DeleteRoom(room) => self.delete(now, &room),
            Order::ListParticipants(room) => Ok(Answer::Participants(self.people_of(&room))),
            Order::GetParticipant(room, who) => self.for_one(&room, |live| live.person(&who)),
            Order::RemoveParticipant(room, who) => self.for_one(&room, |live| {
                live.person(&who)?;
                live.tell(now, Input::Remove(who));
                Ok(Answer::Done)
            }),
            Order::MutePublishedTrack(room, who, track) => self.for_one(&room, |live| live.silence(now, who, track)),
            Order::UpdateParticipant(room, who, change, grants) => self.for_one(&room, |live| {
                live.tell(now, Input::Amend { identity: who.clone(), change, grants });
                live.person(&who)
            }),
            Order::UpdateSubscriptions(room, who, tracks, wanted) => self.for_one(&room, |live| {
                let who = live.room.find(&who).ok_or_else(Fault::no_participant)?.sid.clone();
                live.tell(now, Input::Want { who, tracks, wanted });
                Ok(Answer::Done)
            }),
            Order::SendData(room, announcement) => self.inside(&room, |live| {
                live.announce(now, &announcement);
                Ok(Answer::Done)
            }),
            Order::UpdateRoomMetadata(room, metadata) => self.inside(&room, |live| {
                live.describe(metadata);
                Ok(Answer::Room(Box::new(live.as_of_now())))
            }),
            Order::PerformRpc(room, who, call) => {
                let Some(id) = self.open(&room) else { return drop(reply.send(Err(Fault::no_room()))) };
                self.within(id, |live, chance| live.ask(now, &who, call, reply, chance));
                return;
            }
        };
        // Whoever asked may have gone away meanwhile; what they ordered is done all the same.
        let _ = reply.send(answer);
    }

    fn create(&mut self, now: Instant, plan: Plan, may_open: bool, at_ms: i64) -> Result<Answer, Fault> {
        let id = match self.open(&plan.name) {
            Some(id) => id,
            None if !may_open => {
                let why = "the room of a consultation is opened by its people";
                return Err(Fault::new(Code::FailedPrecondition, why));
            }
            None => {
                let limits = limits_of(&plan, self.limits);
                let full = || Fault::new(Code::ResourceExhausted, "the server is full");
                self.open_room(now, &plan.name, plan.metadata, at_ms, limits).ok_or_else(full)?
            }
        };
        self.within(id, |live, _| Answer::Room(Box::new(live.as_of_now()))).ok_or_else(broken)
    }

    fn list(&self, names: &[String]) -> Vec<RoomNow> {
        if names.is_empty() {
            return self.by_name.values().filter_map(|id| self.rooms.get(id)).map(Live::as_of_now).collect();
        }
        names.iter().filter_map(|name| self.rooms.get(&self.open(name)?)).map(Live::as_of_now).collect()
    }

    /// From now on the name is free: who comes next comes into a new room.
    fn delete(&mut self, now: Instant, room: &str) -> Result<Answer, Fault> {
        let id = self.by_name.remove(room).ok_or_else(Fault::no_room)?;
        self.within(id, |live, _| live.tell(now, Input::Close(Reason::RoomDeleted)));
        Ok(Answer::Done)
    }

    fn people_of(&self, room: &str) -> Vec<std::sync::Arc<anteroom_room::Participant>> {
        let live = self.open(room).and_then(|id| self.rooms.get(&id));
        live.map(|live| live.room.participants().cloned().collect()).unwrap_or_default()
    }

    fn inside(&mut self, room: &str, work: impl FnOnce(&mut Live) -> Result<Answer, Fault>) -> Result<Answer, Fault> {
        let id = self.open(room).ok_or_else(Fault::no_room)?;
        self.within(id, |live, _| work(live)).unwrap_or_else(|| Err(broken()))
    }

    /// Somebody in a room that is not there is somebody who is not there.
    fn for_one(&mut self, room: &str, work: impl FnOnce(&mut Live) -> Result<Answer, Fault>) -> Result<Answer, Fault> {
        if self.open(room).is_none() {
            return Err(Fault::no_participant());
        }
        self.inside(room, work)
    }

    fn open(&self, room: &str) -> Option<u64> {
        self.by_name.get(room).copied()
    }
}

impl Live {
    /// The room, for programs.
    pub(super) fn as_of_now(&self) -> RoomNow {
        let seen = || self.room.participants().filter(|face| !face.grants.hidden);
        let people = seen().count() as u32;
        let publishers = seen().filter(|face| !face.tracks.is_empty()).count() as u32;
        RoomNow { facts: self.facts.clone(), people, publishers }
    }

    fn person(&self, who: &Identity) -> Result<Answer, Fault> {
        self.room.find(who).cloned().map(Answer::Participant).ok_or_else(Fault::no_participant)
    }

    fn silence(&mut self, now: Instant, who: Identity, track: TrackSid) -> Result<Answer, Fault> {
        let sid = self.room.find(&who).ok_or_else(Fault::no_participant)?.sid.clone();
        self.tell(now, Input::Silence { identity: who, track: track.clone(), muted: true });
        let silenced = self.room.stay(&sid).and_then(|face| face.track(&track)).cloned();
        let no_track = || Fault::new(Code::NotFound, "track is not found");
        silenced.map(|track| Answer::Track(Box::new(track))).ok_or_else(no_track)
    }
}

fn limits_of(plan: &Plan, usual: Limits) -> Limits {
    let seconds = |wanted: u32, usual| if wanted == 0 { usual } else { Duration::from_secs(wanted.into()) };
    Limits {
        empty: seconds(plan.empty_timeout, usual.empty),
        departure: seconds(plan.departure_timeout, usual.departure),
        people: if plan.max_participants == 0 { usual.people } else { plan.max_participants as usize },
        ..usual
    }
}

fn broken() -> Fault {
    Fault::new(Code::Internal, "the room broke and was ended")
}
