//! Identifiers inside a room. Sids are minted by the wire of whoever joins or publishes; the room does not read them.

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
    /// One session of one participant in a room. A reconnect that resumes keeps it; a new join never does.
    ParticipantSid
}
name_of! {
    /// One publication, never reused.
    TrackSid
}
name_of! {
    /// Who someone is, across devices and reconnects. Two at once in a room cannot have the same.
    Identity
}

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
}

/// Where a track comes from, as its publisher says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Not said.
    #[default]
    Unknown,
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// A shared screen's pictures.
    ScreenShare,
    /// A shared screen's sound.
    ScreenShareAudio,
}
