//! A browser loads nothing from anywhere else, and our policy allows nothing inline.
//! A page that asked another server for a font would tell it who sees a doctor.

use super::Finding;
use super::source::Source;

/// What makes a browser fetch, right before an address.
const FETCH_PREFIXES: &[&str] = &[
    "src=",
    "srcset=",
    "poster=",
    "action=",
    "data=",
    "url(",
    "@import ",
    "import ",
    "from ",
    "import(",
    "fetch(",
    "EventSource(",
    "WebSocket(",
    "sendBeacon(",
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| runs_in_browser(source)) {
        for (number, line) in source.lines() {
            if loads_external(line) || links_external(line) {
                findings.push(Finding::at(source, number, "loads something from elsewhere"));
            }
            if is_page(source) && has_inline_code(line) {
                findings.push(Finding::at(source, number, "inline script or style: our own policy stops it"));
            }
        }
    }
    findings
}

fn runs_in_browser(source: &Source) -> bool {
    let ui = source.path.starts_with("ui/") && source.is(&["ts", "css", "html"]) && !source.is_test_file();
    ui || is_page(source)
}

fn is_page(source: &Source) -> bool {
    source.path.starts_with("crates/web/templates/") && source.is(&["html"])
}

fn loads_external(line: &str) -> bool {
    FETCH_PREFIXES.iter().any(|fetch| line.split(fetch).skip(1).any(is_external))
}

/// `<a href>` may lead away, when a person follows it; `<link href>` is followed by the browser.
fn links_external(line: &str) -> bool {
    line.contains("<link") && line.split("href=").skip(1).any(is_external)
}

fn is_external(address: &str) -> bool {
    let address = address.trim_start_matches(['"', '\'', '`', ' ']);
    ["http://", "https://", "ws://", "wss://", "//"].iter().any(|start| address.starts_with(start))
}

fn has_inline_code(line: &str) -> bool {
    let script = line.contains("<script") && !line.contains("src=") && !line.contains("application/json");
    let attribute = line.split_whitespace().any(|word| {
        let Some((name, _)) = word.split_once("=\"") else {
            return false;
        };
        name == "style" || (name.starts_with("on") && name.chars().all(char::is_alphabetic))
    });
    script || line.contains("<style") || attribute
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, line: &str) -> usize {
        check(&[Source::new(path, line)]).len()
    }

    #[test]
    fn whatever_a_browser_would_fetch_from_elsewhere_is_found() {
        for (path, line) in [
            ("crates/web/templates/base.html", r#"<script src="https://cdn.example/htmx.js"></script>"#),
            ("crates/web/templates/base.html", r#"<link rel="stylesheet" href="//fonts.example/inter.css">"#),
            ("ui/styles/base.css", "src: url(https://fonts.example/inter.woff2);"),
            ("ui/styles/base.css", "@import \"https://fonts.example/inter.css\";"),
            ("ui/call/main.ts", "await fetch(`https://stats.example/join`);"),
            ("ui/call/main.ts", "import { Room } from \"https://esm.example/livekit-client\";"),
        ] {
            assert_eq!(found(path, line), 1, "{line}");
        }
    }

    #[test]
    fn our_own_files_and_links_for_people_are_not() {
        for line in [
            r#"<script type="module" src="{{ assets.call }}"></script>"#,
            r#"<a href="https://www.mozilla.org/firefox/">another browser</a>"#,
            r#"<svg xmlns="http://www.w3.org/2000/svg">"#,
        ] {
            assert_eq!(found("crates/web/templates/page.html", line), 0, "{line}");
        }
    }

    #[test]
    fn inline_code_is_found() {
        for line in [r#"<p style="color: red">"#, r#"<button onclick="go()">"#, "<script>go()</script>", "<style>"] {
            assert_eq!(found("crates/web/templates/page.html", line), 1, "{line}");
        }
        let facts = r#"<script type="application/json" id="standing">{{ standing }}</script>"#;
        assert_eq!(found("crates/web/templates/page.html", facts), 0);
    }
}
