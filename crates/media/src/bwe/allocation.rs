//! Distribution of a subscriber's bandwidth over its video subscriptions. Audio is always sent.
//!
//! The lowest layers of all subscriptions come first, then the next ones: a sharp picture of one participant is not
//! worth a missing picture of another.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Instant;

use crate::ids::PeerId;

/// A layer is raised only if this percentage of its additional cost fits: with an estimate that just reaches it,
/// layers would switch up and down.
const RAISE_MARGIN: u64 = 115;

/// What must be left for a layer of this additional cost to be raised.
pub(crate) const fn raised(cost: u64) -> u64 {
    cost * RAISE_MARGIN / 100
}

/// Videos that are sent to one subscriber: five rows of five. Clients pause what they do not show; one that does not
/// would receive a whole large room.
pub(crate) const MAX_VIDEOS: usize = 25;

/// How important a subscription is to its subscriber. The lowest layers of all subscriptions come first, those of high
/// priority before others; what is left raises those of high priority first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Paused first and raised last.
    Low,
    /// Without a wish of the subscriber.
    #[default]
    Standard,
    /// Raised first and paused last.
    High,
}

/// What one subscription asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerRequest {
    /// Bits per second of each layer, lowest first, up to the highest wanted.
    pub(crate) costs: Vec<u64>,
    /// The layer it is sent now; `None` if it is paused.
    pub(crate) current: Option<usize>,
    pub(crate) priority: Priority,
    /// The publication has layers of several sizes, even if only the lowest is wanted.
    pub(crate) layered: bool,
    /// When it was connected or resumed.
    pub(crate) since: Option<Instant>,
    pub(crate) publisher: PeerId,
    /// Not sent, because [`MAX_VIDEOS`] others are.
    pub(crate) excess: bool,
}

impl LayerRequest {
    /// Its publisher can be asked to send less.
    pub(crate) fn is_limitable(&self) -> bool {
        !self.layered && !self.excess
    }
}

/// Marks the requests beyond [`MAX_VIDEOS`]: those of low priority, then those of publishers with several, then the
/// oldest. So nobody displaces the videos of others by publishing many.
pub(crate) fn mark_excess(requests: &mut [LayerRequest]) {
    let mut order: Vec<&mut LayerRequest> = requests.iter_mut().collect();
    order.sort_by_key(|request| Reverse((request.priority, request.since)));
    let mut of_publisher: BTreeMap<PeerId, usize> = BTreeMap::new();
    let rank = |request: &mut LayerRequest| {
        let rank = of_publisher.entry(request.publisher).or_default();
        *rank += 1;
        *rank
    };
    let ranks: Vec<usize> = order.iter_mut().map(|request| &mut **request).map(rank).collect();
    let mut ranked: Vec<(&mut LayerRequest, usize)> = order.into_iter().zip(ranks).collect();
    ranked.sort_by_key(|(request, rank)| (Reverse(request.priority), *rank));
    ranked.into_iter().skip(MAX_VIDEOS).for_each(|(request, _)| request.excess = true);
}

/// The result of an allocation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// The highest layer for each request, in their order; `None` pauses it.
    pub(crate) layers: Vec<Option<usize>>,
    /// The sum of their costs in bits per second.
    pub(crate) bitrate: u64,
}

/// Distributes `available` bits per second. No layer is raised unless `may_raise`, and no subscription loses its
/// lowest layer as long as that fits into `tolerable`. With equal priorities, every subscription gets a layer before
/// any gets the next one.
pub(crate) fn allocate(available: u64, tolerable: u64, requests: &[LayerRequest], may_raise: bool) -> Allocation {
    const FALLING: [Priority; 3] = [Priority::High, Priority::Standard, Priority::Low];
    let mut allocation = Allocation { layers: vec![None; requests.len()], bitrate: 0 };
    let highest = requests.iter().map(|request| request.costs.len()).max().unwrap_or(0);
    let lowest_layers = FALLING.iter().map(|priority| (*priority, 0));
    let higher_layers = FALLING.iter().flat_map(|priority| (1..highest).map(|rank| (*priority, rank)));
    for (priority, rank) in lowest_layers.chain(higher_layers) {
        for (request, layer) in requests.iter().zip(&mut allocation.layers) {
            if request.priority == priority && !request.excess {
                let limits = Limits { available, tolerable, may_raise };
                allocation.bitrate += limits.raise(allocation.bitrate, request, layer, rank);
            }
        }
    }
    allocation
}

struct Limits {
    available: u64,
    tolerable: u64,
    may_raise: bool,
}

