//! Who receives what: tracks, data packets, and word of who is speaking.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Room;
use crate::connection_quality::Quality;
use crate::ids::{Identity, ParticipantSid, TrackSid};
use crate::input::Audience;
use crate::output::{Line, Output, Speaker};
use crate::session::{Leg, Seat};
use crate::track::Track;

/// So many names without a track are answered; whoever sends more of them is not looking for tracks.
const MOST_MISSING: usize = 32;

/// Nobody's program tests longer.
const LONGEST_PRETENCE: Duration = Duration::from_secs(60);

impl Room {
    /// A newcomer gets what is there.
    pub(super) fn subscribe_to_all(&mut self, who: &ParticipantSid) {
        for (from, track) in self.tracks_of_others(who) {
            self.settle(who, &from, &track);
        }
    }

    /// A new track goes to those who are there.
    pub(super) fn offer_to_all(&mut self, from: &ParticipantSid, track: &Track) {
        let listeners: Vec<_> = self.seats.keys().filter(|sid| *sid != from).cloned().collect();
        for who in listeners {
            self.settle(&who, from, track);
        }
    }

    /// A track that is no more is received by nobody.
    pub(super) fn withdraw(&mut self, track: &TrackSid) {
        for (who, seat) in &mut self.seats {
            seat.wishes.remove(track);
            if seat.receiving.remove(track) {
                self.outputs.push_back(Output::Unsubscribed { who: who.clone(), track: track.clone() });
            }
        }
    }

    pub(super) fn want(&mut self, who: &ParticipantSid, tracks: Vec<TrackSid>, wanted: bool) {
        let there = self.tracks_of_others(who);
        if wanted && self.seats.contains_key(who) {
            let missing = tracks.iter().filter(|wanted| there.iter().all(|(_, track)| track.sid != **wanted));
            let told =
                missing.take(MOST_MISSING).map(|track| Output::Missing { to: who.clone(), track: track.clone() });
            self.outputs.extend(told);
        }
        let tracks: BTreeSet<TrackSid> = tracks.into_iter().collect();
        for (from, track) in there {
            if tracks.contains(&track.sid) {
                if let Some(seat) = self.seats.get_mut(who) {
                    seat.wishes.insert(track.sid.clone(), wanted);
                }
                self.settle(who, &from, &track);
            }
        }
    }

