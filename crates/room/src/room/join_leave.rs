//! Coming, staying through losses, being described, and going.

use std::sync::Arc;
use std::time::Instant;

use super::Room;
use crate::ids::{Identity, ParticipantSid};
use crate::input::{Description, Newcomer};
use crate::output::{Denial, Output, Request};
use crate::participant::{Participant, Reason, State};
use crate::session::{Leg, Seat};

/// More than went in a minute or two are not remembered.
const MOST_DEPARTED: usize = 256;

impl Room {
    pub(super) fn join(&mut self, now: Instant, newcomer: Newcomer) {
        if self.admits(&newcomer.identity).is_err() || self.seats.contains_key(&newcomer.sid) {
            return;
        }
        // The old stay goes first: two at once would be a ghost on everybody's screen.
        let old = self.by_identity.get(&newcomer.identity).cloned();
        let replaced = old.and_then(|old| self.replace(now, &old));
        self.ends_at = None;
        let sid = newcomer.sid.clone();
        let mut seat = Seat::new(newcomer, now + self.limits.connecting);
        seat.replaced = replaced;
        let you = Arc::clone(seat.face());
        self.by_identity.insert(you.identity.clone(), sid.clone());
        let others = self.participants().filter(|other| !other.grants.hidden).cloned().collect();
        self.seats.insert(sid.clone(), seat);
        self.outputs.push_back(Output::Welcome { to: sid.clone(), you, others });
        self.subscribe_to_all(&sid);
    }

    /// One person comes in anew: to the others they were never away, their tracks are.
    fn replace(&mut self, now: Instant, old: &ParticipantSid) -> Option<Arc<Participant>> {
        let seat = self.seats.get_mut(old)?;
        let (had_tracks, earlier) = (!seat.face().tracks.is_empty(), seat.replaced.take());
        let was_noticed = seat.noticed;
        let mut bare = Participant::clone(seat.face());
        let face = self.depart(now, old, Reason::Replaced)?;
        if !was_noticed {
            return earlier;
        }
        if had_tracks {
            bare.tracks.clear();
            bare.version = face.version;
            self.broadcast(&Arc::new(bare));
        }
        Some(face)
    }

