//! The allowance of work: how much one seat, and one client address, may make the server do. It is kept over
//! reconnects, so that a new connection does not bring a new allowance.
//!
//! The unit is one small message, some 20 µs of one core.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A join with its first offer costs about 100 units; ten people who arrive within seconds cost each who is there
/// already some 2,000. The largest offer costs 1,500: two are answered at once, then one in eight seconds.
const SEAT: Quota = Quota { burst: 3_000.0, per_second: 200.0 };
/// A clinic behind one address: more than a hundred people join within the same seconds.
const ADDRESS: Quota = Quota { burst: 48_000.0, per_second: 3_200.0 };
/// Seats, and addresses, that are remembered at once. One is forgotten when its allowance is full again, after at most
/// fifteen seconds; if there are more, the others share one allowance.
const MAX_KEYS: usize = 20_000;
/// How often keys with a full allowance are removed when there are too many.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
/// Bytes that cost as much to decode as one small message to handle.
const BYTES_PER_UNIT: f64 = 2_048.0;
/// Bytes of a description that cost one unit to parse and apply.
const SDP_BYTES_PER_UNIT: f64 = 512.0;
/// Sections squared that cost one unit: a connection compares each of its sections with all others.
const SQUARED_SECTIONS_PER_UNIT: f64 = 256.0;

/// A change that others are sent: a seat's whole allowance is 500 of them at once, less than the queue of a socket takes.
const FANOUT: f64 = 6.0;
/// Bytes of a change that cost one unit: the whole allowance is less than the queue of a socket takes.
const QUEUED_BYTES_PER_UNIT: f64 = 320.0;
/// Each receiver of a change, and bytes that cost one unit to write for all of them.
const RECEIVER: f64 = 0.25;
const BYTES_WRITTEN_PER_UNIT: f64 = 16_384.0;
/// Tracks that cost one unit to look up and to subscribe to.
const TRACKS_PER_UNIT: f64 = 4.0;

/// What is asked of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// A connect: the admission check and a new session with its peer connections, or a resume.
    Join,
    /// A signalling message of this many bytes.
    Message(usize),
    /// A change that so many others are sent, in messages of this length.
    Fanout { receivers: usize, bytes: usize },
    /// Subscriptions or settings of this many tracks.
    Tracks(usize),
    /// An offer or answer, besides the message it is in.
    Description { bytes: usize, sections: usize },
}

impl Work {
    pub(crate) fn units(self) -> f64 {
        match self {
            Self::Join => 20.0,
            Self::Message(bytes) => 1.0 + bytes as f64 / BYTES_PER_UNIT,
            Self::Fanout { receivers, bytes } => {
                let written = (receivers * bytes) as f64 / BYTES_WRITTEN_PER_UNIT;
                FANOUT + bytes as f64 / QUEUED_BYTES_PER_UNIT + receivers as f64 * RECEIVER + written
            }
            Self::Tracks(tracks) => tracks as f64 / TRACKS_PER_UNIT,
            Self::Description { bytes, sections } => {
                bytes as f64 / SDP_BYTES_PER_UNIT + (sections * sections) as f64 / SQUARED_SECTIONS_PER_UNIT
            }
        }
    }
}

/// The work is refused: the allowance suffices for it after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) retry_after: Duration,
}

/// Who asks: a seat (a participant's place in a room, on any device) at a client address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requester {
    seat: u64,
    address: IpAddr,
}

/// The allowances of all seats and addresses.
#[derive(Default)]
pub(crate) struct Allowances {
    seats: Mutex<Buckets<u64>>,
    addresses: Mutex<Buckets<IpAddr>>,
    /// Keyed at random: nobody can choose a name that shares the allowance of another seat.
    hasher: RandomState,
}

impl Allowances {
    pub(crate) fn requester(&self, room: &str, identity: &str, address: IpAddr) -> Requester {
        Requester { seat: self.hasher.hash_one((room, identity)), address: network(address) }
    }

    /// Takes the work from both allowances, or refuses it.
    pub(crate) fn take(&self, now: Instant, from: Requester, work: Work) -> Result<(), Exceeded> {
        let units = work.units();
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.take(now, from.seat, SEAT, units)?;
        // A proxy on this machine that is not configured as trusted is the client of everybody.
        if from.address.is_loopback() || from.address.is_unspecified() {
            return Ok(());
        }
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).take(now, from.address, ADDRESS, units)
    }
}

/// One household or data centre customer has a whole IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[derive(Clone, Copy)]
struct Quota {
    burst: f64,
    per_second: f64,
}

/// Token buckets, of which those that are full take no memory.
struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    /// For the keys that no longer fit.
    shared: Bucket,
    swept_at: Option<Instant>,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), shared: Bucket::default(), swept_at: None }
    }
}

impl<K: Hash + Eq> Buckets<K> {
    fn take(&mut self, now: Instant, key: K, quota: Quota, units: f64) -> Result<(), Exceeded> {
        if self.by_key.len() >= MAX_KEYS && self.swept_at.is_none_or(|at| now >= at + SWEEP_INTERVAL) {
            self.swept_at = Some(now);
            self.by_key.retain(|_, bucket| bucket.spent(now, quota) > 0.0);
        }
        let has_room = self.by_key.len() < MAX_KEYS;
        let bucket = match self.by_key.get_mut(&key) {
            Some(bucket) => bucket,
            None if has_room => self.by_key.entry(key).or_default(),
            None => &mut self.shared,
        };
        bucket.take(now, quota, units)
    }
}

