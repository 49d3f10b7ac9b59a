//! The peers of a room, and when each is due. The code that changes a peer need not know what that does to its deadline: a peer
//! that was lent for a change is looked at again, the others are not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use crate::ids::PeerId;
use crate::peer::Peer;

#[derive(Default)]
pub(crate) struct Peers {
    by_id: BTreeMap<PeerId, Scheduled>,
    /// Those that were lent for a change since [`Peers::next_changed`] returned them, each once.
    changed: VecDeque<PeerId>,
    /// The deadlines of the others.
    deadlines: BTreeSet<(Instant, PeerId)>,
}

struct Scheduled {
    peer: Peer,
    /// Its entry in [`Peers::deadlines`]; `None` while it is among those that have changed.
    due: Option<Instant>,
}

impl Peers {
    pub(crate) fn get(&self, id: &PeerId) -> Option<&Peer> {
        self.by_id.get(id).map(|scheduled| &scheduled.peer)
    }

    /// For a change: its deadline may be another afterwards.
    pub(crate) fn lend(&mut self, id: &PeerId) -> Option<&mut Peer> {
        let scheduled = self.by_id.get_mut(id)?;
        if let Some(due) = scheduled.due.take() {
            self.deadlines.remove(&(due, *id));
            self.changed.push_back(*id);
        }
        Some(&mut scheduled.peer)
    }

    pub(crate) fn contains_key(&self, id: &PeerId) -> bool {
        self.by_id.contains_key(id)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &PeerId> {
        self.by_id.keys()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Peer> {
        self.by_id.values().map(|scheduled| &scheduled.peer)
    }

    pub(crate) fn insert(&mut self, id: PeerId, peer: Peer) {
        self.remove(&id);
        self.by_id.insert(id, Scheduled { peer, due: None });
        self.changed.push_back(id);
    }

    pub(crate) fn remove(&mut self, id: &PeerId) -> Option<Peer> {
        let removed = self.by_id.remove(id)?;
        match removed.due {
            Some(due) => drop(self.deadlines.remove(&(due, *id))),
            None => self.changed.retain(|changed| changed != id),
        }
        Some(removed.peer)
    }

    /// The next peer that has changed and is to be drained. Those that are not are due at their deadline from then on.
    pub(crate) fn next_changed(&mut self) -> Option<PeerId> {
        while let Some(id) = self.changed.front().copied() {
            let Some(scheduled) = self.by_id.get_mut(&id) else { break };
            if scheduled.peer.dirty {
                return Some(id);
            }
            self.changed.pop_front();
            let due = scheduled.peer.deadline();
            scheduled.due = Some(due);
            self.deadlines.insert((due, id));
        }
        None
    }

    /// When the first of them is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let changed = self.changed.iter().filter_map(|id| self.get(id)).map(Peer::deadline);
        changed.chain(self.deadlines.first().map(|(due, _)| *due)).min()
    }

    /// Those that are due.
    pub(crate) fn due(&self, now: Instant) -> Vec<PeerId> {
        let changed = self.changed.iter().copied().filter(|id| self.get(id).is_some_and(|peer| peer.deadline() <= now));
        let waiting = self.deadlines.iter().take_while(|(due, _)| *due <= now).map(|(_, id)| *id);
        let mut due: Vec<PeerId> = changed.chain(waiting).collect();
        due.sort_unstable();
        due
    }
}

#[cfg(test)]
impl std::ops::Index<&PeerId> for Peers {
    type Output = Peer;

    fn index(&self, id: &PeerId) -> &Peer {
        self.get(id).expect("a peer that has joined")
    }
}
