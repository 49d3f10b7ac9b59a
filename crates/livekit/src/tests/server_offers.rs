//! Media sections of the subscriber connection: events in any order, lost offers and answers.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_room::TrackSid;

use super::*;

#[derive(Clone, Debug)]
enum Event {
    Subscribe(usize),
    Unsubscribe(usize),
    Propose,
    /// The client answers the pending offer.
    Answer,
    /// The client answers another offer.
    AnswerOther(u32),
    /// The client resumes after a lost socket.
    Resume,
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0usize..5).prop_map(Event::Subscribe),
        2 => (0usize..5).prop_map(Event::Unsubscribe),
        4 => Just(Event::Propose),
        4 => Just(Event::Answer),
        1 => (1000u32..).prop_map(Event::AnswerOther),
        1 => Just(Event::Resume),
    ]
}

fn name(number: usize) -> TrackSid {
    format!("TR_{number}").as_str().into()
}

/// The client's side: what each section is offered to carry, and what the server forwards there.
struct Client {
    session: SignalState,
    requested: BTreeSet<TrackSid>,
    /// As of the last answered offer.
    labels: BTreeMap<Mid, String>,
    forwarded: BTreeMap<Mid, TrackSid>,
    /// Each track that a section ever started to carry.
    begun: BTreeSet<(Mid, String)>,
    out: Option<(u32, BTreeMap<Mid, String>)>,
    sections: u32,
}

impl Client {
    fn new() -> Self {
        let session = SignalState::server_offers("PA_x".into(), server_info());
        Self {
            session,
            requested: BTreeSet::new(),
            labels: BTreeMap::new(),
            forwarded: BTreeMap::new(),
            begun: BTreeSet::new(),
            out: None,
            sections: 0,
        }
    }

    fn handle(&mut self, event: Event) -> Result<(), TestCaseError> {
        match event {
            Event::Subscribe(number) => {
                let kind = if number % 2 == 0 { TrackKind::Audio } else { TrackKind::Video };
                if self.requested.insert(name(number)) {
                    self.session.subscribe(&"PA_y".into(), &track(&format!("TR_{number}"), "cid", kind, "1"));
                }
            }
            Event::Unsubscribe(number) => {
                if self.requested.remove(&name(number))
                    && let Some(mid) = self.session.unsubscribe(&name(number))
                {
                    prop_assert_eq!(self.forwarded.remove(&mid), Some(name(number)));
                }
            }
            Event::Propose => self.propose()?,
            Event::Answer => self.answer()?,
            Event::AnswerOther(number) => prop_assert!(self.session.answer_received(number).is_none()),
            Event::Resume => {
                self.session.resumed(0);
                self.out = None;
            }
        }
        Ok(())
    }

    fn propose(&mut self) -> Result<(), TestCaseError> {
        let Some(plan) = self.session.plan_offer() else { return Ok(()) };
        prop_assert!(self.out.is_none(), "one offer at a time");
        let first = self.sections;
        self.sections += plan.add.len() as u32;
        let added: Vec<Mid> = (first..self.sections).map(|number| Mid::from(number.to_string().as_str())).collect();
        let mut labels = BTreeMap::new();
        let frame = self.session.offer_created(&added, &mut |all| {
            labels = all.iter().map(|(mid, msid)| (*mid, msid.track.clone())).collect();
            String::new()
        });
        let message = decode(&frame[0]).message;
        let Some(proto::signal_response::Message::Offer(offer)) = message else { panic!("{message:?}") };
        prop_assert_eq!(offer.mid_to_track_id.len(), labels.len(), "the map is complete");
        for (mid, track) in &labels {
            let before = self.labels.get(mid);
            prop_assert!(before.is_none_or(|before| before == track), "a section is inactive between two tracks");
        }
        self.out = Some((offer.id, labels));
        Ok(())
    }

    fn answer(&mut self) -> Result<(), TestCaseError> {
        let Some((number, labels)) = self.out.take() else { return Ok(()) };
        let Some(sinks) = self.session.answer_received(number) else {
            return Err(TestCaseError::fail("the answer was ignored"));
        };
        for sink in sinks {
            prop_assert_eq!(labels.get(&sink.mid), Some(&sink.track.to_string()), "only offered tracks are forwarded");
            prop_assert!(self.requested.contains(&sink.track), "only subscribed tracks are forwarded");
            self.forwarded.insert(sink.mid, sink.track);
        }
        for (mid, track) in labels.iter().filter(|(mid, track)| self.labels.get(mid) != Some(track)) {
            // LiveKit's native clients report a pair of section and track only once.
            prop_assert!(self.begun.insert((*mid, track.clone())), "{} again on {}", track, mid);
        }
        self.labels = labels;
        Ok(())
    }
}

