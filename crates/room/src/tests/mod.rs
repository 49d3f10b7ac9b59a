//! What the room promises.

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

fn sid(stay: &str) -> ParticipantSid {
    format!("PA_{stay}").as_str().into()
}

fn new(stay: &str, identity: &str) -> Input {
    Input::Join(Box::new(NewParticipant {
        sid: sid(stay),
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
        kind: Kind::Audio,
        source: Source::Microphone,
        name: String::new(),
        muted: false,
        width: 0,
        height: 0,
        options: TrackOptions::default(),
    }
}

/// A room on a table: feeds and drains.
struct Table {
    room: Room,
    now: Instant,
}

impl Table {
    fn new() -> Self {
        let now = a_moment();
        Self { room: Room::new(now, Limits::default()), now }
    }

    fn tell(&mut self, input: Input) -> Vec<Output> {
        self.room.handle(self.now, input);
        std::iter::from_fn(|| self.room.poll()).collect()
    }

    fn after(&mut self, seconds: u64) -> Vec<Output> {
        self.now += Duration::from_secs(seconds);
        self.tell(Input::Tick)
    }

    /// Publishes a microphone and says its name.
    fn microphone_of(&mut self, stay: &str) -> (TrackSid, Vec<Output>) {
        let publish = Input::Publish { who: sid(stay), request: request("mic"), sid: track_sid(stay) };
        let outputs = self.tell(publish);
        let pending = outputs.iter().find_map(|output| match output {
            Output::TrackPending { track, .. } => Some(track.sid.clone()),
            _ => None,
        });
        let track = pending.unwrap();
        let input =
            Input::Negotiated { who: sid(stay), track: track.clone(), mid: "1".into(), mime: "audio/opus".into() };
        let outputs = self.tell(input);
        (track, outputs)
    }
}

#[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
fn a_moment() -> Instant {
    Instant::now()
}

fn changes_told_to(outputs: &[Output], who: &str) -> Vec<(ParticipantSid, ParticipantState, u32)> {
    let reported = outputs.iter().filter_map(|output| match output {
        Output::ParticipantsUpdated { to, about } if *to == sid(who) => Some(about.clone()),
        _ => None,
    });
    reported.flatten().map(|info| (info.sid.clone(), info.state, info.version)).collect()
}

/// Five bytes to everybody.
fn message(reliable: bool, sequence: u32) -> Message {
    let (kind, payload) = (MessageKind::Binary, Arc::from(*b"hello"));
    Message { kind, topic: None, to: vec![], reliable, sequence, payload, encoded: WireData::default() }
}

fn track_sid(random: &str) -> TrackSid {
    format!("TR_{random}").as_str().into()
}

fn send_data(who: &str, message: Message) -> Input {
    Input::SendData { who: sid(who), message: Arc::new(message) }
}

#[test]
fn who_comes_second_learns_who_is_in_and_the_first_learns_who_came() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    let outputs = table.tell(new("b", "ben"));
    let Some(Output::Joined { to, others, .. }) = outputs.first() else { panic!("{outputs:?}") };
    assert_eq!(*to, sid("b"));
    assert_eq!(others.iter().map(|info| info.sid.clone()).collect::<Vec<_>>(), [sid("a")]);
    assert_eq!(changes_told_to(&outputs, "a"), [], "there is nothing of Ben yet");
    let outputs = table.tell(Input::MediaUp(sid("b")));
    assert_eq!(changes_told_to(&outputs, "a"), [(sid("b"), ParticipantState::Active, 2)]);
}

#[test]
fn a_track_is_announced_once_it_can_be_received_and_not_before() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    let pending = table.tell(Input::Publish { who: sid("a"), request: request("mic"), sid: track_sid("x") });
    assert!(changes_told_to(&pending, "b").is_empty(), "{pending:?}");
    let (track, outputs) = table.microphone_of("a");
    assert_eq!(changes_told_to(&outputs, "b").len(), 1);
    let subscribed = outputs.iter().any(|output| {
        matches!(output, Output::Subscribed { who, from, track: t } if *who == sid("b") && *from == sid("a") && t.sid == track)
    });
    assert!(subscribed, "{outputs:?}");
    assert!(outputs.iter().any(|output| matches!(output, Output::FirstSubscribed { to, .. } if *to == sid("a"))));
}

