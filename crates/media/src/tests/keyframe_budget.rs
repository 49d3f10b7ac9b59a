//! Property: no subscriber makes a publisher send more keyframes than its budget allows, whatever it asks for.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use str0m::format::Codec;
use str0m::net::Protocol;

use super::encoder::Layers;
use super::sim::{Bottleneck, RECV_VIDEO, SEND_VIDEO, Sim};
use crate::publication::keyframe_budget::{BURST, INTERVAL};
use crate::{LayerKey, Mid, PeerId, PersonId, Priority, Rid};

const RIDS: [&str; 3] = ["q", "h", "f"];
/// Peers of the person that may not have more than one budget.
const PERSON: PersonId = PersonId(7);

/// What the publisher sends.
#[derive(Debug, Clone, Copy)]
enum Video {
    Simulcast,
    /// VP9 with three spatial layers.
    Svc,
    Single,
}

/// What a subscriber can do, and what it can make its line do.
#[derive(Debug, Clone)]
enum Step {
    MaxLayer(usize),
    Pause(bool),
    Subscribe(bool),
    Prioritize(bool),
    RequestKeyframe,
    Rejoin,
    Narrow(bool),
    /// The publisher mutes or unmutes itself.
    Mute(bool),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..4).prop_map(Step::MaxLayer),
        3 => any::<bool>().prop_map(Step::Pause),
        3 => any::<bool>().prop_map(Step::Subscribe),
        1 => any::<bool>().prop_map(Step::Prioritize),
        2 => Just(Step::RequestKeyframe),
        1 => Just(Step::Rejoin),
        1 => any::<bool>().prop_map(Step::Narrow),
        1 => any::<bool>().prop_map(Step::Mute),
        6 => (5u64..600).prop_map(Step::Wait),
    ]
}

struct World {
    sim: Sim,
    published: Mid,
    subscriber: (u64, Mid),
    video: Video,
    start: Instant,
    /// Keyframe requests that the publisher caused itself.
    own: usize,
    muted: bool,
}

impl World {
    fn new(video: Video) -> Self {
        let mut sim = Sim::new(3);
        let rids: &[&str] = if matches!(video, Video::Simulcast) { &RIDS } else { &[] };
        let published = sim.join_as(1, &[SEND_VIDEO], rids, Protocol::Udp)[0];
        if matches!(video, Video::Svc) {
            let track = &mut sim.client(1).tracks[0];
            (track.codec, track.parts, track.layers) = (Codec::Vp9, 6, Layers { spatial: 3, temporal: 1 });
        }
        sim.seconds(1);
        let start = sim.now;
        let mut world = Self { sim, published, subscriber: (1, published), video, start, own: 0, muted: false };
        world.rejoin();
        world
    }

    /// Another peer of the same person takes the place of the last.
    fn rejoin(&mut self) {
        let (old, _) = self.subscriber;
        let peer = old + 1;
        if old > 1 {
            self.sim.media.leave(self.sim.now, PeerId(old));
            self.sim.clients.remove(&old);
        }
        let mid = self.sim.join(peer, &[RECV_VIDEO])[0];
        self.sim.media.set_person(PeerId(peer), PERSON);
        self.sim.client(peer).video_codec = if matches!(self.video, Video::Svc) { Codec::Vp9 } else { Codec::Vp8 };
        self.subscriber = (peer, mid);
        self.sim.connect((1, self.published), self.subscriber);
        self.sim.run(Duration::from_millis(300));
    }

