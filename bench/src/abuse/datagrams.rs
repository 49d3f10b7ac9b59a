//! Floods of the media port by strangers.

use std::net::UdpSocket;

use anyhow::Result;

use super::{Abuser, Achieved, Attack};

/// Sockets of one abuser: servers keep state by source address.
const SOCKETS: usize = 64;
/// Datagrams between two looks at the clock.
const BATCH: usize = 256;

pub(super) fn flood(abuser: &Abuser<'_>) -> Result<Achieved> {
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(abuser.flags.media)?;
        socket.set_nonblocking(true)?;
        sockets.push(socket);
    }
    let mut random = Random(abuser.number as u64 + 1);
    let mut achieved = Achieved::default();
    while !abuser.is_over() {
        for _ in 0..BATCH {
            let packet = packet(abuser.flags.attack, &mut random);
            let socket = &sockets[random.next() as usize % SOCKETS];
            achieved.attempts += 1;
            achieved.refused += u64::from(socket.send(&packet).is_err());
        }
    }
    Ok(achieved)
}

/// One hostile datagram.
pub(super) fn packet(attack: Attack, random: &mut Random) -> Vec<u8> {
    match attack {
        Attack::Stun => binding_request(random),
        Attack::Dtls => client_hello(random),
        _ => malformed(random),
    }
}

/// Well formed, for a user that may exist, with a wrong MESSAGE-INTEGRITY (RFC 8489).
fn binding_request(random: &mut Random) -> Vec<u8> {
    let user = format!("{:08x}:{:08x}", random.next() as u32, random.next() as u32);
    let mut attributes = vec![0, 6];
    attributes.extend((user.len() as u16).to_be_bytes());
    attributes.extend(user.as_bytes());
    attributes.resize(attributes.len().next_multiple_of(4), 0);
    attributes.extend([0, 8, 0, 20]);
    attributes.extend([0xAA; 20]);
    let mut packet = vec![0, 1];
    packet.extend((attributes.len() as u16).to_be_bytes());
    packet.extend([0x21, 0x12, 0xA4, 0x42]);
    packet.extend(random.next().to_be_bytes());
    packet.extend(&random.next().to_be_bytes()[..4]);
    packet.extend(attributes);
    packet
}

/// A DTLS 1.2 ClientHello with one cipher suite (RFC 6347 section 4.2).
fn client_hello(random: &mut Random) -> Vec<u8> {
    let mut body = vec![0xFE, 0xFD];
    (0..4).for_each(|_| body.extend(random.next().to_be_bytes()));
    body.extend([0, 0, 0, 2, 0xC0, 0x2B, 1, 0, 0, 0]);
    let length = body.len() as u16;
    let mut handshake = vec![1, 0];
    handshake.extend(length.to_be_bytes());
    handshake.extend([0, 0, 0, 0, 0, 0]);
    handshake.extend(length.to_be_bytes());
    handshake.extend(body);
    let mut packet = vec![22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0];
    packet.extend((handshake.len() as u16).to_be_bytes());
    packet.extend(handshake);
    packet
}

/// The first bytes of RTP or RTCP, then anything.
fn malformed(random: &mut Random) -> Vec<u8> {
    let length = 2 + random.next() as usize % 1_200;
    let mut packet = Vec::with_capacity(length + 8);
    packet.extend([0x80 | random.next() as u8 & 0x3F, random.next() as u8]);
    while packet.len() < length {
        packet.extend(random.next().to_be_bytes());
    }
    packet
}

/// xorshift64: the same numbers in every run, and cheaper than what it is used for.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_in_headers_are_right() {
        let stun = packet(Attack::Stun, &mut Random(7));
        assert_eq!(usize::from(u16::from_be_bytes([stun[2], stun[3]])), stun.len() - 20);
        let dtls = packet(Attack::Dtls, &mut Random(7));
        assert_eq!(usize::from(u16::from_be_bytes([dtls[11], dtls[12]])), dtls.len() - 13);
        assert_eq!(usize::from(u16::from_be_bytes([dtls[15], dtls[16]])), dtls.len() - 25);
    }

    #[test]
    fn malformed_packets_look_like_rtp() {
        let mut random = Random(1);
        for _ in 0..100 {
            assert!((0x80..0xC0).contains(&packet(Attack::Malformed, &mut random)[0]));
        }
    }
}
