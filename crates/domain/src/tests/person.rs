//! Validation of names, e-mail addresses and phone numbers.

use proptest::prelude::*;

use crate::FieldError::*;
use crate::{EmailAddress, FieldError, PersonName, Phone, Practice, Zone};

fn name(text: &str) -> Result<String, FieldError> {
    text.parse::<PersonName>().map(|name| name.as_str().to_owned())
}

fn email(text: &str) -> Result<String, FieldError> {
    text.parse::<EmailAddress>().map(|email| email.as_str().to_owned())
}

fn phone(text: &str) -> Result<String, FieldError> {
    text.parse::<Phone>().map(|phone| phone.as_str().to_owned())
}

#[test]
fn names_of_every_script_are_kept_unchanged() {
    for typed in [
        "Jamie Lee",
        "Dr. Ada Łukasz-O’Hara",
        "李小龙",
        "محمد علي",
        "משה",
        "Иван",
        "ณัฐ",
        "X",
        "می\u{200c}خواهم", // Persian is spelled with a zero-width non-joiner
        "A\u{301}na",      // a combining accent
        "Robert'); DROP TABLE guests;--",
        "<b>Jamie</b>",
    ] {
        assert_eq!(name(typed).as_deref(), Ok(typed));
    }
}

#[test]
fn surrounding_space_is_trimmed_from_names() {
    for around in [" ", "   ", "\u{a0}", "\u{200b}", "\u{feff}", "\u{2060} "] {
        assert_eq!(name(&format!("{around}Jamie Lee{around}")).as_deref(), Ok("Jamie Lee"), "{around:?}");
    }
}

#[test]
fn an_invisible_name_is_refused() {
    for typed in
        ["", " ", "   ", "\u{a0}", "\u{3000}", "\u{200b}\u{200b}", "\u{200d}", "\u{3164}", "\u{2800}", "\u{e0041}"]
    {
        assert_eq!(name(typed), Err(Empty), "{typed:?}");
    }
}

#[test]
fn a_name_is_one_line() {
    for within in ["\n", "\r\n", "\t", "\0", "\u{7}", "\u{1b}[31m", "\u{7f}", "\u{85}", "\u{2028}", "\u{2029}"] {
        assert_eq!(name(&format!("Jamie{within}Lee")), Err(ControlCharacters), "{within:?}");
        assert_eq!(name(&format!("Jamie Lee{within}")), Err(ControlCharacters), "{within:?}");
    }
}

#[test]
fn direction_marks_in_names_are_refused() {
    let marks = "\u{200e}\u{200f}\u{61c}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    for mark in marks.chars() {
        for typed in [format!("Jamie{mark}Lee"), format!("{mark}Jamie"), format!("Jamie{mark}"), mark.to_string()] {
            assert_eq!(name(&typed), Err(DirectionMarks), "{typed:?}");
            assert_eq!(email(&format!("{typed}@guest.example")), Err(DirectionMarks), "{typed:?}");
        }
    }
}

#[test]
fn a_name_has_at_most_a_hundred_characters_and_a_practice_120() {
    assert_eq!(name(&"ł".repeat(100)), Ok("ł".repeat(100)));
    assert_eq!(name(&format!(" {} ", "ł".repeat(100))), Ok("ł".repeat(100)));
    assert_eq!(name(&"l".repeat(101)), Err(TooLong));
    assert_eq!(Practice::parse_name(&"p".repeat(120)), Ok("p".repeat(120)));
    assert_eq!(Practice::parse_name(&"p".repeat(121)), Err(TooLong));
    assert_eq!(Practice::parse_name(" "), Err(Empty));
}

#[test]
fn valid_addresses_are_accepted() {
    for typed in [
        "a@b",
        "jamie@guest.example",
        "Jamie.Lee+anteroom@sub.guest.example",
        "o'hara@guest.example",
        "jürgen@müller.example",
        "用户@例子.example",
        "x_y-z=1&2@1-2.example",
    ] {
        assert_eq!(email(typed).as_deref(), Ok(typed));
    }
    assert_eq!(email("  jamie@guest.example ").as_deref(), Ok("jamie@guest.example"));
}

