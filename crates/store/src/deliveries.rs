//! What became of each message to a person.

use anteroom_domain::{AppointmentId, Delivery, DeliveryKey, DeliveryState, Private, Secret};
use jiff::Timestamp;

use crate::columns::{instant, millis, parse};
use crate::engine::{execute, fetch_list, fetch_optional};
use crate::rows::readable;
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    participant_id: String,
    message: String,
    channel: String,
    appointment_id: String,
    state: String,
    attempts: i64,
    last_error: Option<String>,
    queued_at: i64,
    changed_at: i64,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self, Error> {
        Ok(Self {
            key: DeliveryKey {
                participant: parse("deliveries.participant_id", &row.participant_id)?,
                message: parse("deliveries.message", &row.message)?,
                channel: parse("deliveries.channel", &row.channel)?,
            },
            appointment: parse("deliveries.appointment_id", &row.appointment_id)?,
            state: parse("deliveries.state", &row.state)?,
            attempts: row.attempts,
            last_error: row.last_error.map(Private::new),
            queued_at: instant("deliveries.queued_at", row.queued_at)?,
            changed_at: instant("deliveries.changed_at", row.changed_at)?,
        })
    }
}

impl Snapshot {
    /// The deliveries of an appointment, oldest first. Unreadable ones are skipped and logged.
    pub async fn deliveries_of(&mut self, appointment: AppointmentId) -> Result<Vec<Delivery>, Error> {
        let rows = fetch_list!(self, DeliveryRow, by "appointment_id"; "
            SELECT participant_id, message, channel, appointment_id, state, attempts, last_error, queued_at, changed_at
              FROM deliveries
             WHERE appointment_id = $1
             ORDER BY queued_at, participant_id, message, channel"; appointment.to_string())?;
        Ok(readable(rows))
    }

    /// The secret of a message's link, if an earlier attempt made one and the message is not accepted yet.
    pub async fn delivery_secret(&mut self, key: &DeliveryKey) -> Result<Option<Secret>, Error> {
        let secret = fetch_optional!(self, (Option<String>,); "
            SELECT link_secret
              FROM deliveries
             WHERE participant_id = $1 AND message = $2 AND channel = $3";
            key.participant.to_string(), key.message.as_str(), key.channel.as_str())?;
        secret.and_then(|(secret,)| secret).map(|secret| parse("deliveries.link_secret", &secret)).transpose()
    }
}

impl Tx {
    /// Queues a delivery. One that exists is queued again.
    pub async fn queue_delivery(
        &mut self,
        key: &DeliveryKey,
        appointment: AppointmentId,
        at: Timestamp,
    ) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO deliveries (participant_id, message, channel, appointment_id, state, attempts, queued_at,
                                    changed_at)
            VALUES ($1, $2, $3, $4, 'queued', 0, $5, $5)
            ON CONFLICT (participant_id, message, channel) DO UPDATE
               SET state = 'queued', attempts = 0, last_error = NULL, queued_at = excluded.queued_at,
                   changed_at = excluded.changed_at";
            key.participant.to_string(), key.message.as_str(), key.channel.as_str(), appointment.to_string(),
            millis(at))?;
        Ok(())
    }

    /// Keeps the secret of a message's link for the next attempt.
    pub async fn keep_delivery_secret(
        &mut self,
        key: &DeliveryKey,
        appointment: AppointmentId,
        secret: &Secret,
        at: Timestamp,
    ) -> Result<(), Error> {
        // A message posted by an older program has no row yet.
        execute!(self; "
            INSERT INTO deliveries (participant_id, message, channel, appointment_id, state, attempts, link_secret,
                                    queued_at, changed_at)
            VALUES ($1, $2, $3, $4, 'queued', 0, $5, $6, $6)
            ON CONFLICT (participant_id, message, channel) DO UPDATE
               SET link_secret = excluded.link_secret";
            key.participant.to_string(), key.message.as_str(), key.channel.as_str(), appointment.to_string(),
            secret.reveal(), millis(at))?;
        Ok(())
    }

    /// Records the outcome of an attempt. The secret of the link is kept only while the message is queued.
    pub async fn record_delivery(
        &mut self,
        key: &DeliveryKey,
        appointment: AppointmentId,
        state: DeliveryState,
        error: Option<&Private<String>>,
        at: Timestamp,
    ) -> Result<(), Error> {
        // A message posted by an older program has no row yet.
        execute!(self; "
            INSERT INTO deliveries (participant_id, message, channel, appointment_id, state, last_error, attempts,
                                    queued_at, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
            ON CONFLICT (participant_id, message, channel) DO UPDATE
               SET state = excluded.state, last_error = excluded.last_error,
                   attempts = deliveries.attempts + excluded.attempts, changed_at = excluded.changed_at,
                   link_secret = CASE excluded.state WHEN 'queued' THEN deliveries.link_secret END";
            key.participant.to_string(), key.message.as_str(), key.channel.as_str(), appointment.to_string(),
            state.as_str(), error.map(|error| error.reveal().as_str()), i64::from(was_tried(state)), millis(at))?;
        Ok(())
    }
}

/// Whether this outcome is that of an attempt.
const fn was_tried(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Expired | DeliveryState::Outdated)
}