#[derive(Default)]
struct Bucket {
    /// Units not yet earned back, and when they were counted.
    spent: f64,
    at: Option<Instant>,
}

impl Bucket {
    fn spent(&self, now: Instant, quota: Quota) -> f64 {
        let elapsed = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        (self.spent - elapsed.as_secs_f64() * quota.per_second).max(0.0)
    }

    fn take(&mut self, now: Instant, quota: Quota, units: f64) -> Result<(), Exceeded> {
        let spent = self.spent(now, quota) + units;
        if spent > quota.burst {
            let retry_after = Duration::from_secs_f64((spent - quota.burst) / quota.per_second);
            return Err(Exceeded { retry_after });
        }
        (self.spent, self.at) = (spent, Some(now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
    fn start() -> Instant {
        Instant::now()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of these are allowed at one instant.
    fn allowed(allowances: &Allowances, at: Instant, from: Requester, works: &[Work]) -> usize {
        (0..10_000).take_while(|_| works.iter().all(|work| allowances.take(at, from, *work).is_ok())).count()
    }

    #[test]
    fn join_with_many_renegotiations_is_allowed() {
        let (allowances, now) = (Allowances::default(), start());
        let ada = allowances.requester("room", "ada", address("203.0.113.5"));
        allowances.take(now, ada, Work::Join).unwrap();
        for sections in 1..=20 {
            let bytes = sections * 4_000;
            allowances.take(now, ada, Work::Message(bytes)).unwrap();
            allowances.take(now, ada, Work::Description { bytes, sections }).unwrap();
        }
        for _ in 0..100 {
            allowances.take(now, ada, Work::Message(100)).unwrap();
        }
    }

    #[test]
    fn largest_offers_are_refused_however_often_the_seat_reconnects() {
        let (allowances, start) = (Allowances::default(), start());
        let bytes = 512 * 1024;
        let largest = [Work::Join, Work::Message(bytes), Work::Description { bytes, sections: 256 }];
        let mut answered = 0;
        for second in 0..13 {
            let now = start + Duration::from_secs(second);
            // Another address each time: the seat is the same.
            let eve = allowances.requester("room", "eve", IpAddr::from([203, 0, 113, second as u8]));
            answered += allowed(&allowances, now, eve, &largest);
        }
        assert!((1..=4).contains(&answered), "{answered}");
        let ben = allowances.requester("other", "ben", address("198.51.100.7"));
        assert_eq!(allowances.take(start, ben, Work::Join), Ok(()));
        let eve = allowances.requester("room", "eve", address("203.0.113.5"));
        assert!(allowed(&allowances, start + Duration::from_secs(60), eve, &largest) > 0, "earned back");
    }

    #[test]
    fn refusal_reports_when_to_retry() {
        let (allowances, now) = (Allowances::default(), start());
        let eve = allowances.requester("room", "eve", address("203.0.113.5"));
        allowed(&allowances, now, eve, &[Work::Join]);
        let Exceeded { retry_after } = allowances.take(now, eve, Work::Join).unwrap_err();
        assert!(allowances.take(now + retry_after / 2, eve, Work::Join).is_err());
        assert_eq!(allowances.take(now + retry_after, eve, Work::Join), Ok(()));
    }

    #[test]
    fn clinic_behind_one_address_joins_at_once() {
        let (allowances, now) = (Allowances::default(), start());
        let offer = Work::Description { bytes: 40_000, sections: 10 };
        let join = [Work::Join, Work::Message(40_000), offer, Work::Message(40_000), offer];
        let person = |n: usize| allowances.requester("room", &n.to_string(), address("203.0.113.5"));
        let joined =
            (0..10_000).take_while(|n| join.iter().all(|work| allowances.take(now, person(*n), *work).is_ok()));
        let joined = joined.count();
        assert!((64..1_000).contains(&joined), "{joined}");
        let elsewhere = allowances.requester("room", "ben", address("203.0.113.6"));
        assert_eq!(allowances.take(now, elsewhere, Work::Join), Ok(()));
    }

    #[test]
    fn ipv6_addresses_of_one_64_share_an_allowance() {
        let network = |text| super::network(address(text));
        assert_eq!(network("2001:db8:0:1::1"), network("2001:db8:0:1:ffff::9"));
        assert_ne!(network("2001:db8:0:1::1"), network("2001:db8:0:2::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert!(network("::1").is_loopback());
    }

    #[test]
    fn memory_is_bounded_under_any_number_of_seats() {
        let (mut buckets, start) = (Buckets::default(), start());
        let mut refused = 0;
        for key in 0..10 * MAX_KEYS {
            let now = start + Duration::from_micros(key as u64);
            refused += usize::from(buckets.take(now, key, SEAT, 20.0).is_err());
            assert!(buckets.by_key.len() <= MAX_KEYS);
        }
        assert!(refused > 0, "those that do not fit share one allowance");
        assert_eq!(buckets.take(start, 7, SEAT, 20.0), Ok(()), "those that fit keep theirs");
        buckets.take(start + Duration::from_secs(60), 0, SEAT, 20.0).unwrap();
        assert_eq!(buckets.by_key.len(), 1, "full allowances take no memory");
    }
}
