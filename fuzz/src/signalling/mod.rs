//! Four clients in two rooms, with one or two peer connections, send any messages in any order: only the acting
//! client's state changes, no socket is closed without a leave message, and nothing is left when all have gone.

mod messages;
mod visibility;

use std::collections::BTreeSet;
use std::time::Duration;

use anteroom_livekit as livekit;
use anteroom_livekit::DataChannel;
use anteroom_media::Mid;
use anteroom_room::{DisconnectReason, Limits};
use anteroom_rtc::fuzzing::{Client, MediaEvent, RoomsHarness, Totals, View};
use anteroom_signalling::ClientRequest;
use livekit_protocol::signal_response::Message;
use livekit_protocol::{AddTrackRequest, JoinRequest, SessionDescription, SignalRequest};
use messages::MessageGenerator;
use prost::Message as _;

use crate::browser::{Browser, Kind, answer_to};
use crate::scenario::Scenario;
use crate::{fixtures, panic_log};

const PEOPLE: [&str; 4] = ["ada", "ben", "cem", "eve"];
const ROOMS: [&str; 2] = ["a", "b"];
/// More steps take longer and find no more.
const MAX_STEPS: usize = 120;
/// The largest participant info: every change sends it to all participants.
const MAX_INFO_BYTES: usize = 128 * 1024;
/// Messages, and their bytes, that one action causes for one client.
const MAX_FRAMES: usize = 100;
const MAX_BYTES: usize = 1024 * 1024;
const MAX_SETTINGS: usize = 256;
const MAX_UFRAGS: usize = 16;

pub fn signalling(bytes: &[u8]) {
    panic_log::start();
    let mut scenario = Scenario::new(bytes);
    let mut world = World::new();
    world.set_up(scenario.byte());
    for _ in 0..MAX_STEPS {
        if scenario.is_over() {
            break;
        }
        world.step(&mut scenario);
        world.check();
    }
    world.leave_all();
}

struct World {
    harness: RoomsHarness,
    people: [Person; 4],
    present: usize,
}

#[derive(Default)]
struct Person {
    client: Option<Client>,
    browser: Browser,
    /// All sessions so far.
    sids: BTreeSet<String>,
    offered: Option<(u32, String)>,
    /// The client left, closed or asked for a simulated failure: the socket may close without a leave message.
    close_expected: bool,
    last_message: Vec<u8>,
}

impl World {
    fn new() -> Self {
        let harness = RoomsHarness::new(fixtures::start(), fixtures::media(), Limits::default());
        Self { harness, people: Default::default(), present: 0 }
    }

    /// Joins up to three clients that publish and subscribe: two bits; one bit for each chooses dual peer connection.
    fn set_up(&mut self, choice: u8) {
        for (actor, name) in PEOPLE.into_iter().enumerate().take(usize::from(choice & 3)) {
            let browser = &mut self.people[actor].browser;
            for (kind, track) in [(Kind::Audio, "cid0"), (Kind::Simulcast, "cid1"), (Kind::Data, "")] {
                browser.add(kind, "sendonly", track);
            }
            let dual_pc = choice >> (2 + actor) & 1 == 1;
            if !dual_pc {
                for kind in [Kind::Audio, Kind::Audio, Kind::Video, Kind::Video] {
                    browser.add(kind, "recvonly", "");
                }
            }
            let offer = Some(anteroom_signalling::SessionDescription { sdp: browser.offer().into(), id: 1 });
            let request = |cid: &str, r#type: i32| AddTrackRequest { cid: cid.into(), r#type, ..Default::default() };
            let add_track_requests = vec![request("cid0", 0), request("cid1", 1)];
            let request = JoinRequest { add_track_requests, ..Default::default() };
            let join_request =
                livekit::JoinRequest::read(&livekit::JoinRequest::write(&request)).expect("a join request");
            let joined = self.harness.join(ROOMS[0], name, livekit::JoinRequest { dual_pc, offer, ..join_request });
            self.attach(actor, joined);
            self.harness
                .media_event(self.people[actor].client.as_ref().expect("there is room"), &MediaEvent::Connected);
            self.check_messages(None);
        }
        (0..PEOPLE.len()).for_each(|actor| self.negotiate(actor));
        self.check_messages(None);
    }

