//! Property: in any order of events, packets arrive along routes and nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{Mid, PeerId};

#[derive(Debug, Clone)]
enum Step {
    Connect { source: u64, sink: u64, video: bool },
    Disconnect { sink: u64, video: bool },
    Leave(u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 1u64..4;
    prop_oneof![
        4 => (who(), who(), any::<bool>()).prop_map(|(source, sink, video)| Step::Connect { source, sink, video }),
        2 => (who(), any::<bool>()).prop_map(|(sink, video)| Step::Disconnect { sink, video }),
        1 => who().prop_map(Step::Leave),
        3 => (20u64..400).prop_map(Step::Wait),
    ]
}

/// The longest a packet is in flight: what arrives later was sent after the change.
const UNDER_WAY: Duration = Duration::from_millis(25);

struct World {
    sim: Sim,
    mids: BTreeMap<u64, Vec<Mid>>,
    /// The routes the test has set up.
    table: BTreeMap<(u64, Mid), u64>,
}

impl World {
    fn new() -> Self {
        let mut sim = Sim::new(1);
        let mids =
            (1..4).map(|peer| (peer, sim.join(peer, &[SEND_AUDIO, SEND_VIDEO, RECV_AUDIO, RECV_VIDEO]))).collect();
        sim.seconds(1);
        Self { sim, mids, table: BTreeMap::new() }
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Connect { source, sink, video } => {
                let (from, to) = (self.mids[&source][usize::from(video)], self.mids[&sink][2 + usize::from(video)]);
                self.sim.connect((source, from), (sink, to));
                if self.here(source) && self.here(sink) {
                    self.table.insert((sink, to), source);
                }
            }
            Step::Disconnect { sink, video } => {
                let to = self.mids[&sink][2 + usize::from(video)];
                self.sim.media.disconnect((PeerId(sink), to));
                self.table.remove(&(sink, to));
            }
            Step::Leave(peer) => {
                self.sim.media.leave(self.sim.now, PeerId(peer));
                self.table.retain(|(sink, _), source| *sink != peer && *source != peer);
            }
            Step::Wait(time) => return self.sim.run(Duration::from_millis(time)),
        }
        self.sim.drain();
        self.sim.run(UNDER_WAY);
    }

    fn here(&self, peer: u64) -> bool {
        self.sim.media.peers().any(|id| id == PeerId(peer))
    }

    /// Every packet since the last check came along a route.
    fn check(&mut self) -> Result<(), TestCaseError> {
        for peer in 1..4 {
            for (mid, packets) in std::mem::take(&mut self.sim.client(peer).received) {
                let video = mid == self.mids[&peer][3];
                let header = if video { super::encoder::VP8_HEADER } else { 0 };
                for packet in packets {
                    let stamp = super::encoder::Stamp::read(&packet.payload, header).expect("ours");
                    let allowed = self.table.get(&(peer, mid)).map(|source| *source as u8);
                    prop_assert_eq!(allowed, Some(stamp.encoder_id), "to {} on {}", peer, mid);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn packets_arrive_along_routes_only(steps in prop::collection::vec(step(), 1..25)) {
        let mut world = World::new();
        world.check()?;
        for step in &steps {
            world.apply(step);
            // Packets in flight during the change have arrived: they are not checked against the new
            // routes.
            if !matches!(step, Step::Wait(_)) {
                for peer in 1..4 { world.sim.client(peer).received.clear(); }
                world.sim.run(Duration::from_millis(60));
            }
            world.check()?;
        }
    }
}
