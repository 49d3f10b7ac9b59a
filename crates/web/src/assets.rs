//! Static files for browsers: scripts, styles, the icon. Built by Vite into `ui/dist`, embedded in the binary.
//!
//! File names contain a hash of their content, so browsers cache them for a year (`immutable`). A debug build reads
//! them from disk at every request: after an edit, a reload shows it. It compiles without them, and warns at start.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use anteroom_domain::Language;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::problem::Problem;

#[cfg(not(any(debug_assertions, ui_is_built)))]
compile_error!("the pages have no scripts and styles: build them first with `cd ui && npm ci && npm run build`");

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dist;

/// The entry of every page, and that of the call.
const SITE: &str = "site/main.ts";
const CALL: &str = "call/main.ts";

/// One entry of Vite's manifest.
#[derive(Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

/// The style sheets and scripts in a page's head.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Assets {
    pub styles: Vec<String>,
    pub scripts: Vec<String>,
    /// Scripts that the others will import, so that the browser loads them at once.
    pub preloads: Vec<String>,
}

impl Assets {
    /// For every page.
    pub(crate) fn site() -> Self {
        Self::of(&[SITE])
    }

    /// For a page of staff, in this language.
    pub(crate) fn staff(language: Language) -> Self {
        Self { preloads: Self::of(&[&format!("l10n/site-{language}.ts")]).scripts, ..Self::site() }
    }

    /// For a page with the call element, in this language.
    pub(crate) fn call(language: Language) -> Self {
        let assets = Self::of(&[SITE, CALL]);
        Self { preloads: Self::of(&[&format!("l10n/{language}.ts")]).scripts, ..assets }
    }

    /// The hashed URLs of these entries. Empty without a built front end: pages are unstyled, and calls do not work.
    fn of(entries: &[&str]) -> Self {
        manifest().map_or_else(Self::default, |chunks| collect(&chunks, entries))
    }
}

type Manifest = BTreeMap<String, Chunk>;

fn manifest() -> Option<Manifest> {
    serde_json::from_slice(&Dist::get(".vite/manifest.json")?.data).ok()
}

/// Logs a warning if pages have no scripts. Only a debug build can be without them.
pub(crate) fn warn_if_missing() {
    if !has_entries(manifest().as_ref()) {
        tracing::warn!(
            "pages have no scripts and styles, and no call can start: ui/dist is not built. Build it with \
             `cd ui && npm ci && npm run build` and reload the page"
        );
    }
}

fn has_entries(manifest: Option<&Manifest>) -> bool {
    manifest.is_some_and(|chunks| [SITE, CALL].iter().all(|entry| chunks.contains_key(*entry)))
}

/// Walks the manifest from the entries; styles of imported chunks come before those of their importers.
fn collect(chunks: &Manifest, entries: &[&str]) -> Assets {
    fn visit(name: &str, chunks: &Manifest, seen: &mut BTreeSet<String>, assets: &mut Assets) {
        let Some(chunk) = chunks.get(name) else { return };
        if !seen.insert(name.to_owned()) {
            return;
        }
        chunk.imports.iter().for_each(|import| visit(import, chunks, seen, assets));
        for style in chunk.css.iter().map(|file| url(file)) {
            if !assets.styles.contains(&style) {
                assets.styles.push(style);
            }
        }
    }
    let (mut seen, mut assets) = (BTreeSet::new(), Assets::default());
    for entry in entries {
        visit(entry, chunks, &mut seen, &mut assets);
        assets.scripts.extend(chunks.get(*entry).map(|chunk| url(&chunk.file)));
    }
    assets
}

fn url(file: &str) -> String {
    format!("/assets/{file}")
}

