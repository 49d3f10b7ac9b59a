//! Text forms of ids, secrets and notices.

use std::fmt::Debug;
use std::str::FromStr;

use proptest::prelude::*;

use super::samples::{eleven, participant_id};
use crate::*;

fn has_one_text_form<T: FromStr + ToString + PartialEq + Debug>(id: &T, prefix: &str) {
    let written = id.to_string();
    assert_eq!(written.parse::<T>().ok().as_ref(), Some(id));
    assert!(written.starts_with(prefix) && written.len() == prefix.len() + 32, "{written}");
    let hex = &written[prefix.len()..];
    for other in [
        String::new(),
        hex.to_owned(),
        written.to_uppercase(),
        format!("{prefix}{}", hex.to_uppercase()),
        format!("{}{hex}", prefix.to_uppercase()),
        format!(" {written}"),
        format!("{written}\n"),
        format!("{written}0"),
        written[..written.len() - 1].to_owned(),
        format!("{prefix}{}-{}", &hex[..8], &hex[8..]),
        format!("{prefix}{{{hex}}}"),
        format!("{prefix}urn:uuid:{hex}"),
        format!("{prefix}{}g", &hex[..31]),
        format!("{prefix}{}é", &hex[..30]),
        format!("xxx_{hex}"),
    ] {
        // Hex digits without letters equal their upper case.
        assert!(other == written || other.parse::<T>().is_err(), "{other:?}");
    }
}

proptest! {
    #[test]
    fn an_id_has_one_text_form(random: [u8; 10], seconds in 0_i64..4_000_000_000) {
        let at = jiff::Timestamp::from_second(seconds).unwrap();
        has_one_text_form(&AppointmentId::new(at, random), "apt_");
        has_one_text_form(&ConsultationId::new(at, random), "con_");
        has_one_text_form(&ParticipantId::new(at, random), "par_");
        has_one_text_form(&UserId::new(at, random), "usr_");
        has_one_text_form(&InvitationId::new(at, random), "inv_");
        has_one_text_form(&CredentialId::new(at, random), "crd_");
    }

    #[test]
    fn ids_made_later_sort_later(random: [u8; 10], other: [u8; 10], ms in 0_i64..4_000_000_000_000, more in 1_i64..1_000_000) {
        let at = |ms| jiff::Timestamp::from_millisecond(ms).unwrap();
        let (first, second) = (AppointmentId::new(at(ms), random), AppointmentId::new(at(ms + more), other));
        prop_assert!(first < second && first.to_string() < second.to_string());
    }

    #[test]
    fn arbitrary_text_never_parses_as_id_or_secret(text in "\\PC{0,40}") {
        prop_assert!(text.parse::<ParticipantId>().is_err());
        prop_assert!(text.parse::<Secret>().is_err() || text.len() == 32);
        if let Ok(author) = text.parse::<Author>() {
            prop_assert_eq!(author.to_string(), text);
        }
    }

    #[test]
    fn a_secret_has_one_text_form_and_one_hash(random: [u8; 24], other: [u8; 24]) {
        let secret = Secret::new(random);
        prop_assert_eq!(secret.reveal().parse::<Secret>(), Ok(secret.clone()));
        prop_assert_eq!(secret.hash(), secret.reveal().parse::<Secret>().unwrap().hash());
        prop_assert_eq!(Secret::new(other).hash() == secret.hash(), other == random);
        let printed = format!("{secret:?}{:?}", secret.hash());
        prop_assert!(!printed.contains(secret.reveal()));
    }
}

#[test]
fn ids_of_different_kinds_do_not_mix() {
    let written = AppointmentId::new(eleven(), [9; 10]).to_string();
    assert!(written.parse::<ConsultationId>().is_err());
    assert!(written.parse::<ParticipantId>().is_err());
}

#[test]
fn an_id_made_before_1970_breaks_nothing() {
    let id = UserId::new(jiff::Timestamp::MIN, [255; 10]);
    assert_eq!(id.to_string().parse(), Ok(id));
}

#[test]
fn a_secret_is_32_characters_that_need_no_escaping() {
    for text in ["", "short", &"a".repeat(31), &"a".repeat(33), &"/".repeat(32), &"é".repeat(16), &" ".repeat(32)] {
        assert!(text.parse::<Secret>().is_err(), "{text:?}");
    }
}

#[test]
fn room_names_contain_all_random_bytes() {
    let random: [u8; 16] = std::array::from_fn(|n| n as u8);
    assert_eq!(RoomName::new(random).as_str(), "room_000102030405060708090a0b0c0d0e0f");
    assert_eq!(ApiKeyId::new([0, 0, 0, 0, 0, 0, 0, 255]).as_str(), "key_00000000000000ff");
}

#[test]
fn authors_round_trip_through_text() {
    let key = ApiKeyId::new([1; 8]);
    for author in [
        Author::User(UserId::new(eleven(), [1; 10])),
        Author::Participant(participant_id(1)),
        Author::Key(key),
        Author::System,
    ] {
        assert_eq!(author.to_string().parse(), Ok(author));
    }
    for text in ["", "nobody", "usr_1", "par_", "System", "apt_0198b0b0b0b07b0b8b0b0b0b0b0b0b0b"] {
        assert!(text.parse::<Author>().is_err(), "{text}");
    }
}

/// Rows written by an older version must stay readable.
#[test]
fn notices_keep_their_stored_json() {
    let id = "0198b0b0b0b07b0b8b0b0b0b0b0b0b0b";
    let (appointment, consultation) = (format!("apt_{id}").parse().unwrap(), format!("con_{id}").parse().unwrap());
    let participant = format!("par_{id}").parse().unwrap();
    for (notice, written) in [
        (
            Notice::Confirmed { appointment, participant },
            format!(r#"{{"notice":"confirmed","appointment":"apt_{id}","participant":"par_{id}"}}"#),
        ),
        (
            Notice::Cancelled { appointment, participant },
            format!(r#"{{"notice":"cancelled","appointment":"apt_{id}","participant":"par_{id}"}}"#),
        ),
        (Notice::RoomClosed { consultation }, format!(r#"{{"notice":"room_closed","consultation":"con_{id}"}}"#)),
        (
            Notice::Removed { consultation, participant, older_than: None },
            format!(r#"{{"notice":"removed","consultation":"con_{id}","participant":"par_{id}"}}"#),
        ),
        (
            Notice::Removed { consultation, participant, older_than: Some(7) },
            format!(r#"{{"notice":"removed","consultation":"con_{id}","participant":"par_{id}","older_than":7}}"#),
        ),
        (Notice::Deserted { consultation }, format!(r#"{{"notice":"deserted","consultation":"con_{id}"}}"#)),
    ] {
        assert_eq!(serde_json::to_string(&notice).unwrap(), written);
        assert_eq!(serde_json::from_str::<Notice>(&written).unwrap(), notice);
        assert!(written.contains(&format!(r#""notice":"{}""#, notice.kind())));
    }
}
