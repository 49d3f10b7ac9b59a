//! How comments and strings are delimited in each language.

/// Opening and closing delimiter. A comment that ends with the line has the closing delimiter "\n".
pub(super) type Delimiters = (&'static str, &'static str);

pub(super) struct Language {
    pub(super) comments: &'static [Delimiters],
    pub(super) strings: &'static [Delimiters],
    /// Whether `'x'` is a character and `'x` a lifetime, `r#"…"#` a string, and block comments nest.
    pub(super) is_rust: bool,
    /// What stands outside comments: code, or text that is not checked (templates).
    pub(super) has_code: bool,
}

const RUST: Language =
    Language { comments: &[("//", "\n"), ("/*", "*/")], strings: &[("\"", "\"")], is_rust: true, has_code: true };

const C_LIKE: Language = Language {
    comments: &[("//", "\n"), ("/*", "*/")],
    strings: &[("\"", "\""), ("'", "'"), ("`", "`")],
    is_rust: false,
    has_code: true,
};

const PYTHON: Language = Language {
    comments: &[("#", "\n"), ("\"\"\"", "\"\"\"")],
    strings: &[("\"", "\""), ("'", "'")],
    is_rust: false,
    has_code: true,
};

const HASH: Language =
    Language { comments: &[("#", "\n")], strings: &[("\"", "\""), ("'", "'")], is_rust: false, has_code: false };

const TEMPLATE: Language =
    Language { comments: &[("<!--", "-->"), ("{#", "#}")], strings: &[], is_rust: false, has_code: false };

/// The language of a file by its extension; Markdown is not here, because it is all prose.
pub(super) fn of(path: &str) -> Option<&'static Language> {
    match path.rsplit_once('.')?.1 {
        "rs" => Some(&RUST),
        "ts" | "mjs" | "go" => Some(&C_LIKE),
        "py" => Some(&PYTHON),
        "toml" | "sh" => Some(&HASH),
        "html" => Some(&TEMPLATE),
        _ => None,
    }
}
