//! Media sections of a single peer connection (`/rtc/v1`): which section carries which track to the client.
//!
//! The client makes the offers and adds sections; the answers fill them. A section that carried a track is answered
//! once as inactive before it carries another: a browser fires its `track` event only when a section starts to receive.

use std::collections::BTreeMap;

use anteroom_media::{Mid, Msid, Section};
use anteroom_room::{Kind, ParticipantSid, Track, TrackSid};

#[derive(Default)]
pub(crate) struct ClientOffers {
    sections: BTreeMap<Mid, MediaSection>,
    waiting: Vec<Load>,
    /// Another offer was requested since the last one.
    asked: bool,
    negotiated: bool,
}

struct MediaSection {
    kind: Kind,
    state: SectionState,
}

enum SectionState {
    Free,
    Carries(Load),
    /// Its track ended; the next answer makes it inactive.
    Emptied,
}

/// A track to be sent to this client.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) from: ParticipantSid,
    pub(crate) track: TrackSid,
    pub(crate) source: Mid,
    pub(crate) kind: Kind,
}

impl Load {
    pub(crate) fn of(from: &ParticipantSid, track: &Track) -> Self {
        let source = Mid::from(track.mid.as_str());
        Self { from: from.clone(), track: track.sid.clone(), source, kind: track.kind() }
    }

    /// The `msid` of its section in an SDP.
    pub(crate) fn label(&self) -> Msid {
        Msid { stream: format!("{}|{}", self.from, self.track), track: self.track.to_string() }
    }
}

impl ClientOffers {
    /// Queues a track; the next offer assigns a section.
    pub(crate) fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        self.waiting.push(Load::of(from, track));
        self.asked = false;
    }

    /// Ends a track. Returns the section that carried it.
    pub(crate) fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        self.waiting.retain(|load| load.track != *track);
        let mid = self.section_of(track)?;
        if let Some(section) = self.sections.get_mut(&mid) {
            section.state = SectionState::Emptied;
        }
        Some(mid)
    }

    pub(crate) fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        let carries =
            |section: &MediaSection| matches!(&section.state, SectionState::Carries(load) if load.track == *track);
        self.sections.iter().find(|(_, section)| carries(section)).map(|(mid, _)| *mid)
    }

    /// Assigns waiting tracks to free sections of an offer. Returns the new assignments.
    pub(crate) fn fill(&mut self, offered: &[Section]) -> Vec<(Mid, Load)> {
        self.negotiated = true;
        self.asked = false;
        self.keep_only(offered);
        let mut filled = Vec::new();
        for offer in offered {
            let Some(kind) = receiving_kind(offer) else { continue };
            let section = self.sections.entry(offer.mid).or_insert(MediaSection { kind, state: SectionState::Free });
            match section.state {
                SectionState::Carries(_) => {}
                SectionState::Emptied => section.state = SectionState::Free,
                SectionState::Free => {
                    if let Some(index) = self.waiting.iter().position(|load| load.kind == section.kind) {
                        let load = self.waiting.remove(index);
                        section.state = SectionState::Carries(load.clone());
                        filled.push((offer.mid, load));
                    }
                }
            }
        }
        filled
    }

    /// Forgets sections on which the client no longer receives; their tracks wait for a section again.
    fn keep_only(&mut self, offered: &[Section]) {
        let still = |mid: &Mid| offered.iter().any(|section| section.mid == *mid && receiving_kind(section).is_some());
        let lost: Vec<Mid> = self.sections.keys().filter(|mid| !still(mid)).copied().collect();
        for mid in lost {
            if let Some(MediaSection { state: SectionState::Carries(load), .. }) = self.sections.remove(&mid) {
                self.waiting.push(load);
            }
        }
    }

    /// The `msid` of each section, for the answer.
    pub(crate) fn labels(&self) -> BTreeMap<Mid, Msid> {
        self.loads().map(|(mid, load)| (mid, load.label())).collect()
    }

    /// The complete map of sections to tracks: browsers replace theirs with it.
    pub(crate) fn tracks(&self) -> BTreeMap<Mid, TrackSid> {
        self.loads().map(|(mid, load)| (mid, load.track.clone())).collect()
    }

    fn loads(&self) -> impl Iterator<Item = (Mid, &Load)> {
        self.sections.iter().filter_map(|(mid, section)| match &section.state {
            SectionState::Carries(load) => Some((*mid, load)),
            _ => None,
        })
    }

    /// How many more sections (audio, video) the next offer must have; `None` if no offer is needed. Returned once per
    /// offer, and not before the first one, which the client makes by itself.
    pub(crate) fn sections_needed(&mut self) -> Option<(u32, u32)> {
        let emptied = self.sections.values().any(|section| matches!(section.state, SectionState::Emptied));
        if !self.negotiated || self.asked || (self.waiting.is_empty() && !emptied) {
            return None;
        }
        self.asked = true;
        Some((self.missing(Kind::Audio), self.missing(Kind::Video)))
    }

    fn missing(&self, kind: Kind) -> u32 {
        let needed = self.waiting.iter().filter(|load| load.kind == kind).count();
        let free = |section: &&MediaSection| section.kind == kind && matches!(section.state, SectionState::Free);
        needed.saturating_sub(self.sections.values().filter(free).count()) as u32
    }
}

/// Kind of media that the client receives on this section.
fn receiving_kind(section: &Section) -> Option<Kind> {
    if section.direction.receives() { kind_of(section) } else { None }
}

pub(crate) fn kind_of(section: &Section) -> Option<Kind> {
    match section.kind {
        anteroom_media::Kind::Audio => Some(Kind::Audio),
        anteroom_media::Kind::Video => Some(Kind::Video),
        anteroom_media::Kind::Data => None,
    }
}
