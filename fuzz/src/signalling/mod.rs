//! Four people in two rooms, on either path, who say anything in any order: nobody's things change but the speaker's
//! own, nobody is hung up on without a word, and nothing is left when all have gone.

mod hearing;
mod messages;

use std::collections::BTreeSet;
use std::time::Duration;

use anteroom_dialect::livekit::{DataChannel, Knock, Offer, Request, Scenario as Simulated};
use anteroom_media::Mid;
use anteroom_room::Limits;
use anteroom_rtc::fuzzing::{Building, Guest, Happening, Held, View};
use livekit_protocol::signal_response::Message;
use livekit_protocol::{AddTrackRequest, JoinRequest, SessionDescription, SignalRequest};
use prost::Message as _;

use crate::browser::{Browser, Kind, answer_to};
use crate::scenario::Scenario;
use crate::{alarm, place};
use messages::Speaker;

const PEOPLE: [&str; 4] = ["ada", "ben", "cem", "eve"];
const ROOMS: [&str; 2] = ["a", "b"];
/// More steps find nothing that fewer do not, and take longer.
const MOST_STEPS: usize = 120;
/// What one face may weigh: it is sent to everybody, at every change.
const HEAVIEST_FACE: usize = 128 * 1024;
const MOST_SETTINGS: usize = 256;
const MOST_NAMES: usize = 16;

pub fn signalling(bytes: &[u8]) {
    alarm::listen();
    let mut scenario = Scenario::new(bytes);
    let mut house = House::new();
    house.furnish(scenario.byte());
    for _ in 0..MOST_STEPS {
        if scenario.is_over() {
            break;
        }
        house.step(&mut scenario);
        house.check();
    }
    house.empties();
}

struct House {
    building: Building,
    people: [Person; 4],
    present: usize,
}

#[derive(Default)]
struct Person {
    guest: Option<Guest>,
    browser: Browser,
    /// Every stay they ever had.
    stays: BTreeSet<String>,
    offered: Option<(u32, String)>,
    /// They went, or asked for a broken line: nobody owes them a word.
    excused: bool,
    last_said: Vec<u8>,
}

impl House {
    fn new() -> Self {
        let building = Building::new(place::moment(), place::media(), Limits::default());
        Self { building, people: Default::default(), present: 0 }
    }

    /// So many are in already, who see and hear each other: two bits; one bit for each says on which path.
    fn furnish(&mut self, choice: u8) {
        for (doer, name) in PEOPLE.into_iter().enumerate().take(usize::from(choice & 3)) {
            let browser = &mut self.people[doer].browser;
            for (kind, track) in [(Kind::Sound, "cid0"), (Kind::Layers, "cid1"), (Kind::Data, "")] {
                browser.add(kind, "sendonly", track);
            }
            let two_connections = choice >> (2 + doer) & 1 == 1;
            if !two_connections {
                for kind in [Kind::Sound, Kind::Sound, Kind::Pictures, Kind::Pictures] {
                    browser.add(kind, "recvonly", "");
                }
            }
            let offer = Some(Offer { sdp: browser.offer(), id: 1 });
            let draft = |cid: &str, r#type: i32| AddTrackRequest { cid: cid.into(), r#type, ..Default::default() };
            let add_track_requests = vec![draft("cid0", 0), draft("cid1", 1)];
            let joining = JoinRequest { add_track_requests, ..Default::default() };
            let knock = Knock::read(&Knock::write(&joining)).expect("a join request");
            let entered = self.building.enter(ROOMS[0], name, Knock { two_connections, offer, ..knock });
            self.sits_down(doer, entered);
            self.building.pretend(self.people[doer].guest.as_ref().expect("there is room"), &Happening::Connected);
            self.hear(None);
        }
        (0..PEOPLE.len()).for_each(|doer| self.behaves(doer));
        self.hear(None);
    }

