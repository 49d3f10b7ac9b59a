//! A room publishes what API clients see of it.

use std::sync::Arc;

use super::directory::Listing;
use super::live_room::LiveRoom;

impl LiveRoom {
    /// Publishes the listing of the room if its participants have changed. Unchanged ones are the same `Arc`s.
    pub(super) fn publish_participants(&mut self) {
        let unchanged = self.listing.as_ref().is_some_and(|(_, listing)| listing.lists(self.room.participants()));
        if !unchanged {
            self.publish();
        }
    }

    /// Publishes the listing of the room, if it is listed.
    pub(super) fn publish(&mut self) {
        let Some((directory, _)) = &self.listing else { return };
        let (directory, listing) = (Arc::clone(directory), self.listing());
        directory.publish(Arc::clone(&listing));
        self.listing = Some((directory, listing));
    }

    pub(super) fn listing(&self) -> Arc<Listing> {
        let participants = self.room.participants().cloned().collect();
        Arc::new(Listing::new(self.id, self.snapshot(), participants))
    }
}