    /// Does what a correct client does: answers the server's offer, or offers its sections again.
    fn negotiate(&mut self, actor: usize) {
        use livekit_protocol::signal_request::Message as Ask;
        let person = &mut self.people[actor];
        let send = match person.offered.take() {
            Some((id, offer)) => Ask::Answer(SessionDescription { sdp: answer_to(&offer), id, ..Default::default() }),
            None => Ask::Offer(SessionDescription { sdp: person.browser.offer(), id: 3, ..Default::default() }),
        };
        self.send(actor, &SignalRequest { message: Some(send) }.encode_to_vec());
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        let actor = scenario.below(PEOPLE.len());
        let before = self.views();
        match scenario.below(24) {
            0..3 => self.join(scenario, actor),
            3 => self.resume(scenario, actor),
            4 => self.close_signal(actor),
            5 => return self.wait(scenario),
            6..8 => self.media_event(scenario, actor),
            8 => self.send_random_bytes(scenario, actor),
            9 => self.send_json(scenario, actor),
            10 => self.send_datagram(scenario, actor),
            11..14 => self.negotiate(actor),
            14 => {
                let again = self.people[actor].last_message.clone();
                self.send(actor, &again);
            }
            choice => {
                let mut sent = self.message(scenario, actor).encode_to_vec();
                if choice == 15 {
                    scenario.mutate(&mut sent);
                }
                self.send(actor, &sent);
            }
        }
        self.check_messages(Some(actor));
        self.compare(actor, &before);
    }

    fn join(&mut self, scenario: &mut Scenario<'_>, actor: usize) {
        let room = scenario.one_of(&ROOMS).unwrap_or_default();
        let dual_pc = scenario.flip();
        let auto_subscribe = !scenario.seldom();
        self.people[actor].browser = Browser::default();
        let mut generator = self.generator(actor, &[]);
        let add_tracks: Vec<_> = (0..scenario.below(3)).map(|_| generator.add_track(scenario)).collect();
        let offer = scenario.flip().then(|| {
            generator.change(scenario);
            anteroom_signalling::SessionDescription { sdp: generator.browser.offer().into(), id: 1 }
        });
        let request = JoinRequest { add_track_requests: add_tracks, ..Default::default() };
        let join_request = livekit::JoinRequest::read(&livekit::JoinRequest::write(&request)).expect("a join request");
        let join_request = livekit::JoinRequest { dual_pc, auto_subscribe, offer, ..join_request };
        let joined = self.harness.join(room, PEOPLE[actor], join_request);
        self.attach(actor, joined);
    }

    fn resume(&mut self, scenario: &mut Scenario<'_>, actor: usize) {
        let sids: Vec<&String> = self.people.iter().flat_map(|person| &person.sids).collect();
        let sid = sids.get(scenario.below(sids.len() + 1)).map_or("PA_x", |sid| sid.as_str()).to_owned();
        let room = scenario.one_of(&ROOMS).unwrap_or_default();
        let offer = scenario.flip().then(|| {
            let mut generator = self.generator(actor, &[]);
            generator.change(scenario);
            anteroom_signalling::SessionDescription { sdp: generator.browser.offer().into(), id: 2 }
        });
        if let Some(back) = self.harness.resume(room, PEOPLE[actor], &sid, offer) {
            assert!(self.people[actor].sids.contains(&sid), "a session was resumed by another identity");
            // The previous socket may close without a message.
            self.people[actor].close_expected = true;
            self.attach(actor, Some(back));
        }
    }

    /// Replaces the client's socket; the one of another room is closed.
    fn attach(&mut self, actor: usize, client: Option<Client>) {
        let Some(client) = client else { return };
        let person = &mut self.people[actor];
        person.sids.insert(client.sid().to_string());
        let previous = person.client.replace(client);
        let close_expected = std::mem::take(&mut person.close_expected);
        person.offered = None;
        let Some(mut previous) = previous else { return };
        let messages: Vec<Message> = previous.frames().iter().map(|frame| visibility::read(frame)).collect();
        if previous.is_closed() {
            assert!(
                close_expected || messages.last().is_some_and(visibility::is_leave),
                "replaced without a leave message: {messages:?}"
            );
        } else {
            self.harness.signal_closed(&previous);
        }
    }

    fn close_signal(&mut self, actor: usize) {
        let person = &mut self.people[actor];
        person.close_expected = true;
        if let Some(client) = &person.client {
            self.harness.signal_closed(client);
        }
    }

    fn wait(&mut self, scenario: &mut Scenario<'_>) {
        let times = [10, 400, 1_000, 7_000, 16_000, 61_000];
        self.harness.wait(Duration::from_millis(scenario.one_of(&times).unwrap_or_default()));
        self.check_messages(None);
    }

