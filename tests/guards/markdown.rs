//! Any text renders quickly and to a small multiple of itself, or is refused; and what people write is not refused.

use std::time::Duration;
use std::time::Instant;

use partage::base::markdown;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::sample::select;
use proptest::strategy::Strategy;
use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;

/// Maximum bytes of a text.
const LENGTH: usize = 20_000;
/// What the server promises: a fixed base, and so many bytes for each byte of the text.
const FRAME: usize = 2_048;
const GROWTH: usize = 24;
/// Far more than a release needs: the tests' unoptimised build is slow, and the machine may be too.
const SOON: Duration = Duration::from_secs(20);

/// Characters that open, close, repeat or refer.
const PIECES: [&str; 44] = [
    "- ",
    "* ",
    "+ ",
    "1. ",
    "9) ",
    "> ",
    ">",
    "    ",
    "\t",
    " ",
    "\n",
    "\n\n",
    "|",
    "|a",
    "|-",
    "|:-:",
    "|\n",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "```\n",
    "[",
    "]",
    "[a](",
    "](b)",
    "![",
    "(",
    ")",
    "<",
    "<b>",
    "</b>",
    "<!--",
    "&amp;",
    "https://a.b/",
    "a@b.c ",
    "[a]: https://a.b/ccccccccccc\n",
    "[a]",
    "# ",
    "\\",
];

/// A few pieces, repeated, with something before and after.
fn texts() -> impl Strategy<Value = String> {
    let piece = || select(&PIECES[..]);
    let part = (vec(piece(), 1..6), 1..4_000_usize);
    (vec(part, 1..5), any::<u16>()).prop_map(|(parts, word)| {
        let mut text = String::new();
        for (pieces, times) in parts {
            text.push_str(&pieces.concat().repeat(times));
            text.push_str(&word.to_string());
        }
        let mut end = text.len().min(LENGTH);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text
    })
}

#[track_caller]
fn is_bounded(text: &str) {
    let begun = Instant::now();
    let rendered = markdown::render(text).map(|shown| shown.html);
    let took = begun.elapsed();
    let start: String = text.chars().take(200).collect();
    assert!(
        took < SOON,
        "{took:?} for {} bytes of {start:?}",
        text.len()
    );
    if let Ok(html) = rendered {
        let most = FRAME + GROWTH * text.len();
        assert!(html.len() <= most, "{} bytes of {start:?}", html.len());
    }
    let shown = markdown::render_stored(text);
    assert!(shown.len() <= FRAME + GROWTH * text.len());
}

#[test]
fn texts_made_of_marks_are_rendered_soon_and_small_or_refused() {
    let settings = Config {
        cases: 60,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(settings)
        .run(&texts(), |text| {
            is_bounded(&text);
            Ok(())
        })
        .expect("every text is bounded");
}

#[test]
fn what_is_known_to_be_dear_is_bounded() {
    let fill = |piece: &str| piece.repeat(LENGTH / piece.len());
    for piece in PIECES {
        is_bounded(&fill(piece));
        is_bounded(&format!("{}a{}", fill(piece), fill(piece)));
    }
    for piece in [
        "> - ",
        "- > ",
        "+ + ",
        "1. 1) ",
        "- 1. > ",
        "*a **a ",
        "**a *a",
        "_a __a ",
        "[a](b",
        "[[a](b)](",
        "![[](",
        "<a <b ",
        "a | b\n",
        "* a\n  * b\n",
        "~~a ~",
        "``a ",
        "\\[",
        "&#x26;",
        "[^1]",
        "<!-- a",
        "<![CDATA[",
        "<?a ",
    ] {
        is_bounded(&fill(piece));
    }
    let deep: String = (0..150)
        .map(|level| format!("{}- a\n", "  ".repeat(level)))
        .collect();
    is_bounded(&deep);
    let wide = format!("{}|\n{}|\n{}", fill("|a"), fill("|-"), fill("|\n"));
    is_bounded(&wide);
    let references = format!(
        "[a]: https://example.org/{}\n\n{}",
        "b".repeat(900),
        fill("[a]")
    );
    is_bounded(&references);
}

#[test]
fn what_people_write_is_not_refused() {
    let list: String = (0..20)
        .map(|level| format!("{}- a point\n", "  ".repeat(level)))
        .collect();
    let rows = "| Office | Practice | Since |\n".repeat(300);
    for text in [
        list,
        format!("| a | b | c |\n|---|:-:|--:|\n{rows}"),
        "> ".repeat(20) + "quoted",
        "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -"
            .to_string(),
        "*".repeat(200),
        "1990. 1991. 1992. Years that begin lines.".to_string(),
        "**Bold** and *slanted* and `code` ".repeat(500),
        "- [ ] a point\n".repeat(1_000),
    ] {
        let rendered = markdown::render(&text).map(|shown| shown.html);
        assert!(rendered.is_ok(), "{rendered:?} for {text:.100}");
    }
}
