//! Changes through the server API, and their limits.

use proptest::prelude::*;

use super::*;

/// Any combination of grants.
pub(super) fn any_grants() -> impl Strategy<Value = Grants> {
    any::<[bool; 4]>().prop_map(|[can_publish, can_subscribe, can_publish_data, hidden]| Grants {
        can_publish,
        can_subscribe,
        can_publish_data,
        hidden,
        ..Grants::default()
    })
}

fn two_participants() -> TestRoom {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    room
}

fn update_participant(identity: &str, change: MetadataChange, grants: Option<Grants>) -> Input {
    Input::UpdateParticipant { identity: identity.into(), change, grants }
}

#[test]
fn the_server_api_renames_participants_and_notifies_all() {
    let mut room = two_participants();
    let change = MetadataChange { name: Some("Dr. Ada".into()), ..MetadataChange::default() };
    room.handle(Input::MediaUp(sid("a")));
    let outputs = room.handle(update_participant("ada", change.clone(), None));
    for who in ["a", "b"] {
        assert_eq!(updates_sent_to(&outputs, who), [(sid("a"), ParticipantState::Active, 3)]);
    }
    assert_eq!(room.inner.find(&"ada".into()).unwrap().name, "Dr. Ada");
    assert!(room.handle(update_participant("ada", change, None)).is_empty(), "no update without a change");
    assert!(room.handle(update_participant("nobody", MetadataChange::default(), None)).is_empty());
}

#[test]
fn a_revoked_source_is_unpublished() {
    let mut room = two_participants();
    let (track, _) = room.microphone_of("a");
    let camera_alone = Grants { sources: vec![Source::Camera], ..Grants::default() };
    let outputs = room.handle(update_participant("ada", MetadataChange::default(), Some(camera_alone)));
    let revoked = |o: &&Output| matches!(o, Output::PublishRevoked { to, track: t } if *to == sid("a") && *t == track);
    assert_eq!(outputs.iter().filter(revoked).count(), 1);
    let stopped = |o: &&Output| matches!(o, Output::Unsubscribed { who, .. } if *who == sid("b"));
    assert_eq!(outputs.iter().filter(stopped).count(), 1);
    let repeated = room.handle(Input::Publish { who: sid("a"), request: request("mic"), sid: track_sid("y") });
    assert!(matches!(repeated[..], [Output::RequestDenied { denial: Denial::NotAllowed, .. }]), "{repeated:?}");
}

#[test]
fn a_pending_track_is_dropped_when_publishing_is_revoked() {
    let mut room = two_participants();
    room.handle(Input::Publish { who: sid("a"), request: request("mic"), sid: track_sid("x") });
    let track = track_sid("x");
    let nothing = Grants { can_publish: false, ..Grants::default() };
    room.handle(update_participant("ada", MetadataChange::default(), Some(nothing)));
    let negotiated = Input::Negotiated { who: sid("a"), track, mid: "1".into(), mime: "audio/opus".into() };
    assert!(room.handle(negotiated).is_empty());
}

#[test]
fn subscriptions_follow_the_grant_to_subscribe() {
    let mut room = two_participants();
    room.microphone_of("a");
    let no_subscribe = Grants { can_subscribe: false, ..Grants::default() };
    let outputs = room.handle(update_participant("ben", MetadataChange::default(), Some(no_subscribe)));
    assert!(outputs.iter().any(|o| matches!(o, Output::Unsubscribed { who, .. } if *who == sid("b"))));
    let outputs = room.handle(update_participant("ben", MetadataChange::default(), Some(Grants::default())));
    assert!(outputs.iter().any(|o| matches!(o, Output::Subscribed { who, .. } if *who == sid("b"))));
}

#[test]
fn the_server_api_does_not_hide_a_participant() {
    let mut room = two_participants();
    room.handle(update_participant(
        "ada",
        MetadataChange::default(),
        Some(Grants { hidden: true, ..Grants::default() }),
    ));
    assert!(!room.inner.find(&"ada".into()).unwrap().grants.hidden);
}

#[test]
fn tracks_end_before_their_publisher_is_gone() {
    let mut room = two_participants();
    room.microphone_of("a");
    let outputs = room.handle(Input::Close(DisconnectReason::RoomDeleted));
    let order: Vec<_> = outputs
        .iter()
        .map(|output| match output {
            Output::Unpublished { who, .. } => format!("unpublished by {}", who.identity),
            Output::Disconnected { info, .. } => format!("{} gone", info.identity),
            Output::Closed(Some(DisconnectReason::RoomDeleted)) => "ended".to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(order, ["unpublished by ada", "ada gone", "ben gone", "ended"]);
}
