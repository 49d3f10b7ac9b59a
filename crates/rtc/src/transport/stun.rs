//! As much of STUN (RFC 8489) as is needed to find the ufrag a request from an unknown address is for, and to ask for
//! our own external address.

use std::net::{IpAddr, SocketAddr};

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const USERNAME: u16 = 0x0006;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// Whether this can be STUN at all (RFC 7983 section 7).
pub(crate) fn is_stun(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| *first < 2) && packet.get(4..8) == Some(&COOKIE)
}

/// The local ufrag a binding request is for: the part of its USERNAME before the colon (RFC 8445 section 7.2.2).
/// Nothing is authenticated yet.
pub(crate) fn target_ufrag(packet: &[u8]) -> Option<&str> {
    if !is_stun(packet) || packet.get(..2) != Some(&BINDING_REQUEST) {
        return None;
    }
    let name = attributes(packet)?.find_map(|(kind, value)| (kind == USERNAME).then_some(value))?;
    let (ufrag, _) = std::str::from_utf8(name).ok()?.split_once(':')?;
    Some(ufrag)
}

/// A binding request without attributes.
pub(crate) fn binding_request(transaction: [u8; 12]) -> Vec<u8> {
    [&BINDING_REQUEST[..], &[0, 0], &COOKIE, &transaction].concat()
}

/// The address from which the server has received our request: the XOR-MAPPED-ADDRESS of its answer (section 14.2).
pub(crate) fn mapped_address(packet: &[u8], transaction: [u8; 12]) -> Option<SocketAddr> {
    let is_answer = packet.get(..2) == Some(&BINDING_SUCCESS) && packet.get(8..20) == Some(&transaction);
    if !is_stun(packet) || !is_answer {
        return None;
    }
    let value = attributes(packet)?.find_map(|(kind, value)| (kind == XOR_MAPPED_ADDRESS).then_some(value))?;
    let (head, address) = value.split_first_chunk::<4>()?;
    let [_, family, high, low] = *head;
    let [first, second, ..] = COOKIE;
    let port = u16::from_be_bytes([high ^ first, low ^ second]);
    let ip = match family {
        1 => IpAddr::from(xor(<[u8; 4]>::try_from(address).ok()?, &COOKIE)),
        2 => IpAddr::from(xor(<[u8; 16]>::try_from(address).ok()?, &[&COOKIE[..], &transaction].concat())),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

fn xor<const N: usize>(mut bytes: [u8; N], mask: &[u8]) -> [u8; N] {
    bytes.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    bytes
}

/// Type and value of each attribute, until the first that is cut off.
fn attributes(packet: &[u8]) -> Option<impl Iterator<Item = (u16, &[u8])>> {
    let length = u16::from_be_bytes(packet.get(2..4)?.try_into().ok()?);
    let mut attributes = packet.get(20..20 + usize::from(length))?;
    Some(std::iter::from_fn(move || {
        let (head, rest) = attributes.split_first_chunk::<4>()?;
        let [a, b, c, d] = *head;
        let (kind, length) = (u16::from_be_bytes([a, b]), usize::from(u16::from_be_bytes([c, d])));
        let value = rest.get(..length)?;
        attributes = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    }))
}

/// The answer of a STUN server for tests.
#[cfg(test)]
pub(crate) fn success_for_test(transaction: [u8; 12], mapped: SocketAddr) -> Vec<u8> {
    let mask = [&COOKIE[..], &transaction].concat();
    let (family, ip) = match mapped.ip() {
        IpAddr::V4(ip) => (1, xor(ip.octets(), &mask).to_vec()),
        IpAddr::V6(ip) => (2, xor(ip.octets(), &mask).to_vec()),
    };
    let port = xor(mapped.port().to_be_bytes(), &COOKIE);
    let value = [&[0, family][..], &port, &ip].concat();
    // SOFTWARE, padded to four bytes, comes first.
    let software = [0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
    let head = [0, 0x20, 0, value.len() as u8];
    let length = (software.len() + head.len() + value.len()) as u16;
    [&BINDING_SUCCESS[..], &length.to_be_bytes(), &COOKIE, &transaction, &software, &head, &value].concat()
}

/// An unsigned binding request for tests.
#[cfg(test)]
pub(crate) fn request_to(ufrag: &str) -> Vec<u8> {
    let name = format!("{ufrag}:them");
    let padded = name.len().next_multiple_of(4);
    let mut packet = vec![0x00, 0x01];
    packet.extend((4 + padded as u16).to_be_bytes());
    packet.extend(COOKIE);
    packet.extend([9; 12]);
    packet.extend(USERNAME.to_be_bytes());
    packet.extend((name.len() as u16).to_be_bytes());
    packet.extend(name.as_bytes());
    packet.resize(20 + 4 + padded, 0);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binding_request_contains_the_target_ufrag() {
        for ufrag in ["abcd", "abcde", "a+/9xyzw"] {
            assert_eq!(target_ufrag(&request_to(ufrag)), Some(ufrag));
        }
    }

    #[test]
    fn responses_and_fragments_have_no_target_ufrag() {
        let mut answer = request_to("abcd");
        answer[0] = 1;
        assert_eq!(target_ufrag(&answer), None);
        let whole = request_to("abcd");
        for cut in 0..whole.len() {
            assert_eq!(target_ufrag(&whole[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn mapped_address_is_read_only_from_the_answer_to_our_request() {
        for mapped in ["198.51.100.7:50000", "[2001:db8::7]:443"] {
            let mapped: SocketAddr = mapped.parse().unwrap();
            let answer = success_for_test([7; 12], mapped);
            assert_eq!(mapped_address(&answer, [7; 12]), Some(mapped));
            assert_eq!(mapped_address(&answer, [8; 12]), None);
            for cut in 0..answer.len() {
                assert_eq!(mapped_address(&answer[..cut], [7; 12]), None, "cut at {cut}");
            }
        }
        assert_eq!(mapped_address(&binding_request([7; 12]), [7; 12]), None);
        // RFC 5769 section 2.2.
        let mut sample = vec![1, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42];
        sample.extend([0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae]);
        sample.extend([0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        let transaction = sample[8..20].try_into().unwrap();
        assert_eq!(mapped_address(&sample, transaction), Some("192.0.2.1:32853".parse().unwrap()));
    }
}
