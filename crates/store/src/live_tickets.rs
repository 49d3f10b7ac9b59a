//! Who may be in calls in progress, and by which tickets.

use anteroom_domain::{ApiKeyId, ConsultationId, ParticipantId, SecretHash, UserId};

use crate::columns::parse;
use crate::engine::{execute, fetch_all};
use crate::{Error, Snapshot, Tx};

/// The last ticket of an API key for a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTicket {
    /// The key that got it.
    pub key: ApiKeyId,
    /// The consultation.
    pub consultation: ConsultationId,
    /// The participant.
    pub participant: ParticipantId,
    /// Number of the ticket.
    pub number: i64,
}

/// The last ticket that was got with a login session for a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginTicket {
    /// The session.
    pub session: SecretHash,
    /// The consultation.
    pub consultation: ConsultationId,
    /// The participant.
    pub participant: ParticipantId,
    /// Number of the ticket.
    pub number: i64,
}

impl Snapshot {
    /// The last tickets that were got with a session for consultations in progress, also if others got later ones. In the
    /// order in which appointments are locked.
    pub async fn live_tickets_of_session(&mut self, session: &SecretHash) -> Result<Vec<LoginTicket>, Error> {
        let rows = fetch_all!(self, (String, String, i64); "
            SELECT c.id, p.id, t.number
              FROM login_tickets t
              JOIN participants p ON p.id = t.participant_id
              JOIN consultations c ON c.id = p.consultation_id
              JOIN appointments a ON a.id = c.appointment_id
             WHERE t.session = $1 AND c.phase = 'live'
             ORDER BY a.starts_at, a.id, p.id"; session.as_bytes().as_slice())?;
        let ticket = |(consultation, participant, number): &(String, String, i64)| {
            let (consultation, participant) = ids(consultation, participant)?;
            Ok(LoginTicket { session: *session, consultation, participant, number: *number })
        };
        rows.iter().map(ticket).collect()
    }

    /// The last tickets of an API key for consultations in progress, also if others got later ones. In the order in which
    /// appointments are locked.
    pub async fn live_tickets_of_key(&mut self, key: &ApiKeyId) -> Result<Vec<KeyTicket>, Error> {
        let rows = fetch_all!(self, (String, String, i64); "
            SELECT c.id, p.id, t.number
              FROM key_tickets t
              JOIN participants p ON p.id = t.participant_id
              JOIN consultations c ON c.id = p.consultation_id
              JOIN appointments a ON a.id = c.appointment_id
             WHERE t.key_id = $1 AND c.phase = 'live'
             ORDER BY a.starts_at, a.id, p.id"; key.as_str())?;
        let ticket = |(consultation, participant, number): &(String, String, i64)| {
            let (consultation, participant) = ids(consultation, participant)?;
            Ok(KeyTicket { key: key.clone(), consultation, participant, number: *number })
        };
        rows.iter().map(ticket).collect()
    }

    /// The consultations in progress of which this user is the host, each with the host's participant. In the same order.
    pub async fn live_seats_of(&mut self, host: UserId) -> Result<Vec<(ConsultationId, ParticipantId)>, Error> {
        let rows = fetch_all!(self, (String, String); "
            SELECT c.id, p.id
              FROM appointments a
              JOIN consultations c ON c.appointment_id = a.id
              JOIN participants p ON p.consultation_id = c.id
             WHERE a.host_id = $1 AND c.phase = 'live' AND p.role = 'host'
             ORDER BY a.starts_at, a.id, p.id"; host.to_string())?;
        rows.iter().map(|(consultation, participant)| ids(consultation, participant)).collect()
    }
}

fn ids(consultation: &str, participant: &str) -> Result<(ConsultationId, ParticipantId), Error> {
    Ok((parse("consultations.id", consultation)?, parse("participants.id", participant)?))
}

impl Tx {
    /// Writes down the latest ticket of a key for a participant, in the transaction that issues it.
    pub async fn save_key_ticket(&mut self, ticket: &KeyTicket) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO key_tickets (participant_id, key_id, number)
            VALUES ($1, $2, $3)
            ON CONFLICT (key_id, participant_id) DO UPDATE
               SET number = excluded.number";
            ticket.participant.to_string(), ticket.key.as_str(), ticket.number)?;
        Ok(())
    }

    /// Writes down the latest ticket that was got with a session, in the transaction that issues it. `false` if the session
    /// has ended meanwhile.
    pub async fn save_login_ticket(&mut self, ticket: &LoginTicket) -> Result<bool, Error> {
        let rows = execute!(self; "
            INSERT INTO login_tickets (session, participant_id, number)
            SELECT hash, $2, $3
              FROM sessions
             WHERE hash = $1
                ON CONFLICT (session, participant_id) DO UPDATE
               SET number = excluded.number";
            ticket.session.as_bytes().as_slice(), ticket.participant.to_string(), ticket.number)?;
        Ok(rows == 1)
    }

    /// Forgets the tickets of keys and sessions for a consultation, which has ended.
    pub(crate) async fn delete_tickets_for(&mut self, consultation: ConsultationId) -> Result<(), Error> {
        execute!(self; "
            DELETE FROM login_tickets
             WHERE participant_id IN (SELECT id FROM participants WHERE consultation_id = $1)"; consultation.to_string())?;
        execute!(self; "
            DELETE FROM key_tickets
             WHERE participant_id IN (SELECT id FROM participants WHERE consultation_id = $1)"; consultation.to_string())?;
        Ok(())
    }
}
