//! The time zones offered in forms: IANA zones by region. All other names are aliases or fixed offsets.

use std::sync::LazyLock;

use anteroom_domain::{Language, WordingPack, ZoneData};
use anteroom_l10n::Catalogue;

static ALL: LazyLock<Vec<(Language, Zones)>> =
    LazyLock::new(|| Language::ALL.map(|language| (language, Zones::new(language))).into());

/// All zones, for a `<select>`.
#[derive(Debug)]
pub(crate) struct Zones(Vec<Region>);

#[derive(Debug)]
pub(crate) struct Region {
    pub name: String,
    pub zones: Vec<ZoneOption>,
}

#[derive(Debug)]
pub(crate) struct ZoneOption {
    pub id: String,
    pub label: String,
}

impl Region {
    /// Its zones by label: the city in this language, or the rest of the name where several zones have the same city.
    fn of(region: &str, name: String, words: &Catalogue) -> Self {
        let ids: Vec<_> = ZoneData::in_use().names().filter(|id| place(id, region).is_some()).collect();
        let city = |id: &String| id.parse().ok().and_then(|zone| words.city(&zone));
        let cities: Vec<Option<String>> = ids.iter().map(city).collect();
        let is_unique = |city: &&String| cities.iter().flatten().filter(|other| other == city).count() == 1;
        let label = |id: &str, city: &Option<String>| {
            let city = city.as_ref().filter(is_unique).cloned();
            city.unwrap_or_else(|| place(id, region).unwrap_or_default().replace('_', " ").replace('/', ", "))
        };
        let labels: Vec<String> = ids.iter().zip(&cities).map(|(id, city)| label(id, city)).collect();
        let mut zones: Vec<_> = ids.into_iter().zip(labels).map(|(id, label)| ZoneOption { id, label }).collect();
        zones.sort_by(|a, b| a.label.cmp(&b.label));
        Self { name, zones }
    }
}

/// `Berlin` of `Europe/Berlin`.
fn place<'a>(id: &'a str, region: &str) -> Option<&'a str> {
    id.strip_prefix(region)?.strip_prefix('/')
}

impl Zones {
    fn new(language: Language) -> Self {
        let words = Catalogue::of(language, WordingPack::General);
        let utc = ZoneOption { id: "UTC".to_owned(), label: "UTC".to_owned() };
        let utc = Region { name: words.region_universal(), zones: vec![utc] };
        let regions = [
            ("Europe", words.region_europe()),
            ("Africa", words.region_africa()),
            ("America", words.region_america()),
            ("Asia", words.region_asia()),
            ("Australia", words.region_australia()),
            ("Pacific", words.region_pacific()),
            ("Atlantic", words.region_atlantic()),
            ("Indian", words.region_indian()),
            ("Antarctica", words.region_antarctica()),
            ("Arctic", words.region_arctic()),
        ];
        Self(regions.map(|(region, name)| Region::of(region, name, words)).into_iter().chain([utc]).collect())
    }

    /// All of them, in this language.
    pub(crate) fn of(words: &Catalogue) -> &'static Self {
        let found = ALL.iter().find(|(language, _)| *language == words.language());
        &found.expect("there is a list for each language").1
    }

    pub(crate) fn regions(&self) -> &[Region] {
        &self.0
    }

    /// Whether the list contains the zone. If not, the form adds it, so that the submitted value is kept.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.iter().flat_map(|region| &region.zones).any(|zone| zone.id == id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_offered_zone_is_accepted_by_domain() {
        let zones = Zones::new(Language::En);
        let all: Vec<_> = zones.regions().iter().flat_map(|region| &region.zones).collect();
        assert!(all.len() > 300);
        assert!(zones.has("Europe/Berlin") && zones.has("UTC") && !zones.has("Moon/Tycho"));
        for zone in all {
            assert!(zone.id.parse::<anteroom_domain::Zone>().is_ok(), "{}", zone.id);
        }
    }
    #[test]
    fn cities_are_in_the_language_of_the_form_and_distinct() {
        for (language, vienna) in [(Language::En, "Vienna"), (Language::De, "Wien")] {
            let zones = Zones::new(language);
            let europe = &zones.regions()[0];
            assert!(europe.zones.iter().any(|zone| (&*zone.id, &*zone.label) == ("Europe/Vienna", vienna)));
            for Region { name, zones } in zones.regions() {
                let labels: BTreeSet<_> = zones.iter().map(|zone| &zone.label).collect();
                assert_eq!(labels.len(), zones.len(), "{language}, {name}");
            }
        }
    }
}
