//! The house has floors: a file uses its own floor and those below it, never one above. Within the rules and the
//! consumers the features are ordered in the same way. Only the types of the graph may name each other in a circle.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// From the ground up.
const FLOORS: [&str; 10] = [
    "base",
    "store",
    "forum",
    "presence",
    "consumers",
    "graph",
    "edge",
    "web",
    "server",
    "cli",
];
const FORUM: [&str; 8] = [
    "accounts",
    "vocabulary",
    "cases",
    "discussion",
    "watching",
    "moderation",
    "checks",
    "seed",
];
const CONSUMERS: [&str; 6] = [
    "consumer",
    "monitor",
    "neighbours",
    "retention",
    "runner",
    "live",
];

/// Words and the only places in which they may stand.
const KEPT: [(&str, &[&str]); 6] = [
    // One path a line, so that this guard can read it.
    ("crate::{", &[]),
    ("super::", &[]),
    ("sea_orm", &["store", "forum", "consumers"]),
    (
        "tokio::spawn",
        &[
            "server.rs",
            "consumers",
            "presence/spread.rs",
            "edge",
            "store/backend.rs",
        ],
    ),
    ("now_utc", &["base/clock.rs"]),
    ("StatusCode", &["edge", "web", "server.rs"]),
];

/// A source file by its path under `src/`, without its comments.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn floor(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    fn feature(&self) -> &str {
        self.path.split(['/', '.']).nth(1).unwrap_or_default()
    }

    /// The floor and the feature of each path into this crate.
    fn uses(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.split("crate::").skip(1).map(|path| {
            let mut names = path.split(|c: char| !c.is_alphanumeric() && c != '_');
            let floor = names.next().unwrap_or_default();
            // After the two colons, of which each parts an empty name.
            let feature = names.nth(1).unwrap_or_default();
            (floor, feature)
        })
    }
}

#[test]
fn no_floor_uses_one_above_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (floor, feature) in source.uses() {
            let allowed = match source.floor() {
                // The whole house stands on its entrance.
                "main" | "lib" => true,
                // Pages are clients of the graph.
                "web" => ["base", "graph", "web"].contains(&floor),
                own if own == floor => match own {
                    "forum" => rank(&FORUM, feature) <= rank(&FORUM, source.feature()),
                    "consumers" => rank(&CONSUMERS, feature) <= rank(&CONSUMERS, source.feature()),
                    _ => true,
                },
                own => rank(&FLOORS, floor) < rank(&FLOORS, own),
            };
            if !allowed {
                wrong.push(format!("{} uses crate::{floor}::{feature}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The place in an order. What is no feature of its own (a type in the floor's `mod.rs`) lies under all of them, and
/// the `mod.rs` above them.
fn rank(order: &[&str], name: &str) -> usize {
    match order.iter().position(|each| *each == name) {
        Some(place) => place + 1,
        None if name == "mod" => order.len() + 1,
        None => 0,
    }
}

#[test]
fn every_floor_and_feature_has_its_place_in_the_order() {
    let sources = sources();
    let floors: BTreeSet<&str> = sources.iter().map(Source::floor).collect();
    for floor in floors {
        assert!(
            FLOORS.contains(&floor) || ["main", "lib"].contains(&floor),
            "{floor} has no place among the floors"
        );
    }
    for source in &sources {
        let known: &[&str] = match source.floor() {
            "forum" => &FORUM,
            "consumers" => &CONSUMERS,
            _ => continue,
        };
        let feature = source.feature();
        assert!(
            known.contains(&feature) || feature == "mod",
            "{}",
            source.path
        );
    }
}

#[test]
fn what_belongs_to_one_place_stays_there() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, homes) in KEPT {
            let at_home = homes
                .iter()
                .any(|home| source.path == *home || source.path.starts_with(&format!("{home}/")));
            if source.text.contains(word) && !at_home {
                wrong.push(format!("{} says {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_one_path_a_line() {
    let mut wrong = Vec::new();
    for source in sources() {
        for line in source
            .text
            .lines()
            .filter(|line| line.trim_start().starts_with("use "))
        {
            if line.contains('{') {
                wrong.push(format!("{}: {line}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                let below = path.strip_prefix(&root).expect("under src");
                found.push(Source {
                    path: below.to_string_lossy().replace('\\', "/"),
                    text: without_comments(&text),
                });
            }
        }
    }
    assert!(found.len() > 40, "the sources were found: {}", found.len());
    found
}

fn without_comments(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}
