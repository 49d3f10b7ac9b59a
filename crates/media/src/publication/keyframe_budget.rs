//! Keyframe requests (PLI) that one person may cause at one publication: a keyframe costs every subscriber of the layer
//! bandwidth, so neither a bad connection nor a subscriber that changes its settings may cause them all the time.
//!
//! The budget belongs to the publication, not to the subscription: what a subscriber can start anew (its subscription,
//! its section, its connection) does not bring a new budget.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::ids::PersonId;

/// Requests that are passed on at once: joining takes one, each step to a higher layer another, and so does a burst of
/// loss.
pub(crate) const BURST: u32 = 4;
/// Then one is passed on per interval.
pub(crate) const INTERVAL: Duration = Duration::from_secs(2);
/// Requests of a decoder within this time are the same one: it repeats them until the keyframe arrives.
const REPEATS_WITHIN: Duration = Duration::from_millis(500);
/// So many refused requests of a decoder, since its budget was last full, lower its layer,
const LOWER_AFTER: u32 = 2;
/// for so long.
const LOWERED_FOR: Duration = Duration::from_secs(15);
/// Full budgets are removed when there are more.
const MAX_BUDGETS: usize = 64;

/// Whose budget a keyframe request is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payer {
    /// Of a subscriber that needs the keyframe.
    Subscriber(PersonId),
    /// Of nobody: the publisher itself is the cause.
    Publisher,
}

/// The budgets of all persons at one publication.
#[derive(Debug, Default)]
pub(crate) struct KeyframeBudgets {
    by_person: HashMap<PersonId, KeyframeBudget>,
}

impl KeyframeBudgets {
    pub(crate) fn allows(&mut self, now: Instant, payer: Payer) -> bool {
        match payer {
            Payer::Subscriber(person) => self.of(now, person).allows(now),
            Payer::Publisher => true,
        }
    }

    /// Takes a request out of the budget; false if it is spent.
    pub(crate) fn take(&mut self, now: Instant, payer: Payer) -> bool {
        match payer {
            Payer::Subscriber(person) => self.of(now, person).take(now),
            Payer::Publisher => true,
        }
    }

    pub(crate) fn of(&mut self, now: Instant, person: PersonId) -> &mut KeyframeBudget {
        if self.by_person.len() >= MAX_BUDGETS && !self.by_person.contains_key(&person) {
            self.by_person.retain(|_, budget| !budget.is_full(now));
        }
        self.by_person.entry(person).or_default()
    }
}

#[derive(Debug, Default)]
pub(crate) struct KeyframeBudget {
    /// Requests that the interval has not made up for yet.
    spent: u32,
    /// The interval that is running began then.
    since: Option<Instant>,
    /// When the decoder last requested one.
    requested_at: Option<Instant>,
    /// Requests of the decoder that were refused.
    refused: u32,
}

impl KeyframeBudget {
    fn allows(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.spent < BURST
    }

    fn take(&mut self, now: Instant) -> bool {
        let allowed = self.allows(now);
        if allowed {
            self.spent += 1;
            self.since.get_or_insert(now);
        }
        allowed
    }

    /// A request of the decoder arrives. True if it repeats the last one.
    pub(crate) fn is_repeated(&mut self, now: Instant) -> bool {
        let repeated = self.requested_at.is_some_and(|at| now < at + REPEATS_WITHIN);
        if !repeated {
            self.requested_at = Some(now);
        }
        repeated
    }

    /// A request of the decoder was refused. Returns until when the subscriber is to be sent a lower layer, if it is.
    pub(crate) fn refused(&mut self, now: Instant) -> Option<Instant> {
        self.refused += 1;
        if self.refused < LOWER_AFTER {
            return None;
        }
        self.refused = 0;
        Some(now + LOWERED_FOR)
    }

    fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.spent == 0
    }

    fn refill(&mut self, now: Instant) {
        while let Some(since) = self.since.filter(|since| now >= *since + INTERVAL) {
            self.spent = self.spent.saturating_sub(1);
            self.since = (self.spent > 0).then_some(since + INTERVAL);
        }
        if self.spent == 0 {
            self.refused = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decoder requests a keyframe every `interval` milliseconds for 20 seconds: granted requests, and the first that
    /// lowers the layer.
    fn requests(interval: u64) -> (usize, Option<u64>) {
        let start = crate::tests::origin();
        let mut budget = KeyframeBudget::default();
        let (mut granted, mut lowered) = (0, None);
        for at in (0..20_000).step_by(usize::try_from(interval).unwrap()) {
            let now = start + Duration::from_millis(at);
            if budget.is_repeated(now) {
                continue;
            }
            if budget.take(now) {
                granted += 1;
            } else if budget.refused(now).is_some() {
                lowered = lowered.or(Some(at));
            }
        }
        (granted, lowered)
    }

    #[test]
    fn keyframe_requests_are_granted_in_a_burst_and_then_at_intervals() {
        assert_eq!(requests(100), (13, Some(3_000)));
        assert_eq!(requests(600).0, 13);
        assert_eq!(requests(2_500), (8, None), "now and then");
    }

    #[test]
    fn repeated_request_of_a_decoder_is_the_same_one() {
        let start = crate::tests::origin();
        let mut budget = KeyframeBudget::default();
        assert!(!budget.is_repeated(start));
        for repeat in 1..5 {
            assert!(budget.is_repeated(start + Duration::from_millis(100 * repeat)));
        }
        assert!(!budget.is_repeated(start + Duration::from_millis(500)));
    }

    #[test]
    fn budgets_are_kept_as_long_as_they_are_not_full() {
        let start = crate::tests::origin();
        let mut budgets = KeyframeBudgets::default();
        for person in 0..500 {
            let payer = Payer::Subscriber(PersonId(person));
            assert!((0..BURST).all(|_| budgets.take(start, payer)) && !budgets.allows(start, payer));
        }
        assert!(!budgets.allows(start, Payer::Subscriber(PersonId(0))), "not forgotten");
        assert!(budgets.take(start, Payer::Publisher));
        let later = start + INTERVAL * BURST;
        budgets.take(later, Payer::Subscriber(PersonId(1_000)));
        assert_eq!(budgets.by_person.len(), 1);
    }
}
