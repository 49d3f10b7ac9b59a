//! Every sentence with every wording pack, one snapshot for each language: what a translator and a reviewer read.

use std::fmt::Write;

use anteroom_domain::{Language, WordingPack};

use crate::Catalogue;
use crate::argument::Argument;
use crate::catalogue::Sources;

/// Counts that have forms of their own in some language.
const COUNTS: [i64; 4] = [0, 1, 2, 15];

#[test]
fn every_sentence_matches_its_snapshot() {
    for language in Language::ALL {
        let mut all = String::new();
        for (id, arguments) in Sources::of(language).messages {
            let general = forms(language, WordingPack::General, id, arguments);
            let _ = writeln!(all, "{id}\n  {}", general.join("\n  "));
            for pack in WordingPack::ALL {
                let own = forms(language, pack, id, arguments);
                if own != general {
                    let _ = writeln!(all, "  [{pack}] {}", own.join(&format!("\n  [{pack}] ")));
                }
            }
        }
        insta::assert_snapshot!(language.tag(), all);
    }
}

/// The sentence with each count, without repetitions. Fails for an unknown term or argument.
fn forms(language: Language, pack: WordingPack, id: &str, arguments: &[(&str, bool)]) -> Vec<String> {
    let catalogue = Catalogue::of(language, pack);
    let mut forms: Vec<String> = Vec::new();
    for count in COUNTS {
        let value = |name: &str, is_count| match is_count {
            true => Argument::Count(count),
            false => Argument::Text(format!("‹{name}›")),
        };
        let arguments: Vec<_> = arguments.iter().map(|(name, is_count)| (*name, value(name, *is_count))).collect();
        let mut errors = Vec::new();
        let text = catalogue.format(id, &arguments, &mut errors).expect("a message of this language");
        assert!(errors.is_empty(), "{language}, {pack}, {id}: {errors:?}");
        if !forms.contains(&text) {
            forms.push(text);
        }
    }
    forms
}