    /// Their client does what a good one does: it answers our offer, or describes its sections again.
    fn behaves(&mut self, doer: usize) {
        use livekit_protocol::signal_request::Message as Ask;
        let person = &mut self.people[doer];
        let says = match person.offered.take() {
            Some((id, offer)) => Ask::Answer(SessionDescription { sdp: answer_to(&offer), id, ..Default::default() }),
            None => Ask::Offer(SessionDescription { sdp: person.browser.offer(), id: 3, ..Default::default() }),
        };
        self.says(doer, &SignalRequest { message: Some(says) }.encode_to_vec());
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        let doer = scenario.below(PEOPLE.len());
        let before = self.views();
        match scenario.below(24) {
            0..3 => self.enters(scenario, doer),
            3 => self.comes_back(scenario, doer),
            4 => self.hangs_up(doer),
            5 => return self.waits(scenario),
            6..8 => self.media_says(scenario, doer),
            8 => self.says_anything(scenario, doer),
            9 => self.says_in_json(scenario, doer),
            10 => self.sends(scenario, doer),
            11..14 => self.behaves(doer),
            14 => {
                let again = self.people[doer].last_said.clone();
                self.says(doer, &again);
            }
            choice => {
                let mut said = self.message(scenario, doer).encode_to_vec();
                if choice == 15 {
                    scenario.spoil(&mut said);
                }
                self.says(doer, &said);
            }
        }
        self.hear(Some(doer));
        self.compare(doer, &before);
    }

    fn enters(&mut self, scenario: &mut Scenario<'_>, doer: usize) {
        let room = scenario.one_of(&ROOMS).unwrap_or_default();
        let two_connections = scenario.flip();
        let auto_subscribe = !scenario.seldom();
        self.people[doer].browser = Browser::default();
        let mut speaker = self.speaker(doer, &[]);
        let drafts: Vec<_> = (0..scenario.below(3)).map(|_| speaker.add_track(scenario)).collect();
        let offer = scenario.flip().then(|| {
            speaker.change(scenario);
            Offer { sdp: speaker.browser.offer(), id: 1 }
        });
        let joining = JoinRequest { add_track_requests: drafts, ..Default::default() };
        let knock = Knock::read(&Knock::write(&joining)).expect("a join request");
        let knock = Knock { two_connections, auto_subscribe, offer, ..knock };
        let entered = self.building.enter(room, PEOPLE[doer], knock);
        self.sits_down(doer, entered);
    }

    fn comes_back(&mut self, scenario: &mut Scenario<'_>, doer: usize) {
        let stays: Vec<&String> = self.people.iter().flat_map(|person| &person.stays).collect();
        let sid = stays.get(scenario.below(stays.len() + 1)).map_or("PA_x", |sid| sid.as_str()).to_owned();
        let room = scenario.one_of(&ROOMS).unwrap_or_default();
        let offer = scenario.flip().then(|| {
            let mut speaker = self.speaker(doer, &[]);
            speaker.change(scenario);
            Offer { sdp: speaker.browser.offer(), id: 2 }
        });
        if let Some(back) = self.building.come_back(room, PEOPLE[doer], &sid, offer) {
            assert!(self.people[doer].stays.contains(&sid), "somebody took the stay of another one");
            // The older socket has nothing more to say to them.
            self.people[doer].excused = true;
            self.sits_down(doer, Some(back));
        }
    }

    /// A new socket takes the place of the one they had; of another room's they let go.
    fn sits_down(&mut self, doer: usize, guest: Option<Guest>) {
        let Some(guest) = guest else { return };
        let person = &mut self.people[doer];
        person.stays.insert(guest.sid().to_string());
        let older = person.guest.replace(guest);
        let excused = std::mem::take(&mut person.excused);
        person.offered = None;
        let Some(mut older) = older else { return };
        let heard: Vec<Message> = older.heard().iter().map(|frame| hearing::read(frame)).collect();
        if older.is_closed() {
            assert!(excused || heard.last().is_some_and(hearing::is_goodbye), "replaced without a word: {heard:?}");
        } else {
            self.building.hang_up(&older);
        }
    }

    fn hangs_up(&mut self, doer: usize) {
        let person = &mut self.people[doer];
        person.excused = true;
        if let Some(guest) = &person.guest {
            self.building.hang_up(guest);
        }
    }

    fn waits(&mut self, scenario: &mut Scenario<'_>) {
        let times = [10, 400, 1_000, 7_000, 16_000, 61_000];
        self.building.wait(Duration::from_millis(scenario.one_of(&times).unwrap_or_default()));
        self.hear(None);
    }

