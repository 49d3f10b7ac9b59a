//! The directory: what API clients see of the open rooms. HTTP requests read it without asking the media threads.
//!
//! A room publishes its listing when something in it has changed, before a client is sent it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use anteroom_room::{Identity, Input, Participant, ParticipantState};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, RoomSnapshot};

/// Rooms of this process at the same time; more would starve those that are open.
const MAX_ROOMS: usize = 20_000;
/// Listings copied under one lock: no reader holds up a media thread for longer.
const PAGE: usize = 256;

/// A room as API clients see it.
pub(crate) struct Listing {
    room: u64,
    snapshot: RoomSnapshot,
    participants: Vec<Arc<Participant>>,
}

/// The open rooms of all media threads, by name. The lock is held for a look-up or a page, never while a room works.
#[derive(Default)]
pub(crate) struct RoomDirectory {
    rooms: RwLock<BTreeMap<String, Arc<Listing>>>,
}

impl RoomDirectory {
    /// The response to a request that only reads; `None` if the request is for the room itself.
    pub(crate) fn answer(&self, request: &ApiRequest) -> Option<Result<ApiResponse, ApiError>> {
        match request {
            ApiRequest::ListRooms(names) => Some(Ok(ApiResponse::Rooms(self.rooms(names)))),
            ApiRequest::ListParticipants(room) => Some(Ok(ApiResponse::Participants(self.participants(room)))),
            ApiRequest::GetParticipant(room, who) => {
                let found = self.find(room).and_then(|listing| listing.participant(who));
                Some(found.map(ApiResponse::Participant).ok_or(ApiError::ParticipantNotFound))
            }
            _ => None,
        }
    }

    /// Whether a room of this name is open.
    pub(crate) fn is_open(&self, room: &str) -> bool {
        self.read().contains_key(room)
    }

    /// How many rooms and participants each of `threads` media threads has.
    pub(crate) fn totals(&self, threads: u64) -> Vec<(u64, u64)> {
        let mut totals = vec![(0, 0); threads as usize];
        for listing in self.all() {
            if let Some((rooms, participants)) = totals.get_mut((listing.room % threads) as usize) {
                *rooms += 1;
                *participants += listing.participants.len() as u64;
            }
        }
        totals
    }

    /// Who has a media connection: the room, and the identity in it.
    pub(crate) fn connected(&self) -> Vec<(String, Identity)> {
        let of_room = |listing: &Arc<Listing>| {
            let room = listing.snapshot.info.name.clone();
            let active = listing.participants.iter().filter(|info| info.state == ParticipantState::Active);
            active.map(|info| (room.clone(), info.identity.clone())).collect::<Vec<_>>()
        };
        self.all().iter().flat_map(of_room).collect()
    }

    /// How many participants a room has, and what is listed of one of them.
    pub(crate) fn audience(&self, room: &str, who: &str) -> (usize, Option<Arc<Participant>>) {
        let Some(listing) = self.find(room) else { return (0, None) };
        (listing.participants.len(), listing.participant(&who.into()))
    }

    /// Lists a room that opens under a free name. False if the server has as many rooms as it takes.
    pub(super) fn open(&self, listing: Arc<Listing>) -> bool {
        let mut rooms = self.write();
        let has_space = rooms.len() < MAX_ROOMS;
        if has_space {
            rooms.insert(listing.snapshot.info.name.clone(), listing);
        }
        has_space
    }

    /// Replaces the listing of an open room.
    pub(super) fn publish(&self, listing: Arc<Listing>) {
        let previous = self.write().insert(listing.snapshot.info.name.clone(), listing);
        // Freed only here, without the lock.
        drop(previous);
    }

    /// The room has closed; its name is free.
    pub(super) fn remove(&self, name: &str) {
        self.write().remove(name);
    }

    fn rooms(&self, names: &[String]) -> Vec<RoomSnapshot> {
        if names.is_empty() {
            return self.all().iter().map(|listing| listing.snapshot.clone()).collect();
        }
        names.iter().filter_map(|name| self.find(name)).map(|listing| listing.snapshot.clone()).collect()
    }

    fn participants(&self, room: &str) -> Vec<Arc<Participant>> {
        self.find(room).map(|listing| listing.participants.clone()).unwrap_or_default()
    }

    pub(super) fn find(&self, name: &str) -> Option<Arc<Listing>> {
        self.read().get(name).cloned()
    }

    fn all(&self) -> Vec<Arc<Listing>> {
        let mut all: Vec<Arc<Listing>> = Vec::new();
        loop {
            let last = all.last().map(|listing| listing.snapshot.info.name.as_str());
            let after = last.map_or(Bound::Unbounded, Bound::Excluded);
            let rooms = self.read();
            let page: Vec<_> = rooms.range::<str, _>((after, Bound::Unbounded)).take(PAGE).collect();
            let is_last = page.len() < PAGE;
            let page: Vec<_> = page.into_iter().map(|(_, listing)| Arc::clone(listing)).collect();
            drop(rooms);
            all.extend(page);
            if is_last {
                return all;
            }
        }
    }

    /// No one panics halfway through a change of the map, so a poisoned lock is as good as any.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Arc<Listing>>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Arc<Listing>>> {
        self.rooms.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listing {
    pub(super) fn new(room: u64, snapshot: RoomSnapshot, participants: Vec<Arc<Participant>>) -> Self {
        Self { room, snapshot, participants }
    }

    /// True if it lists exactly these participants, unchanged.
    pub(super) fn lists<'a>(&self, participants: impl Iterator<Item = &'a Arc<Participant>>) -> bool {
        participants.map(Arc::as_ptr).eq(self.participants.iter().map(Arc::as_ptr))
    }

    fn participant(&self, who: &Identity) -> Option<Arc<Participant>> {
        self.participants.iter().find(|info| info.identity == *who).cloned()
    }
}

/// Packets of participants cause these inputs all the time, and no listing shows what they change.
pub(super) fn may_change_listing(input: &Input) -> bool {
    !matches!(input, Input::SendData { .. } | Input::AudioLevel { .. } | Input::ConnectionScore { .. })
}
