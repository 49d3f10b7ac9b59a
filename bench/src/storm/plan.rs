//! When each guest comes, and what the host does then.

use std::time::Duration;

/// How long after the guest has come the host acts, at least and at most.
const HOST_AFTER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(4));

/// One guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visit {
    /// Number in the list of guests.
    pub(crate) guest: usize,
    /// After the start of the storm.
    pub(crate) at: Duration,
    pub(crate) host: HostAction,
}

/// What the host does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostAction {
    /// Nothing: the guest waits until the end.
    Absent,
    /// Starts the consultation after this time, which admits the guest.
    Starts { after: Duration },
    /// Has started it before the guest comes, and admits the guest after this time.
    Admits { after: Duration },
}

/// All visits in the order of time. The guests come at random times, so sometimes several at once; of each two that are
/// admitted one waits for the start. `share`: of the guests that are admitted.
pub(crate) fn visits(guests: usize, within: Duration, share: f64) -> Vec<Visit> {
    let (least, most) = HOST_AFTER;
    let visit = |guest: usize| {
        let random = |use_of: u64| fraction(guest as u64 * 4 + use_of);
        let after = least + (most - least).mul_f64(random(1));
        let host = match (random(2) < share, random(3) < 0.5) {
            (false, _) => HostAction::Absent,
            (true, true) => HostAction::Starts { after },
            (true, false) => HostAction::Admits { after },
        };
        Visit { guest, at: within.mul_f64(random(0)), host }
    };
    let mut visits: Vec<Visit> = (0..guests).map(visit).collect();
    visits.sort_by_key(|visit| visit.at);
    visits
}

/// From 0 to 1, the same for the same number (splitmix64).
fn fraction(number: u64) -> f64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_come_evenly_and_the_share_is_admitted() {
        let visits = visits(20_000, Duration::from_secs(60), 0.25);
        assert_eq!(visits.len(), 20_000);
        assert!(visits.is_sorted_by_key(|visit| visit.at) && visits[19_999].at < Duration::from_secs(60));
        for second in 0..60 {
            let came = visits.iter().filter(|visit| visit.at.as_secs() == second).count();
            assert!((270..400).contains(&came), "{came} in second {second}");
        }
        let count = |is: fn(&HostAction) -> bool| visits.iter().filter(|visit| is(&visit.host)).count();
        let (started, admitted) = (
            count(|host| matches!(host, HostAction::Starts { .. })),
            count(|host| matches!(host, HostAction::Admits { .. })),
        );
        assert!((2_300..2_700).contains(&started) && (2_300..2_700).contains(&admitted), "{started} {admitted}");
    }

    #[test]
    fn a_plan_is_the_same_each_time() {
        let plan = || visits(50, Duration::from_secs(2), 0.5);
        assert_eq!(plan(), plan());
        assert_eq!(visits(10, Duration::from_secs(1), 0.0).iter().filter(|v| v.host != HostAction::Absent).count(), 0);
        assert_eq!(visits(10, Duration::from_secs(1), 1.0).iter().filter(|v| v.host == HostAction::Absent).count(), 0);
    }
}
