//! Events waiting for one URL: in order within a room, several rooms at once, bounded. No I/O.

use std::collections::{HashMap, HashSet, VecDeque};

/// Waiting events in all, and of one room.
const MAX_QUEUED: usize = 10_000;
const MAX_PER_ROOM: usize = 500;
/// Deliveries at the same time, one for each room.
const MAX_IN_FLIGHT: usize = 16;

/// Events of type `L` by room name.
pub(super) struct WebhookQueue<L> {
    rooms: HashMap<String, VecDeque<L>>,
    /// Rooms with a waiting event and no delivery in flight, longest waiting first.
    ready: VecDeque<String>,
    in_flight: HashSet<String>,
    waiting: usize,
    /// Dropped events that no delivery has reported yet (`numDropped`).
    dropped: u32,
}

impl<L> WebhookQueue<L> {
    pub(super) fn new() -> Self {
        Self { rooms: HashMap::new(), ready: VecDeque::new(), in_flight: HashSet::new(), waiting: 0, dropped: 0 }
    }

    /// When full, drops the new event and returns `false`: the older ones then arrive without gaps.
    pub(super) fn push(&mut self, room: &str, event: L) -> bool {
        let of_room = self.rooms.get(room).map_or(0, VecDeque::len);
        if self.waiting >= MAX_QUEUED || of_room >= MAX_PER_ROOM {
            self.dropped = self.dropped.saturating_add(1);
            return false;
        }
        self.waiting += 1;
        self.rooms.entry(room.to_owned()).or_default().push_back(event);
        if of_room == 0 && !self.in_flight.contains(room) {
            self.ready.push_back(room.to_owned());
        }
        true
    }

    /// So many events were dropped before they came here.
    pub(super) fn missed(&mut self, events: u64) {
        self.dropped = self.dropped.saturating_add(u32::try_from(events).unwrap_or(u32::MAX));
    }

    /// The next event to send, its room, and how many were dropped before it.
    pub(super) fn take(&mut self) -> Option<(String, L, u32)> {
        if self.in_flight.len() >= MAX_IN_FLIGHT {
            return None;
        }
        let room = self.ready.pop_front()?;
        let events = self.rooms.get_mut(&room)?;
        let event = events.pop_front()?;
        if events.is_empty() {
            self.rooms.remove(&room);
        }
        self.waiting -= 1;
        self.in_flight.insert(room.clone());
        Some((room, event, std::mem::take(&mut self.dropped)))
    }

    /// The room's delivery has ended and `lost` events were dropped: the room's next event may be sent.
    pub(super) fn finished(&mut self, room: &str, lost: u32) {
        self.dropped = self.dropped.saturating_add(lost);
        self.in_flight.remove(room);
        if self.rooms.contains_key(room) {
            self.ready.push_back(room.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_delivery_per_room_and_rooms_do_not_wait_for_each_other() {
        let mut queue = WebhookQueue::new();
        for (room, event) in [("a", 1), ("a", 2), ("b", 3)] {
            queue.push(room, event);
        }
        assert_eq!(queue.take(), Some(("a".into(), 1, 0)));
        assert_eq!(queue.take(), Some(("b".into(), 3, 0)));
        assert_eq!(queue.take(), None);
        queue.push("a", 4);
        assert_eq!(queue.take(), None);
        queue.finished("a", 0);
        assert_eq!(queue.take(), Some(("a".into(), 2, 0)));
        queue.finished("a", 0);
        assert_eq!(queue.take(), Some(("a".into(), 4, 0)));
        queue.finished("a", 0);
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn dropped_events_are_counted_and_reported_once() {
        let mut queue = WebhookQueue::new();
        for event in 0..MAX_PER_ROOM + 3 {
            queue.push("a", event);
        }
        assert_eq!(queue.take(), Some(("a".into(), 0, 3)));
        queue.finished("a", 3 + 1);
        assert_eq!(queue.take(), Some(("a".into(), 1, 4)));
        queue.finished("a", 0);
        assert_eq!(queue.take(), Some(("a".into(), 2, 0)));
    }

    #[test]
    fn events_dropped_on_the_way_are_reported_too() {
        let mut queue = WebhookQueue::new();
        queue.missed(7);
        queue.push("a", 1);
        assert_eq!(queue.take(), Some(("a".into(), 1, 7)));
    }

    #[test]
    fn queued_events_and_deliveries_are_bounded() {
        let mut queue = WebhookQueue::new();
        for event in 0..MAX_QUEUED + 50 {
            queue.push(&format!("room {event}"), event);
        }
        assert_eq!(queue.waiting, MAX_QUEUED);
        let taken: Vec<_> = std::iter::from_fn(|| queue.take()).collect();
        assert_eq!(taken.len(), MAX_IN_FLIGHT);
        for (room, ..) in &taken {
            queue.finished(room, 0);
        }
        assert!(queue.take().is_some());
    }

    #[test]
    fn finished_rooms_leave_nothing_behind() {
        let mut queue = WebhookQueue::new();
        queue.push("a", 1);
        queue.take();
        queue.finished("a", 0);
        assert!(queue.rooms.is_empty() && queue.in_flight.is_empty() && queue.ready.is_empty());
    }
}
