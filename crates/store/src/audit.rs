//! The audit log: one row for each change, written in its transaction.

use anteroom_domain::{AuditEvent, Author};
use jiff::Timestamp;

use crate::columns::{instant, millis, parse};
use crate::engine::{execute, fetch_list};
use crate::rows::readable;
use crate::wake::Wake;
use crate::{Error, Snapshot, Tx};

/// One row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who made the change.
    pub author: Author,
    /// What happened: [`AuditEvent::kind`].
    pub kind: String,
    /// The participant it happened to, as text.
    pub participant: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AuditColumns {
    id: i64,
    at: i64,
    author: String,
    kind: String,
    participant: Option<String>,
}

impl TryFrom<AuditColumns> for (i64, AuditRow) {
    type Error = Error;

    fn try_from(row: AuditColumns) -> Result<Self, Error> {
        let (at, author) = (instant("audit.at", row.at)?, parse("audit.author", &row.author)?);
        Ok((row.id, AuditRow { at, author, kind: row.kind, participant: row.participant }))
    }
}

impl Tx {
    /// Records a change with its author, and wakes after the commit the pages that show it.
    pub async fn record(&mut self, author: &Author, at: Timestamp, event: &AuditEvent) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO audit (at, author, kind, subject, participant)
            VALUES ($1, $2, $3, $4, $5)";
            millis(at), author.to_string(), event.kind(), event.subject(),
            event.participant().map(|participant| participant.to_string()))?;
        self.wake(wakes(event));
        Ok(())
    }
}

fn wakes(event: &AuditEvent) -> Vec<Wake> {
    match event {
        AuditEvent::Appointment { host, .. } => vec![Wake::Day(*host)],
        AuditEvent::Consultation { id, host, .. } => vec![Wake::Consultation(*id), Wake::Day(*host)],
        // The day of an administrator has the names of hosts.
        AuditEvent::User { id, .. } => vec![Wake::Account(*id), Wake::Day(*id)],
        AuditEvent::PracticeSetUp | AuditEvent::PracticeChanged => vec![Wake::Practice],
        AuditEvent::KeyCreated(_) => Vec::new(),
        AuditEvent::KeyRevoked(_) => vec![Wake::Keys],
    }
}

impl Snapshot {
    /// What happened to a subject ([`AuditEvent::subject`]) after a row, oldest first, at most `limit`. Unreadable rows
    /// are skipped and logged.
    pub async fn audit_of(&mut self, subject: &str, after: i64, limit: i64) -> Result<Vec<(i64, AuditRow)>, Error> {
        let rows = fetch_list!(self, AuditColumns, by "subject"; "
            SELECT id, at, author, kind, subject, participant
              FROM audit
             WHERE subject = $1 AND id > $2
             ORDER BY id
             LIMIT $3"; subject, after, limit)?;
        Ok(readable(rows))
    }
}
