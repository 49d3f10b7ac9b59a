//! Coming back with a new socket: the same stay goes on, and what was missed is made up for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_dialect::livekit::{self, DataChannel};
use anteroom_room::{Input, ParticipantSid, Reason, TrackSid};

use super::command::{Entered, NotEntered, Returning, Stay};
use super::live::Live;
use super::negotiating::send_data;

/// Reliable packets are kept so long for somebody who may not have got them. Not longer: programs forget after half a
/// minute what they have, and would take a repetition for news.
const KEPT: Duration = Duration::from_secs(20);
/// So many bytes of them at most, for each.
const MOST_KEPT: usize = 256 * 1024;

/// The reliable packets lately sent to one device.
#[derive(Default)]
pub(crate) struct Kept {
    packets: VecDeque<(Instant, ParticipantSid, u32, Arc<[u8]>)>,
    bytes: usize,
}

impl Kept {
    pub(crate) fn keep(&mut self, now: Instant, from: &ParticipantSid, sequence: u32, bytes: &Arc<[u8]>) {
        self.bytes += bytes.len();
        self.packets.push_back((now, from.clone(), sequence, Arc::clone(bytes)));
        while self.packets.front().is_some_and(|(at, ..)| self.bytes > MOST_KEPT || *at + KEPT < now) {
            self.bytes -= self.packets.pop_front().map_or(0, |(.., bytes)| bytes.len());
        }
    }

    /// Those that somebody has not got who has got these.
    fn missing(&self, now: Instant, received: &[(ParticipantSid, u32)]) -> Vec<Arc<[u8]>> {
        let last = |from: &ParticipantSid| received.iter().find(|(of, _)| of == from).map_or(0, |(_, last)| *last);
        let fresh = self.packets.iter().filter(|(at, ..)| *at + KEPT >= now);
        let missed = fresh.filter(|(_, from, sequence, _)| *sequence > last(from));
        missed.map(|(.., bytes)| Arc::clone(bytes)).collect()
    }
}

/// What somebody who came back believes to be so.
pub(super) struct Belief {
    pub(super) published: Vec<TrackSid>,
    pub(super) otherwise: Vec<TrackSid>,
    pub(super) wanted: bool,
    pub(super) received: Vec<(ParticipantSid, u32)>,
}

impl Live {
    pub(crate) fn come_back(&mut self, now: Instant, returning: Returning, socket: u64) {
        let Returning { bearer, sid, offer, reply } = returning;
        let known = self.devices.get_mut(&sid).filter(|device| device.bearer.identity == bearer.identity);
        let Some(device) = known else {
            let _ = reply.send(Err(NotEntered::Unknown));
            return;
        };
        device.bearer = bearer;
        let (frames, face) = (device.plug(socket), device.face.subscribe());
        device.session.begin_again();
        device.say(livekit::reconnect(&self.us, self.room.last_said(&sid)));
        self.tell(now, Input::SignalUp(sid.clone()));
        let room = self.as_of_now();
        self.say(&sid, livekit::room_update(&room.facts, room.people, room.publishers));
        if let Some(offer) = offer {
            self.negotiate(now, &sid, &offer);
        }
        let stay = Stay { room: self.id, sid, socket };
        if let Err(Ok(lost)) = reply.send(Ok(Entered { stay, frames, face })) {
            self.hang_up(now, &lost.stay);
        }
    }

    /// Whoever believes to publish what we do not know would wait for it in vain: they come in anew.
    pub(super) fn reconcile(&mut self, now: Instant, who: ParticipantSid, belief: Belief) {
        let Some(device) = self.devices.get(&who) else { return };
        if belief.published.iter().any(|track| !device.session.publishes(track)) {
            return self.tell(now, Input::Leave { who, reason: Reason::OutOfStep });
        }
        for packet in device.kept.missing(now, &belief.received) {
            send_data(&mut self.media, now, device.mouth, DataChannel::Reliable, &packet);
        }
        if !belief.otherwise.is_empty() {
            self.tell(now, Input::Want { who, tracks: belief.otherwise, wanted: belief.wanted });
        }
    }
}
