//! Implementations of ports that are not configured: media server and mail for commands, mail without `smtp_url`.

use anteroom_app::{Grant, Message, Messenger, MessengerError, Ticket, Video, VideoError};
use anteroom_domain::{ParticipantId, RoomName};
use async_trait::async_trait;
use jiff::Timestamp;

/// No media server: commands open no rooms.
pub(crate) struct NoVideo;

#[async_trait]
impl Video for NoVideo {
    async fn ticket(&self, _: &Grant, _: Timestamp) -> Result<Ticket, VideoError> {
        Err(VideoError(None))
    }

    async fn close(&self, _: &RoomName) -> Result<(), VideoError> {
        Err(VideoError(None))
    }

    async fn remove(&self, _: &RoomName, _: ParticipantId, _: i64) -> Result<(), VideoError> {
        Err(VideoError(None))
    }

    async fn connected(&self) -> Result<Vec<(RoomName, ParticipantId)>, VideoError> {
        Err(VideoError(None))
    }

    fn check(&self) -> Result<(), VideoError> {
        Err(VideoError(None))
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

/// No mail server. Messages wait and are sent, if they are still of use, once one is configured.
pub(crate) struct NoMail;

#[async_trait]
impl Messenger for NoMail {
    async fn send(&self, _: &Message) -> Result<(), MessengerError> {
        Err(MessengerError::Unreachable("no mail server is configured (smtp_url)".into()))
    }

    fn is_configured(&self) -> bool {
        false
    }
}
