//! Validation of numbers and enums, and collection of errors.

use std::collections::BTreeSet;

use crate::*;

#[test]
fn a_length_is_five_minutes_to_eight_hours() {
    for minutes in [5, 6, 30, 50, 480] {
        assert_eq!(Length::from_minutes(minutes).map(Length::minutes), Ok(minutes as u16));
    }
    for minutes in [4, 0, -1, -30, 481, 65_535, 65_536 + 30, i64::MAX, i64::MIN] {
        assert_eq!(Length::from_minutes(minutes), Err(FieldError::OutOfRange), "{minutes}");
    }
}

#[test]
fn a_policy_reports_every_number_out_of_range() {
    for (before, after, wrong) in [
        (0, 0, vec![]),
        (15, 30, vec![]),
        (120, 240, vec![]),
        (121, 0, vec!["opens_before"]),
        (-1, 240, vec!["opens_before"]),
        (120, 241, vec!["closes_after"]),
        (0, -1, vec!["closes_after"]),
        (i64::MIN, i64::MAX, vec!["opens_before", "closes_after"]),
    ] {
        let made = Policy::new(before, after, WhoMayEnd::Host);
        let named: Vec<_> = made.err().iter().flat_map(FieldErrors::iter).collect();
        let expected: Vec<_> = wrong.into_iter().map(|field| (field, FieldError::OutOfRange)).collect();
        assert_eq!(named, expected, "{before} {after}");
    }
    let policy = Policy::new(10, 45, WhoMayEnd::Either).unwrap();
    assert_eq!((policy.opens_before(), policy.closes_after()), (10, 45));
}

#[test]
fn every_enum_round_trips_through_its_name() {
    for pack in WordingPack::ALL {
        assert_eq!(pack.as_str().parse(), Ok(pack));
    }
    for kind in [AppointmentKind::Video, AppointmentKind::InPerson] {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    for language in Language::ALL {
        assert_eq!(language.tag().parse(), Ok(language));
        assert_eq!(Language::from_store(language.tag()), language);
    }
    assert_eq!(Language::from_store("tlh"), Language::En);
    for role in [StaffRole::Admin, StaffRole::Host] {
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    for who in [WhoMayEnd::Host, WhoMayEnd::Either] {
        assert_eq!(who.as_str().parse(), Ok(who));
    }
    for typed in ["", " ", "Video", "video ", "ADMIN", "guest", "any", "clinic\n", "0", "null"] {
        assert_eq!(typed.parse::<WordingPack>(), Err(FieldError::UnknownChoice), "{typed:?}");
        assert_eq!(typed.parse::<AppointmentKind>(), Err(FieldError::UnknownChoice), "{typed:?}");
        assert_eq!(typed.parse::<StaffRole>(), Err(FieldError::UnknownChoice), "{typed:?}");
        assert_eq!(typed.parse::<WhoMayEnd>(), Err(FieldError::UnknownChoice), "{typed:?}");
    }
}

#[test]
fn scopes_round_trip_and_unknown_ones_give_no_right() {
    for scope in KeyScope::ALL {
        assert_eq!(scope.as_str().parse(), Ok(scope));
        assert!(KeyScopes::all().has(scope) && !KeyScopes::default().has(scope));
    }
    for typed in ["", "Media", "media ", "all", "*"] {
        assert_eq!(typed.parse::<KeyScope>(), Err(UnknownScope(typed.to_owned())));
    }
    assert_eq!(KeyScopes::from_store(&KeyScopes::all().to_string()), KeyScopes::all());
    let stored = KeyScopes::from_store("metrics payments booking");
    assert_eq!(stored.to_string(), "booking metrics");
}

#[test]
fn every_default_policy_is_valid() {
    for pack in WordingPack::ALL {
        let policy = Policy::default_for(pack);
        let chosen = Policy::new(policy.opens_before().into(), policy.closes_after().into(), policy.who_may_end);
        assert_eq!(chosen, Ok(policy));
    }
}

#[test]
fn a_form_collects_all_its_errors() {
    let mut wrong = FieldErrors::default();
    assert_eq!(wrong.take("minutes", Length::from_minutes(30)).map(Length::minutes), Some(30));
    assert!(wrong.is_empty());
    assert_eq!(wrong.take("name", "".parse::<PersonName>()), None);
    assert_eq!(wrong.take_all(Policy::new(-1, -1, WhoMayEnd::Host)), None);
    assert_eq!(wrong.of("name"), Some(FieldError::Empty));
    assert_eq!(wrong.of("closes_after"), Some(FieldError::OutOfRange));
    assert_eq!(wrong.of("minutes"), None);
    assert_eq!(wrong.iter().count(), 3);
}

#[test]
fn refusal_codes_are_unique() {
    let at = super::samples::eleven();
    let refusals = [
        Refusal::TooEarly { opens_at: at },
        Refusal::TooLate { closed_at: at },
        Refusal::Cancelled,
        Refusal::Ended,
        Refusal::NotConfirmed,
        Refusal::InPerson,
        Refusal::NotStarted,
        Refusal::AlreadyStarted,
        Refusal::NotAdmitted,
        Refusal::Declined,
        Refusal::NoLongerWaiting,
        Refusal::Superseded,
        Refusal::HostOnly,
        Refusal::GuestOnly,
        Refusal::DoubleBooked,
        Refusal::AlreadySetUp,
        Refusal::WrongLogin,
        Refusal::WrongPassword,
        Refusal::LoginQueueFull,
        Refusal::TooManyWrites,
        Refusal::OwnPassword,
        Refusal::LastAdmin,
        Refusal::Deactivated,
        Refusal::ScopeMissing,
        Refusal::PersonOnly,
    ];
    let codes: BTreeSet<_> = refusals.iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), refusals.len());
    for refusal in refusals {
        let code = refusal.code();
        assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
    }
}
