//! Distribution of a subscriber's bandwidth over its video subscriptions. Audio is always sent.
//!
//! The lowest layers of all subscriptions come first, then the next ones: a sharp picture of one participant is not
//! worth a missing picture of another.

/// A layer is raised only if this percentage of its additional cost fits: with an estimate that just reaches it,
/// layers would switch up and down.
const RAISE_MARGIN: u64 = 115;

/// What one subscription asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerRequest {
    /// Bits per second of each layer, lowest first, up to the highest wanted.
    pub(crate) costs: Vec<u64>,
    /// The layer it is sent now; `None` if it is paused.
    pub(crate) current: Option<usize>,
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
/// lowest layer as long as that fits into `tolerable`.
pub(crate) fn allocate(available: u64, tolerable: u64, requests: &[LayerRequest], may_raise: bool) -> Allocation {
    let mut allocation = Allocation { layers: vec![None; requests.len()], bitrate: 0 };
    let highest = requests.iter().map(|request| request.costs.len()).max().unwrap_or(0);
    for rank in 0..highest {
        for (request, layer) in requests.iter().zip(&mut allocation.layers) {
            let below = rank.checked_sub(1);
            let (Some(cost), true) = (request.costs.get(rank), *layer == below) else {
                continue;
            };
            let paid = below.and_then(|below| request.costs.get(below)).copied().unwrap_or(0);
            let more = cost.saturating_sub(paid);
            let raises = request.current.is_none_or(|current| rank > current);
            let needed = if raises { more * RAISE_MARGIN / 100 } else { more };
            let limit = if rank == 0 && !raises { tolerable } else { available };
            if (!raises || may_raise || more == 0) && allocation.bitrate + needed <= limit {
                *layer = Some(rank);
                allocation.bitrate += more;
            }
        }
    }
    allocation
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(current: Option<usize>) -> LayerRequest {
        LayerRequest { costs: vec![150, 500, 1_700], current }
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
    fn raising_a_layer_needs_a_margin_keeping_it_does_not() {
        assert_eq!(allocate(1_700, 1_700, &[request(Some(2))], true).layers, [Some(2)]);
        assert_eq!(allocate(1_700, 1_700, &[request(Some(1))], true).layers, [Some(1)]);
        assert_eq!(allocate(2_000, 2_000, &[request(Some(1))], true).layers, [Some(2)]);
        assert_eq!(allocate(2_000, 2_000, &[request(Some(1))], false).layers, [Some(1)]);
    }

    proptest! {
        #[test]
        fn allocation_never_exceeds_the_tolerable_bitrate(
            available in 0u64..5_000_000,
            more in 0u64..1_000_000,
            requests in proptest::collection::vec((proptest::collection::vec(0u64..3_000_000, 1..4), proptest::option::of(0usize..3)), 0..8),
            may_raise in any::<bool>(),
        ) {
            let request = |(mut costs, current): (Vec<u64>, Option<usize>)| { costs.sort_unstable(); LayerRequest { costs, current } };
            let requests: Vec<LayerRequest> = requests.into_iter().map(request).collect();
            let tolerable = available + more;
            let allocation = allocate(available, tolerable, &requests, may_raise);
            let cost = |(request, layer): (&LayerRequest, &Option<usize>)| (*layer).and_then(|rank| request.costs.get(rank)).copied().unwrap_or(0);
            prop_assert_eq!(allocation.bitrate, requests.iter().zip(&allocation.layers).map(cost).sum::<u64>());
            prop_assert!(allocation.bitrate <= tolerable);
        }
    }
}
