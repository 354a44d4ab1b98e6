//! The routes of all pages as the sources declare them, and the pages that a reader finds by following every link.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::page::Browser;

/// Maximum number of pages that one reader visits.
const MOST: usize = 400;

/// The routes that answer GET: `/threads/{id}`.
pub fn declared() -> Vec<String> {
    let mut found = Vec::new();
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"),
        &mut found,
    );
    // If two match, the exact one wins: `/threads/new` before `/threads/{id}`.
    found.sort_by_key(|route| (route.matches('{').count(), route.clone()));
    assert!(found.len() > 20, "{found:?}");
    found
}

fn read(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("a source");
            let routes = source.split(".route(").skip(1);
            found.extend(routes.filter_map(|rest| {
                let (_, rest) = rest.split_once('"')?;
                let (route, handlers) = rest.split_once('"')?;
                call(handlers).contains("get(").then(|| route.to_string())
            }));
        }
    }
}

/// The rest of a call up to its closing bracket.
fn call(rest: &str) -> &str {
    let mut open = 1;
    let end = rest.find(|c| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    &rest[..end.unwrap_or(rest.len())]
}

/// The route of an address.
pub fn of<'a>(routes: &'a [String], address: &str) -> Option<&'a str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |route: &&String| {
        let parts: Vec<&str> = route.split('/').collect();
        let pairs = || parts.iter().zip(&segments);
        parts.len() == segments.len()
            && pairs().all(|(part, segment)| part.starts_with('{') || part == segment)
    };
    routes.iter().find(fits).map(String::as_str)
}

/// Follows every link from these addresses on, and returns the first address found of each kind of page: its route and the names of its
/// parameters, as `/decide?target`.
pub async fn explore(reader: &mut Browser, from: &[String]) -> BTreeMap<String, String> {
    let routes = declared();
    let mut found = BTreeMap::new();
    let mut seen: BTreeSet<String> = from.iter().cloned().collect();
    let mut next: Vec<String> = from.iter().rev().cloned().collect();
    while let Some(address) = next.pop() {
        assert!(found.len() < MOST, "{found:?}");
        let kind = kind(&routes, &address);
        if found.contains_key(&kind) {
            continue;
        }
        let mut page = reader.get(&address).await;
        if page.status == 303 {
            next.push(page.location());
            continue;
        }
        assert_eq!(page.status, 200, "{address}");
        found.insert(kind, address);
        page.html = without_templates(&page.html);
        for mut link in page.elements("a") {
            let Some(address) = link.remove("href") else {
                continue;
            };
            let address = address.split('#').next().unwrap_or_default().to_string();
            let is_page = of(&routes, &address).is_some_and(|route| !is_no_page(route));
            if is_page && seen.insert(address.clone()) {
                next.insert(0, address);
            }
        }
    }
    found
}

/// Links that scripts fill in lead nowhere yet.
fn without_templates(html: &str) -> String {
    let mut parts = html.split("<template");
    let first = parts.next().unwrap_or_default().to_string();
    let rest = parts.filter_map(|part| part.split_once("</template>"));
    rest.fold(first, |html, (_, rest)| html + rest)
}

/// Downloads and redirects.
pub fn is_no_page(route: &str) -> bool {
    let others = [
        "/assets/{version}/{name}",
        "/moderation/next",
        "/settings/export",
        "/worker.js",
    ];
    others.contains(&route)
}

fn kind(routes: &[String], address: &str) -> String {
    let route = of(routes, address).unwrap_or(address);
    let (_, query) = address.split_once('?').unwrap_or_default();
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    // A position in a list or a language does not make another kind of page.
    let names: BTreeSet<&str> = names
        .filter(|name| !["", "lang", "number", "after", "before"].contains(name))
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    format!("{route}?{}", names.join("&"))
}
