//! Follows paths to the files that define their names.

use super::crate_files::CrateFile;

/// One file uses another; the first line that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) line: usize,
}

enum Target {
    File(usize),
    /// A module itself: what is used of it is seen where its name is used.
    Module,
}

/// Re-exports of re-exports end somewhere; this bounds those that do not.
const MAX_STEPS: u32 = 16;

pub(super) fn dependencies(files: &[CrateFile<'_>]) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    for (from, file) in files.iter().enumerate() {
        for (line, path) in used_paths(files, file) {
            if let Some(Target::File(to)) = resolve(files, &file.module, &path, 0)
                && to != from
                && !found.iter().any(|known| (known.from, known.to) == (from, to))
            {
                found.push(Dependency { from, to, line });
            }
        }
    }
    found
}

/// Imports, except re-exports whose name this file does not use, and paths in code.
fn used_paths(files: &[CrateFile<'_>], file: &CrateFile<'_>) -> Vec<(usize, Vec<String>)> {
    let used =
        file.imports.iter().filter(|imported| !imported.is_public || file.identifiers.contains(&imported.import.name));
    let mut paths: Vec<_> = used.map(|imported| (imported.line, imported.import.path.clone())).collect();
    for (line, path) in &file.paths {
        if is_keyword(&path[0]) || is_module(files, &child(&file.module, &path[0])) {
            paths.push((*line, path.clone()));
        } else if let Some(imported) = file.imports.iter().find(|imported| imported.import.name == path[0]) {
            paths.push((*line, [&imported.import.path, &path[1..]].concat()));
        }
    }
    paths
}

/// None for a path into another crate.
fn resolve(files: &[CrateFile<'_>], module: &[String], path: &[String], steps: u32) -> Option<Target> {
    let first = path.first().filter(|_| steps < MAX_STEPS)?;
    let mut base = module.to_vec();
    let mut rest = path;
    match first.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|segment| segment == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        name if is_module(files, &child(module, name)) => {}
        name => {
            let imported = file_of(files, module)?.1.imports.iter().find(|imported| imported.import.name == name)?;
            let full = [&imported.import.path, &path[1..]].concat();
            return (full != path).then(|| resolve(files, module, &full, steps + 1)).flatten();
        }
    }
    while let Some(next) = rest.first() {
        if !is_module(files, &child(&base, next)) {
            break;
        }
        base = child(&base, next);
        rest = &rest[1..];
    }
    let (index, file) = file_of(files, &base)?;
    let Some(name) = rest.first() else { return Some(Target::Module) };
    if name == "*" || file.definitions.contains(name) {
        return Some(Target::File(index));
    }
    if let Some(imported) = file.imports.iter().find(|imported| imported.import.name == *name) {
        let full = [&imported.import.path, &rest[1..]].concat();
        return resolve(files, &base, &full, steps + 1);
    }
    for glob in file.imports.iter().filter(|imported| imported.is_public && imported.import.name == "*") {
        let prefix = &glob.import.path[..glob.import.path.len() - 1];
        if let Some(Target::File(to)) = resolve(files, &base, &[prefix, rest].concat(), steps + 1)
            && files[to].definitions.contains(name)
        {
            return Some(Target::File(to));
        }
    }
    Some(Target::File(index))
}

fn is_keyword(segment: &str) -> bool {
    ["crate", "self", "super"].contains(&segment)
}

fn child(module: &[String], name: &str) -> Vec<String> {
    [module, &[name.to_owned()]].concat()
}

fn is_module(files: &[CrateFile<'_>], module: &[String]) -> bool {
    file_of(files, module).is_some()
}

fn file_of<'a, 'b>(files: &'a [CrateFile<'b>], module: &[String]) -> Option<(usize, &'a CrateFile<'b>)> {
    files.iter().enumerate().find(|(_, file)| file.module == module)
}
