//! Abuse of signalling: sessions and offers.

use std::time::Duration;

use anyhow::Result;
use livekit_protocol as proto;
use proto::signal_request::Message as Request;
use proto::signal_response::Message as Response;

use super::{Abuser, Achieved, FIRST_ADDRESS};
use crate::clock::Now;
use crate::peer_connection::PeerConnection;
use crate::signalling::{Mode, Signal, description, source_address};

/// Sections of an offer. With 60 bytes each they fit the largest offer that our server ever accepted, 512 KiB.
const SECTIONS: usize = 8_500;
/// How long an answer may take before the next offer is sent.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

impl Abuser<'_> {
    /// A session in this room, always as the same participant: an abuser has one invitation. `None`: refused.
    fn join(&self, room: &str) -> Option<Signal> {
        let Abuser { flags, number, .. } = self;
        let token = flags.key.token(Now::read().unix, room, &format!("abuser{number}")).ok()?;
        let source = source_address(&flags.url, FIRST_ADDRESS + number);
        let signal = Signal::connect(&flags.url, &token, source, Mode::Dual).ok()?;
        signal.block(ANSWER_LIMIT).ok()?;
        Some(signal)
    }

    fn own_room(&self) -> String {
        format!("abuse{}", self.number)
    }
}

/// Begins and ends sessions.
pub(super) fn joins(abuser: &Abuser<'_>) -> Result<Achieved> {
    let mut achieved = Achieved::default();
    while !abuser.is_over() {
        achieved.attempts += 1;
        let joined = abuser.join(&abuser.own_room()).is_some();
        achieved.refused += u64::from(!joined);
    }
    Ok(achieved)
}

/// Sends offers with [`SECTIONS`] sections, each after the answer to the last.
pub(super) fn offers(abuser: &Abuser<'_>) -> Result<Achieved> {
    let sdp = wide_offer();
    let mut achieved = Achieved::default();
    while !abuser.is_over() {
        let Some(mut signal) = abuser.join(&abuser.own_room()) else {
            achieved.refused += 1;
            continue;
        };
        while !abuser.is_over() {
            achieved.attempts += 1;
            let id = achieved.attempts as u32;
            if signal.send(Request::Offer(description("offer", sdp.clone(), id))).is_err()
                || !is_answered(&mut signal, id)
            {
                achieved.refused += 1;
                break;
            }
        }
    }
    Ok(achieved)
}

/// False: the session ended.
fn is_answered(signal: &mut Signal, id: u32) -> bool {
    loop {
        match signal.receive() {
            Ok(Some(Response::Answer(answer))) if answer.id == id => return true,
            Ok(Some(Response::Leave(_))) | Err(_) => return false,
            Ok(Some(_)) => {}
            // Too slow: the next one.
            Ok(None) => return true,
        }
    }
}

/// Answers the server's offer of a call's tracks, and never connects.
pub(super) fn half_open(abuser: &Abuser<'_>) -> Result<Achieved> {
    let room = format!("{}{}", abuser.flags.rooms, abuser.number % abuser.flags.calls);
    let mut achieved = Achieved::default();
    while !abuser.is_over() {
        achieved.attempts += 1;
        let Some(mut signal) = abuser.join(&room) else {
            achieved.refused += 1;
            continue;
        };
        let source = source_address(&abuser.flags.url, FIRST_ADDRESS + abuser.number);
        let mut subscriber = PeerConnection::new(Now::read().instant, source)?;
        while !abuser.is_over() {
            match signal.receive() {
                Ok(Some(Response::Offer(offer))) => {
                    let sdp = subscriber.accept_offer(&offer.sdp)?;
                    if signal.send(Request::Answer(description("answer", sdp, offer.id))).is_err() {
                        break;
                    }
                }
                Ok(Some(Response::Leave(_))) | Err(_) => break,
                Ok(Some(_)) => {}
                Ok(None) => signal.send(Request::PingReq(proto::Ping { timestamp: 1, rtt: 0 })).unwrap_or_default(),
            }
        }
    }
    Ok(achieved)
}

/// The shortest sections that are valid: payload type 0 needs no further line.
fn wide_offer() -> String {
    let fingerprint = ["AB"; 32].join(":");
    let mids: Vec<String> = (0..SECTIONS).map(|mid| mid.to_string()).collect();
    let mut sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcdefgh\r\na=ice-pwd:{}\r\n\
         a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n\
         a=group:BUNDLE {}\r\n",
        "x".repeat(24),
        mids.join(" ")
    );
    for mid in mids {
        sdp += &format!("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:{mid}\r\na=recvonly\r\n");
    }
    sdp
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_offer_fits_a_message_and_has_all_sections() {
        let offer = wide_offer();
        assert!(offer.len() < 512 * 1_024, "{}", offer.len());
        assert_eq!(offer.matches("m=audio").count(), SECTIONS);
    }
}
