//! Publications: pending, published, muted, unpublished.

use std::sync::Arc;

use super::Room;
use crate::ids::{Identity, ParticipantSid, TrackKind, TrackSid};
use crate::input::TrackUpdate;
use crate::output::{Denial, DeniedRequest, Output};
use crate::track::{AddTrack, Track, TrackEncoding};

impl Room {
    pub(super) fn publish(&mut self, who: &ParticipantSid, request: AddTrack, sid: TrackSid) {
        let limit = self.limits.tracks;
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        let denial = if !session.info().grants.may_publish(request.source) {
            Some(Denial::NotAllowed)
        } else if session.pending.len() + session.info().tracks.len() >= limit || request.len() > AddTrack::MAX_LEN {
            Some(Denial::TooMuch)
        } else {
            None
        };
        if let Some(denial) = denial {
            let request = DeniedRequest::Publish(Box::new(request));
            return self.outputs.push_back(Output::RequestDenied { to: who.clone(), request, denial });
        }
        if let Some(codec_of) = &request.codec_of {
            let output = match session.info().track(codec_of) {
                Some(track) if track.kind() == TrackKind::Video => {
                    let (to, cid, track) = (who.clone(), request.cid, track.clone());
                    Output::TrackPending { to, cid, track }
                }
                _ => {
                    let (to, request, denial) =
                        (who.clone(), DeniedRequest::Publish(Box::new(request)), Denial::NotAllowed);
                    Output::RequestDenied { to, request, denial }
                }
            };
            return self.outputs.push_back(output);
        }
        // A repeated request for the same track gets the same answer.
        let known = session.pending.iter().chain(&session.info().tracks).find(|track| track.request.cid == request.cid);
        let track = match known {
            Some(track) => track.clone(),
            None => {
                let track = Track { sid, request, mid: String::new(), mime: String::new(), backup: None };
                session.pending.push(track.clone());
                track
            }
        };
        let cid = track.request.cid.clone();
        self.outputs.push_back(Output::TrackPending { to: who.clone(), cid, track });
    }

    /// Announces the track to the others. Announced earlier, subscribers would wait for media that may never come.
    pub(super) fn track_negotiated(&mut self, who: &ParticipantSid, track: &TrackSid, mid: String, mime: String) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        let Some(index) = session.pending.iter().position(|pending| pending.sid == *track) else {
            return;
        };
        let track = Track { mid, mime, ..session.pending.remove(index) };
        let info = session.change(|info| {
            info.tracks.push(track.clone());
            info.has_published = true;
        });
        self.notify_all(&info);
        self.outputs.push_back(Output::Published { who: who.clone(), track: track.clone() });
        if track.request.muted {
            self.outputs.push_back(Output::Muted { who: who.clone(), track: track.sid.clone(), muted: true });
        }
        self.subscribe_others_to(who, &track);
    }

    /// Sets or removes the second encoding of a track, for subscribers that cannot decode the first.
    pub(super) fn set_backup_codec(&mut self, who: &ParticipantSid, track: &TrackSid, encoding: Option<TrackEncoding>) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        if session.info().track(track).is_none_or(|published| published.backup == encoding) {
            return;
        }
        let info = session.change(|info| {
            let tracks = info.tracks.iter_mut().filter(|published| published.sid == *track);
            tracks.for_each(|published| published.backup.clone_from(&encoding));
        });
        self.notify_all(&info);
        if let (Some(track), true) = (info.track(track), encoding.is_some()) {
            self.outputs.push_back(Output::BackupCodecPublished { who: who.clone(), track: track.clone() });
            if track.request.muted {
                self.outputs.push_back(Output::Muted { who: who.clone(), track: track.sid.clone(), muted: true });
            }
        }
    }

    pub(super) fn unpublish(&mut self, who: &ParticipantSid, track: &TrackSid) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        session.pending.retain(|pending| pending.sid != *track);
        let Some(published) = session.info().track(track).cloned() else {
            return;
        };
        let before = Arc::clone(session.info());
        self.outputs.push_back(Output::Unpublished { who: before, track: published });
        session.subscribed_once.remove(track);
        let info = session.change(|info| info.tracks.retain(|published| published.sid != *track));
        self.speakers.clear_track(who, track);
        self.unsubscribe_all(track);
        self.notify_all(&info);
    }

    pub(super) fn mute(&mut self, who: &ParticipantSid, track: &TrackSid, muted: bool) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        if let Some(pending) = session.pending.iter_mut().find(|pending| pending.sid == *track) {
            pending.request.muted = muted;
            return;
        }
        if session.info().track(track).is_none_or(|published| published.request.muted == muted) {
            return;
        }
        let info = session.change(|info| {
            for published in info.tracks.iter_mut().filter(|published| published.sid == *track) {
                published.request.muted = muted;
            }
        });
        if muted {
            self.speakers.clear_track(who, track);
        }
        self.outputs.push_back(Output::Muted { who: who.clone(), track: track.clone(), muted });
        self.notify_all(&info);
    }

    pub(super) fn update_track(&mut self, who: &ParticipantSid, track: &TrackSid, update: TrackUpdate) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        let apply = |request: &mut AddTrack| match update {
            TrackUpdate::Features(features) => request.options.features = features,
            TrackUpdate::Size(width, height) => (request.width, request.height) = (width, height),
        };
        if let Some(pending) = session.pending.iter_mut().find(|pending| pending.sid == *track) {
            return apply(&mut pending.request);
        }
        let Some(before) = session.info().track(track).cloned() else {
            return;
        };
        let mut updated = before.clone();
        apply(&mut updated.request);
        if updated == before {
            return;
        }
        let info = session.change(|info| {
            info.tracks.iter_mut().filter(|published| published.sid == *track).for_each(|published| {
                *published = updated.clone();
            });
        });
        self.notify_all(&info);
    }

    pub(super) fn server_mute(&mut self, identity: &Identity, track: &TrackSid, muted: bool) {
        let Some(who) = self.by_identity.get(identity).cloned() else {
            return;
        };
        let is_theirs = self.participant(&who).is_some_and(|info| info.track(track).is_some());
        if is_theirs {
            self.outputs.push_back(Output::ServerMuted { to: who.clone(), track: track.clone(), muted });
            self.mute(&who, track, muted);
        }
    }
}
