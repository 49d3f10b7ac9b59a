//! How many entries of each list of a client's message are read: a message has room for hundreds of thousands, and
//! each is looked up, kept or sent to others on the thread of a room. Lists of the server API are not limited here:
//! its callers have the secret of this server.

/// Features of a track and capabilities of a client; every participant receives them.
pub(crate) const FEATURES: usize = 32;
/// Layers, and codecs, of one track.
pub(crate) const ENCODINGS: usize = 4;
/// Tracks that a join announces.
pub(crate) const ANNOUNCED_TRACKS: usize = 32;
/// Tracks of one participant: those it publishes, or that it permits another one to subscribe to.
pub(crate) const OWN_TRACKS: usize = 32;
/// Tracks of others, in subscriptions and settings.
pub(crate) const SUBSCRIBED_TRACKS: usize = 1_024;
/// Participants with a subscription permission of their own.
pub(crate) const PERMISSIONS: usize = 256;
/// Senders whose last reliable message a resuming client reports.
pub(crate) const SENDERS: usize = 1_024;
/// Fields of a data packet and of the message in it, with one for each entry of a list; counted before they are decoded.
/// A packet with more is dropped.
pub(crate) const PACKET_FIELDS: usize = 1_024;
/// The same for a join request.
pub(crate) const JOIN_FIELDS: usize = 4_096;
/// Addressees of a data packet. A packet with more is dropped, because a part of them would get it and a part not.
pub(crate) const ADDRESSEES: usize = 256;
