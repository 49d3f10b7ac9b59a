//! What people send: reserved, announced, muted, withdrawn.

use std::sync::Arc;

use super::Room;
use crate::ids::{Identity, ParticipantSid, TrackSid};
use crate::input::Refinement;
use crate::output::{Denial, Output, Request};
use crate::track::{Draft, Track};

impl Room {
    pub(super) fn publish(&mut self, who: &ParticipantSid, draft: Draft, chance: &str) {
        let limit = self.limits.tracks;
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let denial = if !seat.face().grants.may_publish(draft.source) {
            Some(Denial::NotAllowed)
        } else if seat.reserved.len() + seat.face().tracks.len() >= limit {
            Some(Denial::TooMuch)
        } else {
            None
        };
        if let Some(denial) = denial {
            let request = Request::Publish(draft);
            return self.outputs.push_back(Output::Denied { to: who.clone(), request, denial });
        }
        // Asked twice for the same track: the same answer.
        let known = seat.reserved.iter().chain(&seat.face().tracks).find(|track| track.draft.cid == draft.cid);
        let track = match known {
            Some(track) => track.clone(),
            None => {
                let sid = TrackSid::minted(draft.kind, draft.source, chance);
                let track = Track { sid, draft, mid: String::new(), mime: String::new() };
                seat.reserved.push(track.clone());
                track
            }
        };
        self.outputs.push_back(Output::Reserved { to: who.clone(), track });
    }

    /// Only now the others hear of it: a track announced earlier is one they wait for in vain.
    pub(super) fn negotiated(&mut self, who: &ParticipantSid, track: &TrackSid, mid: String, mime: String) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let Some(place) = seat.reserved.iter().position(|reserved| reserved.sid == *track) else {
            return;
        };
        let track = Track { mid, mime, ..seat.reserved.remove(place) };
        let face = seat.change(|face| face.tracks.push(track.clone()));
        self.tell_everybody(&face);
        self.outputs.push_back(Output::Published { who: who.clone(), track: track.clone() });
        if track.draft.muted {
            self.outputs.push_back(Output::Muted { who: who.clone(), track: track.sid.clone(), muted: true });
        }
        self.offer_to_all(who, &track);
    }

    pub(super) fn unpublish(&mut self, who: &ParticipantSid, track: &TrackSid) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        seat.reserved.retain(|reserved| reserved.sid != *track);
        let Some(published) = seat.face().track(track).cloned() else {
            return;
        };
        let before = Arc::clone(seat.face());
        self.outputs.push_back(Output::Unpublished { who: before, track: published });
        seat.heard.remove(track);
        let face = seat.change(|face| face.tracks.retain(|published| published.sid != *track));
        self.speakers.hush(who, track);
        self.withdraw(track);
        self.tell_everybody(&face);
    }

    pub(super) fn mute(&mut self, who: &ParticipantSid, track: &TrackSid, muted: bool) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        if let Some(reserved) = seat.reserved.iter_mut().find(|reserved| reserved.sid == *track) {
            reserved.draft.muted = muted;
            return;
        }
        if seat.face().track(track).is_none_or(|published| published.draft.muted == muted) {
            return;
        }
        let face = seat.change(|face| {
            for published in face.tracks.iter_mut().filter(|published| published.sid == *track) {
                published.draft.muted = muted;
            }
        });
        if muted {
            self.speakers.hush(who, track);
        }
        self.outputs.push_back(Output::Muted { who: who.clone(), track: track.clone(), muted });
        self.tell_everybody(&face);
    }

    pub(super) fn refine(&mut self, who: &ParticipantSid, track: &TrackSid, refinement: Refinement) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let apply = |draft: &mut Draft| match refinement {
            Refinement::AudioFeatures(features) => draft.details.audio_features = features,
            Refinement::Size(width, height) => (draft.width, draft.height) = (width, height),
        };
        if let Some(reserved) = seat.reserved.iter_mut().find(|reserved| reserved.sid == *track) {
            return apply(&mut reserved.draft);
        }
        let Some(before) = seat.face().track(track).cloned() else {
            return;
        };
        let mut refined = before.clone();
        apply(&mut refined.draft);
        if refined == before {
            return;
        }
        let face = seat.change(|face| {
            face.tracks.iter_mut().filter(|published| published.sid == *track).for_each(|published| {
                *published = refined.clone();
            });
        });
        self.tell_everybody(&face);
    }

    pub(super) fn silence(&mut self, identity: &Identity, track: &TrackSid, muted: bool) {
        let Some(who) = self.by_identity.get(identity).cloned() else {
            return;
        };
        let is_theirs = self.stay(&who).is_some_and(|face| face.track(track).is_some());
        if is_theirs {
            self.outputs.push_back(Output::Silenced { to: who.clone(), track: track.clone(), muted });
            self.mute(&who, track, muted);
        }
    }
}
