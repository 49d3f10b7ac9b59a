//! Who gets which layer of what one receiver's network can take. Pictures only: sound is always sent.
//!
//! Everybody's lowest layer comes first, then everybody's next: a sharp picture of one person is not
//! worth a black one of another.

/// Going up needs this much more than the layer costs, in percent: an estimate that just reaches it would
/// send everybody up and down again.
const ROOM_TO_RISE: u64 = 115;

/// One sink's wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// What each layer would cost in bits per second, lowest first, up to the highest it wants.
    pub(crate) costs: Vec<u64>,
    /// The layer it has; `None` if it is held back.
    pub(crate) has: Option<usize>,
}

/// What comes of the wishes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shares {
    /// The highest layer for each, in the order of the wishes; `None` holds it back.
    pub(crate) layers: Vec<Option<usize>>,
    /// What they cost together.
    pub(crate) spent: u64,
}

/// Shares out `available` bits per second. Nobody rises unless `may_rise`, and nobody loses their lowest layer
/// as long as that fits into what is `tolerable`.
pub(crate) fn share(available: u64, tolerable: u64, wishes: &[Wish], may_rise: bool) -> Shares {
    let mut shares = Shares { layers: vec![None; wishes.len()], spent: 0 };
    let highest = wishes.iter().map(|wish| wish.costs.len()).max().unwrap_or(0);
    for rank in 0..highest {
        for (wish, layer) in wishes.iter().zip(&mut shares.layers) {
            let below = rank.checked_sub(1);
            let (Some(cost), true) = (wish.costs.get(rank), *layer == below) else {
                continue;
            };
            let paid = below.and_then(|below| wish.costs.get(below)).copied().unwrap_or(0);
            let more = cost.saturating_sub(paid);
            let rises = wish.has.is_none_or(|has| rank > has);
            let needed = if rises { more * ROOM_TO_RISE / 100 } else { more };
            let limit = if rank == 0 && !rises { tolerable } else { available };
            if (!rises || may_rise || more == 0) && shares.spent + needed <= limit {
                *layer = Some(rank);
                shares.spent += more;
            }
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wish(has: Option<usize>) -> Wish {
        Wish { costs: vec![150, 500, 1_700], has }
    }

    #[test]
    fn everybody_is_seen_before_anybody_is_sharp() {
        let shares = share(700, 700, &[wish(Some(2)), wish(Some(2))], true);
        assert_eq!(shares.layers, [Some(1), Some(0)]);
        assert_eq!(shares.spent, 650);
        assert_eq!(share(310, 310, &[wish(Some(2)), wish(Some(2))], true).layers, [Some(0), Some(0)]);
        assert_eq!(share(160, 160, &[wish(Some(2)), wish(Some(2))], true).layers, [Some(0), None]);
        assert_eq!(share(100, 200, &[wish(Some(2))], true).layers, [Some(0)], "tolerable");
        assert_eq!(share(100, 200, &[wish(None)], true).layers, [None]);
        assert_eq!(share(100, 140, &[wish(Some(2))], true).layers, [None]);
    }

    #[test]
    fn rising_needs_room_and_staying_does_not() {
        assert_eq!(share(1_700, 1_700, &[wish(Some(2))], true).layers, [Some(2)]);
        assert_eq!(share(1_700, 1_700, &[wish(Some(1))], true).layers, [Some(1)]);
        assert_eq!(share(2_000, 2_000, &[wish(Some(1))], true).layers, [Some(2)]);
        assert_eq!(share(2_000, 2_000, &[wish(Some(1))], false).layers, [Some(1)]);
    }

    proptest! {
        #[test]
        fn never_more_than_is_tolerable(
            available in 0u64..5_000_000,
            more in 0u64..1_000_000,
            wishes in proptest::collection::vec((proptest::collection::vec(0u64..3_000_000, 1..4), proptest::option::of(0usize..3)), 0..8),
            may_rise in any::<bool>(),
        ) {
            let wish = |(mut costs, has): (Vec<u64>, Option<usize>)| { costs.sort_unstable(); Wish { costs, has } };
            let wishes: Vec<Wish> = wishes.into_iter().map(wish).collect();
            let tolerable = available + more;
            let shares = share(available, tolerable, &wishes, may_rise);
            let cost = |(wish, layer): (&Wish, &Option<usize>)| (*layer).and_then(|rank| wish.costs.get(rank)).copied().unwrap_or(0);
            prop_assert_eq!(shares.spent, wishes.iter().zip(&shares.layers).map(cost).sum::<u64>());
            prop_assert!(shares.spent <= tolerable);
        }
    }
}
