//! What people send: reserved, announced, muted, withdrawn.

use std::sync::Arc;

use super::Room;
use crate::ids::{Identity, Kind, ParticipantSid, TrackSid};
use crate::input::Refinement;
use crate::output::{Denial, Output, Request};
use crate::track::{Draft, Encoding, Track};

impl Room {
    pub(super) fn publish(&mut self, who: &ParticipantSid, draft: Draft, chance: &str) {
        let limit = self.limits.tracks;
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let denial = if !seat.face().grants.may_publish(draft.source) {
            Some(Denial::NotAllowed)
        } else if seat.reserved.len() + seat.face().tracks.len() >= limit || draft.length() > Draft::LONGEST {
            Some(Denial::TooMuch)
        } else {
            None
        };
        if let Some(denial) = denial {
            let request = Request::Publish(Box::new(draft));
            return self.outputs.push_back(Output::Denied { to: who.clone(), request, denial });
        }
        if let Some(again) = &draft.again {
            let output = match seat.face().track(again) {
                Some(track) if track.kind() == Kind::Video => {
                    let (to, cid, track) = (who.clone(), draft.cid, track.clone());
                    Output::Reserved { to, cid, track }
                }
                _ => {
                    let (to, request, denial) = (who.clone(), Request::Publish(Box::new(draft)), Denial::NotAllowed);
                    Output::Denied { to, request, denial }
                }
            };
            return self.outputs.push_back(output);
        }
        // Asked twice for the same track: the same answer.
        let known = seat.reserved.iter().chain(&seat.face().tracks).find(|track| track.draft.cid == draft.cid);
        let track = match known {
            Some(track) => track.clone(),
            None => {
                let sid = TrackSid::minted(draft.kind, draft.source, chance);
                let track = Track { sid, draft, mid: String::new(), mime: String::new(), backup: None };
                seat.reserved.push(track.clone());
                track
            }
        };
        let cid = track.draft.cid.clone();
        self.outputs.push_back(Output::Reserved { to: who.clone(), cid, track });
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
        let face = seat.change(|face| {
            face.tracks.push(track.clone());
            face.has_published = true;
        });
        self.tell_everybody(&face);
        self.outputs.push_back(Output::Published { who: who.clone(), track: track.clone() });
        if track.draft.muted {
            self.outputs.push_back(Output::Muted { who: who.clone(), track: track.sid.clone(), muted: true });
        }
        self.offer_to_all(who, &track);
    }

    /// Those who cannot show a track's first codec may have its second, or no longer.
    pub(super) fn back(&mut self, who: &ParticipantSid, track: &TrackSid, encoding: Option<Encoding>) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        if seat.face().track(track).is_none_or(|published| published.backup == encoding) {
            return;
        }
        let face = seat.change(|face| {
            let backed = face.tracks.iter_mut().filter(|published| published.sid == *track);
            backed.for_each(|published| published.backup.clone_from(&encoding));
        });
        self.tell_everybody(&face);
        if let (Some(track), true) = (face.track(track), encoding.is_some()) {
            self.outputs.push_back(Output::Backed { who: who.clone(), track: track.clone() });
            if track.draft.muted {
                self.outputs.push_back(Output::Muted { who: who.clone(), track: track.sid.clone(), muted: true });
            }
        }
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