#[test]
fn impossible_addresses_are_refused() {
    for typed in [
        "jamie",
        "@guest.example",
        "jamie@",
        "@",
        "jamie@@guest.example",
        "jamie@lee@guest.example",
        "jamie lee@guest.example",
        "jamie@guest .example",
        "jamie@guest..example",
        "jamie@.example",
        "jamie@guest.example.",
        "jamie@-guest.example",
        "jamie@guest-.example",
        ".jamie@guest.example",
        "jamie.@guest.example",
        "ja..mie@guest.example",
        "Jamie <jamie@guest.example>",
        "jamie@guest.example, kim@guest.example",
        "\"jamie\"@guest.example",
        "jamie@[192.0.2.1]",
        "ja\u{200b}mie@guest.example",
        "jamie@guest_s.example",
    ] {
        assert_eq!(email(typed), Err(Malformed), "{typed}");
    }
    assert_eq!(email(""), Err(Empty));
    assert_eq!(email("jamie@guest.example\r\nBcc: kim@guest.example"), Err(ControlCharacters));
}

#[test]
fn address_length_is_limited_in_bytes() {
    let domain = format!("{}.{}.{}", "d".repeat(63), "e".repeat(63), "f".repeat(61));
    let longest = format!("{}@{domain}", "l".repeat(64));
    assert_eq!(longest.len(), 254);
    assert_eq!(email(&longest), Ok(longest.clone()));
    assert_eq!(email(&format!("{longest}x")), Err(TooLong));
    assert_eq!(email(&format!("{}@guest.example", "l".repeat(65))), Err(Malformed));
    assert_eq!(email(&format!("jamie@{}.example", "d".repeat(64))), Err(Malformed));
    let (wide, label) = ("ü".repeat(32), "ü".repeat(31));
    assert_eq!(email(&format!("{wide}@{label}.example")).map(|_| ()), Ok(()));
    assert_eq!(email(&format!("{wide}@{label}.{label}.{label}.example")), Err(TooLong));
}

#[test]
fn spellings_of_one_mailbox_fold_to_one_form() {
    let folded = |typed: &str| typed.parse::<EmailAddress>().unwrap().folded();
    for (typed, expected) in [
        ("Jamie@Guest.Example", "jamie@guest.example"),
        ("jamie@\u{ff27}uest.example", "jamie@guest.example"), // full-width G
        ("jamie@M\u{dc}LLER.example", "jamie@xn--mller-kva.example"),
        ("jamie@xn--mller-kva.example", "jamie@xn--mller-kva.example"),
        ("J\u{dc}RGEN@guest.example", "j\u{dc}rgen@guest.example"), // what the server folds is not known
        ("mi\u{212a}e@guest.example", "mi\u{212a}e@guest.example"), // Kelvin sign
        ("jamie@xn--0.example", "jamie@xn--0.example"),             // not an international domain name
    ] {
        assert_eq!(folded(typed), expected);
    }
    assert_ne!(folded("mi\u{212a}e@guest.example"), folded("mike@guest.example"));
    assert_ne!(folded("jamie@guest.example"), folded("jamie.lee@guest.example"));
}

#[test]
fn phone_numbers_are_normalized() {
    for (typed, dialled) in [
        ("+493012345678", "+493012345678"),
        ("+49 30 1234 5678", "+493012345678"),
        ("  +49-30/1234.5678 ", "+493012345678"),
        ("0049 30 12345678", "+493012345678"),
        ("+44 (20) 7946 0018", "+442079460018"),
        ("+49 (0)30 12345678", "+493012345678"), // the zero is for callers inside the country only
        ("0044 (0) 20 7946 0018", "+442079460018"),
        ("+39 (0)6 1234567", "+39061234567"), // in Italy it is part of the number
        ("+1\u{a0}(212)\u{a0}555-0100", "+12125550100"),
        ("++49 30 12345678", "+493012345678"),
        ("(+49) 30 12345678", "+493012345678"),
    ] {
        assert_eq!(phone(typed).as_deref(), Ok(dialled), "{typed}");
    }
}

