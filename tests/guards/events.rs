//! The log stays readable for ever: each kind of event as it was once stored is still read, and written identically.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use partage::base::event::Event;
use serde_json::Value;

/// Stored events, at least one of each kind. Lines are added, never changed: existing databases contain them.
const STORED: &str = include_str!("events.json");

fn stored() -> Vec<Value> {
    serde_json::from_str(STORED).expect("a list of stored events")
}

fn kind(event: &Value) -> String {
    event["kind"].as_str().expect("a kind").to_string()
}

#[test]
fn every_stored_event_is_read_and_written_alike() {
    for value in stored() {
        let event: Event = serde_json::from_value(value.clone())
            .unwrap_or_else(|error| panic!("{value} is no longer read: {error}"));
        let again = serde_json::to_value(&event).expect("JSON");
        for (field, before) in value.as_object().expect("an object") {
            assert_eq!(again.get(field), Some(before), "{field} of {value}");
        }
    }
}

#[test]
fn every_kind_of_event_is_among_the_stored_ones() {
    let stored: BTreeSet<String> = stored().iter().map(kind).collect();
    assert_eq!(kinds(), stored);
}

#[test]
fn a_stored_event_holds_ids_and_facts_but_no_text() {
    for value in stored() {
        for (field, each) in value.as_object().expect("an object") {
            let Some(text) = each.as_str() else {
                continue;
            };
            let short = text.len() <= 40 && !text.contains(' ') && !text.contains('@');
            assert!(short, "{field} of {value}");
        }
    }
}

/// The kinds that the source declares in their families, in stored form.
fn kinds() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/base/event/mod.rs");
    let source = fs::read_to_string(path).expect("the source of the events");
    let (_, rest) = source
        .split_once("\nfamilies! {")
        .expect("the declaration of the events");
    let (body, _) = rest.split_once("\n}").expect("its end");
    body.lines()
        .filter_map(|line| line.strip_prefix("        "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .filter_map(|line| line.split([' ', ',']).next())
        .map(kebab)
        .collect()
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}
