//! What someone with the right to do so changes about a participant from outside the room.

use super::Room;
use super::join_leave::apply;
use crate::ids::{Identity, ParticipantSid};
use crate::input::Description;
use crate::output::Output;
use crate::participant::{Grants, Participant};

impl Room {
    /// No limit and no grant of theirs counts here: the change is not their own.
    pub(super) fn amend(&mut self, identity: &Identity, change: Description, grants: Option<Grants>) {
        let Some(who) = self.by_identity.get(identity).cloned() else {
            return;
        };
        let Some(seat) = self.seats.get_mut(&who) else {
            return;
        };
        let mut after = Participant::clone(seat.face());
        apply(&mut after, change);
        if let Some(grants) = grants {
            after.has_published &= grants.can_publish;
            after.grants = Grants { hidden: after.grants.hidden, ..grants };
        }
        if after == **seat.face() {
            return;
        }
        let face = seat.change(|face| *face = after);
        self.tell_everybody(&face);
        self.enforce(&who);
    }

    /// Makes what they send and receive what they may send and receive.
    fn enforce(&mut self, who: &ParticipantSid) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let grants = seat.face().grants.clone();
        seat.reserved.retain(|track| grants.may_publish(track.draft.source));
        let lost = seat.face().tracks.iter().filter(|track| !grants.may_publish(track.draft.source));
        for track in lost.map(|track| track.sid.clone()).collect::<Vec<_>>() {
            self.outputs.push_back(Output::Withdrawn { to: who.clone(), track: track.clone() });
            self.unpublish(who, &track);
        }
        for (from, track) in self.tracks_of_others(who) {
            self.settle(who, &from, &track);
        }
    }
}
