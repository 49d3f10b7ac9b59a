//! Who joins which room and sends what.

use clap::Args;

/// Bits per second of a microphone.
const AUDIO: u32 = 40_000;
/// In a room with more microphones people speak in turns: a server may forward the loudest alone.
const ALL_SPEAK_UP_TO: u32 = 8;
/// How many of them speak at a time.
const SPEAKERS: u32 = 3;
/// How often the one who has talked longest stops and another begins. Nanoseconds.
const TURN: u64 = 2_000_000_000;

/// What to load a server with. The kinds can be combined.
#[derive(Args, Clone, Debug)]
pub(crate) struct Load {
    /// Calls of two: camera and microphone each way.
    #[arg(long, default_value_t = 0)]
    pub(crate) calls: u32,
    /// One room with one sender and this many viewers.
    #[arg(long, default_value_t = 0)]
    pub(crate) viewers: u32,
    /// One room with this many people with microphones, all subscribed to each other.
    #[arg(long, default_value_t = 0)]
    pub(crate) group: u32,
    /// People of the group who also have cameras.
    #[arg(long, default_value_t = 9)]
    pub(crate) cameras: u32,
    /// Bits per second of each camera.
    #[arg(long, default_value_t = 1_500_000)]
    pub(crate) bitrate: u32,
    /// Width of each camera's picture; the height follows at 16:9.
    #[arg(long, default_value_t = 1_280)]
    pub(crate) width: u16,
}

/// One participant.
#[derive(Clone, Debug)]
pub(crate) struct Participant {
    /// Number of the room, from 0.
    pub(crate) room: u32,
    pub(crate) identity: String,
    /// Bits per second.
    pub(crate) camera: Option<u32>,
    /// Width and height of the camera's picture in pixels.
    pub(crate) size: (u16, u16),
    /// Bits per second.
    pub(crate) microphone: Option<u32>,
    /// When the participant speaks; `None` for always.
    pub(crate) turns: Option<Turns>,
}

/// When one of several people speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turns {
    /// Number of this one, from 0.
    pub(crate) place: u32,
    pub(crate) people: u32,
}

impl Turns {
    /// `now`: nanoseconds since 1970.
    pub(crate) fn speaks(self, now: u64) -> bool {
        let first = (now / TURN % u64::from(self.people)) as u32;
        (self.place + self.people - first) % self.people < SPEAKERS
    }
}

impl Load {
    /// All participants, those of one room behind each other.
    pub(crate) fn participants(&self) -> Vec<Participant> {
        let mut people = Vec::new();
        let mut room = 0;
        for _ in 0..self.calls {
            people.extend((0..2).map(|_| self.participant(room, true, true)));
            room += 1;
        }
        if self.viewers > 0 {
            people.push(self.participant(room, true, true));
            people.extend((0..self.viewers).map(|_| self.participant(room, false, false)));
            room += 1;
        }
        people.extend((0..self.group).map(|place| {
            let turns = (self.group > ALL_SPEAK_UP_TO).then_some(Turns { place, people: self.group });
            Participant { turns, ..self.participant(room, place < self.cameras, true) }
        }));
        for (number, one) in people.iter_mut().enumerate() {
            one.identity = format!("client{number}");
        }
        people
    }

    fn participant(&self, room: u32, camera: bool, microphone: bool) -> Participant {
        Participant {
            room,
            identity: String::new(),
            camera: camera.then_some(self.bitrate),
            size: (self.width, self.width / 16 * 9),
            microphone: microphone.then_some(AUDIO),
            turns: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(calls: u32, viewers: u32, group: u32) -> Vec<Participant> {
        Load { calls, viewers, group, cameras: 9, bitrate: 1_500_000, width: 1_280 }.participants()
    }

    fn tracks(people: &[Participant]) -> (usize, usize) {
        let cameras = people.iter().filter(|one| one.camera.is_some()).count();
        (cameras, people.iter().filter(|one| one.microphone.is_some()).count())
    }

    #[test]
    fn a_call_is_a_room_of_two() {
        let people = load(3, 0, 0);
        assert_eq!(people.iter().map(|one| one.room).collect::<Vec<_>>(), [0, 0, 1, 1, 2, 2]);
        assert_eq!(tracks(&people), (6, 6));
        assert_eq!(people[0].size, (1_280, 720));
    }

    #[test]
    fn viewers_and_groups_have_a_room_each() {
        let people = load(1, 30, 25);
        assert_eq!(people.len(), 2 + 31 + 25);
        assert_eq!(tracks(&people[2..33]), (1, 1));
        assert_eq!(tracks(&people[33..]), (9, 25));
        assert_eq!((people[2].room, people[33].room), (1, 2));
    }

    #[test]
    fn three_of_a_large_group_speak_at_a_time() {
        let people = load(0, 0, 25);
        let speakers = |now: u64| {
            let speaks = |one: &&Participant| one.turns.unwrap().speaks(now);
            people.iter().filter(speaks).map(|one| one.turns.unwrap().place).collect::<Vec<_>>()
        };
        assert_eq!([speakers(0), speakers(TURN), speakers(23 * TURN)], [[0, 1, 2], [1, 2, 3], [0, 23, 24]]);
        assert!(load(0, 0, 8).iter().all(|one| one.turns.is_none()));
    }

    #[test]
    fn identities_are_unique() {
        let mut identities: Vec<_> = load(2, 3, 4).into_iter().map(|one| one.identity).collect();
        identities.sort();
        identities.dedup();
        assert_eq!(identities.len(), 12);
    }
}
