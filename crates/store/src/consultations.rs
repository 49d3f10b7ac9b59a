//! Consultations with their participants: read in one query, saved under one version.

use anteroom_domain::{
    AppointmentId, Author, Consultation, ConsultationId, Entry, Participant, ParticipantId, Period, PersonName, Phase,
    Private, RecordedOutcome, Role, RoomName, StillThere,
};
use jiff::Timestamp;

use crate::columns::{instant, instant_of, millis, millis_of, parse, present};
use crate::engine::{self, execute, fetch_list, fetch_optional, locking};
use crate::rows::{ListRow, without_unreadable};
use crate::{Error, Snapshot, Tx};

/// One participant joined with its consultation.
#[derive(sqlx::FromRow)]
struct ParticipantRow {
    consultation_id: String,
    appointment_id: String,
    room: String,
    phase: String,
    started_at: Option<i64>,
    started_by: Option<String>,
    ended_at: Option<i64>,
    ended_by: Option<String>,
    outcome: Option<String>,
    outcome_by: Option<String>,
    outcome_at: Option<i64>,
    asked_at: Option<i64>,
    answered_at: Option<i64>,
    version: i64,
    id: String,
    role: String,
    person_id: Option<String>,
    name: String,
    entry: String,
    waiting_since: Option<i64>,
    admitted_at: Option<i64>,
    admitted_by: Option<String>,
    declined_at: Option<i64>,
    declined_by: Option<String>,
    left_at: Option<i64>,
    seat: i64,
    tab: Option<String>,
    moved_at: Option<i64>,
    connected_since: Option<i64>,
    arrived_at: Option<i64>,
    departed_at: Option<i64>,
    /// `1795168800123/1795170600456`, one for each.
    periods: Option<String>,
}

impl ParticipantRow {
    fn consultation(&self) -> Result<Consultation, Error> {
        Ok(Consultation {
            id: parse("consultations.id", &self.consultation_id)?,
            appointment: parse("consultations.appointment_id", &self.appointment_id)?,
            room: RoomName::from_text(self.room.as_str()),
            phase: self.phase()?,
            participants: Vec::new(),
            still_there: self.still_there()?,
            recorded: self.recorded()?,
            version: self.version,
        })
    }

    fn still_there(&self) -> Result<StillThere, Error> {
        let asked_at = instant_of("consultations.asked_at", self.asked_at)?;
        let answered_at = instant_of("consultations.answered_at", self.answered_at)?;
        Ok(match (asked_at, answered_at) {
            (_, Some(at)) => StillThere::Answered { at },
            (Some(at), None) => StillThere::Asked { at },
            (None, None) => StillThere::NotAsked,
        })
    }

    /// An outcome that only a newer version knows counts as not recorded; it stays in its row.
    fn recorded(&self) -> Result<Option<RecordedOutcome>, Error> {
        let Some(outcome) = self.outcome.as_deref().and_then(|outcome| outcome.parse().ok()) else { return Ok(None) };
        let by = author("consultations.outcome_by", self.outcome_by.as_deref())?;
        let at = instant("consultations.outcome_at", present("consultations.outcome_at", self.outcome_at)?)?;
        Ok(Some(RecordedOutcome { outcome, by, at }))
    }

    fn phase(&self) -> Result<Phase, Error> {
        let started_at = || instant("consultations.started_at", present("consultations.started_at", self.started_at)?);
        Ok(match self.phase.as_str() {
            "planned" => Phase::Planned,
            "live" => Phase::Live {
                started_at: started_at()?,
                started_by: author("consultations.started_by", self.started_by.as_deref())?,
            },
            "ended" => Phase::Ended {
                started_at: started_at()?,
                ended_at: instant("consultations.ended_at", present("consultations.ended_at", self.ended_at)?)?,
                ended_by: author::<Author>("consultations.ended_by", self.ended_by.as_deref())?,
            },
            _ => return Err(Error::Corrupt { column: "consultations.phase" }),
        })
    }

    fn participant(&self) -> Result<Participant, Error> {
        Ok(Participant {
            id: parse("participants.id", &self.id)?,
            role: Role::from_store(&self.role),
            person: self.person_id.as_deref().map(|id| parse("participants.person_id", id)).transpose()?,
            entry: self.entry()?,
            name: Private::new(PersonName::from_store(&self.name)),
            ticket_number: self.seat,
            tab: self.tab.as_deref().map(|tab| parse("participants.tab", tab)).transpose()?,
            moved_at: instant_of("participants.moved_at", self.moved_at)?,
            connected_since: instant_of("participants.connected_since", self.connected_since)?,
            arrived_at: instant_of("participants.arrived_at", self.arrived_at)?,
            departed_at: instant_of("participants.departed_at", self.departed_at)?,
            periods: self.periods()?,
        })
    }

