//! Texts as people send them: parsed once at the API boundary, trusted afterwards.

use tokio::sync::Semaphore;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::letters;
use crate::base::locale;
use crate::base::markdown;
use crate::base::markdown::RenderError;
use crate::base::markdown::RenderedMarkdown;
use crate::base::plain;

/// Maximum length of the reason for an edit or a withdrawal, in characters.
pub const MAX_REASON: usize = 500;
/// Maximum length of a person's title or function, in characters.
pub const MAX_PERSON_TITLE: usize = 120;
/// Maximum lengths of a term's label and of its definition, in characters.
pub const MAX_LABEL: usize = 200;
pub const MAX_DEFINITION: usize = 2_000;
/// Maximum pause between two replies of one person in a slowed thread, in seconds: a week.
pub const MAX_PAUSE: i32 = 604_800;

/// Maximum length of the words that are looked for in titles, in characters.
pub const MAX_SOUGHT: usize = 100;
/// Maximum number of threads whose titles are compared with them.
pub const SEARCHED_TITLES: u64 = 2_000;

/// Maximum lengths of a person's name, of a time zone's name, and of a term's name in addresses, in characters.
const MAX_NAME: usize = 120;
const MAX_TIME_ZONE: usize = 64;
const MAX_SLUG: usize = 60;

/// Parses one line: trims it, joins runs of white space, refuses control characters and unclosed direction controls; 1
/// to `max` characters, at least one of them visible.
pub fn line(field: &'static str, text: &str, max: usize) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !letters::is_visible(&line) {
        return Err(Error::invalid(field, Fault::Empty));
    }
    if line.chars().any(char::is_control) {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    if !letters::closes_directions(&line) {
        return Err(Error::invalid(field, Fault::TurnsDirection));
    }
    check_length(field, &line, max)?;
    Ok(line)
}

/// Parses a text of several lines: line ends become `\n`, trailing white space is removed, no control characters are
/// allowed except tab and line end; 1 to `max` characters, at least one of them visible.
pub fn text(field: &'static str, text: &str, max: usize) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_end();
    if !letters::is_visible(text) {
        return Err(Error::invalid(field, Fault::Empty));
    }
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    check_length(field, text, max)?;
    Ok(text.to_string())
}

/// An accepted Markdown text, and the HTML that it renders to.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub body: String,
    pub html: String,
}

/// Maximum number of texts rendered at the same time: one limit for texts that members write, and a separate one for
/// all others, so that members do not wait for visitors.
static WRITER_TURNS: Semaphore = Semaphore::const_new(4);
static READER_TURNS: Semaphore = Semaphore::const_new(1);

/// Parses a Markdown text to be stored, like [`text`], and renders it on a separate thread, so that other requests are served
/// meanwhile.
///
/// # Errors
/// INVALID as for [`text`], and for a text that renders to nothing visible, that nests quotes or lists too deeply, or that renders
/// to more than a small multiple of its size.
pub async fn markdown(
    field: &'static str,
    given: String,
    max: usize,
    actor: &Actor,
) -> Result<Rendered> {
    // A visitor's text is refused later, with the right reason.
    let turns = match actor {
        Actor::Visitor | Actor::Audience(_) => &READER_TURNS,
        Actor::System | Actor::Person(_) => &WRITER_TURNS,
    };
    on_blocking_thread(turns, move || rendered(field, &given, max)).await?
}

/// Returns the HTML of a text for its author's preview, with notes on what is shown differently from what they may expect.
///
/// # Errors
/// INVALID as for [`markdown`].
pub async fn preview(field: &'static str, given: String, max: usize) -> Result<RenderedMarkdown> {
    on_blocking_thread(&READER_TURNS, move || {
        parse_and_render(field, &given, max).map(|(_, shown)| shown)
    })
    .await?
}

/// Returns the HTML of a stored text.
///
/// # Errors
/// Only a malfunction.
pub async fn render_stored(body: String) -> Result<String> {
    on_blocking_thread(&READER_TURNS, move || markdown::render_stored(&body)).await
}

/// Returns the HTML of a stored text for a change, without waiting for callers that only read.
///
/// # Errors
/// Only a malfunction.
pub async fn render_stored_for_change(body: String) -> Result<String> {
    on_blocking_thread(&WRITER_TURNS, move || markdown::render_stored(&body)).await
}

fn rendered(field: &'static str, given: &str, max: usize) -> Result<Rendered> {
    let (body, shown) = parse_and_render(field, given, max)?;
    Ok(Rendered {
        body,
        html: shown.html,
    })
}

