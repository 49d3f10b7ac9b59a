//! The state machine that separates code, comments and strings.

use super::language::{self, Language};

/// One line of a file. Characters that belong to another part are left out, or blank in `code`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::tidy) struct SplitLine {
    /// Without comments and without the contents of string literals.
    pub(in crate::tidy) code: String,
    /// Comments and documentation.
    pub(in crate::tidy) prose: String,
}

/// The lines of a file, the first has index 0. Empty for languages that are not known.
pub(in crate::tidy) fn split(path: &str, text: &str) -> Vec<SplitLine> {
    if path.ends_with(".md") {
        return text.lines().map(|line| SplitLine { code: String::new(), prose: line.to_owned() }).collect();
    }
    language::of(path).map_or_else(Vec::new, |language| Splitter::new(language, text).run())
}

enum State {
    Code,
    Comment { end: &'static str, depth: u32 },
    Text { end: String, escapes: bool },
}

struct Splitter<'a> {
    language: &'static Language,
    rest: &'a str,
    state: State,
    lines: Vec<SplitLine>,
}

impl<'a> Splitter<'a> {
    fn new(language: &'static Language, text: &'a str) -> Self {
        Self { language, rest: text, state: State::Code, lines: vec![SplitLine::default()] }
    }

    fn run(mut self) -> Vec<SplitLine> {
        while !self.rest.is_empty() {
            match &self.state {
                State::Code => self.code(),
                State::Comment { end, depth } => {
                    let (end, depth) = (*end, *depth);
                    self.comment(end, depth);
                }
                State::Text { end, escapes } => {
                    let (end, escapes) = (end.clone(), *escapes);
                    self.text(&end, escapes);
                }
            }
        }
        self.lines
    }

    fn code(&mut self) {
        let language = self.language;
        if let Some(length) = self.literal_length() {
            self.advance(length);
            self.push_code("''");
        } else if let Some((start, end)) = language.comments.iter().find(|(start, _)| self.rest.starts_with(start)) {
            self.advance(start.len());
            self.state = State::Comment { end, depth: 1 };
        } else if let Some((length, end)) = self.raw_string() {
            self.advance(length);
            self.state = State::Text { end, escapes: false };
        } else if let Some((start, end)) = language.strings.iter().find(|(start, _)| self.rest.starts_with(start)) {
            self.advance(start.len());
            self.push_code("\"\"");
            self.state = State::Text { end: (*end).to_owned(), escapes: true };
        } else {
            let next = self.take();
            if language.has_code || next == '\n' {
                self.push_code(next.encode_utf8(&mut [0; 4]));
            }
        }
    }

    fn comment(&mut self, end: &'static str, depth: u32) {
        if self.rest.starts_with(end) {
            // The end of a line comment is also the end of the line, which `code` handles.
            self.advance(if end == "\n" { 0 } else { end.len() });
            self.state = if depth > 1 { State::Comment { end, depth: depth - 1 } } else { State::Code };
            return;
        }
        if self.language.is_rust && end == "*/" && self.rest.starts_with("/*") {
            self.advance(2);
            self.state = State::Comment { end, depth: depth + 1 };
            return;
        }
        match self.take() {
            '\n' => self.lines.push(SplitLine::default()),
            next => self.line().prose.push(next),
        }
    }

    fn text(&mut self, end: &str, escapes: bool) {
        if self.rest.starts_with(end) {
            self.advance(end.len());
            self.state = State::Code;
            return;
        }
        let mut next = self.take();
        if next == '\\' && escapes && !self.rest.is_empty() {
            next = self.take();
        }
        if next == '\n' {
            self.lines.push(SplitLine::default());
            if !self.language.is_rust && end != "`" {
                self.state = State::Code; // an apostrophe that opened no string
            }
        }
    }

    /// Length of a Rust character such as `'"'`, or of a regular expression: both may contain quotes.
    fn literal_length(&self) -> Option<usize> {
        if self.language.is_rust { rust_char(self.rest) } else { regex(self.rest, self.operator()) }
    }