    pub(super) fn limit(&mut self, who: &ParticipantSid, audience: Audience) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        let before = std::mem::replace(&mut seat.audience, audience);
        if before == seat.audience {
            return;
        }
        let tracks = seat.face().tracks.clone();
        let listeners: Vec<_> = self.seats.keys().filter(|sid| *sid != who).cloned().collect();
        for to in &listeners {
            for track in &tracks {
                self.tell_allowance(to, who, &track.sid, &before);
                self.settle(to, who, track);
            }
        }
    }

    /// Makes what they receive what they should receive.
    pub(super) fn settle(&mut self, who: &ParticipantSid, from: &ParticipantSid, track: &Track) {
        let Some(publisher) = self.seats.get(from) else {
            return;
        };
        let Some(seat) = self.seats.get(who) else {
            return;
        };
        let should = seat.face().grants.can_subscribe
            && seat.wants(&track.sid)
            && publisher.lets(&seat.face().identity, &track.sid);
        let does = seat.receiving.contains(&track.sid);
        match (should, does) {
            (true, false) => self.start(who, from, track),
            (false, true) => self.stop(who, &track.sid),
            _ => {}
        }
    }

    fn start(&mut self, who: &ParticipantSid, from: &ParticipantSid, track: &Track) {
        if let Some(seat) = self.seats.get_mut(who) {
            seat.receiving.insert(track.sid.clone());
        }
        self.outputs.push_back(Output::Subscribed { who: who.clone(), from: from.clone(), track: track.clone() });
        // How good the publisher's line is was told before only to those who received them.
        if let Some(line) = self.lines.of(from).cloned() {
            self.outputs.push_back(Output::Line { to: who.clone(), line });
        }
        if let Some(publisher) = self.seats.get_mut(from)
            && publisher.heard.insert(track.sid.clone())
        {
            self.outputs.push_back(Output::Heard { to: from.clone(), track: track.sid.clone() });
        }
    }

    fn stop(&mut self, who: &ParticipantSid, track: &TrackSid) {
        if let Some(seat) = self.seats.get_mut(who) {
            seat.receiving.remove(track);
        }
        self.outputs.push_back(Output::Unsubscribed { who: who.clone(), track: track.clone() });
    }

    fn tell_allowance(&mut self, to: &ParticipantSid, from: &ParticipantSid, track: &TrackSid, before: &Audience) {
        let (Some(listener), Some(publisher)) = (self.seats.get(to), self.seats.get(from)) else {
            return;
        };
        let identity = &listener.face().identity;
        let allowed = publisher.lets(identity, track);
        let was_allowed = match before {
            Audience::Everybody => true,
            Audience::Only(people) => {
                people.get(identity).is_some_and(|tracks| tracks.as_ref().is_none_or(|tracks| tracks.contains(track)))
            }
        };
        if allowed != was_allowed {
            let (to, from, track) = (to.clone(), from.clone(), track.clone());
            self.outputs.push_back(Output::Allowed { to, from, track, allowed });
        }
    }

    pub(super) fn tracks_of_others(&self, who: &ParticipantSid) -> Vec<(ParticipantSid, Track)> {
        let others = self.seats.iter().filter(|(sid, _)| *sid != who);
        others.flat_map(|(sid, seat)| seat.face().tracks.iter().map(|track| (sid.clone(), track.clone()))).collect()
    }

    /// Never back to the sender, never to someone who is not in, and never twice: after a resume a sender
    /// says again what may not have arrived.
    pub(super) fn say(
        &mut self,
        who: &ParticipantSid,
        to: &[Identity],
        (reliable, sequence): (bool, u32),
        bytes: &Arc<[u8]>,
    ) {
        let Some(seat) = self.seats.get_mut(who) else {
            return;
        };
        if !seat.face().grants.can_publish_data || !seat.is_new(reliable, sequence) {
            return;
        }
        let is_meant = |identity: &Identity| to.is_empty() || to.contains(identity);
        let listeners = self.seats.iter().filter(|(sid, seat)| *sid != who && is_meant(&seat.face().identity));
        let outputs = listeners.map(|(to, _)| {
            let (to, from, bytes) = (to.clone(), who.clone(), Arc::clone(bytes));
            Output::Data { to, from, reliable, sequence, bytes }
        });
        self.outputs.extend(outputs);
    }

    pub(super) fn loudness(&mut self, now: Instant, who: &ParticipantSid, track: &TrackSid, level: u8, active: u8) {
        let is_theirs = self.stay(who).and_then(|face| face.track(track)).is_some_and(|track| !track.draft.muted);
        if is_theirs {
            self.speakers.heard(now, who, track, level, active);
            self.tell_speakers(now);
        }
    }

    pub(super) fn pretend(&mut self, now: Instant, who: &ParticipantSid, lasting: Duration) {
        if self.seats.contains_key(who) {
            self.speakers.pretend(now + lasting.min(LONGEST_PRETENCE), who);
            self.tell_speakers(now);
        }
    }

    pub(super) fn scored(&mut self, who: &ParticipantSid, score: u8) {
        // A line whose media is lost is judged by what came before.
        let is_up = self.seats.get(who).is_some_and(|seat| seat.link.media == Leg::Up);
        if let Some(line) = is_up.then(|| self.lines.scored(who, score)).flatten() {
            self.tell_line(&line);
        }
    }

    /// Tells whose line it is and those who receive them. That it is lost is told to the others alone: browsers that
    /// hear it of themselves give up their stay, and who lost their media has been told to come back.
    pub(super) fn tell_line(&mut self, line: &Line) {
        let Some(seat) = self.seats.get(&line.sid) else {
            return;
        };
        let face = Arc::clone(seat.face());
        let concerned = |(to, seat): &(&ParticipantSid, &Seat)| {
            if **to == line.sid {
                return line.quality != Quality::Lost;
            }
            face.tracks.iter().any(|track| seat.receiving.contains(&track.sid))
        };
        let told =
            self.seats.iter().filter(concerned).map(|(to, _)| Output::Line { to: to.clone(), line: line.clone() });
        self.outputs.extend(told);
    }

    /// Tells the speakers themselves and those who receive them.
    pub(super) fn tell_speakers(&mut self, now: Instant) {
        let changes = self.speakers.changes(now);
        if changes.is_empty() {
            return;
        }
        for (to, seat) in &self.seats {
            let concerns = |speaker: &Speaker| {
                let hears = |face: &crate::Participant| face.tracks.iter().any(|t| seat.receiving.contains(&t.sid));
                speaker.sid == *to || self.seats.get(&speaker.sid).is_some_and(|seat| hears(seat.face()))
            };
            let changes: Vec<_> = changes.iter().filter(|speaker| concerns(speaker)).cloned().collect();
            if !changes.is_empty() {
                self.outputs.push_back(Output::Speaking { to: to.clone(), changes });
            }
        }
    }
}
