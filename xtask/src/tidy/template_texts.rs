//! Pages have no sentence of their own: every text is in the catalogue (`crates/l10n/locales/`), in every language.

use super::finding::Finding;
use super::source::SourceFile;

/// Attributes that people read or hear.
const READ_ATTRIBUTES: &[&str] =
    &["alt", "aria-description", "aria-label", "aria-valuetext", "label", "placeholder", "title"];
/// Elements whose content is not read as a sentence.
const CODE_ELEMENTS: &[&str] = &["code", "script", "style"];
/// Blocks whose content is names of classes.
const CLASS_BLOCKS: &[&str] = &["{% block width %}", "{% block body_class %}"];
/// Blocks whose literals are names of files.
const FILE_BLOCKS: &[&str] = &["extends", "include", "import"];
/// Replaces the characters of an expression, so that the others keep their place.
const MASK: char = '\0';

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let templates = sources.iter().filter(|source| source.path.starts_with("crates/web/templates/"));
    let mut findings: Vec<Finding> = templates.filter(|source| source.is(&["html"])).flat_map(template).collect();
    for source in sources.iter().filter(|source| makes_pages(&source.path) && !source.is_test_file()) {
        for (number, line) in source.split_tests().0 {
            findings.extend(rust_texts(line).map(|text| finding(source, number, text)));
        }
    }
    findings
}

fn finding(source: &SourceFile, line: usize, text: &str) -> Finding {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Finding::at(source, line, format!("`{text}` is in one language only: move it to `crates/l10n/locales/`"))
}

/// Handlers and view models. Samples are for tests.
fn makes_pages(path: &str) -> bool {
    let makes = path.starts_with("crates/web/src/pages/") || path.starts_with("crates/web/src/view/");
    makes && !path.starts_with("crates/web/src/view/samples/")
}

fn template(source: &SourceFile) -> Vec<Finding> {
    let (html, expressions) = masked(&source.text);
    let texts = expressions.into_iter().filter(|(_, literal)| is_sentence(literal)).chain(html_texts(&html));
    texts.map(|(at, text)| finding(source, source.text[..at].matches('\n').count() + 1, &text)).collect()
}

/// Where a text begins, and the text.
type Text = (usize, String);

/// The HTML with the expressions masked, and the string literals of the expressions.
fn masked(template: &str) -> (String, Vec<Text>) {
    let (mut html, mut literals, mut at) = (String::new(), Vec::new(), 0);
    while let Some(start) = template[at..].find(['{']).map(|found| at + found) {
        let end = match template[start..].get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => "{",
        };
        let rest = &template[start..];
        let end = if CLASS_BLOCKS.iter().any(|block| rest.starts_with(block)) { "{% endblock %}" } else { end };
        let length = rest.find(end).map_or(rest.len(), |found| found + end.len());
        let expression = &template[start..start + length];
        html.push_str(&template[at..start]);
        html.extend(expression.chars().flat_map(|c| std::iter::repeat_n(MASK, c.len_utf8())));
        let names_file = FILE_BLOCKS.iter().any(|block| expression.split_whitespace().any(|word| word == *block));
        if !names_file && end != "#}" {
            literals.extend(quoted(expression).map(|(inside, text)| (start + inside, text.to_owned())));
        }
        at = start + length;
    }
    html.push_str(&template[at..]);
    (html, literals)
}

/// Text nodes, and attributes that are read, which have letters outside of expressions.
fn html_texts(html: &str) -> Vec<Text> {
    let (mut texts, mut at, mut is_code) = (Vec::new(), 0, false);
    loop {
        let start = html[at..].find('<').map_or(html.len(), |found| at + found);
        let text = &html[at..start];
        if !is_code && has_letter(&without_attributes(text)) {
            let blank = text.len() - text.trim_start().len();
            texts.push((at + blank, unmasked(text)));
        }
        texts.extend(read_attributes(text).map(|value| (at, value)));
        if start == html.len() {
            return texts;
        }
        let end = html[start..].find('>').map_or(html.len(), |found| start + found + 1);
        let tag = &html[start..end];
        let name = tag.trim_start_matches('<').split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        is_code = CODE_ELEMENTS.contains(&name);
        texts.extend(read_attributes(tag).map(|value| (start, value)));
        at = end;
    }
}

/// Texts of attributes that are read; in a macro they are outside of any tag.
fn read_attributes(html: &str) -> impl Iterator<Item = String> {
    let value =
        |attribute: &&str| html.split_once(&format!(" {attribute}=\"")).and_then(|(_, rest)| rest.split('"').next());
    READ_ATTRIBUTES.iter().filter_map(value).filter(|value| has_letter(value)).map(unmasked)
}

/// Without ` name="value"`.
fn without_attributes(text: &str) -> String {
    let mut parts = text.split('"');
    let outside = std::iter::from_fn(|| {
        let before = parts.next()?;
        let attribute = before.ends_with('=').then(|| parts.next());
        let name = before.rfind(char::is_whitespace).filter(|_| attribute.is_some());
        Some(&before[..name.unwrap_or(before.len())])
    });
    outside.collect()
}

