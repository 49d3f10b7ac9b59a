//! Embeds the catalogues of `locales/` and generates one method of `Catalogue` for each message of `locales/en`. So a
//! message that does not exist, or an argument that is missing, does not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey,
};
use fluent_syntax::parser;

/// Only scripts use these; `ui/call/messages.ts` and `ui/site/` have their functions.
const FOR_SCRIPTS: [&str; 2] = ["call.ftl", "site.ftl"];

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let languages: Vec<_> = listed(&locales).iter().map(|folder| LanguageFiles::read(folder)).collect();
    let code = languages.iter().map(LanguageFiles::code).collect::<String>();
    let code = format!("static SOURCES: &[Sources] = &[\n{code}];\n{}", methods(&languages));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("sentences.rs"), code).expect("the output folder is writable");
}

/// The files of one language.
struct LanguageFiles {
    tag: String,
    files: Vec<PathBuf>,
    packs: Vec<PathBuf>,
    messages: BTreeMap<String, Sentence>,
    /// Names of the terms, by pack.
    terms: BTreeMap<String, BTreeSet<String>>,
}

/// One message.
struct Sentence {
    arguments: Arguments,
    /// The beginning of its text, for the documentation of its method.
    shown: String,
    for_scripts: bool,
}

impl LanguageFiles {
    fn read(folder: &Path) -> Self {
        let (packs, files): (Vec<_>, Vec<_>) = listed(folder).into_iter().partition(|path| path.is_dir());
        let packs: Vec<PathBuf> = packs.iter().flat_map(|folder| listed(folder)).collect();
        let mut read = Self { tag: name(folder), files, packs, messages: BTreeMap::new(), terms: BTreeMap::new() };
        let mut shared = BTreeSet::new();
        for file in &read.files {
            let for_scripts = FOR_SCRIPTS.contains(&name(file).as_str());
            let add = |message: &Message<&str>| {
                let before = read.messages.insert(message.id.name.to_owned(), Sentence::of(message, for_scripts));
                assert!(before.is_none(), "{}: {} is there twice", file.display(), message.id.name);
            };
            shared.extend(entries(file, add));
        }
        for file in &read.packs {
            let none = |message: &Message<&str>| panic!("{}: {} is no term", file.display(), message.id.name);
            let terms = entries(file, none).union(&shared).cloned().collect();
            read.terms.insert(name(file).replace(".ftl", ""), terms);
        }
        read
    }

    fn code(&self) -> String {
        let mut code = format!("Sources {{ tag: {:?}, files: &[", self.tag);
        self.files.iter().for_each(|file| include(&mut code, file));
        code.push_str("], packs: &[");
        self.packs.iter().for_each(|file| include(&mut code, file));
        code.push_str("],\n#[cfg(test)] messages: &[");
        for (id, Sentence { arguments: Arguments(arguments), .. }) in &self.messages {
            let arguments: Vec<_> = arguments.iter().collect();
            let _ = write!(code, "({id:?}, &{arguments:?}),");
        }
        code.push_str("],\n#[cfg(test)] terms: &[");
        for (pack, terms) in &self.terms {
            let terms: Vec<_> = terms.iter().collect();
            let _ = write!(code, "({pack:?}, &{terms:?}),");
        }
        code + "] },\n"
    }
}

/// Calls `add` for each message of the file, and returns the names of its terms.
fn entries(file: &Path, mut add: impl FnMut(&Message<&str>)) -> BTreeSet<String> {
    let text = fs::read_to_string(file).expect("a readable file");
    let resource = parser::parse(text.as_str()).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.display()));
    let mut terms = BTreeSet::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => add(message),
            Entry::Term(term) => {
                terms.insert(term.id.name.to_owned());
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Junk { content } => panic!("{}: not Fluent: {content}", file.display()),
        }
    }
    terms
}

fn include(code: &mut String, file: &Path) {
    let _ = write!(code, "({:?}, include_str!({file:?})),", name(file));
}