#[test]
fn a_second_device_takes_the_seat_of_the_first_at_once() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    table.tell(Input::MediaUp(sid("b")));
    let outputs = table.tell(new("b2", "ben"));
    let gone = outputs
        .iter()
        .position(|output| matches!(output, Output::Disconnected { who, reason: DisconnectReason::DuplicateIdentity, .. } if *who == sid("b")));
    let welcome = outputs.iter().position(|output| matches!(output, Output::Joined { to, .. } if *to == sid("b2")));
    assert!(gone.unwrap() < welcome.unwrap());
    assert_eq!(changes_told_to(&outputs, "a"), [], "to the others he never was away");
    let outputs = table.tell(Input::MediaUp(sid("b2")));
    assert_eq!(changes_told_to(&outputs, "a"), [(sid("b2"), ParticipantState::Active, 2)]);
}

#[test]
fn who_comes_in_anew_was_never_away_to_the_others_but_their_tracks_were() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    table.microphone_of("b");
    table.tell(Input::MediaUp(sid("b")));
    assert!(table.tell(Input::MediaClosed(sid("b"))).is_empty(), "a client that reconnects closes everything first");
    let outputs = table.tell(new("b2", "ben"));
    let reported = changes_told_to(&outputs, "a");
    assert!(
        matches!(reported[..], [(_, ParticipantState::Active, _)]) && reported[0].0 == sid("b"),
        "the old stay, without tracks: {reported:?}"
    );
    assert!(outputs.iter().any(|output| matches!(output, Output::Unsubscribed { who, .. } if *who == sid("a"))));
    // Its media never connects: then Ben has gone, under both names.
    let outputs = table.tell(Input::Leave { who: sid("b2"), reason: DisconnectReason::NeverConnected });
    let reported: Vec<_> = changes_told_to(&outputs, "a").into_iter().map(|(who, state, _)| (who, state)).collect();
    assert_eq!(reported, [(sid("b"), ParticipantState::Disconnected), (sid("b2"), ParticipantState::Disconnected)]);
}

#[test]
fn who_closed_their_media_and_does_not_come_back_has_left() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    table.tell(Input::MediaUp(sid("b")));
    table.tell(Input::MediaClosed(sid("b")));
    assert!(table.after(2).is_empty());
    let outputs = table.after(1);
    assert!(
        outputs.iter().any(|output| matches!(output, Output::Disconnected { reason: DisconnectReason::Left, .. })),
        "{outputs:?}"
    );
}

#[test]
fn a_dropped_socket_keeps_its_seat_while_media_flows_but_not_for_ever() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(Input::MediaUp(sid("a")));
    table.tell(Input::SignalDown(sid("a")));
    assert!(table.after(59).is_empty());
    table.tell(Input::SignalUp(sid("a")));
    assert!(table.after(600).is_empty());
    table.tell(Input::SignalDown(sid("a")));
    let outputs = table.after(60);
    assert!(
        matches!(outputs[..], [Output::Disconnected { reason: DisconnectReason::SignalLost, was_active: true, .. }]),
        "{outputs:?}"
    );
}

#[test]
fn media_that_never_connects_is_given_up() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    assert!(table.after(59).is_empty());
    let outputs = table.after(1);
    assert!(matches!(
        outputs[..],
        [Output::Disconnected { reason: DisconnectReason::NeverConnected, was_active: false, .. }]
    ));
}

