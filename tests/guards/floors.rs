//! The code has floors: a file uses its own floor and those below it, never one above. Within the rules and the consumers the features are
//! ordered in the same way. Only the types of the graph may import each other in a circle. A `mod.rs` is a file like any other.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// From the bottom up.
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
const FORUM: [&str; 9] = [
    "mod",
    "accounts",
    "vocabulary",
    "cases",
    "discussion",
    "watching",
    "moderation",
    "checks",
    "seed",
];
const CONSUMERS: [&str; 7] = [
    "consumer",
    "mod",
    "monitor",
    "processes",
    "retention",
    "runner",
    "live",
];

/// The floor whose files may import each other in a circle.
const IN_CIRCLES: &str = "graph";

/// Words, and the only places where they may occur.
const KEPT: [(&str, &[&str]); 6] = [
    // One path per line, so that this guard can read it.
    ("crate::{", &[]),
    ("super::", &[]),
    ("sea_orm", &["store", "forum", "consumers"]),
    (
        "tokio::spawn",
        &[
            "server.rs",
            "consumers",
            "presence/broadcast.rs",
            "edge",
            "store/backend.rs",
            "store/tx.rs",
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

    /// The names of the module: `edge/socket.rs` is `edge`, `socket`, and `store/mod.rs` is `store`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        let names = path.trim_end_matches("/mod").split('/');
        names.filter(|name| *name != "mod").collect()
    }

    /// The names in each path into this crate.
    fn uses(&self) -> impl Iterator<Item = Vec<&str>> {
        let paths = self.text.split("crate::").skip(1);
        paths.map(|path| {
            let is_in_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let end = path.find(|c| !is_in_path(c)).unwrap_or(path.len());
            let names = path.get(..end).unwrap_or_default().split("::");
            names.filter(|name| !name.is_empty()).collect()
        })
    }
}

#[test]
fn no_floor_uses_one_above_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        for names in source.uses() {
            let floor = names.first().copied().unwrap_or_default();
            let feature = names.get(1).copied().unwrap_or_default();
            let allowed = match source.floor() {
                // Everything is declared in the crate root.
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
                wrong.push(format!("{} uses crate::{}", source.path, names.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The position in an order. What belongs to no feature is in the floor's `mod.rs`.
fn rank(order: &[&str], name: &str) -> usize {
    let place = |name| order.iter().position(|each| *each == name);
    place(name).or_else(|| place("mod")).unwrap_or_default()
}

#[test]
fn no_file_imports_itself_through_others() {
    let sources = sources();
    let files: BTreeMap<Vec<&str>, &Source> =
        sources.iter().map(|each| (each.module(), each)).collect();
    let imports: BTreeMap<&str, BTreeSet<&str>> = sources
        .iter()
        .map(|source| {
            let uses = source.uses().filter_map(|names| file_of(&files, names));
            let others = uses.filter(|path| *path != source.path);
            (source.path.as_str(), others.collect())
        })
        .collect();
    let mut wrong = Vec::new();
    for source in &sources {
        let floor = source.floor();
        if floor == IN_CIRCLES {
            continue;
        }
        if let Some(circle) = circle_through(&imports, &source.path) {
            wrong.push(circle.join(" -> "));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The file of a path: that of its longest prefix that is a module.
fn file_of<'a>(files: &BTreeMap<Vec<&str>, &'a Source>, mut names: Vec<&str>) -> Option<&'a str> {
    while !names.is_empty() {
        if let Some(source) = files.get(&names) {
            return Some(&source.path);
        }
        names.pop();
    }
    None
}

/// The shortest chain of imports from a file back to itself.
fn circle_through<'a>(
    imports: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    start: &'a str,
) -> Option<Vec<&'a str>> {
    let mut seen = BTreeSet::new();
    let mut ways = VecDeque::from([vec![start]]);
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        for next in imports.get(last).into_iter().flatten() {
            let longer = [way.as_slice(), &[*next]].concat();
            if *next == start {
                return Some(longer);
            }
            if seen.insert(*next) {
                ways.push_back(longer);
            }
        }
    }
    None
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
        assert!(known.contains(&feature), "{}", source.path);
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