    fn media_says(&mut self, scenario: &mut Scenario<'_>, doer: usize) {
        let mid = Mid::from(scenario.below(6).to_string().as_str());
        let happening = match scenario.below(12) {
            0..3 => Happening::Connected,
            3 => Happening::Disconnected,
            4 if scenario.seldom() => Happening::Failed,
            5 if scenario.seldom() => {
                self.people[doer].excused = true;
                Happening::Closed
            }
            6 => Happening::Loud(mid, scenario.byte()),
            7 => Happening::Wanted(mid, scenario.below(5)),
            8 => Happening::Starved(mid, scenario.flip()),
            _ => Happening::Said(self.channel(scenario), self.packet(scenario)),
        };
        if let Some(guest) = &self.people[doer].guest {
            self.building.pretend(guest, &happening);
        }
    }

    fn channel(&self, scenario: &mut Scenario<'_>) -> DataChannel {
        scenario.one_of(&DataChannel::ALL).unwrap_or(DataChannel::Lossy)
    }

    fn packet(&self, scenario: &mut Scenario<'_>) -> Vec<u8> {
        use livekit_protocol::{DataPacket, UserPacket, data_packet::Value};
        let user = UserPacket { payload: scenario.some_bytes().to_vec(), ..UserPacket::default() };
        let packet = DataPacket {
            sequence: scenario.long(),
            participant_identity: scenario.one_of(&PEOPLE).unwrap_or_default().to_owned(),
            destination_identities: vec![scenario.one_of(&PEOPLE).unwrap_or_default().to_owned(); scenario.below(2)],
            value: Some(Value::User(user)),
            ..DataPacket::default()
        };
        let mut bytes = packet.encode_to_vec();
        scenario.spoil(&mut bytes);
        bytes
    }

    fn says_anything(&mut self, scenario: &mut Scenario<'_>, doer: usize) {
        let bytes = scenario.some_bytes().to_vec();
        self.says(doer, &bytes);
    }

