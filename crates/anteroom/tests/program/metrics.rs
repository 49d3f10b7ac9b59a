//! `GET /metrics` of the running program, read by the rules of Prometheus' text format (exposition format 0.0.4).

use std::collections::{BTreeMap, BTreeSet};

use crate::running::Demo;

/// The families of a text: name and type.
fn families(text: &str) -> BTreeMap<&str, &str> {
    let (mut families, mut helped, mut samples) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    let mut current = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect(line);
            assert!(!help.is_empty() && helped.insert(name), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect(line);
            assert!(helped.contains(name) && families.insert(name, kind).is_none(), "{line}");
            current = Some((name, kind));
        } else {
            let (series, value) = line.rsplit_once(' ').expect(line);
            let (family, kind) = current.expect("a sample before its family");
            let name = series.split('{').next().unwrap_or_default();
            let suffix = name.strip_prefix(family).unwrap_or_else(|| panic!("{line} is in the family {family}"));
            let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(suffixes.contains(&suffix), "{line}");
            assert!(value.parse::<f64>().is_ok() && samples.insert(series), "{line}");
        }
    }
    families
}

#[test]
fn metrics_are_valid_and_named_by_convention() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::start(data.path());
    let (key, secret) = (demo.json["api"]["key"].as_str().unwrap(), demo.json["api"]["secret"].as_str().unwrap());
    let response = demo.ask("GET /metrics", &[&format!("authorization: Bearer {key}.{secret}")], "");
    let (head, text) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let families = families(text);
    for (name, kind) in &families {
        assert!(name.starts_with("anteroom_"), "{name}");
        assert_eq!(name.ends_with("_total"), *kind == "counter", "{name} is a {kind}");
    }
    for name in ["anteroom_rooms", "anteroom_media_turn_seconds", "anteroom_media_dropped_total", "anteroom_open_files"]
    {
        assert!(families.contains_key(name), "{name}");
    }
    assert!(!text.contains("appointment") && !text.contains(demo.json["room_name"].as_str().unwrap()), "{text}");
}
