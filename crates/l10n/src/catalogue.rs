//! The sentences of one language with the nouns of one wording pack.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

use anteroom_domain::{Language, WordingPack};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::argument::{self, Argument, Count};

include!(concat!(env!("OUT_DIR"), "/sentences.rs"));

/// The embedded files of one language.
pub(crate) struct Sources {
    pub(crate) tag: &'static str,
    /// Name and content of the files that every wording pack uses.
    files: &'static [(&'static str, &'static str)],
    /// Name and content of the files of single packs.
    packs: &'static [(&'static str, &'static str)],
    /// Ids and arguments; an argument is a count or a text.
    #[cfg(test)]
    pub(crate) messages: &'static [(&'static str, &'static [(&'static str, bool)])],
    /// Names of the terms, by pack.
    #[cfg(test)]
    pub(crate) terms: &'static [(&'static str, &'static [&'static str])],
}

impl Sources {
    pub(crate) fn of(language: Language) -> &'static Self {
        SOURCES.iter().find(|sources| sources.tag == language.tag()).expect("each language has a folder")
    }
}

/// Every sentence in one language, with the nouns of one wording pack. Each message of `locales/en` is a method.
pub struct Catalogue {
    language: Language,
    pack: WordingPack,
    bundle: FluentBundle<FluentResource>,
    /// Every minute of a day, formatted when the first is asked for; see [`Catalogue::time`].
    pub(crate) times: OnceLock<Vec<String>>,
}

static ALL: LazyLock<BTreeMap<(&'static str, &'static str), Catalogue>> = LazyLock::new(|| {
    let packs = |language: Language| WordingPack::ALL.map(|pack| Catalogue::new(language, pack));
    let all = Language::ALL.into_iter().flat_map(packs);
    all.map(|catalogue| ((catalogue.language.tag(), catalogue.pack.as_str()), catalogue)).collect()
});

impl Catalogue {
    /// The catalogue of this language and this wording pack.
    #[must_use]
    pub fn of(language: Language, pack: WordingPack) -> &'static Self {
        ALL.get(&(language.tag(), pack.as_str())).expect("there is one for each language and pack")
    }

    fn new(language: Language, pack: WordingPack) -> Self {
        let tag = language.tag().parse().expect("a tag of BCP 47");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false); // see `argument::isolated`
        let Sources { files, packs, .. } = Sources::of(language);
        let pack_file = format!("{pack}.ftl");
        for (name, text) in files.iter().chain(packs.iter().filter(|(name, _)| *name == pack_file)) {
            let resource = FluentResource::try_new((*text).to_owned());
            let resource = resource.unwrap_or_else(|(_, errors)| panic!("{language}/{name}: {errors:?}"));
            bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{language}/{name}: {errors:?}"));
        }
        Self { language, pack, bundle, times: OnceLock::new() }
    }

    /// Its language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Its wording pack.
    #[must_use]
    pub const fn pack(&self) -> WordingPack {
        self.pack
    }

    /// For the attribute `lang`.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.language.tag()
    }

    /// For the attribute `dir`.
    #[must_use]
    pub const fn dir(&self) -> &'static str {
        if self.language.is_right_to_left() { "rtl" } else { "ltr" }
    }

    /// The sentence of this id. What the language lacks is answered in English, which has everything; the tests do not
    /// let it come to that.
    fn text(&self, id: &str, arguments: &[(&str, Argument)]) -> String {
        let mut errors = Vec::new();
        self.format(id, arguments, &mut errors).filter(|_| errors.is_empty()).unwrap_or_else(|| {
            let english = Self::of(Language::En, self.pack);
            english.format(id, arguments, &mut errors).expect("the method was generated from English")
        })
    }

    /// `None` without a message of this id.
    pub(crate) fn format(
        &self,
        id: &str,
        arguments: &[(&str, Argument)],
        errors: &mut Vec<fluent_bundle::FluentError>,
    ) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, self.value(value))).collect();
        Some(self.bundle.format_pattern(pattern, Some(&arguments), errors).into_owned())
    }

    fn value<'a>(&self, argument: &'a Argument) -> FluentValue<'a> {
        match argument {
            Argument::Count(count) => FluentValue::from(*count),
            Argument::Text(text) => argument::isolated(text, self.language.is_right_to_left()).into(),
        }
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({}, {})", self.language, self.pack)
    }
}