    fn periods(&self) -> Result<Vec<Period>, Error> {
        const COLUMN: &str = "attendance_periods.arrived_at";
        let at = |millis: &str| instant(COLUMN, millis.parse().map_err(|_| Error::Corrupt { column: COLUMN })?);
        let period = |text: &str| {
            let (arrived_at, departed_at) = text.split_once('/').ok_or(Error::Corrupt { column: COLUMN })?;
            Ok(Period { arrived_at: at(arrived_at)?, departed_at: at(departed_at)? })
        };
        let periods = self.periods.as_deref().unwrap_or_default().split_ascii_whitespace().map(period);
        let mut periods = periods.collect::<Result<Vec<Period>, Error>>()?;
        periods.sort_unstable();
        Ok(periods)
    }

    fn entry(&self) -> Result<Entry, Error> {
        let at = |column, at: Option<i64>| instant(column, present(column, at)?);
        Ok(match self.entry.as_str() {
            "outside" => Entry::Outside,
            "waiting" => Entry::Waiting { since: at("participants.waiting_since", self.waiting_since)? },
            "admitted" => Entry::Admitted {
                by: author("participants.admitted_by", self.admitted_by.as_deref())?,
                at: at("participants.admitted_at", self.admitted_at)?,
            },
            "declined" => Entry::Declined {
                by: author("participants.declined_by", self.declined_by.as_deref())?,
                at: at("participants.declined_at", self.declined_at)?,
            },
            "left" => Entry::Left { at: at("participants.left_at", self.left_at)? },
            _ => return Err(Error::Corrupt { column: "participants.entry" }),
        })
    }
}

fn author<T: std::str::FromStr>(column: &'static str, by: Option<&str>) -> Result<T, Error> {
    parse(column, present(column, by)?)
}

/// Groups joined rows into consultations. Rows are ordered by consultation, the host first.
fn assemble(rows: &[ListRow<ParticipantRow>]) -> impl Iterator<Item = ListRow<Consultation>> {
    let of_one = rows.chunk_by(|a, b| a.id == b.id);
    of_one
        .map(|rows| ListRow { id: rows.first().map(|row| row.id.clone()).unwrap_or_default(), row: assemble_one(rows) })
}

/// The consultation of a query for one.
fn only(rows: &[ListRow<ParticipantRow>]) -> Result<Option<Consultation>, Error> {
    assemble(rows).next().map(|consultation| consultation.row).transpose()
}

/// With one unreadable participant a consultation is unreadable: rules must know everybody in it.
fn assemble_one(rows: &[ListRow<ParticipantRow>]) -> Result<Consultation, Error> {
    let rows: Vec<&ParticipantRow> =
        rows.iter().map(|row| row.row.as_ref().map_err(Error::clone)).collect::<Result<_, _>>()?;
    let first = rows.first().ok_or(Error::Corrupt { column: "consultations.id" })?;
    let mut consultation = first.consultation()?;
    consultation.participants = rows.iter().map(|row| row.participant()).collect::<Result<_, _>>()?;
    Ok(consultation)
}

/// The columns of a [`ParticipantRow`], named once; the condition follows.
macro_rules! participants {
    ($condition:literal) => {
        concat!(
            "
            SELECT c.id AS consultation_id, c.appointment_id, c.room, c.phase, c.started_at, c.started_by,
                   c.ended_at, c.ended_by, c.outcome, c.outcome_by, c.outcome_at, c.asked_at, c.answered_at, c.version,
                   p.id, p.role, p.person_id, COALESCE(w.name, p.name) AS name, p.entry, p.waiting_since, p.admitted_at,
                   p.admitted_by, p.declined_at, p.declined_by, p.left_at, p.seat, p.tab, p.moved_at, p.connected_since,
                   p.arrived_at, p.departed_at,
                   (SELECT string_agg(s.arrived_at || '/' || s.departed_at, ' ')
                      FROM attendance_periods s
                     WHERE s.participant_id = p.id) AS periods
              FROM consultations c
              JOIN participants p ON p.consultation_id = c.id
              LEFT JOIN people w ON w.id = p.person_id
             WHERE ",
            $condition,
            "
             ORDER BY c.id, CASE p.role WHEN 'host' THEN 0 WHEN 'guest' THEN 1 ELSE 2 END, p.id"
        )
    };
}
pub(crate) use participants;

impl Snapshot {
    /// One consultation.
    pub async fn find_consultation(&mut self, id: ConsultationId) -> Result<Option<Consultation>, Error> {
        let rows = fetch_list!(self, ParticipantRow, by "consultation_id"; participants!("c.id = $1"); id.to_string())?;
        only(&rows)
    }