#[test]
fn a_national_number_is_read_with_the_country() {
    for (country, typed, dialled) in [
        ("DE", "030 12345678", "+493012345678"),
        ("DE", "0151 23456789", "+4915123456789"),
        ("GB", "020 7946 0018", "+442079460018"),
        ("IT", "06 6982 1234", "+390669821234"),
        ("US", "(212) 555-0100", "+12125550100"),
        ("US", "+49 30 12345678", "+493012345678"),
        ("US", "0049 30 12345678", "+493012345678"),
        ("DE", "+1 212 555 0100", "+12125550100"),
    ] {
        let read = Phone::parse(typed, Some(country)).map(|phone| phone.as_str().to_owned());
        assert_eq!(read.as_deref(), Ok(dialled), "{country} {typed}");
    }
    assert_eq!(Phone::parse("123", Some("DE")), Err(NoSuchNumber));
    assert_eq!(Phone::parse("030 12345678", Some("XX")), Err(NoCountryCode));
}

#[test]
fn a_bad_number_is_refused_with_a_reason() {
    for (typed, reason) in [
        (" ", Empty),
        ("030 12345678", NoCountryCode),
        ("12345678", NoCountryCode),
        ("+", Malformed),
        ("00", Malformed),
        ("+999 12345678", UnknownCountryCode),
        ("+0301234567", UnknownCountryCode),
        ("+49 1", NoSuchNumber),
        ("+1 212 555 010", NoSuchNumber),
        ("+1 212 555 01000", NoSuchNumber),
        ("+49 30 CALL-ME", Malformed),
        ("+49 30 1234567 ext 5", Malformed),
        ("+49 30 1234567;ext=5", Malformed),
        ("+49 30 1234567#5", Malformed),
        ("+49 30\n12345678", ControlCharacters),
    ] {
        assert_eq!(phone(typed), Err(reason), "{typed}");
    }
    assert_eq!(phone(&format!("+{}", "1".repeat(40))), Err(TooLong));
    for digits in ["+49٣٠١٢٣٤٥٦٧٨", "+1234567890123456"] {
        assert!(phone(digits).is_err(), "{digits}");
    }
}

proptest! {
    /// Some inputs made earlier versions of the library panic (RUSTSEC-2024-0369).
    #[test]
    fn any_text_is_read_as_a_number_or_refused(text in ".{0,45}", written in "[+0-9 ()/.;#*x-]{0,20}") {
        for country in [None, Some("DE"), Some("US")] {
            for text in [&text, &written] {
                if let Ok(number) = Phone::parse(text, country) {
                    prop_assert_eq!(number.as_str().parse::<Phone>(), Ok(number.clone()));
                }
            }
        }
    }
}

#[test]
fn a_zone_belongs_to_a_country() {
    let country = |zone: &str| zone.parse::<Zone>().unwrap().country();
    assert_eq!(
        ["Europe/Berlin", "Europe/Vienna", "America/New_York", "Africa/Cairo"].map(country),
        ["DE", "AT", "US", "EG"].map(Some)
    );
    assert_eq!((country("UTC"), Zone::from_store("Moon/Tycho").country()), (None, None));
}

#[test]
fn debug_output_hides_personal_input() {
    let (name, email, phone) = ("Jamie Lee", "jamie@guest.example", "+493012345678");
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        name.parse::<PersonName>().unwrap(),
        email.parse::<EmailAddress>().unwrap(),
        phone.parse::<Phone>().unwrap(),
        super::samples::live(),
    );
    for personal in [name, email, phone, "Rossi", "Kim"] {
        assert!(!printed.contains(personal), "{personal} in {printed}");
    }
}
