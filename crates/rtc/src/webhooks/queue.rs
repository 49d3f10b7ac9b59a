//! What waits for one address. In order within a room, several rooms at once, bounded; decides only.

use std::collections::{HashMap, HashSet, VecDeque};

/// Letters in all, and of one room, that wait for a slow receiver.
const MOST: usize = 10_000;
const MOST_OF_A_ROOM: usize = 500;
/// So many rooms' letters are on their way at once.
const AT_ONCE: usize = 16;

/// Letters of type `L` by the names of their rooms.
pub(super) struct Outbox<L> {
    rooms: HashMap<String, VecDeque<L>>,
    /// Rooms with something waiting and nothing on its way, the one that waits longest first.
    ready: VecDeque<String>,
    on_the_way: HashSet<String>,
    waiting: usize,
    /// Given up since somebody was told so.
    dropped: u32,
}

impl<L> Outbox<L> {
    pub(super) fn new() -> Self {
        Self { rooms: HashMap::new(), ready: VecDeque::new(), on_the_way: HashSet::new(), waiting: 0, dropped: 0 }
    }

    /// When it is full the new letter is given up: those that wait tell an older story without holes.
    pub(super) fn put(&mut self, room: &str, letter: L) {
        let of_room = self.rooms.get(room).map_or(0, VecDeque::len);
        if self.waiting >= MOST || of_room >= MOST_OF_A_ROOM {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.waiting += 1;
        self.rooms.entry(room.to_owned()).or_default().push_back(letter);
        if of_room == 0 && !self.on_the_way.contains(room) {
            self.ready.push_back(room.to_owned());
        }
    }

    /// The next letter to post, its room, and how many were given up before it.
    pub(super) fn take(&mut self) -> Option<(String, L, u32)> {
        if self.on_the_way.len() >= AT_ONCE {
            return None;
        }
        let room = self.ready.pop_front()?;
        let letters = self.rooms.get_mut(&room)?;
        let letter = letters.pop_front()?;
        if letters.is_empty() {
            self.rooms.remove(&room);
        }
        self.waiting -= 1;
        self.on_the_way.insert(room.clone());
        Some((room, letter, std::mem::take(&mut self.dropped)))
    }

    /// The room's letter is delivered, or given up with all it would have told of: the room's next may go.
    pub(super) fn came_back(&mut self, room: &str, lost: u32) {
        self.dropped = self.dropped.saturating_add(lost);
        self.on_the_way.remove(room);
        if self.rooms.contains_key(room) {
            self.ready.push_back(room.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_has_one_letter_on_its_way_and_another_room_does_not_wait_for_it() {
        let mut outbox = Outbox::new();
        for (room, letter) in [("a", 1), ("a", 2), ("b", 3)] {
            outbox.put(room, letter);
        }
        assert_eq!(outbox.take(), Some(("a".into(), 1, 0)));
        assert_eq!(outbox.take(), Some(("b".into(), 3, 0)));
        assert_eq!(outbox.take(), None);
        outbox.put("a", 4);
        assert_eq!(outbox.take(), None);
        outbox.came_back("a", 0);
        assert_eq!(outbox.take(), Some(("a".into(), 2, 0)));
        outbox.came_back("a", 0);
        assert_eq!(outbox.take(), Some(("a".into(), 4, 0)));
        outbox.came_back("a", 0);
        assert_eq!(outbox.take(), None);
    }

    #[test]
    fn what_is_given_up_is_counted_and_told_once() {
        let mut outbox = Outbox::new();
        for letter in 0..MOST_OF_A_ROOM + 3 {
            outbox.put("a", letter);
        }
        assert_eq!(outbox.take(), Some(("a".into(), 0, 3)));
        outbox.came_back("a", 3 + 1);
        assert_eq!(outbox.take(), Some(("a".into(), 1, 4)));
        outbox.came_back("a", 0);
        assert_eq!(outbox.take(), Some(("a".into(), 2, 0)));
    }

    #[test]
    fn neither_letters_nor_posts_are_without_bounds() {
        let mut outbox = Outbox::new();
        for letter in 0..MOST + 50 {
            outbox.put(&format!("room {letter}"), letter);
        }
        assert_eq!(outbox.waiting, MOST);
        let posted: Vec<_> = std::iter::from_fn(|| outbox.take()).collect();
        assert_eq!(posted.len(), AT_ONCE);
        for (room, ..) in &posted {
            outbox.came_back(room, 0);
        }
        assert!(outbox.take().is_some());
    }

    #[test]
    fn rooms_that_are_done_leave_nothing_behind() {
        let mut outbox = Outbox::new();
        outbox.put("a", 1);
        outbox.take();
        outbox.came_back("a", 0);
        assert!(outbox.rooms.is_empty() && outbox.on_the_way.is_empty() && outbox.ready.is_empty());
    }
}
