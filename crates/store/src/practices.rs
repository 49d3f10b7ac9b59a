//! The practice: one row.

use anteroom_domain::{Language, Policy, Practice, WordingPack, Zone};

use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct PracticeRow {
    name: String,
    pack: String,
    language: String,
    zone: String,
    opens_before: i64,
    closes_after: i64,
    who_may_end: String,
    version: i64,
}

impl From<PracticeRow> for Practice {
    fn from(row: PracticeRow) -> Self {
        Self {
            name: Self::name_from_store(&row.name),
            pack: WordingPack::from_store(&row.pack),
            language: Language::from_store(&row.language),
            zone: Zone::from_store(&row.zone),
            policy: Policy::from_store(row.opens_before, row.closes_after, &row.who_may_end),
            version: row.version,
        }
    }
}

impl Snapshot {
    /// The practice, once set up. Never unreadable: without it no page works.
    pub async fn find_practice(&mut self) -> Result<Option<Practice>, Error> {
        let row = fetch_optional!(self, PracticeRow; "
            SELECT name, pack, language, zone, opens_before, closes_after, who_may_end, version
              FROM practices
             WHERE id = 1")?;
        Ok(row.map(Practice::from))
    }
}

impl Tx {
    /// Inserts the practice. [`Error::Taken`] if there is one already.
    pub async fn insert_practice(&mut self, practice: &Practice) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO practices (id, name, pack, language, zone, opens_before, closes_after, who_may_end, version)
            VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)";
            practice.name.as_str(), practice.pack.as_str(), practice.language.tag(), practice.zone.name(),
            i64::from(practice.policy.opens_before()), i64::from(practice.policy.closes_after()),
            practice.policy.who_may_end.as_str(), practice.version)?;
        Ok(())
    }

    /// Saves the practice. [`Error::Busy`] if it was changed since it was loaded.
    pub async fn save_practice(&mut self, practice: &Practice) -> Result<(), Error> {
        let rows = execute!(self; "
            UPDATE practices
               SET name = $1, pack = $2, language = $3, zone = $4, opens_before = $5, closes_after = $6,
                   who_may_end = $7, version = version + 1
             WHERE id = 1 AND version = $8";
            practice.name.as_str(), practice.pack.as_str(), practice.language.tag(), practice.zone.name(),
            i64::from(practice.policy.opens_before()), i64::from(practice.policy.closes_after()),
            practice.policy.who_may_end.as_str(), practice.version)?;
        self.saved(rows)
    }
}