fn parse_and_render(
    field: &'static str,
    given: &str,
    max: usize,
) -> Result<(String, RenderedMarkdown)> {
    let body = text(field, given, max)?;
    let shown = markdown::render(&body).map_err(|error| {
        let fault = match error {
            RenderError::TooNested => Fault::TooNested,
            RenderError::TooLarge => Fault::TooLarge,
        };
        Error::invalid(field, fault)
    })?;
    if !letters::is_visible(&plain::of_html(&shown.html)) {
        return Err(Error::invalid(field, Fault::Empty));
    }
    Ok((body, shown))
}

/// Runs work on a separate thread when it is its turn. The turn ends with the work, even if the caller no longer waits for the
/// result.
async fn on_blocking_thread<T: Send + 'static>(
    turns: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let turn = turns.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
    .map_err(Error::internal)
}

/// An optional line; one without a visible character counts as missing.
pub fn optional_line(
    field: &'static str,
    given: Option<&str>,
    max: usize,
) -> Result<Option<String>> {
    let seen = given.filter(|given| letters::is_visible(given));
    seen.map(|given| line(field, given, max)).transpose()
}

/// An optional text, with the same rule.
pub fn optional_text(
    field: &'static str,
    given: Option<&str>,
    max: usize,
) -> Result<Option<String>> {
    let seen = given.filter(|given| letters::is_visible(given));
    seen.map(|given| text(field, given, max)).transpose()
}

/// A person's name: a line without characters that force letters against their own direction, because it would read as
/// another name.
pub fn name(field: &'static str, text: &str) -> Result<String> {
    let name = line(field, text, MAX_NAME)?;
    if name.contains(letters::is_override) {
        return Err(Error::invalid(field, Fault::TurnsDirection));
    }
    Ok(name)
}

/// An optional time zone, as the IANA database writes it.
pub fn time_zone(field: &'static str, text: Option<&str>) -> Result<Option<String>> {
    let Some(zone) = optional_line(field, text, MAX_TIME_ZONE)? else {
        return Ok(None);
    };
    let unknown = || Error::invalid(field, Fault::Unknown);
    locale::time_zone(&zone).ok_or_else(unknown).map(Some)
}

/// A term's name in addresses: lower-case ASCII letters and digits, with single hyphens between them.
pub fn slug(field: &'static str, text: &str) -> Result<String> {
    let slug = line(field, text, MAX_SLUG)?;
    let letters = slug
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let edges = !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--");
    if letters && edges && slug.len() >= 2 {
        Ok(slug)
    } else {
        Err(Error::invalid(field, Fault::Malformed))
    }
}

/// A pause between two replies of one person, in seconds.
pub fn pause(field: &'static str, seconds: i32) -> Result<i32> {
    match seconds {
        0..=MAX_PAUSE => Ok(seconds),
        _ => Err(Error::invalid(field, Fault::Unknown)),
    }
}

/// The end of something ongoing; it must be in the future.
pub fn end(field: &'static str, at: Moment, now: Moment) -> Result<Moment> {
    if at > now {
        Ok(at)
    } else {
        Err(Error::invalid(field, Fault::TooEarly))
    }
}

/// An e-mail address in the form used for comparison, the same however it was typed: lower case, composed, of normal
/// width, without invisible characters, and with the domain's own letters instead of its ASCII form. It has one `@`
/// with something on both sides.
pub fn email(field: &'static str, text: &str) -> Result<String> {
    let seen = letters::without_ignorable(&letters::normalized(text));
    let address = letters::normalized(&line(field, &seen, 254)?.to_lowercase());
    let (name, domain) = address
        .rsplit_once('@')
        .ok_or_else(|| Error::invalid(field, Fault::Malformed))?;
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    // Delimiters of a header or a link around an address are not part of it.
    let is_mark = |c: char| {
        matches!(
            c,
            '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\'
        )
    };
    let plain = !address.contains(char::is_whitespace)
        && !name.contains('@')
        && !address.contains(is_mark)
        && letters::is_visible(name);
    if name.is_empty() || domain.is_empty() || !plain {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    let domain = match idna::domain_to_unicode(domain) {
        (readable, Ok(())) => readable,
        (_, Err(_)) => domain.to_string(),
    };
    Ok(format!("{name}@{domain}"))
}

/// A password: `min` to 200 characters, counted as typed.
pub fn password(field: &'static str, text: &str, min: usize) -> Result<String> {
    if text.chars().count() < min {
        return Err(Error::invalid(field, Fault::TooShort { min }));
    }
    check_length(field, text, 200)?;
    Ok(text.to_string())
}

fn check_length(field: &'static str, text: &str, max: usize) -> Result<()> {
    if text.chars().count() > max {
        return Err(Error::invalid(field, Fault::TooLong { max }));
    }
    Ok(())
}
