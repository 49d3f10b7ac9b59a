//! Media sections of the subscriber peer connection (LiveKit's `/rtc`): the server offers, the client only receives.
//!
//! At most one offer is pending; changes meanwhile go into the next. A section that carried a track is offered once as
//! inactive before it carries another: a browser fires its `track` event only when a section starts to receive. A
//! section never carries the same track twice: LiveKit's native clients report a pair of section and track only once, so
//! an application that unsubscribed and subscribed again would never get the track.

use std::collections::BTreeMap;

use anteroom_media::{MAX_SECTIONS, Mid, Msid, OfferChange};
use anteroom_room::{ParticipantSid, Track, TrackKind, TrackSid};

use crate::data_channel::DataChannel;
use crate::media_sections::{Load, MediaSection, MediaSections, SectionState};

/// How many empty sections are kept before one is reused. LiveKit's server reuses none, and clients rely on it: pion
/// does not always notice that a section which was just emptied carries a track again. In a room with many joins and
/// leaves the list must be bounded.
const MAX_EMPTY_SECTIONS: usize = 32;
/// Sections for media; one is for data channels. The client's answer has as many, and more would be refused.
const MAX_MEDIA_SECTIONS: usize = MAX_SECTIONS - 1;

#[derive(Default)]
pub(crate) struct ServerOffers {
    sections: MediaSections,
    /// The number of the last offer.
    number: u32,
    planned: Option<Plan>,
    out: Option<Out>,
    /// The data channels are negotiated.
    has_channels: bool,
    /// The next offer restarts ICE.
    restart: bool,
}

/// The offer that waits for its answer.
struct Out {
    begun: Vec<(Mid, Load)>,
    ended: Vec<Mid>,
    /// Unsubscribed while the offer was pending.
    dropped: Vec<TrackSid>,
}

/// The next offer, until `media` has made it.
struct Plan {
    reused: Vec<(Mid, Load)>,
    new: Vec<Load>,
    /// There is no section left for these: they wait until one is free.
    later: Vec<Load>,
    ended: Vec<Mid>,
}

impl ServerOffers {
    pub(crate) fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        self.sections.subscribe(from, track);
    }

    /// Ends a track. Returns the section that carries it, if the client has answered that already.
    pub(crate) fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        // It may wait again although the offer that is out carries it.
        self.sections.waiting.retain(|load| load.track != *track);
        if let Some(out) = &mut self.out
            && out.begun.iter().any(|(_, load)| load.track == *track)
        {
            out.dropped.push(track.clone());
            return None;
        }
        self.sections.unsubscribe(track)
    }

    pub(crate) fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        self.sections.section_of(track)
    }

    /// After a resume: the pending offer may be lost, and the next one restarts ICE.
    pub(crate) fn resume(&mut self) {
        if let Some(out) = self.out.take() {
            let requested =
                out.begun.into_iter().map(|(_, load)| load).filter(|load| !out.dropped.contains(&load.track));
            self.sections.waiting.extend(requested);
        }
        self.restart = self.has_channels;
    }

    /// What the next offer changes; `None` if nothing, or if an offer is pending.
    pub(crate) fn plan(&mut self) -> Option<OfferChange> {
        if self.out.is_some() {
            return None;
        }
        let ended = self.sections.by_mid.iter().filter(|(_, section)| section.has_ended());
        let ended: Vec<Mid> = ended.map(|(mid, _)| *mid).collect();
        let (mut reused, mut new, mut later) = (Vec::new(), Vec::new(), Vec::new());
        let most_new = MAX_MEDIA_SECTIONS.saturating_sub(self.sections.by_mid.len());
        let empty = self.sections.by_mid.values().filter(|section| section.is_free()).count();
        let without_section = self.sections.waiting.len().saturating_sub(most_new);
        let to_fill = empty.saturating_sub(MAX_EMPTY_SECTIONS).max(without_section);
        for load in &self.sections.waiting {
            let taken = |mid: &Mid| reused.iter().any(|(other, _)| other == mid);
            let fits = |(mid, section): &(&Mid, &MediaSection)| {
                let is_new = !section.carried.contains(&load.track);
                section.is_free() && section.kind == load.kind && is_new && !taken(mid)
            };
            match self.sections.by_mid.iter().find(fits).filter(|_| reused.len() < to_fill) {
                Some((mid, _)) => reused.push((*mid, load.clone())),
                None if new.len() < most_new => new.push(load.clone()),
                None => later.push(load.clone()),
            }
        }
        let change = OfferChange {
            ice_restart: self.restart,
            channels: if self.has_channels { vec![] } else { DataChannel::ALL.map(DataChannel::config).to_vec() },
            activate: reused.iter().map(|(mid, _)| *mid).collect(),
            deactivate: ended.clone(),
            add: new.iter().map(|load| media_kind(load.kind)).collect(),
        };
        if change.is_empty() {
            return None;
        }
        self.planned = Some(Plan { reused, new, later, ended });
        Some(change)
    }

    /// `media` has made the planned offer; `added` are its new sections. Returns the offer's id.
    pub(crate) fn offer_created(&mut self, added: &[Mid]) -> Option<u32> {
        let plan = self.planned.take()?;
        self.sections.waiting = plan.later;
        self.restart = false;
        self.number += 1;
        let begun = plan.reused.into_iter().chain(added.iter().copied().zip(plan.new)).collect();
        self.out = Some(Out { begun, ended: plan.ended, dropped: Vec::new() });
        Some(self.number)
    }

    /// The client answered the pending offer: tracks to forward from now on. `None` if the answer is to another offer.
    pub(crate) fn answer_received(&mut self, number: u32) -> Option<Vec<(Mid, Load)>> {
        // Older clients send no id.
        if number != 0 && number != self.number {
            return None;
        }
        let out = self.out.take()?;
        self.has_channels = true;
        for mid in out.ended {
            if let Some(section) = self.sections.by_mid.get_mut(&mid) {
                section.state = SectionState::Free;
            }
        }
        let mut begun = Vec::new();
        for (mid, load) in out.begun {
            let section = self.sections.by_mid.entry(mid).or_insert_with(|| MediaSection::new(load.kind));
            section.carry(load.clone());
            if out.dropped.contains(&load.track) {
                section.state = SectionState::Ended;
            } else {
                begun.push((mid, load));
            }
        }
        Some(begun)
    }

    /// The `msid` of each section, for an offer.
    pub(crate) fn labels(&self) -> BTreeMap<Mid, Msid> {
        self.loads().map(|(mid, load)| (mid, load.label())).collect()
    }

    pub(crate) fn tracks(&self) -> BTreeMap<Mid, TrackSid> {
        self.loads().map(|(mid, load)| (mid, load.track.clone())).collect()
    }

    fn loads(&self) -> impl Iterator<Item = (Mid, &Load)> {
        let begun = self.out.iter().flat_map(|out| out.begun.iter().map(|(mid, load)| (*mid, load)));
        self.sections.loads().chain(begun)
    }
}

fn media_kind(kind: TrackKind) -> anteroom_media::Kind {
    match kind {
        TrackKind::Audio => anteroom_media::Kind::Audio,
        TrackKind::Video => anteroom_media::Kind::Video,
    }
}
