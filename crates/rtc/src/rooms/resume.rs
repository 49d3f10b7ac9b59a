//! Resume of a session over a new socket, with what the client missed.

use std::time::Instant;

use anteroom_room::{DisconnectReason, Input, ParticipantSid};
use anteroom_signalling::SyncState;

use super::command::{JoinRefused, Joined, Resume, SessionSocket};
use super::live_room::LiveRoom;

impl LiveRoom {
    pub(crate) fn resume(&mut self, now: Instant, resume: Resume, socket: u64) {
        let Resume { bearer, sid, offer, reply } = resume;
        let last_sequence = self.room.last_sequence(&sid);
        let known = self.connections.get_mut(&sid).filter(|of| of.bearer.identity == bearer.identity);
        let Some(connection) = known else {
            let _ = reply.send(Err(JoinRefused::UnknownSession));
            return;
        };
        connection.bearer = bearer;
        let (frames, info) = (connection.attach(socket), connection.info.subscribe());
        self.send_signal(&sid, |signalling| signalling.resumed(last_sequence));
        self.handle(now, Input::SignalUp(sid.clone()));
        let room = self.snapshot();
        self.send_signal(&sid, |signalling| signalling.room_updated(&room));
        let peers: Vec<_> = self.by_peer.iter().filter(|(_, of)| **of == sid).map(|(peer, _)| *peer).collect();
        peers.into_iter().for_each(|peer| self.media.repeat_reports(peer));
        if let Some(offer) = offer {
            self.answer_offer(now, &sid, offer);
        }
        let session = SessionSocket { room: self.id, sid, socket };
        if let Err(Ok(lost)) = reply.send(Ok(Joined { session, frames, info })) {
            self.signal_closed(now, &lost.session);
        }
    }

    /// Compares the client's view with the room's. A client that publishes a track the room does not know has
    /// to reconnect fully: nobody would ever get that track.
    pub(super) fn sync_state(&mut self, now: Instant, who: ParticipantSid, state: SyncState) {
        let Some(connection) = self.connections.get(&who) else { return };
        if state.published.iter().any(|track| !connection.signalling.publishes(track)) {
            return self.handle(now, Input::Leave { who, reason: DisconnectReason::StateMismatch });
        }
        for frame in connection.sent_reliable.missing(now, &state.received) {
            self.send_data_frame(now, &who, Some(frame), None);
        }
        if !state.overrides.is_empty() {
            self.handle(now, Input::UpdateSubscription { who, tracks: state.overrides, wanted: state.wanted });
        }
    }
}
