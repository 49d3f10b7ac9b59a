//! A participant as the room itself keeps them: the public face and what nobody else is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use crate::ids::{Identity, TrackSid};
use crate::input::{Audience, Newcomer};
use crate::participant::{Participant, State};
use crate::track::Track;

pub(crate) struct Seat {
    face: Arc<Participant>,
    /// Tracks with a name but without a media section.
    pub(crate) reserved: Vec<Track>,
    pub(crate) auto_subscribe: bool,
    /// Where they said otherwise than `auto_subscribe`.
    pub(crate) wishes: BTreeMap<TrackSid, bool>,
    pub(crate) audience: Audience,
    pub(crate) receiving: BTreeSet<TrackSid>,
    /// Own tracks that somebody has received at least once.
    pub(crate) heard: BTreeSet<TrackSid>,
    pub(crate) link: Link,
    /// The number of the last reliable packet they sent.
    pub(crate) last_said: u32,
    /// The others have heard of them. Whose media does not connect never was there, to everybody else.
    pub(crate) noticed: bool,
    /// Whose place they took, as long as the others have not heard of it.
    pub(crate) replaced: Option<Arc<Participant>>,
}

/// The two legs of a connection, and when each one's loss becomes final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) media: Leg,
    pub(crate) signal: Leg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leg {
    /// Not up for the first time yet.
    Awaited {
        until: Instant,
    },
    Up,
    Lost {
        until: Instant,
    },
    /// They closed it themselves: gone by then, unless they come in anew.
    Closed {
        until: Instant,
    },
}

impl Leg {
    pub(crate) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Up => None,
            Self::Awaited { until } | Self::Lost { until } | Self::Closed { until } => Some(until),
        }
    }
}

impl Seat {
    pub(crate) fn new(newcomer: Newcomer, connect_by: Instant) -> Self {
        let auto_subscribe = newcomer.auto_subscribe;
        let face = Participant {
            sid: newcomer.sid,
            identity: newcomer.identity,
            name: newcomer.name,
            metadata: newcomer.metadata,
            attributes: newcomer.attributes,
            grants: newcomer.grants,
            state: State::Joined,
            version: 1,
            joined_at_ms: newcomer.joined_at_ms,
            program: newcomer.program,
            tracks: Vec::new(),
            has_published: false,
            left_because: None,
        };
        Self {
            face: Arc::new(face),
            reserved: Vec::new(),
            auto_subscribe,
            wishes: BTreeMap::new(),
            audience: Audience::Everybody,
            receiving: BTreeSet::new(),
            heard: BTreeSet::new(),
            link: Link { media: Leg::Awaited { until: connect_by }, signal: Leg::Up },
            last_said: 0,
            noticed: false,
            replaced: None,
        }
    }

    pub(crate) fn face(&self) -> &Arc<Participant> {
        &self.face
    }

    /// Changes what the others see. The version rises here and nowhere else.
    pub(crate) fn change(&mut self, edit: impl FnOnce(&mut Participant)) -> Arc<Participant> {
        let face = Arc::make_mut(&mut self.face);
        edit(face);
        face.version += 1;
        Arc::clone(&self.face)
    }

    /// Does this person's own rule let `listener` have `track`?
    pub(crate) fn lets(&self, listener: &Identity, track: &TrackSid) -> bool {
        match &self.audience {
            Audience::Everybody => true,
            Audience::Only(people) => match people.get(listener) {
                None => false,
                Some(None) => true,
                Some(Some(tracks)) => tracks.contains(track),
            },
        }
    }

    /// Was this packet not sent before? Packets without a number always count as new.
    pub(crate) fn is_new(&mut self, reliable: bool, sequence: u32) -> bool {
        if !reliable || sequence == 0 {
            return true;
        }
        let is_new = sequence > self.last_said;
        self.last_said = self.last_said.max(sequence);
        is_new
    }

    pub(crate) fn wants(&self, track: &TrackSid) -> bool {
        self.wishes.get(track).copied().unwrap_or(self.auto_subscribe)
    }
}
