//! Which addresses of this machine are advertised as candidates.

use std::io;
use std::net::{IpAddr, SocketAddr};

/// More would make every SDP answer long and ICE slow, which tries them all.
const MAX_ADVERTISED: usize = 8;

/// The machine's own reachable addresses; loopback only if there is no other.
pub(crate) fn local_ips(listen: IpAddr) -> io::Result<Vec<IpAddr>> {
    let all = if_addrs::get_if_addrs()?;
    let fits = |ip: &IpAddr| listen.is_ipv6() || ip.is_ipv4();
    let up = all.iter().filter(|interface| !interface.is_link_local());
    let mut ips: Vec<IpAddr> = up.map(if_addrs::Interface::ip).filter(fits).collect();
    ips.sort();
    ips.dedup();
    Ok(reachable(ips))
}

fn reachable(ips: Vec<IpAddr>) -> Vec<IpAddr> {
    let (loopback, mut others): (Vec<IpAddr>, Vec<IpAddr>) = ips.into_iter().partition(IpAddr::is_loopback);
    if others.is_empty() {
        return loopback;
    }
    others.truncate(MAX_ADVERTISED);
    others
}

/// The candidate for a socket's bound address: the same address, or the first of its family, as behind a static NAT.
pub(crate) fn candidate_for(local: SocketAddr, candidates: &[SocketAddr]) -> SocketAddr {
    let same = candidates.iter().find(|candidate| **candidate == local);
    let family = || candidates.iter().find(|candidate| candidate.is_ipv4() == local.is_ipv4());
    *same.or_else(family).unwrap_or(&local)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn loopback_is_advertised_only_without_other_addresses() {
        assert_eq!(reachable(ips(&["127.0.0.1", "192.0.2.2", "fd00::2"])), ips(&["192.0.2.2", "fd00::2"]));
        assert_eq!(reachable(ips(&["127.0.0.1"])), ips(&["127.0.0.1"]));
    }

    #[test]
    fn wildcard_socket_maps_to_candidate_of_its_family() {
        let candidates = ["198.51.100.7:7882", "[2001:db8::7]:7882"].map(|text| text.parse().unwrap());
        let four = candidate_for("0.0.0.0:7882".parse().unwrap(), &candidates);
        let six = candidate_for("[::]:7882".parse().unwrap(), &candidates);
        assert_eq!([four, six], candidates);
    }
}
