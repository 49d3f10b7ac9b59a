//! Editions of the time zone database.

use crate::{Edition, ZoneData};

#[test]
fn editions_are_ordered_by_year_and_letter() {
    let edition = |name| Edition::parse(name).unwrap();
    let names = ["2023d", "2025b", "2026a", "2026e", "2026z", "2026za", "2027a"];
    assert!(names.map(edition).is_sorted_by(|one, next| one < next));
    for other in ["", "2025", "b2025", "2025B", "2025-b", "202\u{e9}", "unknown"] {
        assert_eq!(Edition::parse(other), None, "{other}");
    }
}

#[test]
fn the_bundled_edition_is_in_use_and_has_a_name() {
    assert_eq!(ZoneData::in_use().edition(), ZoneData::bundled().edition());
    assert!(*ZoneData::bundled().edition() >= Edition::parse("2026e").unwrap());
    assert!(!ZoneData::bundled().choose(), "it is in use already");
    assert!(ZoneData::in_use().names().any(|name| name == "Europe/Berlin"));
}