fn methods(languages: &[LanguageFiles]) -> String {
    let english = languages.iter().find(|language| language.tag == "en").expect("English has every message");
    let mut code = String::from("impl Catalogue {\n");
    for (id, sentence) in english.messages.iter().filter(|(_, sentence)| !sentence.for_scripts) {
        let (mut parameters, mut values) = (String::new(), String::new());
        for argument in sentence.arguments.0.keys() {
            let rust = argument.replace('-', "_");
            if languages.iter().any(|language| language.is_count(id, argument)) {
                let _ = write!(parameters, ", {rust}: impl Count");
                let _ = write!(values, "({argument:?}, Argument::Count({rust}.count())),");
            } else {
                let _ = write!(parameters, ", {rust}: impl std::fmt::Display");
                let _ = write!(values, "({argument:?}, Argument::Text({rust}.to_string())),");
            }
        }
        let (shown, method) = (&sentence.shown, id.replace('-', "_"));
        let _ = writeln!(code, "/// `{shown}`\n#[must_use]\npub fn {method}(&self{parameters}) -> String {{");
        let _ = writeln!(code, "self.text({id:?}, &[{values}])\n}}");
    }
    code + "}\n"
}

impl LanguageFiles {
    /// Whether the argument chooses a plural form in this language.
    fn is_count(&self, id: &str, argument: &str) -> bool {
        self.messages.get(id).and_then(|sentence| sentence.arguments.0.get(argument)).copied().unwrap_or_default()
    }
}

impl Sentence {
    fn of(message: &Message<&str>, for_scripts: bool) -> Self {
        let pattern = message.value.as_ref().unwrap_or_else(|| panic!("{} has no value", message.id.name));
        let mut arguments = Arguments::default();
        arguments.of_pattern(pattern);
        let text = pattern.elements.iter().map(|element| match element {
            PatternElement::TextElement { value } => value,
            PatternElement::Placeable { .. } => "…",
        });
        let shown = text.collect::<String>().replace('`', "'");
        Self { arguments, shown: shown.split_whitespace().collect::<Vec<_>>().join(" "), for_scripts }
    }
}

/// The arguments of a message, and whether they are counts: those that choose a plural form.
#[derive(Default)]
struct Arguments(BTreeMap<String, bool>);

impl Arguments {
    fn of_pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.of_expression(expression);
            }
        }
    }

    fn of_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.of_inline(inline),
            Expression::Select { selector, variants } => {
                self.of_inline(selector);
                if let InlineExpression::VariableReference { id } = selector {
                    let is_count = variants.iter().any(|variant| match &variant.key {
                        VariantKey::Identifier { name } => ["zero", "one", "two", "few", "many"].contains(name),
                        VariantKey::NumberLiteral { .. } => true,
                    });
                    *self.0.entry(id.name.to_owned()).or_default() |= is_count;
                }
                variants.iter().for_each(|variant| self.of_pattern(&variant.value));
            }
        }
    }

    fn of_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.0.entry(id.name.to_owned()).or_default();
            }
            InlineExpression::FunctionReference { arguments, .. } => self.of_call(arguments),
            InlineExpression::TermReference { arguments: Some(arguments), .. } => self.of_call(arguments),
            InlineExpression::Placeable { expression } => self.of_expression(expression),
            InlineExpression::MessageReference { id, .. } => {
                panic!("a message refers to the message {}: use a term, so that its arguments are known", id.name)
            }
            InlineExpression::TermReference { .. }
            | InlineExpression::StringLiteral { .. }
            | InlineExpression::NumberLiteral { .. } => {}
        }
    }

    fn of_call(&mut self, call: &CallArguments<&str>) {
        call.positional.iter().for_each(|argument| self.of_inline(argument));
        call.named.iter().for_each(|argument| self.of_inline(&argument.value));
    }
}

/// The entries of a folder by name, so that two builds give the same code.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().expect("an entry of a folder").to_string_lossy().into_owned()
}