    pub(super) fn media_up(&mut self, who: &ParticipantSid) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        seat.link.media = Leg::Up;
        if seat.face().state != State::Joined {
            return;
        }
        let face = seat.change(|face| face.state = State::Active);
        self.outputs.push_back(Output::Arrived(who.clone()));
        self.tell_everybody(&face);
    }

    pub(super) fn media_down(&mut self, now: Instant, who: &ParticipantSid) {
        let until = now + self.limits.media_loss;
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        if seat.link.media != Leg::Up {
            return;
        }
        seat.link.media = Leg::Lost { until };
        if matches!(seat.link.signal, Leg::Up) {
            self.outputs.push_back(Output::ComeBack(who.clone()));
        }
        if let Some(line) = self.lines.lost(who) {
            self.tell_line(&line);
        }
    }

    pub(super) fn media_closed(&mut self, now: Instant, who: &ParticipantSid) {
        if let Some(seat) = self.seats.get_mut(who) {
            seat.link.media = Leg::Closed { until: now + self.limits.closing };
        }
    }

    pub(super) fn signal_down(&mut self, now: Instant, who: &ParticipantSid) {
        let until = now + self.limits.signal_loss;
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        if seat.link.signal == Leg::Up {
            seat.link.signal = Leg::Lost { until };
        }
        // Without a socket, media that never came up never will: nobody can negotiate it.
        if matches!(seat.link.media, Leg::Awaited { .. }) {
            let until = now + self.limits.media_loss;
            seat.link.signal = Leg::Lost { until };
        }
    }

    pub(super) fn signal_up(&mut self, now: Instant, who: &ParticipantSid) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        seat.link.signal = Leg::Up;
        // They may have missed anything: tell them everything, themselves included, and who is no more. A person
        // who is in again under another name of a stay is not told of as gone: they may have heard of both.
        let gone = self.lately_departed(now);
        let about = self.participants().filter(|face| face.sid == *who || !face.grants.hidden).cloned();
        let about = gone.into_iter().chain(about).collect();
        self.outputs.push_back(Output::Changed { to: who.clone(), about });
    }

    /// Those who went while somebody could have lost their socket, and are not in again.
    fn lately_departed(&mut self, now: Instant) -> Vec<Arc<Participant>> {
        let kept = self.limits.signal_loss * 2;
        self.departed.retain(|(at, _)| *at + kept > now);
        let is_out = |face: &&Arc<Participant>| !self.by_identity.contains_key(&face.identity);
        self.departed.iter().map(|(_, face)| face).filter(is_out).cloned().collect()
    }

    pub(super) fn overdue(&self, now: Instant) -> Vec<(ParticipantSid, Reason)> {
        let late = |leg: Leg| leg.deadline().is_some_and(|until| until <= now);
        let reason_of = |seat: &Seat| match seat.link.media {
            Leg::Awaited { .. } if late(seat.link.media) => Some(Reason::NeverConnected),
            Leg::Lost { .. } if late(seat.link.media) => Some(Reason::MediaLost),
            Leg::Closed { .. } if late(seat.link.media) => Some(Reason::Left),
            _ if late(seat.link.signal) => Some(Reason::SignalLost),
            _ => None,
        };
        self.seats.iter().filter_map(|(sid, seat)| Some((sid.clone(), reason_of(seat)?))).collect()
    }

    pub(super) fn describe(&mut self, who: &ParticipantSid, request: u32, change: Description) {
        let limit = self.limits.description;
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let denial = if !seat.face().grants.can_update_metadata {
            Some(Denial::NotAllowed)
        } else if length(seat.face(), &change) > limit {
            Some(Denial::TooMuch)
        } else {
            None
        };
        if let Some(denial) = denial {
            let request = Request::Describe(request);
            return self.outputs.push_back(Output::Denied { to: who.clone(), request, denial });
        }
        let face = seat.change(|face| apply(face, change));
        self.outputs.push_back(Output::Granted { to: who.clone(), request });
        self.tell_everybody(&face);
    }

    pub(super) fn leave(&mut self, now: Instant, who: &ParticipantSid, reason: Reason) {
        let replaced = self.seats.get(who).and_then(|seat| seat.replaced.clone());
        let Some(face) = self.depart(now, who, reason) else {
            return;
        };
        // Whose place they took is the one the others still see.
        for gone in replaced.iter().chain([&face]) {
            self.broadcast(gone);
        }
    }

    /// They are out of the list and have been told; the others have not.
    fn depart(&mut self, now: Instant, who: &ParticipantSid, reason: Reason) -> Option<Arc<Participant>> {
        let seat = self.seats.remove(who)?;
        self.by_identity.remove(&seat.face().identity);
        self.speakers.forget(who);
        self.lines.forget(who);
        for track in &seat.face().tracks {
            self.withdraw(&track.sid);
        }
        let face = self.dismiss(seat, reason);
        if !face.grants.hidden {
            self.departed.truncate(MOST_DEPARTED - 1);
            self.departed.push_front((now, Arc::clone(&face)));
        }
        if self.seats.is_empty() {
            self.ends_at = Some(now + self.limits.departure);
        }
        Some(face)
    }

    pub(super) fn remove(&mut self, now: Instant, identity: &Identity) {
        if let Some(who) = self.by_identity.get(identity).cloned() {
            self.leave(now, &who, Reason::Removed);
        }
    }

    /// Ends a seat that is already out of the list.
    pub(super) fn dismiss(&mut self, mut seat: Seat, reason: Reason) -> Arc<Participant> {
        let was_active = seat.face().state == State::Active;
        let who = Arc::clone(seat.face());
        let unpublished =
            who.tracks.iter().map(|track| Output::Unpublished { who: Arc::clone(&who), track: track.clone() });
        self.outputs.extend(unpublished);
        let face = seat.change(|face| {
            face.state = State::Disconnected;
            face.tracks.clear();
            face.left_because = Some(reason);
        });
        let (who, told) = (face.sid.clone(), Arc::clone(&face));
        self.outputs.push_back(Output::Gone { who, face: told, reason, was_active });
        face
    }

    /// To all but the one it is about, once there is anything of them for others.
    pub(super) fn tell_others(&mut self, face: &Arc<Participant>) {
        if let Some(seat) = self.seats.get_mut(&face.sid) {
            seat.noticed |= face.state != State::Joined || !face.tracks.is_empty();
            if !seat.noticed {
                return;
            }
            seat.replaced = None;
        }
        self.broadcast(face);
    }

    fn broadcast(&mut self, face: &Arc<Participant>) {
        if face.grants.hidden {
            return;
        }
        let listeners = self.seats.keys().filter(|sid| **sid != face.sid);
        let outputs = listeners.map(|to| Output::Changed { to: to.clone(), about: vec![Arc::clone(face)] });
        self.outputs.extend(outputs);
    }

    /// To all, the one it is about included.
    pub(super) fn tell_everybody(&mut self, face: &Arc<Participant>) {
        self.tell_others(face);
        self.outputs.push_back(Output::Changed { to: face.sid.clone(), about: vec![Arc::clone(face)] });
    }
}

pub(super) fn apply(face: &mut Participant, change: Description) {
    if let Some(name) = change.name {
        face.name = name;
    }
    if let Some(metadata) = change.metadata {
        face.metadata = metadata;
    }
    for (key, value) in change.attributes {
        if value.is_empty() {
            face.attributes.remove(&key);
        } else {
            face.attributes.insert(key, value);
        }
    }
}

fn length(face: &Participant, change: &Description) -> usize {
    let mut after = face.clone();
    apply(&mut after, change.clone());
    let attributes: usize = after.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
    after.name.len() + after.metadata.len() + attributes
}