/// `GET /assets/{file}`
pub(crate) async fn show(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let wants_gzip = headers.get_all(header::ACCEPT_ENCODING).iter().any(|value| {
        value.to_str().is_ok_and(|accepted| accepted.split(',').any(|one| one.trim().split(';').next() == Some("gzip")))
    });
    if file.starts_with('.') {
        return Err(Problem::not_found());
    }
    let asset = Dist::get(&file).ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, content_type(&file)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    // In a debug build the file behind a name can change between requests, so no cached gzip.
    if cfg!(debug_assertions) || !wants_gzip || !is_text(&file) {
        return Ok((headers, asset.data).into_response());
    }
    let gzip = (header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Ok((headers, [gzip], Body::from(gzipped(file, &asset.data))).into_response())
}

/// Text files shrink to a quarter with gzip; images and fonts are compressed already.
fn is_text(file: &str) -> bool {
    matches!(file.rsplit_once('.').map(|(_, extension)| extension), Some("js" | "mjs" | "css" | "svg" | "json"))
}

/// The file, compressed once and cached: there are a dozen, and they do not change while the program runs.
/// Pages are never compressed: with attacker-chosen input in them, their size would leak their content (BREACH).
fn gzipped(file: String, content: &[u8]) -> Bytes {
    static GZIPPED: Mutex<BTreeMap<String, Bytes>> = Mutex::new(BTreeMap::new());
    let mut gzipped = GZIPPED.lock().unwrap_or_else(PoisonError::into_inner);
    gzipped.entry(file).or_insert_with(|| gzip(content)).clone()
}

fn gzip(content: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    written.expect("writing to a Vec does not fail").into()
}

/// `GET /favicon.svg`. Browsers and mails refer to it by this name, so it has no hash.
pub(crate) async fn favicon() -> Response {
    let a_day = HeaderValue::from_static("public, max-age=86400");
    let headers = [(header::CONTENT_TYPE, content_type("favicon.svg")), (header::CACHE_CONTROL, a_day)];
    (headers, include_str!("../templates/favicon.svg")).into_response()
}

/// Must be exact: with `nosniff` browsers do not guess.
fn content_type(file: &str) -> HeaderValue {
    HeaderValue::from_static(match file.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn styles_of_shared_chunks_come_first_and_once() {
        let manifest = serde_json::json!({
            "_base.css": { "file": "base-1.css" },
            "_base.js": { "file": "base-1.js", "css": ["base-1.css"] },
            "site/main.ts": { "file": "site-1.js", "isEntry": true, "imports": ["_base.js"], "css": ["site-1.css"] },
            "call/main.ts": { "file": "call-1.js", "isEntry": true, "imports": ["_base.js"], "css": ["call-1.css"] },
        });
        let chunks = serde_json::from_value(manifest).unwrap();
        let assets = collect(&chunks, &["site/main.ts", "call/main.ts"]);
        assert_eq!(assets.styles, ["/assets/base-1.css", "/assets/site-1.css", "/assets/call-1.css"]);
        assert_eq!(assets.scripts, ["/assets/site-1.js", "/assets/call-1.js"]);
    }

    #[test]
    fn front_end_without_the_entry_of_the_call_counts_as_missing() {
        let manifest = |entries: &[&str]| -> Manifest {
            let chunk = |entry: &&str| ((*entry).to_owned(), serde_json::json!({ "file": "x.js" }));
            serde_json::from_value(serde_json::Value::Object(entries.iter().map(chunk).collect())).unwrap()
        };
        assert!(has_entries(Some(&manifest(&["site/main.ts", "call/main.ts", "l10n/en.ts"]))));
        assert!(!has_entries(Some(&manifest(&["site/main.ts"]))));
        assert!(!has_entries(None));
    }

    #[test]
    fn gzipped_script_decompresses_to_the_original() {
        let script = "export const door = 'ajar';\n".repeat(500);
        let gzipped = gzipped("door.js".to_owned(), script.as_bytes());
        assert!(gzipped.len() < script.len() / 4);
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(gzipped.as_ref()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, script);
    }

    #[test]
    fn manifest_import_cycle_terminates() {
        let manifest = serde_json::json!({ "a": { "file": "a.js", "imports": ["a"], "css": ["a.css"] } });
        let assets = collect(&serde_json::from_value(manifest).unwrap(), &["a"]);
        assert_eq!(assets.styles, ["/assets/a.css"]);
    }
}
