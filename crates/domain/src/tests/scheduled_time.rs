//! Time zones and appointment times, with skipped and repeated local times.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::FieldError::*;
use crate::{Appointment, FieldError, ScheduledTime, Zone, ZoneData};

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn scheduled(local: &str, zone_name: &str) -> Result<String, FieldError> {
    ScheduledTime::parse_local(local, zone(zone_name)).map(|scheduled| scheduled.at.to_string())
}

#[test]
fn iana_zones_parse_with_canonical_spelling() {
    for (typed, name) in [
        ("Europe/Berlin", "Europe/Berlin"),
        (" Europe/Berlin ", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("AMERICA/ARGENTINA/BUENOS_AIRES", "America/Argentina/Buenos_Aires"),
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("America/Port-au-Prince", "America/Port-au-Prince"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("UTC", "UTC"),
    ] {
        assert_eq!(zone(typed).name(), name);
        assert_eq!(zone(typed), zone(name));
    }
    assert_eq!(Zone::UTC.name(), "UTC");
}

#[test]
fn every_browser_zone_parses() {
    let names: Vec<String> = ZoneData::in_use().names().collect();
    assert!(names.len() > 400);
    for name in names.iter().filter(|name| name.contains('/') && *name != "Etc/Unknown") {
        assert_eq!(zone(name).name(), name);
    }
}

#[test]
fn non_geographic_zone_names_are_refused() {
    for typed in [
        "Europe/Atlantis",
        "Europe",
        "Europe/",
        "/Europe/Berlin",
        "../Europe/Berlin",
        "Europe/Berlin\0",
        "Europe/Ber lin",
        "+02:00",
        "GMT+2",
        "right/Europe/Berlin",
        "Etc/Unknown", // would silently be UTC
        "localtime",   // whatever this machine is set to
        "posixrules",
        "Factory",
        "Local",
        "<script>",
        &"E".repeat(65),
    ] {
        assert_eq!(typed.parse::<Zone>(), Err(UnknownZone), "{typed:?}");
    }
    assert_eq!("".parse::<Zone>(), Err(Empty));
    assert_eq!("  ".parse::<Zone>(), Err(Empty));
}

#[test]
fn local_times_convert_under_the_rules_of_that_day() {
    for (local, place, instant) in [
        ("2026-11-20T11:00", "Europe/Berlin", "2026-11-20T10:00:00Z"),
        ("2026-07-20T11:00", "Europe/Berlin", "2026-07-20T09:00:00Z"),
        (" 2026-11-20T11:00:00 ", "Europe/Berlin", "2026-11-20T10:00:00Z"),
        ("2026-11-20T11:00", "Asia/Kathmandu", "2026-11-20T05:15:00Z"),
        ("2026-11-20T11:00", "Pacific/Kiritimati", "2026-11-19T21:00:00Z"),
        ("2026-11-20T11:00", "Pacific/Pago_Pago", "2026-11-20T22:00:00Z"),
        ("2026-12-31T23:59", "America/Los_Angeles", "2027-01-01T07:59:00Z"),
        ("2027-01-01T00:00", "Pacific/Auckland", "2026-12-31T11:00:00Z"),
        ("2028-02-29T12:00", "UTC", "2028-02-29T12:00:00Z"),
        ("2027-03-28T01:59", "Europe/Berlin", "2027-03-28T00:59:00Z"), // the last minute before a gap
        ("2027-03-28T03:00", "Europe/Berlin", "2027-03-28T01:00:00Z"), // the first after it
        ("2027-10-31T01:59", "Europe/Berlin", "2027-10-30T23:59:00Z"), // the last minute before a fold
        ("2027-10-31T03:00", "Europe/Berlin", "2027-10-31T02:00:00Z"), // the first after it
    ] {
        assert_eq!(scheduled(local, place).as_deref(), Ok(instant), "{local} {place}");
    }
}

/// Rules of 2026, which the zone data of many systems does not have yet.
#[test]
fn local_times_convert_under_the_newest_rules() {
    for (place, instant) in [
        ("America/Vancouver", "2026-12-16T00:00:00Z"),
        ("America/Edmonton", "2026-12-15T23:00:00Z"),
        ("America/Winnipeg", "2026-12-15T22:00:00Z"),
        ("Africa/Casablanca", "2026-12-15T17:00:00Z"),
    ] {
        assert_eq!(scheduled("2026-12-15T17:00", place).as_deref(), Ok(instant), "{place}");
    }
}

#[test]
fn skipped_local_times_are_refused() {
    for (local, place) in [
        ("2026-03-29T02:00", "Europe/Berlin"),
        ("2026-03-29T02:59", "Europe/Berlin"),
        ("2027-03-28T02:30", "Europe/Berlin"),
        ("2027-03-28T01:30", "Europe/London"),
        ("2026-03-08T02:30", "America/New_York"),
        ("2027-03-14T02:30", "America/New_York"),
        ("2026-10-04T02:15", "Australia/Lord_Howe"), // half an hour only
        ("2026-09-27T02:30", "Pacific/Auckland"),
        ("2027-09-05T00:30", "America/Santiago"), // at midnight
        ("2011-12-30T12:00", "Pacific/Apia"),     // a whole day
    ] {
        assert_eq!(scheduled(local, place), Err(TimeSkipped), "{local} {place}");
    }
}

#[test]
fn repeated_local_times_are_refused() {
    for (local, place) in [
        ("2026-10-25T02:00", "Europe/Berlin"),
        ("2026-10-25T02:59", "Europe/Berlin"),
        ("2027-10-31T02:30", "Europe/Berlin"),
        ("2027-10-31T01:30", "Europe/London"),
        ("2026-11-01T01:30", "America/New_York"),
        ("2027-11-07T01:30", "America/New_York"),
        ("2026-04-05T01:45", "Australia/Lord_Howe"),
        ("2027-04-03T23:30", "America/Santiago"),
    ] {
        assert_eq!(scheduled(local, place), Err(TimeTwice), "{local} {place}");
    }
}

#[test]
fn a_form_time_is_date_and_time_only() {
    for typed in [
        "2026-11-20", // would mean midnight
        "2026-11-20T11",
        "2026-11-20T11:00+05:00", // the offset would be ignored
        "2026-11-20T11:00Z",
        "2026-11-20T11:00[Asia/Tokyo]",
        "2026-11-20 11:00",
        "20261120T1100",
        "2026-11-20T24:00",
        "2026-11-20T11:60",
        "2026-02-29T11:00",
        "2026-13-01T11:00",
        "2026-00-01T11:00",
        "+002026-11-20T11:00",
        "-000001-11-20T11:00",
        "12026-11-20T11:00",
        "2026-11-20T11:00:00.5",
        "2026-11-20T11:00 pm",
        "tomorrow",
        "٢٠٢٦-١١-٢٠T١١:٠٠",
    ] {
        assert_eq!(scheduled(typed, "Europe/Berlin"), Err(Malformed), "{typed}");
    }
    assert_eq!(scheduled(" ", "Europe/Berlin"), Err(Empty));
}

#[test]
fn out_of_range_times_are_refused_without_panic() {
    assert_eq!(scheduled("9999-12-31T23:59", "Pacific/Pago_Pago"), Err(OutOfRange));
    assert_eq!(scheduled("0000-01-01T00:00", "UTC").map(|_| ()), Ok(()));
}

#[test]
fn an_instant_is_shown_in_each_zone() {
    let at: Timestamp = "2026-10-25T01:30:00Z".parse().unwrap(); // the second 02:30 of that night
    let scheduled = ScheduledTime::from_instant(at, zone("Europe/Berlin"));
    assert_eq!((scheduled.at, scheduled.local.to_string().as_str()), (at, "2026-10-25T02:30:00"));
}

#[test]
fn an_appointment_starts_within_two_years() {
    let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    for (starts, expected) in [
        ("2026-11-20T10:00:00Z", Ok(())),
        ("2026-11-20T09:54:59.999Z", Err(InThePast)),
        ("2026-11-20T09:55:00Z", Ok(())),
        ("2028-11-20T10:00:00Z", Ok(())),
        ("2028-11-20T10:00:00.001Z", Err(TooFarAhead)),
        ("2027-12-31T23:59:59Z", Ok(())),
        ("9998-01-01T00:00:00Z", Err(TooFarAhead)),
    ] {
        let starts = ScheduledTime::from_instant(starts.parse().unwrap(), zone("Europe/Berlin"));
        assert_eq!(Appointment::check_bookable(&starts, now), expected, "{starts:?}");
    }
    let last = ScheduledTime::from_instant(Timestamp::MAX, Zone::UTC);
    assert_eq!(Appointment::check_bookable(&last, Timestamp::MAX), Ok(()));
}

/// For every clock change of every zone until 2037: an accepted local time converts to an instant and back unchanged.
#[test]
fn scheduled_times_survive_every_clock_change() {
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let until: Timestamp = "2038-01-01T00:00:00Z".parse().unwrap();
    let mut changes = 0;
    for name in ZoneData::in_use().names() {
        let Ok(zone) = name.as_str().parse::<Zone>() else { continue };
        let rules: TimeZone = zone.as_jiff().clone();
        for change in rules.following(from).take_while(|change| change.timestamp() < until) {
            changes += 1;
            for minutes in [-61, -60, -30, -1, 0, 1, 30, 60] {
                let near = change.timestamp() + jiff::SignedDuration::from_mins(minutes);
                let local = zone.local(near);
                match ScheduledTime::new(local, zone.clone()) {
                    Ok(scheduled) => assert_eq!((scheduled.at, zone.local(scheduled.at)), (near, local), "{name}"),
                    Err(TimeTwice) => {} // a wall time that exists is refused only if it exists twice
                    Err(other) => panic!("{name} {local}: {other:?}"),
                }
            }
        }
    }
    assert!(changes > 1000, "{changes} changes looked at");
}