    fn says_in_json(&mut self, scenario: &mut Scenario<'_>, doer: usize) {
        let message = self.message(scenario, doer);
        let mut text = serde_json::to_vec(&message).unwrap_or_default();
        if scenario.flip() {
            scenario.spoil(&mut text);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        self.excuse(doer, &Request::from_json(&text).unwrap_or_default());
        if let Some(guest) = &self.people[doer].guest {
            self.building.say_in_json(guest, &text);
        }
    }

    fn sends(&mut self, scenario: &mut Scenario<'_>, doer: usize) {
        let source = std::net::SocketAddr::from(([10, 0, 0, 1], 5_000));
        if let Some(guest) = &self.people[doer].guest {
            self.building.datagram(guest, source, place::server(), scenario.some_bytes());
        }
    }

    fn says(&mut self, doer: usize, bytes: &[u8]) {
        self.excuse(doer, bytes);
        self.people[doer].last_said = bytes.to_vec();
        if let Some(guest) = &self.people[doer].guest {
            self.building.say(guest, bytes);
        }
    }

    /// Who says goodbye hears none, and who asks for a broken line gets one.
    fn excuse(&mut self, doer: usize, bytes: &[u8]) {
        let said = Request::read(bytes);
        self.people[doer].excused |= matches!(said, Ok(Request::Leave | Request::Simulate(Simulated::NodeFailure)));
    }

    fn message(&mut self, scenario: &mut Scenario<'_>, doer: usize) -> SignalRequest {
        let names = self.names();
        self.speaker(doer, &names).message(scenario)
    }

    fn speaker<'a>(&'a mut self, doer: usize, names: &'a [String]) -> Speaker<'a> {
        let person = &mut self.people[doer];
        Speaker { names, browser: &mut person.browser, offered: person.offered.as_ref() }
    }

    /// What everybody's things are called.
    fn names(&self) -> Vec<String> {
        let views = self.views();
        let tracks = views.iter().flatten().flat_map(|view| &view.face.tracks).map(|track| track.sid.to_string());
        let stays = self.people.iter().flat_map(|person| person.stays.iter().cloned());
        tracks.chain(stays).collect()
    }

    /// Everybody, in the room they are in.
    fn views(&self) -> Vec<Option<View>> {
        let view = |person: &Person| {
            let guest = person.guest.as_ref()?;
            self.building.view(&guest.room, &guest.identity)
        };
        self.people.iter().map(view).collect()
    }

    /// What somebody did has changed nothing of the others'. What they receive of the doer's may have changed.
    fn compare(&self, doer: usize, before: &[Option<View>]) {
        let doers = &self.people[doer].stays;
        let own = |view: &Option<View>| {
            let mut view = view.clone();
            if let Some(view) = &mut view {
                view.receives.retain(|reception| !doers.contains(reception.from.as_str()));
            }
            view
        };
        for (place, (before, after)) in before.iter().zip(&self.views()).enumerate() {
            assert!(
                place == doer || own(before) == own(after),
                "{} was changed by {}: {before:?} {after:?}",
                PEOPLE[place],
                PEOPLE[doer]
            );
        }
    }

    /// Everybody reads. Those who did nothing hear of nobody but the doer; nobody is hung up on without a word.
    fn hear(&mut self, doer: Option<usize>) {
        let doers = doer.map(|doer| self.people[doer].stays.clone());
        let views = self.views();
        for (place, (person, view)) in self.people.iter_mut().zip(&views).enumerate() {
            let Some(guest) = &mut person.guest else { continue };
            let heard: Vec<Message> = guest.heard().iter().map(|frame| hearing::read(frame)).collect();
            let tracks = view.iter().flat_map(|view| &view.face.tracks);
            let own: Vec<String> = tracks.map(|track| track.sid.to_string()).collect();
            if let Some(doers) = doers.as_ref().filter(|_| doer != Some(place)) {
                let harm = heard.iter().find(|message| !hearing::is_harmless(message, doers, &own));
                assert!(harm.is_none(), "{} hears {harm:?} because of {doer:?}", PEOPLE[place]);
                assert!(!guest.is_closed(), "{} lost their line because of {doer:?}", PEOPLE[place]);
            }
            if let Some(Message::Offer(offer)) = heard.iter().rfind(|message| matches!(message, Message::Offer(_))) {
                person.offered = Some((offer.id, offer.sdp.clone()));
            }
            if guest.is_closed() {
                let told = person.excused || heard.last().is_some_and(hearing::is_goodbye);
                assert!(told, "{} was hung up on without a word: {heard:?}", PEOPLE[place]);
                // Their client is told to come back with the same stay: the line is gone, they are not.
                person.guest = None;
                person.excused = false;
            }
        }
    }

    fn check(&mut self) {
        alarm::heard();
        let Held { rooms, people, peers, deadlines, undone, settings, face } = self.building.held();
        let [known, asking, names, routed] = self.building.routed();
        assert!(rooms <= ROOMS.len() && deadlines <= rooms, "{rooms} rooms, {deadlines} deadlines");
        assert!(people <= PEOPLE.len() * ROOMS.len() && peers <= 2 * people, "{people} people with {peers} peers");
        assert!(known + asking == 0 && routed <= peers, "{routed} peers are routed of {peers}");
        assert!(names <= MOST_NAMES * peers, "{names} names of {peers} peers");
        assert_eq!(undone, 0, "something was not done");
        assert!(settings <= MOST_SETTINGS, "{settings} wishes of one person");
        assert!(face <= HEAVIEST_FACE, "a face of {face} bytes");
        let (came, went) = self.building.attended();
        assert!(self.present + came >= went, "somebody went who never came");
        self.present = self.present + came - went;
    }

    /// When all have gone and time has passed nothing is left of them.
    fn empties(mut self) {
        use livekit_protocol::signal_request::Message as Ask;
        let goodbye = SignalRequest { message: Some(Ask::Leave(Default::default())) }.encode_to_vec();
        (0..PEOPLE.len()).for_each(|doer| self.says(doer, &goodbye));
        self.building.wait(Duration::from_secs(600));
        self.check();
        assert_eq!(self.building.held(), Held::default(), "something is left");
        assert_eq!(self.building.routed(), [0; 4], "the wire remembers somebody");
        assert_eq!(self.present, 0, "somebody never went");
    }
}
