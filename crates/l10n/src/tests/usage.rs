//! No message of the catalogue is left over: each is used by a page, a message, a problem or the browser.

use std::fs;
use std::path::Path;

use anteroom_domain::Language;

use crate::catalogue::Sources;

/// Rust sources and templates that use the catalogue. `ui/call/messages.test.ts` and `ui/site/day-words.test.ts` do the
/// same for the browser.
const USERS: [&str; 5] = ["l10n/src", "web/src", "web/templates", "notify/src", "anteroom/src"];

#[test]
fn every_message_is_used() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut code = String::new();
    USERS.iter().for_each(|folder| read(&crates.join(folder), &mut code));
    let scripts =
        ["call.ftl", "site.ftl"].map(|file| fs::read_to_string(crates.join("l10n/locales/en").join(file)).unwrap());
    let messages = Sources::of(Language::En).messages.iter().map(|(id, _)| *id);
    let unused: Vec<_> = messages
        .filter(|id| !scripts.iter().any(|file| file.contains(&format!("\n{id} ="))))
        .filter(|id| {
            let method = id.replace('-', "_");
            !code.contains(&format!(".{method}(")) && !code.contains(&format!("Catalogue::{method}"))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn read(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "html") {
            code.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}
