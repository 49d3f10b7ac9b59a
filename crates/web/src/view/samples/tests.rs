//! Checks on the HTML of every sample page.

use anteroom_domain::Language;

use super::words;

/// Name and HTML of every page in every language.
fn all() -> Vec<(String, String)> {
    let pages =
        |language: Language| super::all(words(language)).into_iter().map(move |(name, page)| (language, name, page));
    let all = Language::ALL.into_iter().flat_map(pages);
    all.map(|(language, name, page)| (format!("{language}/{name}"), page)).collect()
}

/// The text between `<NAME` and `>` of every such tag, in order.
fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let ends = |rest: &str| rest.starts_with([' ', '>', '\n', '/']);
    page.split(&format!("<{name}"))
        .skip(1)
        .filter(|rest| ends(rest))
        .map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag))
        .collect()
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value)
}

#[test]
fn pages_have_no_inline_or_external_resources() {
    for (name, page) in all() {
        assert!(tags(&page, "style").is_empty(), "{name} has a style element");
        for script in tags(&page, "script") {
            let is_data = attribute(script, "type") == Some("application/json");
            assert!(
                is_data || attribute(script, "src").is_some_and(|src| src.starts_with("/assets/")),
                "{name}: {script}"
            );
        }
        let all = tags_of_all(&page);
        for tag in all {
            assert!(!tag.contains(" style="), "{name}: {tag}");
            assert!(
                !tag.split_whitespace().skip(1).any(|part| part.starts_with("on") && part.contains('=')),
                "{name}: {tag}"
            );
            for address in ["src", "href", "action"].iter().filter_map(|a| attribute(tag, a)) {
                let ours = ["/", "#", "mailto:", "tel:"].iter().any(|start| address.starts_with(start));
                assert!(ours && !address.starts_with("//"), "{name} refers to {address}");
            }
        }
    }
}

/// Every opening tag of the page.
fn tags_of_all(page: &str) -> Vec<&str> {
    let opens = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    page.split('<').filter(opens).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag)).collect()
}

#[test]
fn every_page_has_heading_title_language_and_skip_link() {
    for (name, page) in all() {
        assert_eq!(tags(&page, "h1").len(), 1, "{name}");
        assert_eq!(tags(&page, "main").len(), 1, "{name}");
        let language = name.split('/').next().unwrap();
        assert!(page.contains(&format!(r#"<html lang="{language}" dir="ltr">"#)), "{name}");
        assert!(page.contains(r##"href="#main""##), "{name}");
        let title =
            page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map(|(title, _)| title);
        assert!(title.is_some_and(|title| !title.trim().is_empty()), "{name}");
    }
}

/// The tab of a browser is seen by everybody with whom a window is shared.
#[test]
fn titles_name_no_guest_and_nobody_whom_they_meet() {
    for (name, page) in all() {
        let (_, rest) = page.split_once("<title>").unwrap();
        let (title, _) = rest.split_once("</title>").unwrap();
        for person in ["Mara", "Lindt", "Brandt"] {
            assert!(!title.contains(person), "{name}: {title}");
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_reference_a_target() {
    for (name, page) in all() {
        let ids: Vec<&str> = tags_of_all(&page).iter().filter_map(|tag| attribute(tag, "id")).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(ids.len(), once.len(), "{name} has an id twice: {ids:?}");
        for tag in tags_of_all(&page) {
            for reference in ["for", "aria-describedby", "aria-labelledby", "list"] {
                for id in attribute(tag, reference).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(&id), "{name}: {reference}={id} has no target");
                }
            }
        }
        let labelled: Vec<&str> = tags(&page, "label").iter().filter_map(|label| attribute(label, "for")).collect();
        for kind in ["input", "select", "textarea"] {
            for field in tags(&page, kind) {
                let unseen = matches!(attribute(field, "type"), Some("hidden" | "radio" | "checkbox"));
                assert!(unseen || attribute(field, "id").is_some_and(|id| labelled.contains(&id)), "{name}: {field}");
            }
        }
    }
}

#[test]
fn user_input_is_escaped() {
    for (name, page) in all() {
        assert!(!page.contains("<script>alert"), "{name} executes user input");
        assert!(!page.contains("{{") && !page.contains("{%"), "{name} shows template syntax");
    }
}

#[test]
fn password_is_never_rendered() {
    for (name, page) in all() {
        for field in tags(&page, "input").iter().filter(|field| attribute(field, "type") == Some("password")) {
            assert!(attribute(field, "value").unwrap_or_default().is_empty(), "{name}: {field}");
        }
    }
}
