//! Media sections of a single peer connection (`/rtc/v1`): which section carries which track to the client.
//!
//! The client makes the offers and adds sections; the answers fill them. A section that carried a track is answered
//! once as inactive before it carries another: a browser fires its `track` event only when a section starts to receive.

use std::collections::BTreeMap;

use anteroom_media::{MAX_SECTIONS, Mid, Msid, Section};
use anteroom_room::{ParticipantSid, Track, TrackKind, TrackSid};

use crate::limits;
use crate::media_sections::{Load, MediaSection, MediaSections, SectionState};

/// Sections on which a client receives: the others of its offer are for data and for what it publishes. Tracks beyond
/// them wait until a section is free.
const MAX_RECEIVING_SECTIONS: usize = MAX_SECTIONS - 1 - limits::OWN_TRACKS;

#[derive(Default)]
pub(crate) struct ClientOffers {
    sections: MediaSections,
    /// Another offer was requested since the last one.
    requested: bool,
    negotiated: bool,
}

impl ClientOffers {
    /// Queues a track; the next offer assigns a section.
    pub(crate) fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        self.sections.subscribe(from, track);
        self.requested = false;
    }

    /// Ends a track. Returns the section that carried it.
    pub(crate) fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        self.sections.unsubscribe(track)
    }

    pub(crate) fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        self.sections.section_of(track)
    }

    /// Assigns waiting tracks to free sections of an offer. Returns the new assignments.
    pub(crate) fn fill(&mut self, offered: &[Section]) -> Vec<(Mid, Load)> {
        self.negotiated = true;
        self.requested = false;
        self.keep_only(offered);
        let MediaSections { by_mid, waiting } = &mut self.sections;
        let mut filled = Vec::new();
        for offer in offered {
            let Some(kind) = receiving_kind(offer) else { continue };
            let section = by_mid.entry(offer.mid).or_insert_with(|| MediaSection::new(kind));
            if section.has_ended() {
                section.state = SectionState::Free;
            } else if section.is_free()
                && let Some(index) = waiting.iter().position(|load| load.kind == section.kind)
            {
                let load = waiting.remove(index);
                section.carry(load.clone());
                filled.push((offer.mid, load));
            }
        }
        filled
    }

    /// Forgets sections on which the client no longer receives; their tracks wait for a section again.
    fn keep_only(&mut self, offered: &[Section]) {
        let MediaSections { by_mid, waiting } = &mut self.sections;
        let still = |mid: &Mid| offered.iter().any(|section| section.mid == *mid && receiving_kind(section).is_some());
        let lost: Vec<Mid> = by_mid.keys().filter(|mid| !still(mid)).copied().collect();
        for mid in lost {
            if let Some(MediaSection { state: SectionState::Carries(load), .. }) = by_mid.remove(&mid) {
                waiting.push(load);
            }
        }
    }

    /// The `msid` of each section, for the answer.
    pub(crate) fn labels(&self) -> BTreeMap<Mid, Msid> {
        self.sections.loads().map(|(mid, load)| (mid, load.label())).collect()
    }

    /// The complete map of sections to tracks: browsers replace theirs with it.
    pub(crate) fn tracks(&self) -> BTreeMap<Mid, TrackSid> {
        self.sections.loads().map(|(mid, load)| (mid, load.track.clone())).collect()
    }

    /// How many more sections (audio, video) the next offer must have; `None` if no offer is needed. Returned once per
    /// offer, and not before the first one, which the client makes by itself.
    pub(crate) fn sections_needed(&mut self) -> Option<(u32, u32)> {
        let has_ended = self.sections.by_mid.values().any(MediaSection::has_ended);
        if !self.negotiated || self.requested || (self.sections.waiting.is_empty() && !has_ended) {
            return None;
        }
        let most = MAX_RECEIVING_SECTIONS.saturating_sub(self.sections.by_mid.len()) as u32;
        let audios = self.missing(TrackKind::Audio).min(most);
        let videos = self.missing(TrackKind::Video).min(most - audios);
        let can_fill = self.sections.waiting.iter().any(|load| self.free(load.kind) > 0);
        if audios + videos == 0 && !has_ended && !can_fill {
            return None;
        }
        self.requested = true;
        Some((audios, videos))
    }

    fn missing(&self, kind: TrackKind) -> u32 {
        let needed = self.sections.waiting.iter().filter(|load| load.kind == kind).count();
        needed.saturating_sub(self.free(kind)) as u32
    }

    fn free(&self, kind: TrackKind) -> usize {
        self.sections.by_mid.values().filter(|section| section.kind == kind && section.is_free()).count()
    }
}

/// Kind of media that the client receives on this section.
fn receiving_kind(section: &Section) -> Option<TrackKind> {
    if section.direction.receives() { kind_of(section) } else { None }
}

pub(crate) fn kind_of(section: &Section) -> Option<TrackKind> {
    match section.kind {
        anteroom_media::Kind::Audio => Some(TrackKind::Audio),
        anteroom_media::Kind::Video => Some(TrackKind::Video),
        anteroom_media::Kind::Data => None,
    }
}
