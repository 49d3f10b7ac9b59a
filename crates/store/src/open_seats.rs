//! Announcements of programs on one PostgreSQL database: whose pages are open at the one that sends them. Sent with
//! `NOTIFY`, outside of any change: nothing is written, and an announcement that is lost is followed by the next.

use anteroom_domain::{ConsultationId, ParticipantId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::notify::Notification;
use crate::store::{Db, Store};
use crate::{Error, SeatListener};

pub(crate) const CHANNEL: &str = "anteroom_seats";

/// Seats of one notification. PostgreSQL limits its text to 8,000 bytes.
const PER_NOTIFICATION: usize = 50;

/// A participant whose page is open at the program that announces it. The names are short because many share a
/// notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSeat {
    /// The participant.
    #[serde(rename = "p")]
    pub participant: ParticipantId,
    /// Their consultation.
    #[serde(rename = "c")]
    pub consultation: ConsultationId,
    /// The host of the appointment.
    #[serde(rename = "h")]
    pub host: UserId,
    /// For how many milliseconds the page has not been seen. Not an instant: the clocks of two machines differ.
    #[serde(rename = "a")]
    pub unseen_for: u32,
    /// A page is in front.
    #[serde(rename = "v")]
    pub visible: bool,
}

impl Store {
    /// Whether other programs can use this database at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.database(), Db::Postgres(_))
    }

    /// Calls `listener` with what other programs announce. Set it before [`Store::on_commit`], which begins to listen.
    pub fn on_open_seats(&self, listener: SeatListener) {
        self.wakes().set_seat_listener(listener);
    }

    /// Announces these seats to the other programs on the database; without seats, that this program is there. Does
    /// nothing on SQLite, and before this program listens itself.
    pub async fn announce(&self, seats: &[OpenSeat]) -> Result<(), Error> {
        match (self.database(), self.wakes().node()) {
            (Db::Sqlite(_), _) | (_, 0) => Ok(()),
            (Db::Postgres(pool), node) => send(pool, &texts(node, seats)).await,
        }
    }
}

/// One statement, whatever the number of seats.
async fn send(pool: &PgPool, texts: &[String]) -> Result<(), Error> {
    let notify = sqlx::query("SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text");
    notify.bind(CHANNEL).bind(texts).execute(pool).await?;
    Ok(())
}

/// The texts of the notifications: one without seats if there are none.
fn texts(node: i64, seats: &[OpenSeat]) -> Vec<String> {
    let text = |seats: &[OpenSeat]| {
        serde_json::to_string(&Notification { node, content: seats }).expect("ids and numbers always serialize")
    };
    if seats.is_empty() { vec![text(seats)] } else { seats.chunks(PER_NOTIFICATION).map(text).collect() }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn many_seats_are_split_into_notifications_that_postgresql_accepts() {
        let seat = OpenSeat {
            participant: ParticipantId::new(Timestamp::MAX, [255; 10]),
            consultation: ConsultationId::new(Timestamp::MAX, [255; 10]),
            host: UserId::new(Timestamp::MAX, [255; 10]),
            unseen_for: u32::MAX,
            visible: false,
        };
        let texts = texts(i64::MIN, &[seat; 2 * PER_NOTIFICATION + 1]);
        assert_eq!(texts.len(), 3);
        assert!(texts.iter().all(|text| text.len() < 8_000), "{}", texts[0].len());
        let read: Notification<Vec<OpenSeat>> = serde_json::from_str(&texts[0]).unwrap();
        assert_eq!((read.node, read.content), (i64::MIN, vec![seat; PER_NOTIFICATION]));
    }

    #[test]
    fn a_program_without_open_pages_announces_itself() {
        assert_eq!(texts(7, &[]).len(), 1);
    }
}
