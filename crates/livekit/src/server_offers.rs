//! Media sections of the subscriber connection of dual peer connections (`/rtc`): the server offers, the client only
//! receives.
//!
//! At most one offer is pending; changes meanwhile go into the next. A section that carried a track is offered once as
//! inactive before it carries another: a browser fires its `track` event only when a section starts to receive. A
//! section never carries the same track twice: LiveKit's native clients report a pair of section and track only once, so
//! an application that unsubscribed and subscribed again would never get the track.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_media::{Mid, Msid, OfferChange};
use anteroom_room::{Kind, ParticipantSid, Track, TrackSid};

use super::client_offers::Load;

/// So many empty sections are left alone before one is filled reused. LiveKit's server fills none twice, and clients
/// rely on it: pion does not always notice that a section which has just been emptied is full reused. But in a room of
/// much coming and going the list must end somewhere.
const LEFT_EMPTY: usize = 32;

#[derive(Default)]
pub(crate) struct Listening {
    lines: BTreeMap<Mid, Line>,
    waiting: Vec<Load>,
    /// The number of the last offer.
    number: u32,
    out: Option<Out>,
    /// The data channels are negotiated.
    has_channels: bool,
    /// The next offer restarts ICE.
    restart: bool,
}

struct Line {
    kind: Kind,
    state: State,
    /// What it has carried so far.
    carried: BTreeSet<TrackSid>,
}

enum State {
    /// Empty, and they know.
    Free,
    /// Carries a track, as answered by the client.
    Carries(Load),
    /// Its track ended; not yet offered as inactive.
    Ended,
}

/// The offer that waits for its answer.
struct Out {
    begun: Vec<(Mid, Load)>,
    ended: Vec<Mid>,
    /// Unsubscribed while the offer was pending.
    dropped: Vec<TrackSid>,
}

/// What the next offer changes.
pub struct Plan {
    /// For the media.
    pub change: OfferChange,
    reused: Vec<(Mid, Load)>,
    new: Vec<Load>,
    ended: Vec<Mid>,
}

impl Listening {
    pub(crate) fn want(&mut self, from: &ParticipantSid, track: &Track) {
        self.waiting.push(Load::of(from, track));
    }

    /// The section that carries it, if one does already.
    pub(crate) fn drop_track(&mut self, track: &TrackSid) -> Option<Mid> {
        self.waiting.retain(|load| load.track != *track);
        if let Some(out) = &mut self.out
            && out.begun.iter().any(|(_, load)| load.track == *track)
        {
            out.dropped.push(track.clone());
            return None;
        }
        let mid = self.section_of(track)?;
        if let Some(line) = self.lines.get_mut(&mid) {
            line.state = State::Ended;
        }
        Some(mid)
    }

    pub(crate) fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        let carries = |line: &Line| matches!(&line.state, State::Carries(load) if load.track == *track);
        self.lines.iter().find(|(_, line)| carries(line)).map(|(mid, _)| *mid)
    }

    /// After a resume: the pending offer may be lost, and the next one restarts ICE.
    pub(crate) fn resume(&mut self) {
        if let Some(out) = self.out.take() {
            let requested =
                out.begun.into_iter().map(|(_, load)| load).filter(|load| !out.dropped.contains(&load.track));
            self.waiting.extend(requested);
        }
        self.restart = self.has_channels;
    }

    /// What there is to offer, if anything is and nothing is out.
    pub(crate) fn plan(&self) -> Option<Plan> {
        if self.out.is_some() {
            return None;
        }
        let ended = self.lines.iter().filter(|(_, line)| matches!(line.state, State::Ended));
        let ended: Vec<Mid> = ended.map(|(mid, _)| *mid).collect();
        let (mut reused, mut new) = (Vec::new(), Vec::new());
        let empty = self.lines.values().filter(|line| matches!(line.state, State::Free)).count();
        let to_fill = empty.saturating_sub(LEFT_EMPTY);
        for load in &self.waiting {
            let taken = |mid: &Mid| reused.iter().any(|(other, _)| other == mid);
            let fits = |(mid, line): &(&Mid, &Line)| {
                let is_new = !line.carried.contains(&load.track);
                matches!(line.state, State::Free) && line.kind == load.kind && is_new && !taken(mid)
            };
            match self.lines.iter().find(fits).filter(|_| reused.len() < to_fill) {
                Some((mid, _)) => reused.push((*mid, load.clone())),
                None => new.push(load.clone()),
            }
        }
        let change = OfferChange {
            ice_restart: self.restart,
            channels: !self.has_channels,
            activate: reused.iter().map(|(mid, _)| *mid).collect(),
            deactivate: ended.clone(),
            add: new.iter().map(|load| media_kind(load.kind)).collect(),
        };
        (!change.is_empty()).then_some(Plan { change, reused, new, ended })
    }

    /// The offer is made; `added` are the sections that are new in it. Its number.
    pub(crate) fn proposed(&mut self, plan: Plan, added: &[Mid]) -> u32 {
        self.waiting.clear();
        self.restart = false;
        self.number += 1;
        let begun = plan.reused.into_iter().chain(added.iter().copied().zip(plan.new)).collect();
        self.out = Some(Out { begun, ended: plan.ended, dropped: Vec::new() });
        self.number
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
            if let Some(line) = self.lines.get_mut(&mid) {
                line.state = State::Free;
            }
        }
        let mut begun = Vec::new();
        for (mid, load) in out.begun {
            let over = out.dropped.contains(&load.track);
            let state = if over { State::Ended } else { State::Carries(load.clone()) };
            let line = self.lines.entry(mid);
            let line = line.or_insert(Line { kind: load.kind, state: State::Free, carried: BTreeSet::new() });
            line.carried.insert(load.track.clone());
            line.state = state;
            if !over {
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
        let carried = self.lines.iter().filter_map(|(mid, line)| match &line.state {
            State::Carries(load) => Some((*mid, load)),
            State::Free | State::Ended => None,
        });
        let begun = self.out.iter().flat_map(|out| out.begun.iter().map(|(mid, load)| (*mid, load)));
        carried.chain(begun)
    }
}

fn media_kind(kind: Kind) -> anteroom_media::Kind {
    match kind {
        Kind::Audio => anteroom_media::Kind::Audio,
        Kind::Video => anteroom_media::Kind::Video,
    }
}
