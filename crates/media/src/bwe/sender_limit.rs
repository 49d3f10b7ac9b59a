//! How much a publisher without layers should send to a subscriber that cannot receive all of it.

use std::time::{Duration, Instant};

use super::allocation::{Allocation, LayerRequest};

/// Percentage of the budget that is asked of a publisher: the rest is for retransmissions.
const WHILE_SENT: u64 = 90;
/// Percentage of the budget that is asked of the publisher of a paused subscription, which resumes only with a margin.
const WHILE_PAUSED: u64 = 80;
/// A publisher that sends less than this percentage of the limit is not limited by it.
const LIFT_BELOW: u64 = 70;

/// A limit is repeated this often: RTCP packets get lost.
const REPEAT_INTERVAL: Duration = Duration::from_secs(1);
/// A change of the limit below this percentage waits for the next repetition.
const MIN_CHANGE_PERCENT: u64 = 5;
/// Lifts the limit.
const UNLIMITED: u64 = 100_000_000;

/// How often a lifted limit is sent: a publisher keeps the last one it got.
const LIFTS: u8 = 4;
/// The lowest limit; libwebrtc takes zero for none.
const LOWEST: u64 = 30_000;

/// What a publisher was last asked to send, in bits per second.
#[derive(Debug, Default)]
pub(crate) struct SentLimit {
    last: Option<(Instant, u64)>,
    /// How often [`UNLIMITED`] is still to be sent.
    lifts: u8,
}

impl SentLimit {
    /// The limit to send now, if any.
    pub(crate) fn update(&mut self, now: Instant, limit: Option<u64>) -> Option<u64> {
        let (at, before) = match (self.last, limit) {
            (None, None) => return None,
            (None, Some(limit)) => (now, limit),
            (Some(last), _) => last,
        };
        let is_lifted = limit.is_none();
        let limit = limit.unwrap_or(UNLIMITED);
        let is_first = self.last.is_none();
        let is_same = limit.abs_diff(before) * 100 < before * MIN_CHANGE_PERCENT;
        if !is_first && is_same && now < at + REPEAT_INTERVAL {
            return None;
        }
        self.lifts = if is_lifted && is_same { self.lifts.saturating_sub(1) } else { LIFTS - 1 };
        self.last = (!is_lifted || self.lifts > 0).then_some((now, limit));
        Some(limit)
    }
}

/// What the subscriber can receive of each requested publication, in bits per second; `None` for those with layers.
/// Those without share what the others leave, in proportion to what they send.
pub(crate) fn shares(available: u64, requests: &[LayerRequest], allocation: &Allocation) -> Vec<Option<u64>> {
    let cost = |request: &LayerRequest| request.costs.last().copied().unwrap_or(0);
    let layered = requests.iter().zip(&allocation.layers).filter(|(request, _)| request.layered);
    let spent = layered.filter_map(|(request, layer)| request.costs.get((*layer)?)).sum::<u64>();
    let rest = available.saturating_sub(spent);
    let total = requests.iter().filter(|request| request.is_limitable()).map(cost).sum::<u64>().max(1);
    let share = |request: &LayerRequest| u128::from(rest) * u128::from(cost(request)) / u128::from(total);
    let share = |request: &LayerRequest| request.is_limitable().then(|| u64::try_from(share(request)).unwrap_or(rest));
    requests.iter().map(share).collect()
}

/// The limit of a publication in bits per second, `None` if all it sends can be received. `share` is what the
/// subscriber can receive of it, `before` the limit so far.
pub(crate) fn sender_limit(request: &LayerRequest, share: u64, before: Option<u64>) -> Option<u64> {
    let cost = request.costs.last().copied().unwrap_or(0);
    let paused = request.current.is_none();
    let limited = cost > share || paused || (before.is_some() && cost * 100 >= share * LIFT_BELOW);
    limited.then(|| (share * if paused { WHILE_PAUSED } else { WHILE_SENT } / 100).max(LOWEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bwe::allocation::Priority;
    use crate::ids::PeerId;

    fn request(cost: u64, current: Option<usize>) -> LayerRequest {
        LayerRequest {
            costs: vec![cost],
            current,
            priority: Priority::Standard,
            layered: false,
            since: None,
            publisher: PeerId(1),
            excess: false,
        }
    }

    #[test]
    fn publications_without_layers_share_what_the_others_leave() {
        let layered = LayerRequest { costs: vec![150, 500], layered: true, ..request(0, Some(1)) };
        let requests = [request(3_000, Some(0)), layered, request(1_000, Some(0))];
        let allocation = Allocation { layers: vec![None, Some(1), None], bitrate: 500 };
        assert_eq!(shares(2_500, &requests, &allocation), [Some(1_500), None, Some(500)]);
        assert_eq!(shares(400, &requests, &allocation), [Some(0), None, Some(0)]);
    }

    #[test]
    fn limit_is_lifted_once_the_publisher_does_not_need_it() {
        let limit = |cost: u64, current, before: Option<u64>| {
            sender_limit(&request(1_000 * cost, current), 1_000_000, before.map(|before| 1_000 * before))
                .map(|limit| limit / 1_000)
        };
        assert_eq!(limit(900, Some(0), None), None, "it fits");
        assert_eq!(limit(1_500, Some(0), None), Some(900));
        assert_eq!(limit(900, Some(0), Some(950)), Some(900), "it would send more");
        assert_eq!(limit(600, Some(0), Some(950)), None, "it would not");
        assert_eq!(limit(900, None, Some(950)), Some(800), "with a margin to resume");
    }

    #[test]
    fn limit_is_sent_on_change_and_repeated_when_lifted_too() {
        let now = crate::tests::origin();
        let mut sent = SentLimit::default();
        assert_eq!(sent.update(now, None), None);
        assert_eq!(sent.update(now, Some(1_000)), Some(1_000));
        assert_eq!(sent.update(now, Some(1_040)), None);
        assert_eq!(sent.update(now, Some(1_060)), Some(1_060));
        assert_eq!(sent.update(now + REPEAT_INTERVAL, Some(1_060)), Some(1_060));
        let mut lifted = 0;
        for tick in 0..100 {
            lifted += usize::from(sent.update(now + Duration::from_millis(250 * tick), None) == Some(UNLIMITED));
        }
        assert_eq!(lifted, 4, "each of them may be lost");
    }
}
