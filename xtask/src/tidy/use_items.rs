//! The `use` items of a Rust file, read from its code without comments and strings.

/// One `use` item, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UseItem {
    /// Line of the keyword, from one, and of the semicolon.
    pub(super) first_line: usize,
    pub(super) last_line: usize,
    /// `pub`, `pub(crate)` or empty.
    pub(super) visibility: String,
    /// Without `use` and the semicolon, on one line.
    pub(super) tree: String,
    pub(super) has_attribute: bool,
}

/// What one name of a `use` item stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// Segments of the full path; the last is `*` for a glob.
    pub(super) path: Vec<String>,
    /// The name it has in this file.
    pub(super) name: String,
}

impl UseItem {
    /// All imports of the tree, nested braces included.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        expand(&[], &self.tree, &mut imports);
        imports
    }

    /// `a::b` of `a::b::C` and of `a::b::{C, D}`; empty for `a`.
    pub(super) fn module_path(&self) -> &str {
        let plain = self.tree.split('{').next().unwrap_or_default().trim_end_matches("::");
        if plain.len() < self.tree.len() { plain } else { plain.rsplit_once("::").map_or("", |(path, _)| path) }
    }

    pub(super) fn first_segment(&self) -> &str {
        self.tree.trim_start_matches("::").split([':', ' ', '{']).next().unwrap_or_default()
    }
}

/// All `use` items in these lines, which have their numbers.
pub(super) fn read<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<UseItem> {
    let mut items = Vec::new();
    let mut open: Option<UseItem> = None;
    let mut has_attribute = false;
    for (number, line) in lines {
        let text = line.trim();
        if open.is_none()
            && let Some((visibility, tree)) = starts_use(text)
        {
            let visibility = visibility.to_owned();
            open = Some(UseItem {
                first_line: number,
                last_line: number,
                visibility,
                tree: tree.to_owned(),
                has_attribute,
            });
        } else if let Some(item) = &mut open {
            item.tree.push_str(text);
        }
        if let Some(mut item) = open.take_if(|item| item.tree.contains(';')) {
            item.last_line = number;
            item.tree =
                item.tree.split(';').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            items.push(item);
        }
        has_attribute = text.starts_with("#[") || (has_attribute && text.is_empty());
    }
    items
}

/// Visibility and tree of a line that begins a `use` item.
fn starts_use(line: &str) -> Option<(&str, &str)> {
    if let Some(tree) = line.strip_prefix("use ") {
        return Some(("", tree));
    }
    let at = line.strip_prefix("pub")?.find("use ")? + 3;
    let visibility = line[..at].trim();
    let is_plain = visibility == "pub" || (visibility.starts_with("pub(") && visibility.ends_with(')'));
    is_plain.then(|| (visibility, &line[at + 4..]))
}

fn expand(prefix: &[String], tree: &str, imports: &mut Vec<Import>) {
    let (path, list) = tree.split_once('{').map_or((tree, None), |(path, list)| (path, list.rsplit_once('}')));
    let (path, alias) = path.split_once(" as ").map_or((path, None), |(path, alias)| (path, Some(alias.trim())));
    let mut segments = prefix.to_vec();
    segments.extend(path.split("::").map(|segment| segment.trim().to_owned()).filter(|segment| !segment.is_empty()));
    if let Some((list, _)) = list {
        for part in top_level_parts(list) {
            expand(&segments, part, imports);
        }
        return;
    }
    if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
        segments.pop();
    }
    if let Some(last) = segments.last() {
        let name = alias.unwrap_or(last).to_owned();
        imports.push(Import { path: segments, name });
    }
}

/// Splits at the commas outside braces.
fn top_level_parts(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, next) in list.char_indices() {
        match next {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<UseItem> {
        read((1..).zip(text.lines()))
    }

    fn names(text: &str) -> Vec<String> {
        let items = items(text);
        let imports = items.iter().flat_map(UseItem::imports);
        imports.map(|import| format!("{}={}", import.name, import.path.join("::"))).collect()
    }

    #[test]
    fn trees_are_expanded_to_full_paths() {
        assert_eq!(names("use std::fmt;"), ["fmt=std::fmt"]);
        assert_eq!(names("use a::b::{self, C, d::E as F};"), ["b=a::b", "C=a::b::C", "F=a::b::d::E"]);
        assert_eq!(names("pub(crate) use super::*;"), ["*=super::*"]);
        assert_eq!(names("use a::{\n    b,\n    c::{D, E},\n};"), ["b=a::b", "D=a::c::D", "E=a::c::E"]);
    }

    #[test]
    fn module_path_is_what_stands_before_the_names() {
        let path = |text: &str| items(text)[0].module_path().to_owned();
        assert_eq!(path("use a::b::C;"), "a::b");
        assert_eq!(path("use a::b::{C, D};"), "a::b");
        assert_eq!(path("use a::b::*;"), "a::b");
        assert_eq!(path("use a;"), "");
    }

    #[test]
    fn lines_visibility_and_attributes_are_kept() {
        let items = items("#[cfg(unix)]\nuse a::B;\npub use c::{\n    D,\n};\nlet used = 1;\n");
        assert_eq!(items.len(), 2);
        assert!(items[0].has_attribute && !items[1].has_attribute);
        assert_eq!((items[1].first_line, items[1].last_line, items[1].visibility.as_str()), (3, 5, "pub"));
    }
}