    fn media_event(&mut self, scenario: &mut Scenario<'_>, actor: usize) {
        let mid = Mid::from(scenario.below(6).to_string().as_str());
        let event = match scenario.below(12) {
            0..3 => MediaEvent::Connected,
            3 => MediaEvent::Disconnected,
            4 if scenario.seldom() => MediaEvent::Failed,
            5 if scenario.seldom() => {
                self.people[actor].close_expected = true;
                MediaEvent::Closed
            }
            6 => MediaEvent::AudioLevel(mid, scenario.byte()),
            7 => MediaEvent::DynacastLayers(mid, scenario.below(5)),
            8 => MediaEvent::VideoPaused(mid, scenario.flip()),
            _ => MediaEvent::Data(self.channel(scenario), self.packet(scenario)),
        };
        if let Some(client) = &self.people[actor].client {
            self.harness.media_event(client, &event);
        }
    }

    fn channel(&self, scenario: &mut Scenario<'_>) -> DataChannel {
        scenario.one_of(&DataChannel::ALL).unwrap_or(DataChannel::Lossy)
    }

    fn packet(&self, scenario: &mut Scenario<'_>) -> Vec<u8> {
        use livekit_protocol::data_packet::Value;
        use livekit_protocol::{DataPacket, UserPacket};
        let user = UserPacket { payload: scenario.some_bytes().to_vec(), ..UserPacket::default() };
        let packet = DataPacket {
            sequence: scenario.long(),
            participant_identity: scenario.one_of(&PEOPLE).unwrap_or_default().to_owned(),
            destination_identities: vec![
                scenario.one_of(&PEOPLE).unwrap_or_default().to_owned();
                if scenario.seldom() { 300 } else { scenario.below(2) }
            ],
            value: Some(Value::User(user)),
            ..DataPacket::default()
        };
        let mut bytes = packet.encode_to_vec();
        scenario.mutate(&mut bytes);
        bytes
    }

    fn send_random_bytes(&mut self, scenario: &mut Scenario<'_>, actor: usize) {
        let bytes = scenario.some_bytes().to_vec();
        self.send(actor, &bytes);
    }

