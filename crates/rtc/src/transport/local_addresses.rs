//! Which addresses are advertised as candidates: those of this machine, or those of the configuration.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// More would make every SDP answer long and ICE slow, which tries them all.
const MAX_ADVERTISED: usize = 8;

/// Interfaces between this machine and its own containers and virtual machines. Clients are seldom there.
const VIRTUAL_INTERFACES: [&str; 7] = ["docker", "br-", "veth", "virbr", "lxc", "cni", "podman"];

/// Where clients send media to, instead of the machine's own addresses: behind a static NAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdvertisedAddress {
    /// The address of the NAT.
    pub ip: IpAddr,
    /// The port of the NAT, if it is another than the one that is bound.
    pub port: Option<u16>,
}

impl AdvertisedAddress {
    pub(crate) fn candidate(self, bound: u16) -> SocketAddr {
        SocketAddr::new(self.ip, self.port.unwrap_or(bound))
    }
}

impl FromStr for AdvertisedAddress {
    type Err = std::net::AddrParseError;

    /// An IP address, or an IP address and a port.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let with_port = |address: SocketAddr| Self { ip: address.ip(), port: Some(address.port()) };
        text.parse().map(|ip| Self { ip, port: None }).or_else(|_| text.parse().map(with_port))
    }
}

/// The machine's own reachable addresses, those first that most clients can reach.
pub(crate) fn local_ips(listen: IpAddr) -> io::Result<Vec<IpAddr>> {
    let all = if_addrs::get_if_addrs()?;
    let fits = |ip: &IpAddr| listen.is_ipv6() || ip.is_ipv4();
    let up = all.iter().filter(|interface| fits(&interface.ip()));
    Ok(reachable(up.map(|interface| (interface.name.as_str(), interface.ip())).collect()))
}

fn reachable(mut interfaces: Vec<(&str, IpAddr)>) -> Vec<IpAddr> {
    interfaces.sort_by_key(|(name, ip)| (Reach::of(name, *ip), *ip));
    let mut ips: Vec<IpAddr> = Vec::new();
    for (_, ip) in interfaces {
        if !is_link_local(ip) && !ips.contains(&ip) {
            ips.push(ip);
        }
    }
    if ips.iter().any(|ip| !ip.is_loopback()) {
        ips.retain(|ip| !ip.is_loopback());
    }
    ips.truncate(MAX_ADVERTISED);
    ips
}

/// From where an address can be reached, the widest first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Everywhere,
    /// The local network (RFC 1918), or the provider's (RFC 6598).
    Private,
    /// Unique local IPv6 (RFC 4193).
    UniqueLocal,
    ThisMachine,
}

impl Reach {
    fn of(interface: &str, ip: IpAddr) -> Self {
        let is_virtual = VIRTUAL_INTERFACES.iter().any(|prefix| interface.starts_with(prefix));
        match ip {
            _ if ip.is_loopback() => Self::ThisMachine,
            IpAddr::V4(four) if is_private(four) && is_virtual => Self::ThisMachine,
            IpAddr::V4(four) if is_private(four) => Self::Private,
            IpAddr::V6(six) if six.is_unique_local() && is_virtual => Self::ThisMachine,
            IpAddr::V6(six) if six.is_unique_local() => Self::UniqueLocal,
            _ => Self::Everywhere,
        }
    }
}

fn is_private(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    ip.is_private() || a == 100 && b & 0xc0 == 64
}

/// Valid in one network segment; the IPv6 form also needs the name of an interface, which a candidate cannot carry.
fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(four) => four.is_link_local(),
        IpAddr::V6(six) => six.is_unicast_link_local(),
    }
}

/// The wildcard address of the same family.
pub(crate) fn unspecified(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
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

    fn reachable_of(interfaces: &[(&'static str, &str)]) -> Vec<IpAddr> {
        reachable(interfaces.iter().map(|(name, ip)| (*name, ip.parse().unwrap())).collect())
    }

    #[test]
    fn loopback_is_advertised_only_without_other_addresses() {
        let all = [("lo", "127.0.0.1"), ("lo", "::1"), ("eth0", "192.0.2.2"), ("eth0", "fd00::2")];
        assert_eq!(reachable_of(&all), ips(&["192.0.2.2", "fd00::2"]));
        assert_eq!(reachable_of(&all[..1]), ips(&["127.0.0.1"]));
    }

    #[test]
    fn public_addresses_come_first_and_are_never_cut() {
        let mut all = vec![("wg0", "10.8.0.1"), ("eth1", "100.100.1.1"), ("eth0", "fd00::2"), ("eth0", "2001:db8::7")];
        let bridges: Vec<String> = (17..26).map(|net| format!("172.{net}.0.1")).collect();
        all.extend(bridges.iter().map(|ip| ("br-1f2e", ip.as_str())));
        all.extend([("eth1", "192.168.1.5"), ("eth0", "203.0.113.5")]);
        let first = ["203.0.113.5", "2001:db8::7", "10.8.0.1", "100.100.1.1", "192.168.1.5", "fd00::2"];
        let all = reachable_of(&all);
        assert_eq!(all[..6], ips(&first));
        assert_eq!(all.len(), MAX_ADVERTISED);
    }

    #[test]
    fn each_address_is_advertised_once() {
        let all = [("eth0", "192.168.1.5"), ("br-1f2e", "192.168.1.5"), ("wg0", "10.8.0.1"), ("eth0", "192.168.1.5")];
        assert_eq!(reachable_of(&all), ips(&["10.8.0.1", "192.168.1.5"]));
    }

    #[test]
    fn link_local_addresses_are_not_advertised() {
        let all = [("eth0", "169.254.7.1"), ("eth0", "fe80::1"), ("eth0", "192.168.1.5")];
        assert_eq!(reachable_of(&all), ips(&["192.168.1.5"]));
        assert_eq!(reachable_of(&[("lo", "127.0.0.1"), ("eth0", "fe80::1")]), ips(&["127.0.0.1"]));
    }

    #[test]
    fn unique_local_address_of_a_bridge_comes_last() {
        let all = [("br-1f2e", "fd00::1"), ("eth0", "fd00::2"), ("docker0", "172.17.0.1"), ("eth0", "10.0.0.2")];
        assert_eq!(reachable_of(&all), ips(&["10.0.0.2", "fd00::2", "172.17.0.1", "fd00::1"]));
    }

    #[test]
    fn wildcard_socket_maps_to_candidate_of_its_family() {
        let candidates = ["198.51.100.7:7882", "[2001:db8::7]:7882"].map(|text| text.parse().unwrap());
        let four = candidate_for("0.0.0.0:7882".parse().unwrap(), &candidates);
        let six = candidate_for("[::]:7882".parse().unwrap(), &candidates);
        assert_eq!([four, six], candidates);
    }

    #[test]
    fn advertised_address_may_have_a_port() {
        let candidate =
            |text: &str| text.parse().map(|address: AdvertisedAddress| address.candidate(8_081).to_string());
        assert_eq!(candidate("198.51.100.7").unwrap(), "198.51.100.7:8081");
        assert_eq!(candidate("198.51.100.7:443").unwrap(), "198.51.100.7:443");
        assert_eq!(candidate("2001:db8::7").unwrap(), "[2001:db8::7]:8081");
        assert_eq!(candidate("[2001:db8::7]:443").unwrap(), "[2001:db8::7]:443");
        assert!(candidate("video.example").is_err());
    }
}
