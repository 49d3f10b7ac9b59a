//! What became of a message to a person.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::{AppointmentId, ParticipantId, Private};

/// Kind of a message to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    /// Confirmation, with the personal link.
    Confirmed,
    /// Cancellation.
    Cancelled,
    /// The appointment is with another host, with the personal link again.
    HostChanged,
}

impl MessageKind {
    /// The name in the store, in idempotency keys and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::HostChanged => "host_changed",
        }
    }
}

/// How a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// E-mail.
    Email,
}

impl Channel {
    /// The name in the store and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
        }
    }
}

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Not sent yet; after a temporary failure it is tried again.
    Queued,
    /// The provider has accepted it. Whether it arrived is not known.
    Accepted,
    /// It will not be tried again: the provider refused it, or was not reachable for too long.
    Failed,
    /// Not sent, because it came too late to be of use.
    Expired,
    /// Not sent, because it was no longer true.
    Outdated,
}

impl DeliveryState {
    /// The name in the store and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Outdated => "outdated",
        }
    }
}

/// Names the delivery of one message to one person by one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    /// The recipient.
    pub participant: ParticipantId,
    /// The message.
    pub message: MessageKind,
    /// How it is sent.
    pub channel: Channel,
}

impl fmt::Display for DeliveryKey {
    /// Equal for every attempt: providers that recognise it do not send a message twice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.participant, self.message.as_str())
    }
}

/// What became of one message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which message, to whom, how.
    pub key: DeliveryKey,
    /// The appointment it is about.
    pub appointment: AppointmentId,
    /// State.
    pub state: DeliveryState,
    /// How often sending it was tried.
    pub attempts: i64,
    /// Why the last attempt failed, in the provider's words.
    pub last_error: Option<Private<String>>,
    /// When the message became due.
    pub queued_at: Timestamp,
    /// When the state or the number of attempts changed.
    pub changed_at: Timestamp,
}

/// A name that no variant has, such as one of a newer program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

macro_rules! parsed_by_name {
    ($type:ty: $($variant:ident),+) => {
        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                [$(Self::$variant),+].into_iter().find(|value| value.as_str() == text).ok_or(UnknownName)
            }
        }
    };
}

parsed_by_name!(MessageKind: Confirmed, Cancelled, HostChanged);
parsed_by_name!(Channel: Email);
parsed_by_name!(DeliveryState: Queued, Accepted, Failed, Expired, Outdated);
