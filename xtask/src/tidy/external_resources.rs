//! Pages load nothing from other servers, and the content security policy allows no inline script or style.
//! A font loaded from another server would show that server who visits a medical practice.

use super::finding::Finding;
use super::source::SourceFile;

/// Text directly before a URL that makes a browser fetch it.
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

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| runs_in_browser(source)) {
        for (number, line) in source.lines() {
            if loads_external(line) || links_external(line) {
                findings.push(Finding::at(source, number, "loads a resource from another server: serve it from `ui/`"));
            }
            if is_page(source) && has_inline_code(line) {
                findings.push(Finding::at(
                    source,
                    number,
                    "inline script or style: blocked by the content security policy, move it to `ui/`",
                ));
            }
        }
    }
    findings
}

fn runs_in_browser(source: &SourceFile) -> bool {
    let ui = source.path.starts_with("ui/") && source.is(&["ts", "css", "html"]) && !source.is_test_file();
    ui || is_page(source)
}

fn is_page(source: &SourceFile) -> bool {
    source.path.starts_with("crates/web/templates/") && source.is(&["html"])
}

fn loads_external(line: &str) -> bool {
    FETCH_PREFIXES.iter().any(|fetch| line.split(fetch).skip(1).any(is_external))
}

/// `<a href>` may lead to another server; `<link href>` is fetched by the browser.
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
        check(&[SourceFile::new(path, line)]).len()
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
    fn own_files_and_anchors_pass() {
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
