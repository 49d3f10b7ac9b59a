//! What the server itself says in a room because a program wants it said: data, questions, the room's metadata.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anteroom_dialect::livekit::service::{Answer, Call, Code, Fault};
use anteroom_dialect::livekit::{self, Announcement, DataChannel, Heard, Question};
use anteroom_room::{Identity, ParticipantSid};

use super::live::Live;
use super::negotiating::send_data;
use super::ordering::Reply;
use crate::names::{self, Chance};

/// A participant's program says this soon that it has a question, or never will.
const UNDERSTANDING: Duration = Duration::from_secs(7);
/// What an answer may take when the caller does not say, and at most.
const ANSWERING: Duration = Duration::from_secs(15);
const ANSWERING_AT_MOST: Duration = Duration::from_secs(120);
/// Questions open in one room at once.
const MOST_QUESTIONS: usize = 1_000;
/// So many requests back a repetition is known for one. Programs repeat within seconds.
const REMEMBERED: usize = 256;

/// What the room's server side has said and is waiting to hear.
#[derive(Default)]
pub(super) struct Spoken {
    /// Questions by their names, which only who was asked knows.
    questions: BTreeMap<String, Asked>,
    nonces: VecDeque<Vec<u8>>,
}

struct Asked {
    who: ParticipantSid,
    /// Until they say that they have understood.
    understood_by: Option<Instant>,
    answered_by: Instant,
    reply: Reply,
}

impl Asked {
    fn deadline(&self) -> Instant {
        self.understood_by.map_or(self.answered_by, |at| at.min(self.answered_by))
    }
}

impl Live {
    /// Says something to everybody it is for, once however often it is ordered.
    pub(super) fn announce(&mut self, now: Instant, announcement: &Announcement) {
        if !self.spoken.is_new(&announcement.nonce) {
            return;
        }
        let bytes = announcement.bytes();
        let channel = if announcement.reliable { DataChannel::Reliable } else { DataChannel::Lossy };
        for (sid, device) in &self.devices {
            let identity = device.bearer.identity.as_str().into();
            if announcement.is_for(sid, &identity) {
                send_data(&mut self.media, now, device.mouth, channel, &bytes);
            }
        }
    }

    /// The application's own words about the room change; empty ones, too.
    pub(super) fn describe(&mut self, metadata: String) {
        self.facts.metadata = metadata;
        let room = self.as_of_now();
        let frame = livekit::room_update(&room.facts, room.people, room.publishers);
        for sid in self.devices.keys().cloned().collect::<Vec<_>>() {
            self.say(&sid, frame.clone());
        }
    }

    pub(super) fn ask(&mut self, now: Instant, who: &Identity, call: Call, reply: Reply, chance: &mut Chance) {
        let asked = self.room.find(who).and_then(|face| self.devices.get_key_value(&face.sid));
        let Some((sid, device)) = asked else {
            return drop(reply.send(Err(Fault::no_participant())));
        };
        if self.spoken.questions.len() >= MOST_QUESTIONS {
            return drop(reply.send(Err(Fault::new(Code::ResourceExhausted, "too many questions at once"))));
        }
        let within = match call.timeout_ms {
            0 => ANSWERING,
            wanted => Duration::from_millis(wanted.into()).min(ANSWERING_AT_MOST),
        };
        let (id, timeout_ms) = (names::letters::<22>(chance), within.as_millis() as u32);
        let question = Question { id: id.clone(), method: call.method, payload: call.payload, timeout_ms };
        send_data(&mut self.media, now, device.mouth, DataChannel::Reliable, &question.bytes());
        let understood_by = Some(now + UNDERSTANDING);
        let asked = Asked { who: sid.clone(), understood_by, answered_by: now + within, reply };
        self.spoken.questions.insert(id, asked);
    }

    /// True if this packet was for us: a word about a question of ours.
    pub(super) fn is_answer(&mut self, who: &ParticipantSid, bytes: &[u8]) -> bool {
        !self.spoken.questions.is_empty() && livekit::heard(bytes).is_some_and(|heard| self.spoken.hear(who, heard))
    }
}

impl Spoken {
    fn is_new(&mut self, nonce: &[u8]) -> bool {
        if nonce.is_empty() {
            return true;
        }
        if self.nonces.iter().any(|known| known == nonce) {
            return false;
        }
        self.nonces.truncate(REMEMBERED - 1);
        self.nonces.push_front(nonce.to_owned());
        true
    }

    /// Only who was asked can answer; what others say of it goes its own way.
    fn hear(&mut self, who: &ParticipantSid, heard: Heard) -> bool {
        let (Heard::Understood { id } | Heard::Answered { id, .. }) = &heard;
        let Some(asked) = self.questions.get_mut(id).filter(|asked| asked.who == *who) else { return false };
        match heard {
            Heard::Understood { .. } => asked.understood_by = None,
            Heard::Answered { id, said } => {
                let answer = said.map(Answer::Payload).map_err(|(number, why)| Fault::answered(number, why));
                self.close(&id, answer);
            }
        }
        true
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.questions.values().map(Asked::deadline).min()
    }

    /// Gives up what took too long.
    pub(super) fn tick(&mut self, now: Instant) {
        let late = self.questions.iter().filter(|(_, asked)| asked.deadline() <= now);
        for (id, understood) in late.map(|(id, asked)| (id.clone(), asked.understood_by.is_none())).collect::<Vec<_>>()
        {
            let fault = if understood {
                Fault::answered(1502, "Response timeout")
            } else {
                Fault::answered(1501, "Connection timeout")
            };
            self.close(&id, Err(fault));
        }
    }

    /// Whoever was asked is gone.
    pub(super) fn forget(&mut self, who: &ParticipantSid) {
        let theirs = self.questions.iter().filter(|(_, asked)| asked.who == *who);
        for id in theirs.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.close(&id, Err(Fault::answered(1503, "Recipient disconnected")));
        }
    }

    fn close(&mut self, id: &str, answer: Result<Answer, Fault>) {
        if let Some(asked) = self.questions.remove(id) {
            let _ = asked.reply.send(answer);
        }
    }
}
