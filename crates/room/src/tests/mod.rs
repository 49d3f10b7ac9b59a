//! Tests of the room through its inputs and outputs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::*;

mod any_order;
mod bounds;
mod connection_quality;
mod moderate;
mod rejoin;
mod update_track;

fn sid(session: &str) -> ParticipantSid {
    format!("PA_{session}").as_str().into()
}

fn new(session: &str, identity: &str) -> Input {
    Input::Join(Box::new(NewParticipant {
        sid: sid(session),
        identity: identity.into(),
        name: identity.to_owned(),
        metadata: String::new(),
        attributes: BTreeMap::new(),
        grants: Grants::default(),
        client: WireData::default(),
        auto_subscribe: true,
        joined_at_ms: 0,
    }))
}

fn request(cid: &str) -> AddTrack {
    AddTrack {
        cid: cid.to_owned(),
        codec_of: None,
        kind: TrackKind::Audio,
        source: Source::Microphone,
        name: String::new(),
        muted: false,
        width: 0,
        height: 0,
        options: TrackOptions::default(),
    }
}

/// A room with virtual time: feeds one input, drains the outputs.
struct TestRoom {
    inner: Room,
    now: Instant,
}

impl TestRoom {
    fn new() -> Self {
        let now = start_time();
        Self { inner: Room::new(now, Limits::default()), now }
    }

    fn handle(&mut self, input: Input) -> Vec<Output> {
        self.inner.handle(self.now, input);
        std::iter::from_fn(|| self.inner.poll()).collect()
    }

    fn after(&mut self, seconds: u64) -> Vec<Output> {
        self.now += Duration::from_secs(seconds);
        self.handle(Input::Tick)
    }

    /// Publishes a microphone and returns its id.
    fn microphone_of(&mut self, session: &str) -> (TrackSid, Vec<Output>) {
        let publish = Input::Publish { who: sid(session), request: request("mic"), sid: track_sid(session) };
        let outputs = self.handle(publish);
        let pending = outputs.iter().find_map(|output| match output {
            Output::TrackPending { track, .. } => Some(track.sid.clone()),
            _ => None,
        });
        let track = pending.unwrap();
        let input =
            Input::Negotiated { who: sid(session), track: track.clone(), mid: "1".into(), mime: "audio/opus".into() };
        let outputs = self.handle(input);
        (track, outputs)
    }
}

#[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
fn start_time() -> Instant {
    Instant::now()
}

fn updates_sent_to(outputs: &[Output], who: &str) -> Vec<(ParticipantSid, ParticipantState, u32)> {
    let reported = outputs.iter().filter_map(|output| match output {
        Output::ParticipantsUpdated { to, about } if *to == sid(who) => Some(about.clone()),
        _ => None,
    });
    reported.flatten().map(|info| (info.sid.clone(), info.state, info.version)).collect()
}

/// Five bytes to everybody.
fn message(reliable: bool, sequence: u32) -> DataMessage {
    let (kind, payload) = (DataKind::Binary, Arc::from(*b"hello"));
    DataMessage { kind, topic: None, to: vec![], reliable, sequence, payload, encoded: WireData::default() }
}

fn track_sid(random: &str) -> TrackSid {
    format!("TR_{random}").as_str().into()
}

fn send_data(who: &str, message: DataMessage) -> Input {
    Input::SendData { who: sid(who), message: Arc::new(message) }
}

#[test]
fn participants_are_notified_of_each_other() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    let outputs = room.handle(new("b", "ben"));
    let Some(Output::Joined { to, others, .. }) = outputs.first() else { panic!("{outputs:?}") };
    assert_eq!(*to, sid("b"));
    assert_eq!(others.iter().map(|info| info.sid.clone()).collect::<Vec<_>>(), [sid("a")]);
    assert_eq!(updates_sent_to(&outputs, "a"), [], "Ben's media is not connected yet");
    let outputs = room.handle(Input::MediaUp(sid("b")));
    assert_eq!(updates_sent_to(&outputs, "a"), [(sid("b"), ParticipantState::Active, 2)]);
}

#[test]
fn participant_without_media_is_announced_after_three_seconds() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(Input::MediaUp(sid("a")));
    room.handle(new("b", "ben"));
    assert_eq!(room.inner.deadline(), Some(room.now + Duration::from_secs(3)));
    assert_eq!(updates_sent_to(&room.after(2), "a"), []);
    assert_eq!(updates_sent_to(&room.after(1), "a"), [(sid("b"), ParticipantState::Joined, 1)]);
    assert_eq!(updates_sent_to(&room.after(1), "a"), [], "once");
}

