//! Memory: what a room holds is bounded by its peers, not by what is sent to them or how long.

use std::time::Duration;

use super::sim::{RECV_VIDEO, RELIABLE, SEND_AUDIO, SEND_VIDEO, Sim};

/// Bytes of a peer that sends or receives one video: buffers for retransmission, state of str0m.
const OF_PEER: usize = 900_000;
/// Bytes that a peer may leave unread in its send buffer of data messages, with what is in flight.
const UNREAD: usize = 6 * 1024 * 1024;

/// What kind of subscriber it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Viewer {
    Reads,
    /// Joins, and never sends a packet.
    NeverConnects,
    /// Connects after five seconds.
    ConnectsLate,
    /// Reads for two seconds, and then nothing.
    StopsReading,
}

/// Bytes of the heap that a room holds after so many seconds of video and messages to four viewers.
fn held_after(viewer: Viewer, seconds: u64) -> usize {
    let mut sim = Sim::new(1);
    let one = sim.join(1, &[SEND_VIDEO, SEND_AUDIO]);
    (sim.client(1).tracks[0].size, sim.client(1).tracks[0].parts) = (1_042, 6);
    for peer in 2..=5 {
        let mid = sim.join(peer, &[RECV_VIDEO])[0];
        sim.connect((1, one[0]), (peer, mid));
        if matches!(viewer, Viewer::NeverConnects | Viewer::ConnectsLate) {
            sim.disconnected.push(peer);
        }
    }
    for second in 0..seconds {
        match (viewer, second) {
            (Viewer::ConnectsLate, 5) => sim.disconnected.clear(),
            (Viewer::StopsReading, 2) => sim.disconnected.extend(2..=5),
            _ => {}
        }
        for _ in 0..4 {
            for peer in [2, 3, 4, 5].repeat(2) {
                sim.send_data(peer, RELIABLE, &[7; 60_000]);
            }
            sim.run(Duration::from_millis(250));
        }
    }
    let media = std::mem::replace(&mut sim.media, Sim::new(2).media);
    usize::try_from(-allocation_counter::measure(|| drop(media)).bytes_current).expect("dropping frees memory")
}

#[test]
fn room_holds_memory_for_its_peers_and_not_for_what_they_do_not_read() {
    for viewer in [Viewer::Reads, Viewer::NeverConnects, Viewer::ConnectsLate, Viewer::StopsReading] {
        let held = [held_after(viewer, 10), held_after(viewer, 18)];
        let unread = if viewer == Viewer::Reads { 0 } else { 4 * UNREAD };
        for held in held {
            assert!(held <= 5 * OF_PEER + unread, "{viewer:?}: {held} bytes");
        }
        assert!(held[1] <= held[0] + held[0] / 4 + 100_000, "{viewer:?}: grows with time, {held:?} bytes");
    }
}
