//! Every language has what English has; and which language a request gets.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_domain::{Language, WordingPack};

use crate::argument::isolated;
use crate::catalogue::Sources;
use crate::{Catalogue, negotiate};

#[test]
fn every_language_has_the_messages_and_arguments_of_english() {
    let names = |language| -> BTreeMap<&str, BTreeSet<&str>> {
        let messages = Sources::of(language).messages.iter();
        messages.map(|(id, arguments)| (*id, arguments.iter().map(|(name, _)| *name).collect())).collect()
    };
    let english = names(Language::En);
    for language in Language::ALL {
        let other = names(language);
        let ids = |of: &BTreeMap<&'static str, BTreeSet<&str>>| of.keys().copied().collect::<BTreeSet<_>>();
        let different: Vec<_> = ids(&english).symmetric_difference(&ids(&other)).copied().collect();
        assert!(different.is_empty(), "{language}: only in one of the two languages: {different:?}");
        for (id, arguments) in &english {
            assert_eq!(&other[id], arguments, "{language}: arguments of {id}");
        }
    }
}

#[test]
fn every_pack_of_every_language_has_the_same_terms() {
    let english = Sources::of(Language::En).terms;
    for language in Language::ALL {
        let packs: Vec<_> = Sources::of(language).terms.iter().map(|(pack, _)| *pack).collect();
        let mut known = WordingPack::ALL.map(WordingPack::as_str);
        known.sort_unstable();
        assert_eq!(packs, known, "{language}");
        for (pack, terms) in Sources::of(language).terms {
            assert_eq!(*terms, english[0].1, "{language}, {pack}");
        }
    }
}

#[test]
fn the_best_language_of_a_browser_is_found() {
    for (header, language) in [
        ("de", Some(Language::De)),
        ("de-AT, en;q=0.5", Some(Language::De)),
        ("fr-CH, fr;q=0.9, de;q=0.7, en;q=0.8", Some(Language::En)),
        ("en-US,en;q=0.9", Some(Language::En)),
        ("fr, ar;q=0.5", None),
        ("*", None),
        ("", None),
        ("de;q=0, en;q=0.1", Some(Language::En)),
        ("de;q=nan, DE-de;q=2", Some(Language::De)),
        ("\u{0};;q=,,, x-\"", None),
    ] {
        assert_eq!(negotiate(header), language, "{header}");
    }
}

#[test]
fn names_of_the_other_direction_are_isolated() {
    assert_eq!(isolated("Dr. Ada Łukasz", false), "Dr. Ada Łukasz");
    assert_eq!(isolated("نور حداد", false), "\u{2068}نور حداد\u{2069}");
    assert_eq!(isolated("Dr. Ada Łukasz", true), "\u{2068}Dr. Ada Łukasz\u{2069}");
    let note = Catalogue::of(Language::De, WordingPack::Clinic).mail_in_person_note("בית 7");
    assert_eq!(note, "\u{2068}בית 7\u{2069}");
}
