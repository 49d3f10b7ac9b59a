//! The receiving media sections of a client: which section carries which track, and which tracks wait for a section.
//!
//! Who makes the offers decides when a waiting track gets its section: [`crate::client_offers`] and
//! [`crate::server_offers`].

use std::collections::{BTreeMap, BTreeSet};

use anteroom_media::{Mid, Msid};
use anteroom_room::{ParticipantSid, Track, TrackKind, TrackSid};

/// A track to be sent to this client.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) from: ParticipantSid,
    pub(crate) track: TrackSid,
    pub(crate) source: Mid,
    pub(crate) kind: TrackKind,
}

impl Load {
    fn of(from: &ParticipantSid, track: &Track) -> Self {
        let source = Mid::from(track.mid.as_str());
        Self { from: from.clone(), track: track.sid.clone(), source, kind: track.kind() }
    }

    /// The `msid` of its section in an SDP.
    pub(crate) fn label(&self) -> Msid {
        Msid { stream: format!("{}|{}", self.from, self.track), track: self.track.to_string() }
    }
}

pub(crate) enum SectionState {
    Free,
    Carries(Load),
    /// Its track ended; the next description makes it inactive. Only then it carries another: a browser fires its
    /// `track` event only when a section starts to receive.
    Ended,
}

pub(crate) struct MediaSection {
    pub(crate) kind: TrackKind,
    pub(crate) state: SectionState,
    /// Every track it has carried.
    pub(crate) carried: BTreeSet<TrackSid>,
}

impl MediaSection {
    pub(crate) fn new(kind: TrackKind) -> Self {
        Self { kind, state: SectionState::Free, carried: BTreeSet::new() }
    }

    pub(crate) fn is_free(&self) -> bool {
        matches!(self.state, SectionState::Free)
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, SectionState::Ended)
    }

    pub(crate) fn carry(&mut self, load: Load) {
        self.carried.insert(load.track.clone());
        self.state = SectionState::Carries(load);
    }

    fn load(&self) -> Option<&Load> {
        match &self.state {
            SectionState::Carries(load) => Some(load),
            SectionState::Free | SectionState::Ended => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct MediaSections {
    pub(crate) by_mid: BTreeMap<Mid, MediaSection>,
    /// Tracks without a section, in the order of their subscription.
    pub(crate) waiting: Vec<Load>,
}

impl MediaSections {
    pub(crate) fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        self.waiting.push(Load::of(from, track));
    }

    /// Ends a track. Returns the section that carried it.
    pub(crate) fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        self.waiting.retain(|load| load.track != *track);
        let mid = self.section_of(track)?;
        if let Some(section) = self.by_mid.get_mut(&mid) {
            section.state = SectionState::Ended;
        }
        Some(mid)
    }

    pub(crate) fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        self.loads().find(|(_, load)| load.track == *track).map(|(mid, _)| mid)
    }

    pub(crate) fn loads(&self) -> impl Iterator<Item = (Mid, &Load)> {
        self.by_mid.iter().filter_map(|(mid, section)| Some((*mid, section.load()?)))
    }
}