    fn apply(&mut self, step: &Step) {
        let (now, (peer, mid)) = (self.sim.now, self.subscriber);
        let subscription = (PeerId(peer), mid);
        let media = &mut self.sim.media;
        match *step {
            Step::MaxLayer(index) => {
                let layer = match self.video {
                    Video::Simulcast => RIDS.get(index).map(|rid| LayerKey::Rid(Rid::from(*rid))),
                    _ => (index < 3).then_some(LayerKey::Spatial(index as u8)),
                };
                media.set_max_layer(now, subscription, layer);
            }
            Step::Pause(paused) => media.pause(now, subscription, paused),
            Step::Subscribe(true) => media.connect(now, (PeerId(1), self.published), subscription),
            Step::Subscribe(false) => media.disconnect(subscription),
            Step::Prioritize(high) => {
                let priority = if high { Priority::High } else { Priority::Standard };
                media.set_priority(now, subscription, priority);
            }
            Step::RequestKeyframe => self.sim.client(peer).request_keyframe(mid),
            Step::Rejoin if peer < 200 => self.rejoin(),
            Step::Rejoin => {}
            Step::Narrow(true) => drop(self.sim.bottlenecks.insert(peer, Bottleneck::new(now, 200_000))),
            Step::Narrow(false) => self.sim.bottlenecks.clear(),
            Step::Mute(muted) => {
                media.mute(now, (PeerId(1), self.published), muted);
                self.own += usize::from(self.muted && !muted);
                self.muted = muted;
            }
            Step::Wait(time) => self.sim.run(Duration::from_millis(time)),
        }
        self.sim.drain();
    }

    /// Keyframe requests that reached the publisher, and how many may have.
    fn requests(&self) -> (usize, usize) {
        let elapsed = self.sim.now - self.start;
        let refilled = elapsed.as_millis() / INTERVAL.as_millis();
        (self.sim.clients[&1].keyframe_requests.len(), BURST as usize + refilled as usize + self.own)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn keyframe_requests_stay_within_the_budget(
        video in prop::sample::select(vec![Video::Simulcast, Video::Svc, Video::Single]),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(video);
        for step in &steps {
            world.apply(step);
            let (requested, allowed) = world.requests();
            prop_assert!(requested <= allowed, "{} requests of {} after {:?}", requested, allowed, step);
        }
    }
}

/// The requests of the publisher while the subscriber does this all the time.
fn requests_while(video: Video, toggle: impl Fn(usize) -> Step) -> (usize, usize) {
    let mut world = World::new(video);
    for number in 0..400 {
        world.apply(&toggle(number));
        world.sim.run(Duration::from_millis(50));
    }
    world.requests()
}

#[test]
fn subscriber_that_toggles_its_settings_gets_no_more_keyframes() {
    let toggles: [fn(usize) -> Step; 4] = [
        |number| Step::MaxLayer(number % 3),
        |number| Step::Pause(number % 2 == 0),
        |number| Step::Subscribe(number % 2 == 1),
        |_| Step::RequestKeyframe,
    ];
    for video in [Video::Simulcast, Video::Svc, Video::Single] {
        for (toggle, number) in toggles.iter().zip(0..) {
            let (requested, allowed) = requests_while(video, toggle);
            assert!(requested <= allowed, "{video:?}, toggle {number}: {requested} requests, {allowed} allowed");
        }
    }
}

#[test]
fn refused_requests_of_a_decoder_are_counted() {
    let mut world = World::new(Video::Single);
    for _ in 0..20 {
        world.apply(&Step::RequestKeyframe);
        world.sim.run(Duration::from_millis(510));
    }
    let refused = world.sim.media.take_drops().keyframe_requests;
    assert!((5..=20).contains(&refused), "{refused}");
    assert_eq!(world.sim.media.take_drops(), crate::Drops::default(), "counted once");
}

#[test]
fn subscriber_whose_budget_is_spent_gets_video_again() {
    let mut world = World::new(Video::Simulcast);
    for number in 0..100 {
        world.apply(&Step::Pause(number % 2 == 0));
        world.sim.run(Duration::from_millis(20));
    }
    let (peer, mid) = world.subscriber;
    world.sim.client(peer).received.clear();
    world.sim.seconds(3);
    assert!(world.sim.client(peer).video_stamps(mid).iter().any(|stamp| stamp.key), "the next interval allows one");
}
