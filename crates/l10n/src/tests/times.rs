//! Dates, times of day and lengths in each language.

use anteroom_domain::{Language, WordingPack, Zone};
use jiff::{SignedDuration, Timestamp};

use crate::Catalogue;

fn english() -> &'static Catalogue {
    Catalogue::of(Language::En, WordingPack::General)
}

fn german() -> &'static Catalogue {
    Catalogue::of(Language::De, WordingPack::General)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

#[test]
fn a_date_is_in_the_zone_and_the_language_of_the_reader() {
    let at = at("2026-11-20T10:00:00Z");
    let both = |name: &str| [english(), german()].map(|catalogue| catalogue.date_time(at, &zone(name)));
    assert_eq!(both("Europe/Berlin"), ["Friday 20 November 2026, 11:00", "Freitag, 20. November 2026, 11:00 Uhr"]);
    assert_eq!(
        both("America/Los_Angeles"),
        ["Friday 20 November 2026, 02:00", "Freitag, 20. November 2026, 02:00 Uhr"]
    );
    assert_eq!(english().moment(at, &zone("Pacific/Auckland")), "Friday 20 November 2026, 23:00 (Pacific/Auckland)");
}

#[test]
fn every_day_of_a_year_is_formatted_as_before() {
    let zone = zone("Europe/Berlin");
    for day in 0..366 {
        let at = at("2026-03-01T06:05:00Z") + SignedDuration::from_hours(24 * day);
        let local = zone.local(at);
        assert_eq!(english().date_in(at, &zone), local.strftime("%A %-d %B %Y").to_string());
        assert_eq!(english().short_date_time(at, &zone), local.strftime("%a %-d %B, %H:%M").to_string());
    }
}

#[test]
fn every_minute_of_a_day_has_its_time() {
    for minute in 0..24 * 60 {
        let at = at("2026-11-20T00:00:00Z") + SignedDuration::from_mins(minute);
        let expected = format!("{:02}:{:02}", minute / 60, minute % 60);
        assert_eq!([english(), german()].map(|catalogue| catalogue.time_in(at, &Zone::UTC)), [&*expected, &expected]);
    }
}

#[test]
fn a_date_without_year_is_short() {
    let at = at("2026-11-23T08:00:00Z");
    assert_eq!(english().short_date_time(at, &zone("Europe/Berlin")), "Mon 23 November, 09:00");
    assert_eq!(german().short_date_time(at, &zone("Europe/Berlin")), "Mo, 23. November, 09:00 Uhr");
}

#[test]
fn a_zone_is_named_by_its_place() {
    assert_eq!(english().zone(&zone("America/Los_Angeles")), "Los Angeles time");
    assert_eq!(german().zone(&zone("Europe/Berlin")), "Ortszeit Berlin");
    let both = |name: &str| [english(), german()].map(|catalogue| catalogue.zone(&zone(name)));
    assert_eq!(both("Europe/Vienna"), ["Vienna time", "Ortszeit Wien"]);
    assert_eq!(both("Africa/Cairo"), ["Cairo time", "Ortszeit Kairo"]);
    assert_eq!(both("America/Argentina/Buenos_Aires"), ["Buenos Aires time", "Ortszeit Buenos Aires"]);
    assert_eq!(both("Etc/GMT+5"), ["Etc/GMT+5", "Etc/GMT+5"]);
    assert_eq!(english().zone(&Zone::UTC), "UTC");
    let unknown = Zone::from_store("Moon/Tycho");
    assert_eq!(english().zone(&unknown), "UTC, unknown zone Moon/Tycho");
}

#[test]
fn lengths_have_plural_forms() {
    assert_eq!(
        [0, 1, 5, 60, 90, 120, 121].map(|minutes| english().length(minutes)),
        ["0 minutes", "1 minute", "5 minutes", "1 hour", "1 hour 30 minutes", "2 hours", "2 hours 1 minute"]
    );
    assert_eq!(
        [1, 25, 60, 90].map(|minutes| german().length(minutes)),
        ["1 Minute", "25 Minuten", "1 Stunde", "1 Stunde 30 Minuten"]
    );
}

#[test]
fn durations_have_the_two_largest_units() {
    let formatted = |seconds| english().duration(SignedDuration::from_secs(seconds));
    assert_eq!([0, 59, 60, 1690, 3725, -5].map(formatted), ["0 s", "59 s", "1 min", "28 min 10 s", "1 h 2 min", "0 s"]);
    assert_eq!([30, 300].map(|s| english().waiting_time(SignedDuration::from_secs(s))), ["just now", "5 min"]);
}