    fn send_json(&mut self, scenario: &mut Scenario<'_>, actor: usize) {
        let message = self.message(scenario, actor);
        let mut text = serde_json::to_vec(&message).unwrap_or_default();
        if scenario.flip() {
            scenario.mutate(&mut text);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        self.excuse(actor, &livekit::SignalRequest::from_json(&text).unwrap_or_default());
        if let Some(client) = &self.people[actor].client {
            self.harness.send_json(client, &text);
        }
    }

    fn send_datagram(&mut self, scenario: &mut Scenario<'_>, actor: usize) {
        let source = std::net::SocketAddr::from(([10, 0, 0, 1], 5_000));
        if let Some(client) = &self.people[actor].client {
            self.harness.datagram(client, source, fixtures::server(), scenario.some_bytes());
        }
    }

    fn send(&mut self, actor: usize, bytes: &[u8]) {
        self.excuse(actor, bytes);
        self.people[actor].last_message = bytes.to_vec();
        if let Some(client) = &self.people[actor].client {
            self.harness.send(client, bytes);
        }
    }

    /// A client that leaves gets no leave message; a simulated node failure closes the socket without one.
    fn excuse(&mut self, actor: usize, bytes: &[u8]) {
        let sent = livekit::SignalRequest::read(bytes);
        self.people[actor].close_expected |= matches!(sent, Ok(livekit::SignalRequest::Client(request)) if *request == ClientRequest::Leave(DisconnectReason::Left));
    }

    fn message(&mut self, scenario: &mut Scenario<'_>, actor: usize) -> SignalRequest {
        let names = self.names();
        self.generator(actor, &names).message(scenario)
    }

    fn generator<'a>(&'a mut self, actor: usize, names: &'a [String]) -> MessageGenerator<'a> {
        let person = &mut self.people[actor];
        MessageGenerator { names, browser: &mut person.browser, offered: person.offered.as_ref() }
    }

    /// Sids of all tracks and sessions.
    fn names(&self) -> Vec<String> {
        let views = self.views();
        let tracks = views.iter().flatten().flat_map(|view| &view.info.tracks).map(|track| track.sid.to_string());
        let sids = self.people.iter().flat_map(|person| person.sids.iter().cloned());
        tracks.chain(sids).collect()
    }

    /// All participants' state.
    fn views(&self) -> Vec<Option<View>> {
        let view = |person: &Person| {
            let client = person.client.as_ref()?;
            self.harness.view(&client.room, &client.identity)
        };
        self.people.iter().map(view).collect()
    }

    /// An action changes no other participant's state, except what it receives of the acting one.
    fn compare(&self, actor: usize, before: &[Option<View>]) {
        let actor_sids = &self.people[actor].sids;
        let own = |view: &Option<View>| {
            let mut view = view.clone();
            if let Some(view) = &mut view {
                view.receives.retain(|reception| !actor_sids.contains(reception.from.as_str()));
            }
            view
        };
        for (index, (before, after)) in before.iter().zip(&self.views()).enumerate() {
            assert!(
                index == actor || own(before) == own(after),
                "{} was changed by {}: {before:?} {after:?}",
                PEOPLE[index],
                PEOPLE[actor]
            );
        }
    }

    /// Reads all sockets: others receive messages only about the acting client, and no socket closes without a leave
    /// message.
    fn check_messages(&mut self, actor: Option<usize>) {
        let actor_sids = actor.map(|actor| self.people[actor].sids.clone());
        let views = self.views();
        for (index, (person, view)) in self.people.iter_mut().zip(&views).enumerate() {
            let Some(client) = &mut person.client else { continue };
            let frames = client.frames();
            let bytes: usize = frames.iter().map(Vec::len).sum();
            assert!(
                frames.len() <= MAX_FRAMES && bytes <= MAX_BYTES,
                "{} messages, {bytes} bytes at once",
                frames.len()
            );
            let messages: Vec<Message> = frames.iter().map(|frame| visibility::read(frame)).collect();
            let tracks = view.iter().flat_map(|view| &view.info.tracks);
            let own: Vec<String> = tracks.map(|track| track.sid.to_string()).collect();
            if let Some(actor_sids) = actor_sids.as_ref().filter(|_| actor != Some(index)) {
                let harm = messages.iter().find(|message| !visibility::is_harmless(message, actor_sids, &own));
                assert!(harm.is_none(), "{} received {harm:?} because of {actor:?}", PEOPLE[index]);
                assert!(!client.is_closed(), "{} lost its socket because of {actor:?}", PEOPLE[index]);
            }
            if let Some(Message::Offer(offer)) = messages.iter().rfind(|message| matches!(message, Message::Offer(_))) {
                person.offered = Some((offer.id, offer.sdp.clone()));
            }
            if client.is_closed() {
                let ok = person.close_expected || messages.last().is_some_and(visibility::is_leave);
                assert!(ok, "{} was closed without a leave message: {messages:?}", PEOPLE[index]);
                // The client may resume the session: only its socket is gone.
                person.client = None;
                person.close_expected = false;
            }
        }
    }

    fn check(&mut self) {
        panic_log::check();
        let Totals { rooms, people, peers, deadlines, undone, settings, info } = self.harness.totals();
        let [known, pending, ufrags, routed] = self.harness.routed();
        assert!(rooms <= ROOMS.len() && deadlines <= rooms, "{rooms} rooms, {deadlines} deadlines");
        assert!(people <= PEOPLE.len() * ROOMS.len() && peers <= 2 * people, "{people} people with {peers} peers");
        assert!(known + pending == 0 && routed <= peers, "{routed} peers are routed of {peers}");
        assert!(ufrags <= MAX_UFRAGS * peers, "{ufrags} ufrags of {peers} peers");
        assert_eq!(undone, 0, "inputs are left over");
        assert!(settings <= MAX_SETTINGS, "{settings} track settings of one participant");
        assert!(info <= MAX_INFO_BYTES, "an info of {info} bytes");
        let (arrived, departed) = self.harness.attended();
        assert!(self.present + arrived >= departed, "a departure without an arrival");
        self.present = self.present + arrived - departed;
    }

    /// After all have left and time has passed, nothing is left.
    fn leave_all(mut self) {
        use livekit_protocol::signal_request::Message as Ask;
        let leave = SignalRequest { message: Some(Ask::Leave(Default::default())) }.encode_to_vec();
        (0..PEOPLE.len()).for_each(|actor| self.send(actor, &leave));
        self.harness.wait(Duration::from_secs(600));
        self.check();
        assert_eq!(self.harness.totals(), Totals::default(), "something is left");
        assert_eq!(self.harness.routed(), [0; 4], "a route is left");
        assert_eq!(self.present, 0, "an arrival without a departure");
    }
}
