//! Changes to a participant through the server API.

use super::Room;
use super::join_leave::apply;
use crate::ids::{Identity, ParticipantSid};
use crate::input::MetadataChange;
use crate::output::Output;
use crate::participant::{Grants, Participant};

impl Room {
    /// The participant's own grants and limits do not apply: the caller of the server API was authorised already.
    pub(super) fn update_participant(&mut self, identity: &Identity, change: MetadataChange, grants: Option<Grants>) {
        let Some(who) = self.by_identity.get(identity).cloned() else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&who) else {
            return;
        };
        let mut after = Participant::clone(session.info());
        apply(&mut after, change);
        if let Some(grants) = grants {
            after.has_published &= grants.can_publish;
            after.grants = Grants { hidden: after.grants.hidden, ..grants };
        }
        if after == **session.info() {
            return;
        }
        let info = session.change(|info| *info = after);
        self.notify_all(&info);
        self.apply_grants(&who);
    }

    /// Revokes publications and updates subscriptions to match the current grants.
    fn apply_grants(&mut self, who: &ParticipantSid) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        let grants = session.info().grants.clone();
        session.pending.retain(|track| grants.may_publish(track.request.source));
        let lost = session.info().tracks.iter().filter(|track| !grants.may_publish(track.request.source));
        for track in lost.map(|track| track.sid.clone()).collect::<Vec<_>>() {
            self.outputs.push_back(Output::PublishRevoked { to: who.clone(), track: track.clone() });
            self.unpublish(who, &track);
        }
        for (from, track) in self.tracks_of_others(who) {
            self.sync_subscription(who, &from, &track);
        }
    }
}