#[test]
fn lost_media_is_asked_to_come_back_and_then_given_up() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(Input::MediaUp(sid("a")));
    let outputs = table.tell(Input::MediaDown(sid("a")));
    assert!(matches!(outputs[..], [Output::ResumeRequested(_)]));
    table.tell(Input::MediaUp(sid("a")));
    assert!(table.after(100).is_empty());
    table.tell(Input::MediaDown(sid("a")));
    assert!(matches!(table.after(15)[..], [Output::Disconnected { reason: DisconnectReason::MediaLost, .. }]));
}

#[test]
fn an_empty_room_ends_after_its_last_one_left() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(Input::Leave { who: sid("a"), reason: DisconnectReason::Left });
    assert!(table.after(19).is_empty());
    assert!(matches!(table.after(1)[..], [Output::Closed(None)]));
    assert_eq!(table.room.can_join(&"ada".into()), Err(RoomUnavailable::Closed));
}

#[test]
fn a_full_room_takes_nobody_new_but_lets_its_people_change_devices() {
    let limits = Limits { people: 1, ..Limits::default() };
    let mut table = Table { room: Room::new(a_moment(), limits), now: a_moment() };
    table.tell(new("a", "ada"));
    assert_eq!(table.room.can_join(&"ben".into()), Err(RoomUnavailable::Full));
    assert_eq!(table.room.can_join(&"ada".into()), Ok(()));
}

#[test]
fn nobody_mutes_or_withdraws_the_track_of_another() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    let (track, _) = table.microphone_of("a");
    assert!(table.tell(Input::Mute { who: sid("b"), track: track.clone(), muted: true }).is_empty());
    assert!(table.tell(Input::Unpublish { who: sid("b"), track }).is_empty());
}

#[test]
fn a_data_packet_reaches_those_it_names_and_never_its_sender() {
    let mut table = Table::new();
    for (stay, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        table.tell(new(stay, identity));
    }
    let say = |to: Vec<Identity>| send_data("a", Message { to, ..message(true, 0) });
    let receivers = |outputs: Vec<Output>| {
        let to = outputs.into_iter().map(|output| match output {
            Output::Data { to, .. } => to,
            other => panic!("{other:?}"),
        });
        to.collect::<Vec<_>>()
    };
    assert_eq!(receivers(table.tell(say(vec![]))), [sid("b"), sid("c")]);
    assert_eq!(receivers(table.tell(say(vec!["cem".into(), "ada".into()]))), [sid("c")]);
}

#[test]
fn who_speaks_is_told_when_they_start_and_when_they_fall_silent() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    let (track, _) = table.microphone_of("a");
    let loud = Input::AudioLevel { who: sid("a"), track, level: 20, active: 90 };
    let subscribed_once = |outputs: &[Output]| {
        let reported = outputs.iter().filter_map(|output| match output {
            Output::SpeakersChanged { to, changes } => Some((to.clone(), changes.first().map(|speaker| speaker.level))),
            _ => None,
        });
        reported.collect::<Vec<_>>()
    };
    assert_eq!(subscribed_once(&table.tell(loud.clone())), [(sid("a"), Some(0.625)), (sid("b"), Some(0.625))]);
    assert!(table.tell(loud).is_empty(), "only changes are reported");
    assert_eq!(subscribed_once(&table.after(2)), [(sid("a"), Some(0.0)), (sid("b"), Some(0.0))]);
}

#[test]
fn only_those_allowed_by_the_publisher_receive() {
    let mut table = Table::new();
    for (stay, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        table.tell(new(stay, identity));
    }
    let (track, _) = table.microphone_of("a");
    let only_ben = SubscriptionPermission::Only(BTreeMap::from([("ben".into(), None)]));
    let outputs = table.tell(Input::SetSubscriptionPermission { who: sid("a"), permission: only_ben });
    assert!(
        outputs
            .iter()
            .any(|o| matches!(o, Output::SubscriptionPermissionChanged { to, allowed: false, .. } if *to == sid("c")))
    );
    let stopped: Vec<_> = outputs.iter().filter(|o| matches!(o, Output::Unsubscribed { .. })).collect();
    assert!(matches!(stopped[..], [Output::Unsubscribed { who, track: t }] if *who == sid("c") && *t == track));
}