    /// The consultation of an appointment, once confirmed.
    pub async fn consultation_of_appointment(&mut self, id: AppointmentId) -> Result<Option<Consultation>, Error> {
        let rows = fetch_list!(self, ParticipantRow, by "consultation_id"; participants!("c.appointment_id = $1"); id.to_string())?;
        only(&rows)
    }

    /// The consultation of a participant.
    pub async fn consultation_of_participant(&mut self, id: ParticipantId) -> Result<Option<Consultation>, Error> {
        let rows = fetch_list!(self, ParticipantRow, by "consultation_id"; participants!(
            "c.id = (SELECT consultation_id FROM participants WHERE id = $1)"); id.to_string())?;
        only(&rows)
    }

    /// Who is recorded as connected: room, participant, and since when. Unreadable rows are skipped and logged.
    pub async fn connected_participants(&mut self) -> Result<Vec<(RoomName, ParticipantId, Timestamp)>, Error> {
        let rows = fetch_list!(self, (String, String, i64); "
            SELECT (SELECT c.room FROM consultations c WHERE c.id = p.consultation_id), p.id, p.connected_since
              FROM participants p
             WHERE p.connected_since IS NOT NULL")?;
        let connected = |(room, id, since): (String, String, i64)| {
            let since = instant("participants.connected_since", since)?;
            Ok((RoomName::from_text(room), parse("participants.id", &id)?, since))
        };
        let connected = |ListRow { id, row }| ListRow { id, row: row.and_then(connected) };
        Ok(without_unreadable(rows.into_iter().map(connected)))
    }

    /// The consultation whose room has this name. `None` if the room belongs to no consultation.
    pub async fn consultation_in_room(&mut self, room: &RoomName) -> Result<Option<Consultation>, Error> {
        let rows =
            fetch_list!(self, ParticipantRow, by "consultation_id"; participants!("c.room = $1"); room.as_str())?;
        only(&rows)
    }

    /// The consultations of some appointments, in no particular order. Unreadable ones are skipped and logged.
    pub async fn consultations_of(&mut self, appointments: &[AppointmentId]) -> Result<Vec<Consultation>, Error> {
        let ids = serde_json::Value::from_iter(appointments.iter().map(ToString::to_string)).to_string();
        let sql = engine::consultations_of(self);
        let rows = fetch_list!(self, ParticipantRow, by "consultation_id"; sql; ids)?;
        Ok(without_unreadable(assemble(&rows)))
    }
}

impl Tx {
    /// Locks this consultation and its appointment until the end of the transaction; the same lock as
    /// [`Tx::lock_appointment`]. Returns whether the consultation exists.
    pub async fn lock_consultation(&mut self, id: ConsultationId) -> Result<bool, Error> {
        let sql = locking!(
            self,
            "
            SELECT id
              FROM appointments
             WHERE id = (SELECT appointment_id FROM consultations WHERE id = $1)"
        );
        Ok(fetch_optional!(self, (String,); sql; id.to_string())?.is_some())
    }

