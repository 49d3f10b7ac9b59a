//! Identifiers inside a room. Session and track ids are made by the wire format of the client; the room does not
//! interpret them.

use std::fmt;
use std::sync::Arc;

macro_rules! name_of {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text as it goes over the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_of! {
    /// One session of one participant in a room. A resume keeps it; a new join never does.
    ParticipantSid
}
name_of! {
    /// One publication, never reused.
    TrackSid
}
name_of! {
    /// The person, across devices and reconnects. Unique in a room.
    Identity
}

/// Media kind of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackKind {
    /// Audio.
    Audio,
    /// Video.
    Video,
}

/// Source of a track, as its publisher declares it (LiveKit's `TrackSource`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Not given.
    #[default]
    Unknown,
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// Video of a shared screen.
    ScreenShare,
    /// Audio of a shared screen.
    ScreenShareAudio,
}