    /// Length of `r#"` and the delimiter that closes it.
    fn raw_string(&self) -> Option<(usize, String)> {
        let hashes = self.rest.strip_prefix('r').filter(|_| self.language.is_rust)?;
        if self.previous().is_some_and(|c| c != 'b' && (c.is_alphanumeric() || c == '_')) {
            return None; // the end of an identifier, as in `for`
        }
        let count = hashes.len() - hashes.trim_start_matches('#').len();
        hashes.get(count..)?.starts_with('"').then(|| (count + 2, format!("\"{}", "#".repeat(count))))
    }

    fn push_code(&mut self, text: &str) {
        match text {
            "\n" => self.lines.push(SplitLine::default()),
            _ => self.line().code.push_str(text),
        }
    }

    /// What stands before a slash, ignoring spaces.
    fn operator(&self) -> Option<char> {
        self.lines.last()?.code.trim_end().chars().last()
    }

    /// The last character of code in this line.
    fn previous(&self) -> Option<char> {
        self.lines.last()?.code.chars().last()
    }

    fn line(&mut self) -> &mut SplitLine {
        self.lines.last_mut().expect("a splitter starts with one line")
    }

    fn take(&mut self) -> char {
        let next = self.rest.chars().next().expect("the loop ends with the text");
        self.advance(next.len_utf8());
        next
    }

    fn advance(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }
}

fn rust_char(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    let end = if first == '\\' { inner.get(2..)?.find('\'')? + 2 } else { first.len_utf8() };
    inner[end..].starts_with('\'').then_some(end + 2)
}

/// A slash begins a regular expression where an operand is expected; elsewhere it divides.
fn regex(rest: &str, previous: Option<char>) -> Option<usize> {
    let line = rest.strip_prefix('/')?.split('\n').next()?;
    if line.starts_with(['/', '*']) || !previous.is_none_or(|c| "(,=:[!&|?{};>".contains(c)) {
        return None;
    }
    let (mut in_class, mut escaped) = (false, false);
    for (at, next) in line.char_indices() {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Some(at + 2),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<(String, String)> {
        split(path, text).into_iter().map(|line| (line.code, line.prose)).collect()
    }

    fn one(path: &str, text: &str) -> (String, String) {
        lines(path, text).remove(0)
    }

    fn pair(code: &str, prose: &str) -> (String, String) {
        (code.to_owned(), prose.to_owned())
    }

    #[test]
    fn rust_strings_and_characters_hide_comment_signs() {
        assert_eq!(one("a.rs", r#"let a = "// no"; // yes"#), pair("let a = \"\"; ", " yes"));
        assert_eq!(one("a.rs", "let a = r#\"\" // no\"#; b"), pair("let a = ; b", ""));
        assert_eq!(one("a.rs", r"let a = ('\'', '/', b'\u{e9}'); // yes"), pair("let a = ('', '', b''); ", " yes"));
        assert_eq!(one("a.rs", "fn a<'b>(c: &'b str) {} // yes"), pair("fn a<'b>(c: &'b str) {} ", " yes"));
        assert_eq!(one("a.rs", r#"for"a // no""#), pair("for\"\"", ""));
    }

    #[test]
    fn block_comments_span_lines_and_nest_in_rust() {
        assert_eq!(lines("a.rs", "a /* b /* c */\nd */ e\n"), [pair("a ", " b  c "), pair(" e", "d "), pair("", "")]);
    }

    #[test]
    fn lines_keep_their_numbers_after_strings_with_line_ends() {
        let text = "let a = \"one\\\n  two\n three\";\nlet b = 1; // four\n";
        assert_eq!(lines("a.rs", text)[3], pair("let b = 1; ", " four"));
    }

    #[test]
    fn regular_expressions_with_quotes_open_no_string() {
        assert_eq!(one("a.ts", "a.replace(/['\"/]/g, b); // yes"), pair("a.replace(''g, b); ", " yes"));
        assert_eq!(one("a.ts", "a / b; // yes"), pair("a / b; ", " yes"));
    }

    #[test]
    fn other_languages_have_their_own_comments() {
        assert_eq!(one("a.py", "a = '# no'  # yes"), pair("a = \"\"  ", " yes"));
        assert_eq!(one("a.toml", "a = \"# no\" # yes").1, " yes");
        assert_eq!(one("a.html", "<p>no</p><!-- one -->{# two #}"), pair("", " one  two "));
        assert_eq!(one("a.md", "all of it"), pair("", "all of it"));
        assert_eq!(lines("a.css", "p {}"), []);
    }
}
