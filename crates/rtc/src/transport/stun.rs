//! As much of STUN (RFC 8489) as is needed to find the ufrag a request from an unknown address is for.

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const USERNAME: u16 = 0x0006;

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
    let length = u16::from_be_bytes(packet.get(2..4)?.try_into().ok()?);
    let mut attributes = packet.get(20..20 + usize::from(length))?;
    loop {
        let (head, rest) = attributes.split_first_chunk::<4>()?;
        let [a, b, c, d] = *head;
        let (kind, length) = (u16::from_be_bytes([a, b]), usize::from(u16::from_be_bytes([c, d])));
        let value = rest.get(..length)?;
        if kind == USERNAME {
            let (ufrag, _) = std::str::from_utf8(value).ok()?.split_once(':')?;
            return Some(ufrag);
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
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
}
