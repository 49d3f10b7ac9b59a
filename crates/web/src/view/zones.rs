//! The time zones offered in forms: IANA zones by region.

use std::sync::LazyLock;

use anteroom_domain::ZoneData;

/// Regions of the IANA database. All other names are aliases or fixed offsets.
const REGIONS: [&str; 10] =
    ["Europe", "Africa", "America", "Asia", "Australia", "Pacific", "Atlantic", "Indian", "Antarctica", "Arctic"];

static ALL: LazyLock<Zones> = LazyLock::new(|| {
    let region = |name: &'static str| Region {
        name,
        zones: ZoneData::in_use().names().filter_map(|zone| ZoneOption::of(&zone, name)).collect(),
    };
    let utc = Region { name: "Universal", zones: vec![ZoneOption { id: "UTC".to_owned(), label: "UTC".to_owned() }] };
    Zones(REGIONS.map(region).into_iter().chain([utc]).collect())
});

/// All zones, for a `<select>`.
#[derive(Debug)]
pub(crate) struct Zones(Vec<Region>);

#[derive(Debug)]
pub(crate) struct Region {
    pub name: &'static str,
    pub zones: Vec<ZoneOption>,
}

#[derive(Debug)]
pub(crate) struct ZoneOption {
    pub id: String,
    pub label: String,
}

impl ZoneOption {
    fn of(id: &str, region: &str) -> Option<Self> {
        let label = id.strip_prefix(region)?.strip_prefix('/')?;
        Some(Self { id: id.to_owned(), label: label.replace('_', " ").replace('/', ", ") })
    }
}

impl Zones {
    pub(crate) fn all() -> &'static Self {
        &ALL
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
    use super::*;

    #[test]
    fn every_offered_zone_is_accepted_by_domain() {
        let all: Vec<_> = Zones::all().regions().iter().flat_map(|region| &region.zones).collect();
        assert!(all.len() > 300);
        assert!(Zones::all().has("Europe/Berlin") && Zones::all().has("UTC") && !Zones::all().has("Moon/Tycho"));
        for zone in all {
            assert!(zone.id.parse::<anteroom_domain::Zone>().is_ok(), "{}", zone.id);
        }
    }
}
