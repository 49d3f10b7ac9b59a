//! What a program with the right to do so may change about people, and what it may not.

use proptest::prelude::*;

use super::*;

/// Any rights at all.
pub(super) fn any_grants() -> impl Strategy<Value = Grants> {
    any::<[bool; 4]>().prop_map(|[can_publish, can_subscribe, can_publish_data, hidden]| Grants {
        can_publish,
        can_subscribe,
        can_publish_data,
        hidden,
        ..Grants::default()
    })
}

fn two() -> Table {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    table
}

fn update_participant(identity: &str, change: MetadataChange, grants: Option<Grants>) -> Input {
    Input::UpdateParticipant { identity: identity.into(), change, grants }
}

#[test]
fn everybody_learns_of_a_new_name_though_its_bearer_may_not_change_it() {
    let mut table = two();
    let change = MetadataChange { name: Some("Dr. Ada".into()), ..MetadataChange::default() };
    table.tell(Input::MediaUp(sid("a")));
    let outputs = table.tell(update_participant("ada", change.clone(), None));
    for who in ["a", "b"] {
        assert_eq!(changes_told_to(&outputs, who), [(sid("a"), ParticipantState::Active, 3)]);
    }
    assert_eq!(table.room.find(&"ada".into()).unwrap().name, "Dr. Ada");
    assert!(table.tell(update_participant("ada", change, None)).is_empty(), "what is so already is no news");
    assert!(table.tell(update_participant("nobody", MetadataChange::default(), None)).is_empty());
}

#[test]
fn whoever_may_no_longer_publish_is_heard_by_nobody() {
    let mut table = two();
    let (track, _) = table.microphone_of("a");
    let camera_alone = Grants { sources: vec![Source::Camera], ..Grants::default() };
    let outputs = table.tell(update_participant("ada", MetadataChange::default(), Some(camera_alone)));
    let withdrawn =
        |o: &&Output| matches!(o, Output::PublishRevoked { to, track: t } if *to == sid("a") && *t == track);
    assert_eq!(outputs.iter().filter(withdrawn).count(), 1);
    let stopped = |o: &&Output| matches!(o, Output::Unsubscribed { who, .. } if *who == sid("b"));
    assert_eq!(outputs.iter().filter(stopped).count(), 1);
    let codec_of = table.tell(Input::Publish { who: sid("a"), request: request("mic"), sid: track_sid("y") });
    assert!(matches!(codec_of[..], [Output::RequestDenied { denial: Denial::NotAllowed, .. }]), "{codec_of:?}");
}

#[test]
fn a_track_reserved_before_the_right_was_lost_is_never_published() {
    let mut table = two();
    table.tell(Input::Publish { who: sid("a"), request: request("mic"), sid: track_sid("x") });
    let track = track_sid("x");
    let nothing = Grants { can_publish: false, ..Grants::default() };
    table.tell(update_participant("ada", MetadataChange::default(), Some(nothing)));
    let track_negotiated = Input::Negotiated { who: sid("a"), track, mid: "1".into(), mime: "audio/opus".into() };
    assert!(table.tell(track_negotiated).is_empty());
}

#[test]
fn the_right_to_receive_comes_and_goes_with_the_grant() {
    let mut table = two();
    table.microphone_of("a");
    let deaf = Grants { can_subscribe: false, ..Grants::default() };
    let outputs = table.tell(update_participant("ben", MetadataChange::default(), Some(deaf)));
    assert!(outputs.iter().any(|o| matches!(o, Output::Unsubscribed { who, .. } if *who == sid("b"))));
    let outputs = table.tell(update_participant("ben", MetadataChange::default(), Some(Grants::default())));
    assert!(outputs.iter().any(|o| matches!(o, Output::Subscribed { who, .. } if *who == sid("b"))));
}

#[test]
fn nobody_becomes_invisible_once_they_are_in() {
    let mut table = two();
    table.tell(update_participant(
        "ada",
        MetadataChange::default(),
        Some(Grants { hidden: true, ..Grants::default() }),
    ));
    assert!(!table.room.find(&"ada".into()).unwrap().grants.hidden);
}

#[test]
fn tracks_end_before_their_publisher_is_gone() {
    let mut table = two();
    table.microphone_of("a");
    let outputs = table.tell(Input::Close(DisconnectReason::RoomDeleted));
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
