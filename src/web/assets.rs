//! Style sheets and scripts, at addresses that change with their content, so that they can be cached indefinitely.

pub mod serve;
pub mod theme;

use std::sync::LazyLock;
use std::sync::OnceLock;

use brotli::enc::BrotliEncoderParams;

use crate::base::secret;
use crate::web::post::documents;
use crate::web::security::CONTENT_SECURITY_POLICY;

const FILES: [(&str, &str, &str); 18] = [
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    (
        "icons.svg",
        "image/svg+xml",
        include_str!("assets/icons.svg"),
    ),
    (
        "site.css",
        STYLE,
        concat!(
            include_str!("assets/css/tokens.css"),
            include_str!("assets/css/base.css"),
            include_str!("assets/css/frame.css"),
            include_str!("assets/css/components.css"),
            include_str!("assets/css/threads.css"),
            include_str!("assets/css/thread.css"),
            include_str!("assets/css/writing.css"),
            include_str!("assets/css/home.css"),
            include_str!("assets/css/print.css"),
        ),
    ),
    // What only directories and pages of moderation need.
    (
        "staff.css",
        STYLE,
        concat!(
            include_str!("assets/css/directory.css"),
            include_str!("assets/css/staff.css"),
        ),
    ),
    // What most pages need beside it is sent with it: a request takes longer on a slow line than these bytes.
    (
        "forum.js",
        SCRIPT,
        concat!(
            include_str!("modules/line.js"),
            include_str!("modules/forum.js"),
        ),
    ),
    ("thread.js", SCRIPT, include_str!("modules/thread.js")),
    ("rights.js", SCRIPT, include_str!("modules/rights.js")),
    ("marks.js", SCRIPT, include_str!("modules/marks.js")),
    ("list.js", SCRIPT, include_str!("modules/list.js")),
    ("compose.js", SCRIPT, include_str!("modules/compose.js")),
    ("drafts.js", SCRIPT, include_str!("modules/drafts.js")),
    ("outbox.js", SCRIPT, include_str!("modules/outbox.js")),
    ("tags.js", SCRIPT, include_str!("modules/tags.js")),
    ("trouble.js", SCRIPT, include_str!("modules/trouble.js")),
    ("copy.js", SCRIPT, include_str!("modules/copy.js")),
    (
        "explorer.css",
        STYLE,
        include_str!("assets/css/explorer.css"),
    ),
    ("explorer.js", SCRIPT, include_str!("modules/explorer.js")),
    (
        "documentation.js",
        SCRIPT,
        include_str!("modules/documentation.js"),
    ),
];
/// The service worker between the pages and the network: it serves the whole site, so its address never changes.
const WORKER: &str = include_str!("modules/worker.js");
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// The content that is sent for each file.
static CONTENT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = FILES.iter();
    files
        .map(|(_, media, content)| match *media {
            SCRIPT => with_documents(&minified(content)).replace("./line.js", "./forum.js"),
            STYLE => minified_style(content),
            _ => (*content).to_string(),
        })
        .collect()
});

/// A script with the text of each document that it names: `"document ThreadEvents"`.
fn with_documents(script: &str) -> String {
    let mut parts = script.split("\"document ");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |script, part| {
        let (name, rest) = part.split_once('"').unwrap_or((part, ""));
        let document = documents::operation(name).unwrap_or_default();
        format!("{script}`{}`{rest}", minified(&document))
    })
}

/// Removes what only readers of the source need: comment lines and indentation. Multi-line strings are documents for
/// the API, where indentation has no meaning.
fn minified(script: &str) -> String {
    let is_said = |line: &&str| !["//", "/*", "*"].iter().any(|mark| line.starts_with(mark));
    let lines = script.lines().map(str::trim_start);
    let needed: Vec<&str> = lines
        .filter(|line| !line.is_empty())
        .filter(is_said)
        .collect();
    needed.join("\n")
}

/// Removes comments, indentation and line ends from a style sheet, and the spaces beside braces and semicolons.
fn minified_style(sheet: &str) -> String {
    let mut parts = sheet.split("/*");
    let first = parts.next().unwrap_or_default().to_string();
    let said = parts.filter_map(|part| part.split_once("*/"));
    let said = said.fold(first, |all, (_, rest)| all + rest);
    let lines = said.lines().map(str::trim);
    let mut style = lines.collect::<Vec<_>>().join(" ");
    for (written, short) in [
        ("  ", " "),
        (" {", "{"),
        ("{ ", "{"),
        (" }", "}"),
        ("} ", "}"),
        ("; ", ";"),
        (";}", "}"),
        (", ", ","),
    ] {
        while style.contains(written) {
            style = style.replace(written, short);
        }
    }
    style
}

static PREFIX: LazyLock<String> = LazyLock::new(|| {
    let all: String = CONTENT.concat();
    let version: String = secret::digest(&all)
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/assets/{version}")
});

/// The files at maximum compression, done once: for content that is sent to everyone, this is worth the second that it
/// takes.
static COMPRESSED: [OnceLock<Vec<u8>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// The address prefix of the files.
pub fn prefix() -> &'static str {
    &PREFIX
}

/// One of the files.
pub struct Asset {
    place: usize,
}

impl Asset {
    /// The file of that name.
    pub fn find(name: &str) -> Option<Asset> {
        let place = FILES.iter().position(|(file, ..)| *file == name);
        place.map(|place| Asset { place })
    }

    /// Its media type.
    pub fn media(&self) -> &'static str {
        FILES[self.place].1
    }

    /// The content that is sent.
    pub fn content(&self) -> &'static str {
        &CONTENT[self.place]
    }

    /// The same, compressed.
    pub fn compressed(&self) -> &'static [u8] {
        COMPRESSED[self.place].get_or_init(|| compress(self.content()))
    }
}

/// The service worker as it is sent.
pub fn worker() -> &'static str {
    static CONTENT: LazyLock<String> = LazyLock::new(|| {
        minified(WORKER).replace("CONTENT_SECURITY_POLICY", CONTENT_SECURITY_POLICY)
    });
    &CONTENT
}

fn compress(content: &str) -> Vec<u8> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    // Writing to memory does not fail.
    let _ = brotli::BrotliCompress(&mut content.as_bytes(), &mut compressed, &parameters);
    compressed
}
