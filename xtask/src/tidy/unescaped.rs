//! Templates escape every text: only data for scripts, and a part that is itself rendered by a template, are marked as safe.

use super::finding::Finding;
use super::source::SourceFile;

/// Expressions that may be marked.
const SAFE: &[&str] = &["json|safe", "list|safe"];

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("crates/web/templates/")) {
        for (number, line) in source.lines() {
            let compact: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            let marks = compact.matches("|safe").count();
            let allowed: usize = SAFE.iter().map(|expression| compact.matches(expression).count()).sum();
            if marks > allowed || compact.contains("|escape(") {
                findings.push(Finding::at(source, number, "is not escaped: return a `Safe` as `names::html` does"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        check(&[SourceFile::new("crates/web/templates/day.html", line)]).len()
    }

    #[test]
    fn a_text_that_is_not_escaped_is_found() {
        assert_eq!(found("<p>{{ guest|safe }}</p>"), 1);
        assert_eq!(found("{{ list|safe }} {{ names::html(guest) | safe }}"), 1);
        assert_eq!(found("{{ guest|escape(\"none\") }}"), 1);
        assert_eq!(found("{{ standing|json|safe }}{{ list|safe }}{{ names::html(guest) }}"), 0);
    }
}
