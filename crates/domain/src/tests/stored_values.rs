//! Values read from the store are never refused, and what was accepted as input is read unchanged.

use jiff::civil::DateTime;
use proptest::prelude::*;

use crate::{EmailAddress, FieldError, Length, PersonName, Phone, Policy, Practice, ScheduledTime, WhoMayEnd, Zone};

proptest! {
    #[test]
    fn accepted_input_is_read_unchanged(text in ".*", email in "[a-zÀ-ž.]{1,9}@[a-z]{1,9}", digits in "[1-9][0-9]{6}") {
        if let Ok(name) = text.parse::<PersonName>() {
            prop_assert!(PersonName::from_store(name.as_str()) == name);
        }
        if let Ok(name) = Practice::parse_name(&text) {
            prop_assert_eq!(Practice::name_from_store(&name), name);
        }
        if let Ok(email) = email.parse::<EmailAddress>() {
            prop_assert!(EmailAddress::from_store(email.as_str()) == email);
        }
        let phone: Phone = format!("+4930{digits}").parse().unwrap();
        prop_assert!(Phone::from_store(phone.as_str()) == phone);
    }

    #[test]
    fn stored_text_is_one_line_without_direction_marks(text in any::<String>()) {
        let name = PersonName::from_store(&text);
        prop_assert_eq!(name.as_str().chars().count(), text.chars().count());
        let again = format!("x{}", name.as_str()).parse::<PersonName>();
        let refused = matches!(again, Err(FieldError::ControlCharacters | FieldError::DirectionMarks));
        prop_assert!(!refused);
    }
}

#[test]
fn control_characters_are_replaced() {
    for (stored, read) in [
        ("Jamie\0Lee", "Jamie\u{fffd}Lee"),
        ("Jamie\r\nBcc: x@y", "Jamie\u{fffd}\u{fffd}Bcc: x@y"),
        ("\u{202e}eeL", "\u{fffd}eeL"),
        ("", ""),
    ] {
        assert_eq!(PersonName::from_store(stored).as_str(), read);
        assert_eq!(EmailAddress::from_store(stored).as_str(), read);
        assert_eq!(Phone::from_store(stored).as_str(), read);
        assert_eq!(Practice::name_from_store(stored), read);
    }
}

#[test]
fn an_unknown_zone_keeps_its_name_and_is_utc() {
    let known = Zone::from_store("Europe/Berlin");
    assert!(known.is_known() && known == "Europe/Berlin".parse().unwrap());
    assert_eq!(known.rules_name(), "Europe/Berlin");

    let at = "2026-11-20T10:00:00Z".parse().unwrap();
    for name in ["Moon/Tycho", "", "Factory", "Etc/Unknown"] {
        let zone = Zone::from_store(name);
        assert!(!zone.is_known());
        assert_eq!((zone.name(), zone.rules_name()), (name, "UTC"));
        assert_eq!(zone.local(at), Zone::UTC.local(at));
        assert_ne!(zone, Zone::UTC);
    }
    assert_eq!(Zone::from_store("Moon\n/Tycho").name(), "Moon\u{fffd}/Tycho");
}

#[test]
fn nothing_is_booked_in_an_unknown_zone() {
    let local: DateTime = "2026-11-20T11:00".parse().unwrap();
    assert_eq!(ScheduledTime::new(local, Zone::from_store("Moon/Tycho")), Err(FieldError::UnknownZone));
}

#[test]
fn the_agreed_local_time_is_kept_under_any_zone() {
    let at = "2026-11-20T10:00:00Z".parse().unwrap();
    let local = |zone, local| ScheduledTime::from_store(at, zone, local).local.to_string();
    assert_eq!(local("Europe/Berlin", "2026-11-20T12:34:00"), "2026-11-20T12:34:00");
    assert_eq!(local("Moon/Tycho", "2026-11-20T12:34:00"), "2026-11-20T12:34:00");
    assert_eq!(local("Europe/Berlin", "noon"), "2026-11-20T11:00:00");
}

#[test]
fn an_instant_that_is_no_longer_the_agreed_time_is_found() {
    let agrees = |at: &str, zone, local| ScheduledTime::from_store(at.parse().unwrap(), zone, local).agrees();
    assert!(agrees("2026-12-16T00:00:00Z", "America/Vancouver", "2026-12-15T17:00:00"));
    assert!(agrees("2026-12-16T00:00:00.123Z", "America/Vancouver", "2026-12-15T17:00:00.123456789"));
    assert!(!agrees("2026-12-16T01:00:00Z", "America/Vancouver", "2026-12-15T17:00:00"), "the rules of 2025");
    assert!(!agrees("2026-12-16T00:00:00Z", "Moon/Tycho", "2026-12-16T00:00:00"));
    // Both instants of a repeated local time are right.
    assert!(agrees("2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00"));
    assert!(agrees("2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00"));
}

#[test]
fn stored_numbers_are_brought_into_range() {
    for (stored, read) in [(i64::MIN, 1), (0, 1), (3, 3), (50, 50), (1440, 1440), (i64::MAX, 1440)] {
        assert_eq!(Length::from_store(stored).minutes(), read);
    }
    for (stored, read) in [((-1, 999), (0, 240)), ((i64::MAX, i64::MIN), (120, 0)), ((10, 45), (10, 45))] {
        let policy = Policy::from_store(stored.0, stored.1, "either");
        assert_eq!(
            (policy.opens_before(), policy.closes_after(), policy.who_may_end),
            (read.0, read.1, WhoMayEnd::Either)
        );
    }
    assert_eq!(Policy::from_store(10, 45, "everyone").who_may_end, WhoMayEnd::Host);
}
