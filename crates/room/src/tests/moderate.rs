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
    table.tell(newcomer("a", "ada"));
    table.tell(newcomer("b", "ben"));
    table
}

fn amend(identity: &str, change: Description, grants: Option<Grants>) -> Input {
    Input::Amend { identity: identity.into(), change, grants }
}

#[test]
fn everybody_learns_of_a_new_name_though_its_bearer_may_not_change_it() {
    let mut table = two();
    let change = Description { name: Some("Dr. Ada".into()), ..Description::default() };
    table.tell(Input::MediaUp(sid("a")));
    let outputs = table.tell(amend("ada", change.clone(), None));
    for who in ["a", "b"] {
        assert_eq!(changes_told_to(&outputs, who), [(sid("a"), State::Active, 3)]);
    }
    assert_eq!(table.room.find(&"ada".into()).unwrap().name, "Dr. Ada");
    assert!(table.tell(amend("ada", change, None)).is_empty(), "what is so already is no news");
    assert!(table.tell(amend("nobody", Description::default(), None)).is_empty());
}

#[test]
fn whoever_may_no_longer_publish_is_heard_by_nobody() {
    let mut table = two();
    let (track, _) = table.microphone_of("a");
    let camera_alone = Grants { sources: vec![Source::Camera], ..Grants::default() };
    let outputs = table.tell(amend("ada", Description::default(), Some(camera_alone)));
    let withdrawn = |o: &&Output| matches!(o, Output::Withdrawn { to, track: t } if *to == sid("a") && *t == track);
    assert_eq!(outputs.iter().filter(withdrawn).count(), 1);
    let stopped = |o: &&Output| matches!(o, Output::Unsubscribed { who, .. } if *who == sid("b"));
    assert_eq!(outputs.iter().filter(stopped).count(), 1);
    let again = table.tell(Input::Publish { who: sid("a"), draft: draft("mic"), chance: "y".into() });
    assert!(matches!(again[..], [Output::Denied { denial: Denial::NotAllowed, .. }]), "{again:?}");
}

#[test]
fn a_track_reserved_before_the_right_was_lost_is_never_published() {
    let mut table = two();
    table.tell(Input::Publish { who: sid("a"), draft: draft("mic"), chance: "x".into() });
    let track = TrackSid::minted(Kind::Audio, Source::Microphone, "x");
    let nothing = Grants { can_publish: false, ..Grants::default() };
    table.tell(amend("ada", Description::default(), Some(nothing)));
    let negotiated = Input::Negotiated { who: sid("a"), track, mid: "1".into(), mime: "audio/opus".into() };
    assert!(table.tell(negotiated).is_empty());
}

#[test]
fn the_right_to_receive_comes_and_goes_with_the_grant() {
    let mut table = two();
    table.microphone_of("a");
    let deaf = Grants { can_subscribe: false, ..Grants::default() };
    let outputs = table.tell(amend("ben", Description::default(), Some(deaf)));
    assert!(outputs.iter().any(|o| matches!(o, Output::Unsubscribed { who, .. } if *who == sid("b"))));
    let outputs = table.tell(amend("ben", Description::default(), Some(Grants::default())));
    assert!(outputs.iter().any(|o| matches!(o, Output::Subscribed { who, .. } if *who == sid("b"))));
}

#[test]
fn nobody_becomes_invisible_once_they_are_in() {
    let mut table = two();
    table.tell(amend("ada", Description::default(), Some(Grants { hidden: true, ..Grants::default() })));
    assert!(!table.room.find(&"ada".into()).unwrap().grants.hidden);
}

#[test]
fn tracks_end_before_their_publisher_is_gone() {
    let mut table = two();
    table.microphone_of("a");
    let outputs = table.tell(Input::Close(Reason::RoomDeleted));
    let order: Vec<_> = outputs
        .iter()
        .map(|output| match output {
            Output::Unpublished { who, .. } => format!("unpublished by {}", who.identity),
            Output::Gone { face, .. } => format!("{} gone", face.identity),
            Output::Ended(Some(Reason::RoomDeleted)) => "ended".to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(order, ["unpublished by ada", "ada gone", "ben gone", "ended"]);
}