/// Sentences in a line of Rust: literals of several words, without the texts for operators.
fn rust_texts(line: &str) -> impl Iterator<Item = &str> {
    let is_for_operators = ["tracing::", "expect(", "panic!("].iter().any(|call| line.contains(call));
    let is_comment = line.trim_start().starts_with("//") || line.trim_start().starts_with('#');
    let words = |text: &str| {
        let outside = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
        let outside: String = outside.collect();
        let is_word = |word: &&str| !word.is_empty() && word.chars().all(char::is_alphabetic);
        outside.split_whitespace().map(|word| word.trim_matches(['.', ',', ':', '?', '!'])).filter(is_word).count() > 1
    };
    let texts = quoted(line).filter(move |(_, text)| !is_for_operators && !is_comment && words(text));
    texts.map(|(_, text)| text)
}

/// The string literals of a piece of code, and where each begins.
fn quoted(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + code.get(at..)?.find('"')? + 1;
        let mut escaped = false;
        let end = code[start..].find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        })?;
        at = start + end + 1;
        Some((start, &code[start..start + end]))
    })
}

/// Values of attributes and names of fields are one word in lower case.
fn is_sentence(literal: &str) -> bool {
    has_letter(literal) && literal.contains(|c: char| c.is_uppercase() || c.is_whitespace())
}

/// Character references are not letters: `&nbsp;`
fn has_letter(text: &str) -> bool {
    let mut parts = text.split('&');
    let first = parts.next().unwrap_or_default();
    let others = parts.map(|part| part.split_once(';').map_or(part, |(_, after)| after));
    std::iter::once(first).chain(others).any(|part| part.contains(char::is_alphabetic))
}

fn unmasked(text: &str) -> String {
    text.replace(MASK, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&[SourceFile::new(path, text)]).into_iter().map(|finding| finding.location).collect()
    }

    const PAGE: &str = "crates/web/templates/day.html";

    #[test]
    fn a_sentence_of_a_template_is_found() {
        for text in [
            "<p>A free day</p>",
            "<p>{{ words.day() }} to</p>",
            "<a href=\"/day\">{% if day.is_today %}Today{% endif %}</a>",
            "<nav aria-label=\"Days\">",
            "<input placeholder=\"{{ words.date() }} or later\">",
            "<abbr title=\"Hours\">",
            "<optgroup label=\"Europe\">",
            "{% call fields::input(\"name\", \"Name\", \"text\") %}{% endcall %}",
            "{{ \"of the \" ~ guest }}",
            "<title>Day</title>",
            "<code>--smtp-url</code> is missing",
            "{% macro hint() %} aria-label=\"A hint\"{% endmacro %}",
            "{% block main %}Day{% endblock %}",
        ] {
            assert_eq!(found(PAGE, text), [format!("{PAGE}:1")], "{text}");
        }
        assert_eq!(found(PAGE, "<p>\n{{ words.day() }}\n</p>\n<p>\n  Today</p>"), [format!("{PAGE}:5")]);
    }

    #[test]
    fn expressions_codes_and_marks_pass() {
        for text in [
            "{% extends \"layouts/Staff.html\" %}",
            "{# A comment of several words #}<p>{{ words.day() }} · {{ day }}&nbsp;&mdash;</p>",
            "<input type=\"text\" name=\"date\" value=\"in_person\"{% if a > b %} required{% endif %}>",
            "<p aria-label=\"{{ words.day_steps() }}\">{{ names|join(\", \") }}</p>",
            "<code>--smtp-url</code><script type=\"application/json\">{}</script>",
            "<!doctype html>",
            "{% block width %}desk__main--form{% endblock %}",
            "{% macro aria(name) %} aria-invalid=\"true\" aria-describedby=\"{{ name }}-hint\"{% endmacro %}",
            "{% call fields::input(\"new_password\", words.name(), \"password\", auto = \"new-password\") %}{% endcall %}",
        ] {
            assert_eq!(found(PAGE, text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(found("docs/page.html", "<p>A free day</p>"), Vec::<String>::new());
    }

    #[test]
    fn a_sentence_of_a_handler_is_found() {
        let handler = "crates/web/src/pages/day.rs";
        for line in ["let summary = \"Nothing is booked\".to_owned();", "format!(\"{n} people wait\")"] {
            assert_eq!(found(handler, line), [format!("{handler}:1")], "{line}");
        }
        for line in [
            "format!(\"{} {contact}\", words.closed_may_close())",
            "format!(\"/day?date={date}&after={cursor}\")",
            "tracing::error!(%error, \"template failed to render\");",
            "// A comment with a \"quoted text\"",
            "HeaderValue::from_static(\"text/html; charset=utf-8\")",
            "label(\"calm\", words.status_confirmed())",
        ] {
            assert_eq!(found(handler, line), Vec::<String>::new(), "{line}");
        }
        assert_eq!(found("crates/web/src/view/samples/mod.rs", "text(\"Mara Lindt\")"), Vec::<String>::new());
    }
}
