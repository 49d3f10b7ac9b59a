//! What every request handler needs.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use anteroom_app::{Admission, Clock};
use anteroom_livekit::{Keys, ServerInfo};
use anteroom_media::Description;

use super::allowance::{Allowances, Requester, Work};
use super::refused::Refused;
use crate::random_ids::{self, RandomBytes};
use crate::rooms::RoomDirectory;
use crate::shards::Shards;

/// Shared by all handlers.
pub(crate) struct RtcState {
    pub(crate) keys: Keys,
    pub(crate) rooms: Shards,
    /// The open rooms, for requests that only read.
    pub(crate) directory: Arc<RoomDirectory>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) admission: Arc<dyn Admission>,
    pub(crate) random: Mutex<RandomBytes>,
    /// A token opens its room at the first join; otherwise only an API call does.
    pub(crate) auto_create_rooms: bool,
    /// What signalling reports about this server.
    pub(crate) server_info: ServerInfo,
    /// What every seat and every client address may still ask for.
    pub(crate) allowances: Allowances,
    /// Incremented before a participant is removed or a room closed: admission checks begun before must be repeated.
    pub(crate) evictions: Arc<AtomicU64>,
}

impl RtcState {
    /// Takes work from the allowances, or refuses it.
    pub(super) fn take(&self, from: Requester, work: Work) -> Result<(), Refused> {
        Ok(self.allowances.take(tokio::time::Instant::now().into_std(), from, work)?)
    }

    /// Parses an offer within the allowances. Here, because on the thread of its room it would delay packets.
    pub(super) fn parse_offer(&self, from: Requester, offer: &mut Description) -> Result<(), Refused> {
        self.take_description(from, offer)?;
        Ok(offer.parse_offer()?)
    }

    /// Parses an answer within the allowances.
    pub(super) fn parse_answer(&self, from: Requester, answer: &mut Description) -> Result<(), Refused> {
        self.take_description(from, answer)?;
        Ok(answer.parse_answer()?)
    }

    fn take_description(&self, from: Requester, description: &Description) -> Result<(), Refused> {
        let (bytes, sections) = (description.text().len(), description.check_size()?);
        self.take(from, Work::Description { bytes, sections })
    }

    /// The random part of a sid: 12 letters and digits.
    pub(crate) fn random_id(&self) -> String {
        random_ids::letters::<12>(&mut self.random.lock().expect("no one panics while holding it"))
    }
}
