//! The country of a time zone: the country whose phone numbers are written there without a country code.

use crate::Zone;

/// Zone and ISO 3166-1 code, from `zone.tab` of the IANA time zone database (2025b, public domain), sorted by zone.
const ZONE_COUNTRIES: &str = include_str!("zone_countries.tsv");

impl Zone {
    /// The country that uses this zone, as two letters (ISO 3166-1). `None` for zones without a country, such as UTC, and
    /// for old names of zones.
    pub fn country(&self) -> Option<&'static str> {
        let rows = ZONE_COUNTRIES.lines().filter_map(|row| row.split_once('\t'));
        rows.into_iter().find(|(zone, _)| *zone == self.name()).map(|(_, country)| country)
    }
}