proptest! {
    #[test]
    fn finally_exactly_the_subscribed_tracks_are_forwarded(events in proptest::collection::vec(any_event(), 0..60)) {
        let mut client = Client::new();
        for event in events {
            client.handle(event)?;
        }
        for _ in 0..4 {
            client.handle(Event::Answer)?;
            client.handle(Event::Propose)?;
        }
        prop_assert!(client.session.plan_offer().is_none() && client.out.is_none(), "nothing is left to offer");
        prop_assert_eq!(client.forwarded.values().cloned().collect::<BTreeSet<_>>(), client.requested.clone());
        for (mid, track) in &client.forwarded {
            prop_assert_eq!(client.session.section_of(track), Some(*mid));
        }
    }
}

#[test]
fn an_empty_section_is_reused_only_when_there_are_many() {
    let mut client = Client::new();
    let mut sections = vec![];
    for number in (0..200).step_by(2) {
        client.handle(Event::Subscribe(number)).unwrap();
        for _ in 0..2 {
            client.handle(Event::Propose).unwrap();
            client.handle(Event::Answer).unwrap();
        }
        assert_eq!(client.forwarded.len(), 1, "{number}");
        client.handle(Event::Unsubscribe(number)).unwrap();
        client.handle(Event::Propose).unwrap();
        client.handle(Event::Answer).unwrap();
        sections.push(client.sections);
    }
    assert_eq!((sections[0], sections[30]), (1, 31), "each track has its own section");
    assert!(sections[99] < 40, "{} sections for a hundred tracks, one after the other", sections[99]);
}

#[test]
fn the_query_of_rtc_is_read_as_a_join_request() {
    let query = [("protocol", "15"), ("auto_subscribe", "0"), ("client_protocol", "1"), ("capabilities", "1,x,2")];
    let join_request = |query: &[(&'static str, &'static str)]| {
        JoinRequest::from_query(|name| query.iter().find(|(known, _)| *known == name).map(|(_, text)| *text))
    };
    let first = join_request(&query);
    assert!(first.dual_pc && !first.auto_subscribe && first.resume.is_none());
    assert_eq!((first.protocol, client_of(&first).client_protocol), (15, 1));
    assert_eq!(client_of(&first).capabilities, [1, 2]);
    let resumed = join_request(&[("reconnect", "1"), ("sid", "PA_x")]);
    assert_eq!(resumed.resume, Some("PA_x".into()));
    // {"mood":"calm"}
    let with_attributes = join_request(&[("attributes", "eyJtb29kIjoiY2FsbSJ9")]);
    assert_eq!(with_attributes.attributes, [("mood".to_owned(), "calm".to_owned())].into());
    assert_eq!(with_attributes.description_len(), 72);
    assert!(join_request(&[("attributes", "e30!")]).attributes.is_empty(), "not base64url of JSON");
    assert!(join_request(&[]).auto_subscribe, "the default");
}

#[test]
fn a_resume_is_answered_with_the_last_sequence_number() {
    let ClientRequest::SyncState(SyncState { published, overrides, wanted, received, .. }) = request("sync_state")
    else {
        panic!()
    };
    assert_eq!(published, [TrackSid::from("TR_AMx")]);
    assert_eq!((overrides, wanted), (vec![TrackSid::from("TR_VCy")], false));
    assert_eq!(received, [("PA_y".into(), 12)]);
    assert_example(&signal_response::reconnect(&server_info(), 7), "reconnect");
}

#[test]
fn json_messages_are_read_and_written() {
    let bytes = SignalRequest::from_json(r#"{"mute": {"sid": "TR_AMx", "muted": true}}"#).unwrap();
    assert_eq!(
        SignalRequest::read(&bytes),
        Ok(SignalRequest::Client(Box::new(ClientRequest::Mute { track: "TR_AMx".into(), muted: true })))
    );
    assert_eq!(SignalRequest::from_json("hello"), Err(MalformedMessage));
    let Frame::Binary(pong) = pong_resp(1, 2) else { panic!() };
    let text = as_json(&pong).unwrap();
    assert_eq!(text, r#"{"pongResp":{"lastPingTimestamp":"1","timestamp":"2"}}"#);
}

#[test]
fn no_more_sections_are_offered_than_an_answer_may_have() {
    let mut session = SignalState::server_offers("PA_me".into(), server_info());
    for number in 0..300 {
        session.subscribe(&"PA_a".into(), &track(&format!("TR_{number}"), "c", TrackKind::Video, "5"));
    }
    let mids: Vec<Mid> = (0..300).map(|mid| Mid::from(mid.to_string().as_str())).collect();
    let mut offers = 0;
    let mut negotiate = |session: &mut SignalState, from: usize| {
        let change = session.plan_offer()?;
        let added = &mids[from..from + change.add.len()];
        session.offer_created(added, &mut |_| String::new());
        offers += 1;
        session.answer_received(offers).unwrap();
        Some((change.add.len(), change.activate.len()))
    };
    assert_eq!(negotiate(&mut session, 0), Some((255, 0)), "and one for data channels");
    assert_eq!(negotiate(&mut session, 255), None, "the others wait");
    session.unsubscribe(&"TR_0".into());
    assert_eq!(negotiate(&mut session, 255), Some((0, 0)), "its section is offered as inactive");
    assert_eq!(negotiate(&mut session, 255), Some((0, 1)), "and carries one that waited");
    assert_eq!(negotiate(&mut session, 255), None);
}
