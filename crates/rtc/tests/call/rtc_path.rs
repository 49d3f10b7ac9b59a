//! What clients of the older path are promised: they receive on a second connection, on which we offer.

use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Say;

use crate::admission::House;
use crate::server_offers::{Older, until};

fn longest(from_query: &Older) -> usize {
    from_query.heard.values().map(Vec::len).max().unwrap_or_default()
}

#[tokio::test]
async fn clients_of_the_older_path_hear_each_other_and_are_offered_one_thing_at_a_time() {
    let house = House::open().await;
    let mut ada = Older::joins(&house, &house.token("r", "ada")).await;
    let mut ben = Older::joins(&house, &house.token("r", "ben")).await;
    let mut cem = Older::joins(&house, &house.token("r", "cem")).await;
    until(&mut [&mut ada, &mut ben, &mut cem], "all hear both others", |all| {
        all.iter().all(|one| one.is_connected() && one.heard.values().filter(|words| words.len() > 10).count() == 2)
    })
    .await;
    for one in [&ada, &ben, &cem] {
        assert_eq!(one.impatient, 0, "an offer before the one before was answered");
        let Some(Say::Join(join)) = one.told.first() else { panic!("{:?}", one.told.first()) };
        assert!(join.subscriber_primary);
    }
    house.has_noted("ada", &["arrived"]).await;
}

#[tokio::test]
async fn who_comes_and_goes_is_offered_and_withdrawn_on_a_section_of_their_own() {
    let house = House::open().await;
    let mut ada = Older::joins(&house, &house.token("r", "ada")).await;
    for heard in 1..4 {
        let mut ben = Older::joins(&house, &house.token("r", "ben")).await;
        until(&mut [&mut ada, &mut ben], "ada hears ben", |two| two[0].heard.len() == heard).await;
        ben.ask(Ask::Leave(proto::LeaveRequest::default())).await;
        let offers = |one: &Older| one.told.iter().filter(|said| matches!(said, Say::Offer(_))).count();
        until(&mut [&mut ada], "ada is told that nothing comes there any more", |one| offers(one[0]) == 1 + 2 * heard)
            .await;
    }
    let last = ada.told.iter().rev().find_map(|said| match said {
        Say::Offer(offer) => Some(offer.sdp.clone()),
        _ => None,
    });
    let last = last.unwrap();
    let sections = ["m=audio", "a=inactive"].map(|line| last.matches(line).count());
    assert_eq!(sections, [3, 3], "a client may miss that a section is full again right after it was empty");
}

#[tokio::test]
async fn a_client_of_the_older_path_comes_back_and_goes_on_hearing() {
    let house = House::open().await;
    let mut ada = Older::joins(&house, &house.token("r", "ada")).await;
    let mut ben = Older::joins(&house, &house.token("r", "ben")).await;
    until(&mut [&mut ada, &mut ben], "both hear", |both| both.iter().all(|one| longest(one) > 10)).await;
    ada.socket = None;
    ada.returns(&house, &house.token("r", "ada")).await;
    until(&mut [&mut ada, &mut ben], "ada is offered anew", |both| {
        both[0].told.iter().any(|said| matches!(said, Say::Offer(_)))
    })
    .await;
    let before = longest(&ada);
    until(&mut [&mut ada, &mut ben], "ada hears on", |both| longest(both[0]) > before + 50).await;
    assert!(matches!(ada.told[..], [Say::Reconnect(_), Say::Update(_), Say::RoomUpdate(_), ..]), "{:?}", ada.told);
}
