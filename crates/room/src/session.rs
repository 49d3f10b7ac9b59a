//! A participant session: the public participant info and the room's private state about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use crate::ids::{Identity, TrackSid};
use crate::input::{NewParticipant, SubscriptionPermission};
use crate::participant::{Participant, ParticipantState};
use crate::track::Track;

pub(crate) struct Session {
    info: Arc<Participant>,
    /// Tracks that have an id but no media section yet.
    pub(crate) pending: Vec<Track>,
    pub(crate) auto_subscribe: bool,
    /// Subscriptions requested against `auto_subscribe`.
    pub(crate) overrides: BTreeMap<TrackSid, bool>,
    pub(crate) permission: SubscriptionPermission,
    pub(crate) receiving: BTreeSet<TrackSid>,
    /// Own tracks that had at least one subscriber.
    pub(crate) subscribed_once: BTreeSet<TrackSid>,
    pub(crate) transports: Transports,
    /// Sequence number of the last reliable packet received from the client.
    pub(crate) last_sequence: u32,
    /// When the others are notified of the participant at the latest; `None` once they are.
    pub(crate) announce_at: Option<Instant>,
    /// The session of the same identity that this one replaced, until the others are notified.
    pub(crate) replaced: Option<Arc<Participant>>,
}

/// Media and signalling of one session, and when the loss of each becomes final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transports {
    pub(crate) media: TransportState,
    pub(crate) signal: TransportState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportState {
    /// Has not been up yet.
    Connecting {
        until: Instant,
    },
    Up,
    Lost {
        until: Instant,
    },
    /// The client closed it: the session ends at `until` unless the person rejoins.
    Closed {
        until: Instant,
    },
}

impl TransportState {
    pub(crate) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Up => None,
            Self::Connecting { until } | Self::Lost { until } | Self::Closed { until } => Some(until),
        }
    }
}

impl Session {
    pub(crate) fn new(new: NewParticipant, announce_at: Instant, connect_by: Instant) -> Self {
        let auto_subscribe = new.auto_subscribe;
        let info = Participant {
            sid: new.sid,
            identity: new.identity,
            name: new.name,
            metadata: new.metadata,
            attributes: new.attributes,
            grants: new.grants,
            state: ParticipantState::Joined,
            version: 1,
            joined_at_ms: new.joined_at_ms,
            client: new.client,
            tracks: Vec::new(),
            has_published: false,
            disconnect_reason: None,
        };
        Self {
            info: Arc::new(info),
            pending: Vec::new(),
            auto_subscribe,
            overrides: BTreeMap::new(),
            permission: SubscriptionPermission::All,
            receiving: BTreeSet::new(),
            subscribed_once: BTreeSet::new(),
            transports: Transports {
                media: TransportState::Connecting { until: connect_by },
                signal: TransportState::Up,
            },
            last_sequence: 0,
            announce_at: Some(announce_at),
            replaced: None,
        }
    }

    pub(crate) fn info(&self) -> &Arc<Participant> {
        &self.info
    }

    /// Changes the public info. The version rises here and nowhere else.
    pub(crate) fn change(&mut self, edit: impl FnOnce(&mut Participant)) -> Arc<Participant> {
        let info = Arc::make_mut(&mut self.info);
        edit(info);
        info.version += 1;
        Arc::clone(&self.info)
    }

    /// Whether this publisher's permission lets `subscriber` receive `track`.
    pub(crate) fn allows(&self, subscriber: &Identity, track: &TrackSid) -> bool {
        match &self.permission {
            SubscriptionPermission::All => true,
            SubscriptionPermission::Only(people) => match people.get(subscriber) {
                None => false,
                Some(None) => true,
                Some(Some(tracks)) => tracks.contains(track),
            },
        }
    }

    /// Whether this packet was not received before. Packets without a number always count as new.
    pub(crate) fn is_new(&mut self, reliable: bool, sequence: u32) -> bool {
        if !reliable || sequence == 0 {
            return true;
        }
        let is_new = sequence > self.last_sequence;
        self.last_sequence = self.last_sequence.max(sequence);
        is_new
    }

    pub(crate) fn wants(&self, track: &TrackSid) -> bool {
        self.overrides.get(track).copied().unwrap_or(self.auto_subscribe)
    }
}