#[test]
fn lost_socket_before_media_ends_the_session_soon() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(Input::MediaUp(sid("a")));
    room.handle(new("b", "ben"));
    room.handle(Input::SignalDown(sid("b")));
    assert_eq!(updates_sent_to(&room.after(3), "a"), [(sid("b"), ParticipantState::Disconnected, 2)]);
}

#[test]
fn a_track_is_announced_once_it_is_negotiated() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    let pending = room.handle(Input::Publish { who: sid("a"), request: request("mic"), sid: track_sid("x") });
    assert!(updates_sent_to(&pending, "b").is_empty(), "{pending:?}");
    let (track, outputs) = room.microphone_of("a");
    assert_eq!(updates_sent_to(&outputs, "b").len(), 1);
    let subscribed = outputs.iter().any(|output| {
        matches!(output, Output::Subscribed { who, from, track: t } if *who == sid("b") && *from == sid("a") && t.sid == track)
    });
    assert!(subscribed, "{outputs:?}");
    assert!(outputs.iter().any(|output| matches!(output, Output::FirstSubscribed { to, .. } if *to == sid("a"))));
}

#[test]
fn a_second_device_replaces_the_session_of_the_first() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    room.handle(Input::MediaUp(sid("b")));
    let outputs = room.handle(new("b2", "ben"));
    let gone = outputs
        .iter()
        .position(|output| matches!(output, Output::Disconnected { who, reason: DisconnectReason::DuplicateIdentity, .. } if *who == sid("b")));
    let joined = outputs.iter().position(|output| matches!(output, Output::Joined { to, .. } if *to == sid("b2")));
    assert!(gone.unwrap() < joined.unwrap());
    assert_eq!(updates_sent_to(&outputs, "a"), [], "the others see no leave");
    let outputs = room.handle(Input::MediaUp(sid("b2")));
    assert_eq!(updates_sent_to(&outputs, "a"), [(sid("b2"), ParticipantState::Active, 2)]);
}

#[test]
fn rejoin_keeps_the_participant_and_unpublishes_its_tracks() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    room.microphone_of("b");
    room.handle(Input::MediaUp(sid("b")));
    assert!(room.handle(Input::MediaClosed(sid("b"))).is_empty(), "a client that reconnects closes everything first");
    let outputs = room.handle(new("b2", "ben"));
    let reported = updates_sent_to(&outputs, "a");
    assert!(
        matches!(reported[..], [(_, ParticipantState::Active, _)]) && reported[0].0 == sid("b"),
        "the old session without tracks: {reported:?}"
    );
    assert!(outputs.iter().any(|output| matches!(output, Output::Unsubscribed { who, .. } if *who == sid("a"))));
    // Its media never connects: Ben is reported as gone under both session ids.
    let outputs = room.handle(Input::Leave { who: sid("b2"), reason: DisconnectReason::NeverConnected });
    let reported: Vec<_> = updates_sent_to(&outputs, "a").into_iter().map(|(who, state, _)| (who, state)).collect();
    assert_eq!(reported, [(sid("b"), ParticipantState::Disconnected), (sid("b2"), ParticipantState::Disconnected)]);
}

#[test]
fn closed_media_without_a_rejoin_ends_as_left() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    room.handle(Input::MediaUp(sid("b")));
    room.handle(Input::MediaClosed(sid("b")));
    assert!(room.after(2).is_empty());
    let outputs = room.after(1);
    assert!(
        outputs.iter().any(|output| matches!(output, Output::Disconnected { reason: DisconnectReason::Left, .. })),
        "{outputs:?}"
    );
}

#[test]
fn lost_signalling_ends_the_session_after_its_timeout() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(Input::MediaUp(sid("a")));
    room.handle(Input::SignalDown(sid("a")));
    assert!(room.after(59).is_empty());
    room.handle(Input::SignalUp(sid("a")));
    assert!(room.after(600).is_empty());
    room.handle(Input::SignalDown(sid("a")));
    let outputs = room.after(60);
    assert!(
        matches!(outputs[..], [Output::Disconnected { reason: DisconnectReason::SignalLost, was_active: true, .. }]),
        "{outputs:?}"
    );
}

