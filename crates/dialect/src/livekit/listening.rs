//! The second connection of clients of the older path: on it we offer, and they only receive.
//!
//! One offer is out at a time; what happens meanwhile goes into the next. A section that carried a track is
//! offered once as empty before it carries another, because a browser tells its page of a new track only when a
//! section begins to receive. And it never carries the same track again: LiveKit's native clients tell their program of
//! a pair of section and track once only, so whoever gave up a track and wants it back would wait for it in vain.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_media::{Mid, Msid, OfferChange};
use anteroom_room::{Kind, ParticipantSid, Track, TrackSid};

use super::data_channel::DataChannel;
use super::sections::Load;

/// So many empty sections are left alone before one is filled again. LiveKit's server fills none twice, and clients
/// rely on it: pion does not always notice that a section which has just been emptied is full again. But in a room of
/// much coming and going the list must end somewhere.
const LEFT_EMPTY: usize = 32;

#[derive(Default)]
pub(crate) struct Listening {
    lines: BTreeMap<Mid, Line>,
    waiting: Vec<Load>,
    /// The number of the last offer.
    number: u32,
    out: Option<Out>,
    /// The data channels were agreed on.
    has_channels: bool,
    /// The path is to be found anew.
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
    /// It carries this, and they know.
    Carries(Load),
    /// What it carried is over, and they do not know yet.
    Ended,
}

/// What the offer that is out says.
struct Out {
    begun: Vec<(Mid, Load)>,
    ended: Vec<Mid>,
    /// Dropped while it was out.
    dropped: Vec<TrackSid>,
}

/// What the next offer changes.
pub struct Plan {
    /// For the media.
    pub change: OfferChange,
    again: Vec<(Mid, Load)>,
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

    /// They came back: whatever was out may never have reached them, and the path is to be found anew.
    pub(crate) fn begin_again(&mut self) {
        if let Some(out) = self.out.take() {
            let wanted = out.begun.into_iter().map(|(_, load)| load).filter(|load| !out.dropped.contains(&load.track));
            self.waiting.extend(wanted);
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
        let (mut again, mut new) = (Vec::new(), Vec::new());
        let empty = self.lines.values().filter(|line| matches!(line.state, State::Free)).count();
        let to_fill = empty.saturating_sub(LEFT_EMPTY);
        for load in &self.waiting {
            let taken = |mid: &Mid| again.iter().any(|(other, _)| other == mid);
            let fits = |(mid, line): &(&Mid, &Line)| {
                let is_new = !line.carried.contains(&load.track);
                matches!(line.state, State::Free) && line.kind == load.kind && is_new && !taken(mid)
            };
            match self.lines.iter().find(fits).filter(|_| again.len() < to_fill) {
                Some((mid, _)) => again.push((*mid, load.clone())),
                None => new.push(load.clone()),
            }
        }
        let change = OfferChange {
            ice_restart: self.restart,
            channels: if self.has_channels { vec![] } else { DataChannel::ALL.map(DataChannel::config).to_vec() },
            activate: again.iter().map(|(mid, _)| *mid).collect(),
            deactivate: ended.clone(),
            add: new.iter().map(|load| media_kind(load.kind)).collect(),
        };
        (!change.is_empty()).then_some(Plan { change, again, new, ended })
    }

    /// The offer is made; `added` are the sections that are new in it. Its number.
    pub(crate) fn proposed(&mut self, plan: Plan, added: &[Mid]) -> u32 {
        self.waiting.clear();
        self.restart = false;
        self.number += 1;
        let begun = plan.again.into_iter().chain(added.iter().copied().zip(plan.new)).collect();
        self.out = Some(Out { begun, ended: plan.ended, dropped: Vec::new() });
        self.number
    }

    /// Their answer to the offer that is out: what is to flow from now on. `None` if it is another's.
    pub(crate) fn agreed(&mut self, number: u32) -> Option<Vec<(Mid, Load)>> {
        // Older clients do not count.
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

    /// What each section is called in an offer.
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
