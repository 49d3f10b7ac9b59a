//! Who may be in calls in progress, and by which tickets.

use anteroom_domain::{ApiKeyId, Consultation, ConsultationId, ParticipantId, Phase, UserId};

use crate::columns::parse;
use crate::engine::{execute, fetch_all};
use crate::{Error, Snapshot, Tx};

/// The last ticket of an API key for a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTicket {
    /// The consultation.
    pub consultation: ConsultationId,
    /// The participant.
    pub participant: ParticipantId,
    /// Number of the ticket.
    pub number: i64,
}

impl Snapshot {
    /// The last tickets of an API key for consultations in progress, also if others got later ones.
    pub async fn live_tickets_of_key(&mut self, key: &ApiKeyId) -> Result<Vec<KeyTicket>, Error> {
        let rows = fetch_all!(self, (String, String, i64); "
            SELECT c.id, p.id, t.number
              FROM key_tickets t
              JOIN participants p ON p.id = t.participant_id
              JOIN consultations c ON c.id = p.consultation_id
             WHERE t.key_id = $1 AND c.phase = 'live'
             ORDER BY c.id, p.id"; key.as_str())?;
        let ticket = |(consultation, participant, number): &(String, String, i64)| {
            let (consultation, participant) = ids(consultation, participant)?;
            Ok(KeyTicket { consultation, participant, number: *number })
        };
        rows.iter().map(ticket).collect()
    }

    /// The consultations in progress of which this user is the host, each with the host's participant.
    pub async fn live_seats_of(&mut self, host: UserId) -> Result<Vec<(ConsultationId, ParticipantId)>, Error> {
        let rows = fetch_all!(self, (String, String); "
            SELECT c.id, p.id
              FROM appointments a
              JOIN consultations c ON c.appointment_id = a.id
              JOIN participants p ON p.consultation_id = c.id
             WHERE a.host_id = $1 AND c.phase = 'live' AND p.role = 'host'
             ORDER BY c.id, p.id"; host.to_string())?;
        rows.iter().map(|(consultation, participant)| ids(consultation, participant)).collect()
    }
}

fn ids(consultation: &str, participant: &str) -> Result<(ConsultationId, ParticipantId), Error> {
    Ok((parse("consultations.id", consultation)?, parse("participants.id", participant)?))
}

impl Tx {
    /// Writes down the latest tickets that API keys have, or forgets all after the end.
    pub(crate) async fn save_key_tickets(&mut self, of: &Consultation) -> Result<(), Error> {
        if matches!(of.phase, Phase::Ended { .. }) {
            execute!(self; "
                DELETE FROM key_tickets
                 WHERE participant_id IN (SELECT id FROM participants WHERE consultation_id = $1)"; of.id.to_string())?;
        }
        for participant in &of.participants {
            let Some(key) = &participant.ticket_key else { continue };
            execute!(self; "
                INSERT INTO key_tickets (participant_id, key_id, number)
                VALUES ($1, $2, $3)
                ON CONFLICT (key_id, participant_id) DO UPDATE
                   SET number = excluded.number";
                participant.id.to_string(), key.as_str(), participant.ticket_number)?;
        }
        Ok(())
    }
}