#[test]
fn media_that_never_connects_ends_the_session() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    assert!(room.after(59).is_empty());
    let outputs = room.after(1);
    assert!(matches!(
        outputs[..],
        [Output::Disconnected { reason: DisconnectReason::NeverConnected, was_active: false, .. }]
    ));
}

#[test]
fn lost_media_requests_a_resume_before_the_session_ends() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(Input::MediaUp(sid("a")));
    let outputs = room.handle(Input::MediaDown(sid("a")));
    assert!(matches!(outputs[..], [Output::ResumeRequested(_)]));
    room.handle(Input::MediaUp(sid("a")));
    assert!(room.after(100).is_empty());
    room.handle(Input::MediaDown(sid("a")));
    assert!(matches!(room.after(15)[..], [Output::Disconnected { reason: DisconnectReason::MediaLost, .. }]));
}

#[test]
fn an_empty_room_closes_after_the_last_participant_left() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(Input::Leave { who: sid("a"), reason: DisconnectReason::Left });
    assert!(room.after(19).is_empty());
    assert!(matches!(room.after(1)[..], [Output::Closed(None)]));
    assert_eq!(room.inner.can_join(&"ada".into()), Err(RoomUnavailable::Closed));
}

#[test]
fn a_full_room_admits_only_new_devices_of_its_participants() {
    let limits = Limits { people: 1, ..Limits::default() };
    let mut room = TestRoom { inner: Room::new(start_time(), limits), now: start_time() };
    room.handle(new("a", "ada"));
    assert_eq!(room.inner.can_join(&"ben".into()), Err(RoomUnavailable::Full));
    assert_eq!(room.inner.can_join(&"ada".into()), Ok(()));
}

#[test]
fn only_the_publisher_mutes_or_unpublishes_a_track() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    let (track, _) = room.microphone_of("a");
    assert!(room.handle(Input::Mute { who: sid("b"), track: track.clone(), muted: true }).is_empty());
    assert!(room.handle(Input::Unpublish { who: sid("b"), track }).is_empty());
}

#[test]
fn a_data_packet_reaches_its_destinations_and_never_its_sender() {
    let mut room = TestRoom::new();
    for (session, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        room.handle(new(session, identity));
    }
    let send = |to: Vec<Identity>| send_data("a", DataMessage { to, ..message(true, 0) });
    let receivers = |outputs: Vec<Output>| {
        let to = outputs.into_iter().map(|output| match output {
            Output::Data { to, .. } => to,
            other => panic!("{other:?}"),
        });
        to.collect::<Vec<_>>()
    };
    assert_eq!(receivers(room.handle(send(vec![]))), [sid("b"), sid("c")]);
    assert_eq!(receivers(room.handle(send(vec!["cem".into(), "ada".into()]))), [sid("c")]);
}

#[test]
fn active_speakers_are_reported_at_start_and_at_silence() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    let (track, _) = room.microphone_of("a");
    let loud = Input::AudioLevel { who: sid("a"), track, level: 20, active: 90 };
    let levels = |outputs: &[Output]| {
        let reported = outputs.iter().filter_map(|output| match output {
            Output::SpeakersChanged { to, changes } => Some((to.clone(), changes.first().map(|speaker| speaker.level))),
            _ => None,
        });
        reported.collect::<Vec<_>>()
    };
    assert_eq!(levels(&room.handle(loud.clone())), [(sid("a"), Some(0.625)), (sid("b"), Some(0.625))]);
    assert!(room.handle(loud).is_empty(), "only changes are reported");
    assert_eq!(levels(&room.after(2)), [(sid("a"), Some(0.0)), (sid("b"), Some(0.0))]);
}

#[test]
fn only_participants_the_publisher_permits_are_subscribed() {
    let mut room = TestRoom::new();
    for (session, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        room.handle(new(session, identity));
    }
    let (track, _) = room.microphone_of("a");
    let only_ben = SubscriptionPermission::Only(BTreeMap::from([("ben".into(), None)]));
    let outputs = room.handle(Input::SetSubscriptionPermission { who: sid("a"), permission: only_ben });
    assert!(
        outputs
            .iter()
            .any(|o| matches!(o, Output::SubscriptionPermissionChanged { to, allowed: false, .. } if *to == sid("c")))
    );
    let stopped: Vec<_> = outputs.iter().filter(|o| matches!(o, Output::Unsubscribed { .. })).collect();
    assert!(matches!(stopped[..], [Output::Unsubscribed { who, track: t }] if *who == sid("c") && *t == track));
}