    /// Inserts a consultation with its participants. [`Error::Taken`] if the appointment has one already.
    pub async fn insert_consultation(&mut self, consultation: &Consultation) -> Result<(), Error> {
        let columns = PhaseColumns::from(&consultation.phase);
        execute!(self; "
            INSERT INTO consultations (id, appointment_id, room, phase, started_at, started_by, ended_at, ended_by,
                                       version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
            consultation.id.to_string(), consultation.appointment.to_string(), consultation.room.as_str(),
            consultation.phase.as_str(), columns.started_at, columns.started_by, columns.ended_at, columns.ended_by,
            consultation.version)?;
        self.save_participants(consultation).await
    }

    /// Saves a consultation with its participants. [`Error::Busy`] if it was changed since it was loaded.
    pub async fn save_consultation(&mut self, consultation: &Consultation) -> Result<(), Error> {
        let columns = PhaseColumns::from(&consultation.phase);
        let recorded = consultation.recorded.as_ref();
        let (asked_at, answered_at) = match consultation.still_there {
            StillThere::NotAsked => (None, None),
            StillThere::Asked { at } => (Some(millis(at)), None),
            StillThere::Answered { at } => (None, Some(millis(at))),
        };
        let rows = execute!(self; "
            UPDATE consultations
               SET phase = $2,
                   started_at = COALESCE($3, started_at), started_by = COALESCE($4, started_by),
                   ended_at = COALESCE($5, ended_at), ended_by = COALESCE($6, ended_by),
                   outcome = COALESCE($8, outcome), outcome_by = COALESCE($9, outcome_by),
                   outcome_at = COALESCE($10, outcome_at), asked_at = $11, answered_at = $12,
                   version = version + 1
             WHERE id = $1 AND version = $7";
            consultation.id.to_string(), consultation.phase.as_str(), columns.started_at, columns.started_by,
            columns.ended_at, columns.ended_by, consultation.version,
            recorded.map(|recorded| recorded.outcome.as_str()), recorded.map(|recorded| recorded.by.to_string()),
            millis_of(recorded.map(|recorded| recorded.at)), asked_at, answered_at)?;
        self.saved(rows)?;
        if matches!(consultation.phase, Phase::Ended { .. }) {
            self.delete_tickets_for(consultation.id).await?;
        }
        self.save_participants(consultation).await
    }

    /// Inserts or updates participants. Columns of earlier entry states keep their values.
    async fn save_participants(&mut self, consultation: &Consultation) -> Result<(), Error> {
        for participant in &consultation.participants {
            let columns = EntryColumns::from(&participant.entry);
            execute!(self; "
                INSERT INTO participants (id, consultation_id, role, person_id, name, entry, waiting_since,
                                          admitted_at, admitted_by, declined_at, declined_by, left_at, seat,
                                          connected_since, arrived_at, departed_at, tab, moved_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                ON CONFLICT (id) DO UPDATE
                   SET name = excluded.name, entry = excluded.entry,
                       waiting_since = COALESCE(excluded.waiting_since, participants.waiting_since),
                       admitted_at = COALESCE(excluded.admitted_at, participants.admitted_at),
                       admitted_by = COALESCE(excluded.admitted_by, participants.admitted_by),
                       declined_at = COALESCE(excluded.declined_at, participants.declined_at),
                       declined_by = COALESCE(excluded.declined_by, participants.declined_by),
                       left_at = COALESCE(excluded.left_at, participants.left_at),
                       seat = excluded.seat, tab = excluded.tab, moved_at = excluded.moved_at,
                       connected_since = excluded.connected_since, arrived_at = excluded.arrived_at, departed_at = excluded.departed_at";
                participant.id.to_string(), consultation.id.to_string(), participant.role.as_str(),
                participant.person.map(|person| person.to_string()), participant.name.reveal().as_str(),
                participant.entry.as_str(), columns.waiting_since, columns.admitted_at, columns.admitted_by,
                columns.declined_at, columns.declined_by, columns.left_at, participant.ticket_number,
                millis_of(participant.connected_since), millis_of(participant.arrived_at), millis_of(participant.departed_at),
                participant.tab.map(|tab| tab.to_string()), millis_of(participant.moved_at))?;
            self.save_period(participant).await?;
        }
        Ok(())
    }

    /// Inserts the latest period, or what has prolonged it. The earlier ones were saved when they ended.
    async fn save_period(&mut self, participant: &Participant) -> Result<(), Error> {
        if let Some(Period { arrived_at, departed_at }) = participant.periods.last() {
            execute!(self; "
                INSERT INTO attendance_periods (participant_id, arrived_at, departed_at)
                VALUES ($1, $2, $3)
                ON CONFLICT (participant_id, arrived_at) DO UPDATE
                   SET departed_at = excluded.departed_at
                 WHERE attendance_periods.departed_at < excluded.departed_at";
                participant.id.to_string(), millis(*arrived_at), millis(*departed_at))?;
        }
        Ok(())
    }
}

/// The columns of a phase.
#[derive(Default)]
struct PhaseColumns {
    started_at: Option<i64>,
    started_by: Option<String>,
    ended_at: Option<i64>,
    ended_by: Option<String>,
}

impl From<&Phase> for PhaseColumns {
    fn from(phase: &Phase) -> Self {
        match phase {
            Phase::Planned => Self::default(),
            Phase::Live { started_at, started_by } => Self {
                started_at: Some(millis(*started_at)),
                started_by: Some(started_by.to_string()),
                ..Self::default()
            },
            Phase::Ended { started_at, ended_at, ended_by } => Self {
                started_at: Some(millis(*started_at)),
                started_by: None,
                ended_at: Some(millis(*ended_at)),
                ended_by: Some(ended_by.to_string()),
            },
        }
    }
}

/// The columns of an entry.
#[derive(Default)]
struct EntryColumns {
    waiting_since: Option<i64>,
    admitted_at: Option<i64>,
    admitted_by: Option<String>,
    declined_at: Option<i64>,
    declined_by: Option<String>,
    left_at: Option<i64>,
}

impl From<&Entry> for EntryColumns {
    fn from(entry: &Entry) -> Self {
        let mut columns = Self::default();
        match entry {
            Entry::Outside => {}
            Entry::Waiting { since } => columns.waiting_since = Some(millis(*since)),
            Entry::Admitted { by, at } => {
                (columns.admitted_at, columns.admitted_by) = (Some(millis(*at)), Some(by.to_string()));
            }
            Entry::Declined { by, at } => {
                (columns.declined_at, columns.declined_by) = (Some(millis(*at)), Some(by.to_string()));
            }
            Entry::Left { at } => columns.left_at = Some(millis(*at)),
        }
        columns
    }
}