impl Limits {
    /// Gives a subscription the layer `rank` if it has the one below and the next fits. Returns the additional cost.
    fn raise(&self, spent: u64, request: &LayerRequest, layer: &mut Option<usize>, rank: usize) -> u64 {
        let below = rank.checked_sub(1);
        let (Some(cost), true) = (request.costs.get(rank), *layer == below) else {
            return 0;
        };
        let paid = below.and_then(|below| request.costs.get(below)).copied().unwrap_or(0);
        let more = cost.saturating_sub(paid);
        let raises = request.current.is_none_or(|current| rank > current);
        let needed = if raises { raised(more) } else { more };
        let limit = if rank == 0 && !raises { self.tolerable } else { self.available };
        if (raises && !self.may_raise && more > 0) || spent + needed > limit {
            return 0;
        }
        *layer = Some(rank);
        more
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(current: Option<usize>) -> LayerRequest {
        LayerRequest {
            costs: vec![150, 500, 1_700],
            current,
            priority: Priority::Standard,
            layered: true,
            since: None,
            publisher: PeerId(1),
            excess: false,
        }
    }

    #[test]
    fn lowest_layers_come_before_higher_ones() {
        let allocation = allocate(700, 700, &[request(Some(2)), request(Some(2))], true);
        assert_eq!(allocation.layers, [Some(1), Some(0)]);
        assert_eq!(allocation.bitrate, 650);
        assert_eq!(allocate(310, 310, &[request(Some(2)), request(Some(2))], true).layers, [Some(0), Some(0)]);
        assert_eq!(allocate(160, 160, &[request(Some(2)), request(Some(2))], true).layers, [Some(0), None]);
        assert_eq!(allocate(100, 200, &[request(Some(2))], true).layers, [Some(0)], "tolerable");
        assert_eq!(allocate(100, 200, &[request(None)], true).layers, [None]);
        assert_eq!(allocate(100, 140, &[request(Some(2))], true).layers, [None]);
    }

    #[test]
    fn publisher_of_many_videos_displaces_nobody() {
        let start = crate::tests::origin();
        let of = |publisher| LayerRequest { publisher: PeerId(publisher), since: Some(start), ..request(None) };
        let newest = LayerRequest { since: Some(start + std::time::Duration::from_secs(1)), ..of(99) };
        let mut requests: Vec<LayerRequest> = (0..20).map(of).chain(vec![newest; 20]).collect();
        mark_excess(&mut requests);
        assert!(requests.iter().take(20).all(|request| !request.excess));
        assert_eq!(requests.iter().filter(|request| !request.excess).count(), MAX_VIDEOS);
    }

    #[test]
    fn oldest_of_too_many_videos_are_not_sent() {
        let start = crate::tests::origin();
        let since = |number: u64| Some(start + std::time::Duration::from_secs(number));
        let mut requests: Vec<LayerRequest> = (0..30)
            .map(|number| LayerRequest { since: since(number), publisher: PeerId(number), ..request(None) })
            .collect();
        let important = requests.first_mut().expect("thirty");
        important.priority = Priority::High;
        mark_excess(&mut requests);
        let sent: Vec<usize> = (0..30).filter(|number| requests.get(*number).is_some_and(|r| !r.excess)).collect();
        assert_eq!(sent, [0].into_iter().chain(6..30).collect::<Vec<_>>());
        let layers = allocate(1_000_000, 1_000_000, &requests, true).layers;
        assert_eq!(layers.iter().filter(|layer| layer.is_some()).count(), MAX_VIDEOS);
    }

    #[test]
    fn raising_a_layer_needs_a_margin_keeping_it_does_not() {
        assert_eq!(allocate(1_700, 1_700, &[request(Some(2))], true).layers, [Some(2)]);
        assert_eq!(allocate(1_700, 1_700, &[request(Some(1))], true).layers, [Some(1)]);
        assert_eq!(allocate(2_000, 2_000, &[request(Some(1))], true).layers, [Some(2)]);
        assert_eq!(allocate(2_000, 2_000, &[request(Some(1))], false).layers, [Some(1)]);
    }

    #[test]
    fn low_priority_is_paused_first_and_raised_last() {
        let with = |priority, current| LayerRequest { priority, ..request(current) };
        let layers = |available, current: [Option<usize>; 3]| {
            let [low, standard, high] = current;
            let requests = [with(Priority::Low, low), with(Priority::Standard, standard), with(Priority::High, high)];
            allocate(available, available, &requests, true).layers
        };
        let (top, paused) = ([Some(2); 3], [None; 3]);
        assert_eq!(layers(310, top), [None, Some(0), Some(0)]);
        assert_eq!(layers(160, top), [None, None, Some(0)]);
        assert_eq!(layers(460, top), [Some(0), Some(0), Some(0)]);
        assert_eq!(layers(2_050, top), [Some(0), Some(0), Some(2)], "the high one is raised first");
        assert_eq!(layers(3_600, top), [Some(0), Some(2), Some(2)], "the low one last");
        assert_eq!(layers(180, paused), [None, None, Some(0)], "the high one is resumed first");
    }

    proptest! {
        #[test]
        fn allocation_never_exceeds_the_tolerable_bitrate(
            available in 0u64..5_000_000,
            more in 0u64..1_000_000,
            requests in proptest::collection::vec((proptest::collection::vec(0u64..3_000_000, 1..4), proptest::option::of(0usize..3), proptest::sample::select(vec![Priority::Low, Priority::Standard, Priority::High])), 0..8),
            may_raise in any::<bool>(),
        ) {
            let request = |(mut costs, current, priority): (Vec<u64>, Option<usize>, Priority)| { costs.sort_unstable(); LayerRequest { costs, priority, ..self::request(current) } };
            let requests: Vec<LayerRequest> = requests.into_iter().map(request).collect();
            let tolerable = available + more;
            let allocation = allocate(available, tolerable, &requests, may_raise);
            let cost = |(request, layer): (&LayerRequest, &Option<usize>)| (*layer).and_then(|rank| request.costs.get(rank)).copied().unwrap_or(0);
            prop_assert_eq!(allocation.bitrate, requests.iter().zip(&allocation.layers).map(cost).sum::<u64>());
            prop_assert!(allocation.bitrate <= tolerable);
        }
    }
}
