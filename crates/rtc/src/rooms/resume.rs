//! Coming back with a new socket: the same stay goes on, and what was missed is made up for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_livekit as livekit;
use anteroom_media::Channel;
use anteroom_room::{DisconnectReason, Input, ParticipantSid, TrackSid};

use super::command::{JoinRefused, Joined, Resume, SessionSocket};
use super::live_room::LiveRoom;

/// Reliable packets are kept so long for somebody who may not have got them. Not longer: programs forget after half a
/// minute what they have, and would take a repetition for news.
const KEPT: Duration = Duration::from_secs(20);
/// So many bytes of them at most, for each.
const MOST_KEPT: usize = 256 * 1024;

/// The reliable packets lately sent to one device.
#[derive(Default)]
pub(crate) struct SentReliable {
    packets: VecDeque<(Instant, ParticipantSid, u32, Arc<[u8]>)>,
    bytes: usize,
}

impl SentReliable {
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
pub(super) struct SyncState {
    pub(super) published: Vec<TrackSid>,
    pub(super) overrides: Vec<TrackSid>,
    pub(super) wanted: bool,
    pub(super) received: Vec<(ParticipantSid, u32)>,
}

impl LiveRoom {
    pub(crate) fn resume(&mut self, now: Instant, resume: Resume, socket: u64) {
        let Resume { bearer, sid, offer, reply } = resume;
        let known = self.connections.get_mut(&sid).filter(|connection| connection.bearer.identity == bearer.identity);
        let Some(connection) = known else {
            let _ = reply.send(Err(JoinRefused::Unknown));
            return;
        };
        connection.bearer = bearer;
        let (frames, info) = (connection.attach(socket), connection.info.subscribe());
        connection.session.resume();
        connection.say(livekit::reconnect(&self.server_info, self.room.last_sequence(&sid)));
        self.tell(now, Input::SignalUp(sid.clone()));
        let room = self.snapshot();
        self.say(&sid, livekit::room_update(&room.info, room.people, room.publishers));
        if let Some(offer) = offer {
            self.negotiate(now, &sid, &offer);
        }
        let session = SessionSocket { room: self.id, sid, socket };
        if let Err(Ok(lost)) = reply.send(Ok(Joined { session, frames, info })) {
            self.signal_closed(now, &lost.session);
        }
    }

    /// Whoever believes to publish what we do not know would wait for it in vain: they come in anew.
    pub(super) fn sync_state(&mut self, now: Instant, who: ParticipantSid, sync: SyncState) {
        let Some(connection) = self.connections.get(&who) else { return };
        if sync.published.iter().any(|track| !connection.session.publishes(track)) {
            return self.tell(now, Input::Leave { who, reason: DisconnectReason::StateMismatch });
        }
        for packet in connection.sent_reliable.missing(now, &sync.received) {
            self.media.send_data(now, connection.data_pc, Channel::Reliable, &packet);
        }
        if !sync.overrides.is_empty() {
            self.tell(now, Input::UpdateSubscription { who, tracks: sync.overrides, wanted: sync.wanted });
        }
    }
}
