//! Who gets which layer of what one receiver's network can take. Pictures only: sound is always sent.
//!
//! Everybody's lowest layer comes first, then everybody's next: a sharp picture of one person is not
//! worth a black one of another.

/// Going up needs this much more than the layer costs, in percent: an estimate that just reaches it would
/// send everybody up and down again.
const RAISE_MARGIN: u64 = 115;

/// One sink's wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerRequest {
    /// What each layer would cost in bits per second, lowest first, up to the highest it wants.
    pub(crate) costs: Vec<u64>,
    /// The layer it has; `None` if it is held back.
    pub(crate) current: Option<usize>,
}

/// What comes of the wishes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// The highest layer for each, in the order of the wishes; `None` holds it back.
    pub(crate) layers: Vec<Option<usize>>,
    /// What they cost together.
    pub(crate) bitrate: u64,
}

/// Shares out `available` bits per second. Nobody rises unless `may_rise`, and nobody loses their lowest layer
/// as long as that fits into what is `tolerable`.
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
    fn everybody_is_seen_before_anybody_is_sharp() {
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
    fn rising_needs_room_and_staying_does_not() {
        assert_eq!(allocate(1_700, 1_700, &[request(Some(2))], true).layers, [Some(2)]);
        assert_eq!(allocate(1_700, 1_700, &[request(Some(1))], true).layers, [Some(1)]);
        assert_eq!(allocate(2_000, 2_000, &[request(Some(1))], true).layers, [Some(2)]);
        assert_eq!(allocate(2_000, 2_000, &[request(Some(1))], false).layers, [Some(1)]);
    }

    proptest! {
        #[test]
        fn never_more_than_is_tolerable(
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
