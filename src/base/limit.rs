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
use crate::base::markdown::Excess;
use crate::base::markdown::Shown;
use crate::base::plain;

/// Maximum length of the reason for an edit or a withdrawal, in characters.
pub const REASON: usize = 500;
/// Maximum length of a person's title or function, in characters.
pub const PERSON_TITLE: usize = 120;
/// Maximum lengths of a term's label and of its definition, in characters.
pub const LABEL: usize = 200;
pub const DEFINITION: usize = 2_000;
/// Maximum pause between two replies of one person in a slowed thread, in seconds: a week.
pub const SLOWEST: i32 = 604_800;

/// Maximum lengths of a person's name, of a time zone's name, and of a term's name in addresses, in characters.
const NAME: usize = 120;
const TIME_ZONE: usize = 64;
const SLUG: usize = 60;

/// Parses one line: trims it, joins runs of white space, refuses control characters and unclosed direction controls; 1
/// to `most` characters, at least one of them visible.
pub fn line(field: &'static str, text: &str, most: usize) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !letters::are_seen(&line) {
        return Err(Error::invalid(field, Fault::Empty));
    }
    if line.chars().any(char::is_control) {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    if !letters::is_closed(&line) {
        return Err(Error::invalid(field, Fault::TurnsDirection));
    }
    at_most(field, &line, most)?;
    Ok(line)
}

/// Parses a text of several lines: line ends become `\n`, trailing white space is removed, no control characters are
/// allowed except tab and line end; 1 to `most` characters, at least one of them visible.
pub fn text(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_end();
    if !letters::are_seen(text) {
        return Err(Error::invalid(field, Fault::Empty));
    }
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    at_most(field, text, most)?;
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
static WRITTEN: Semaphore = Semaphore::const_new(4);
static LOOKED_AT: Semaphore = Semaphore::const_new(1);

/// Parses a Markdown text to be stored, like [`text`], and renders it on a separate thread, so that other requests are served
/// meanwhile.
///
/// # Errors
/// INVALID as for [`text`], and for a text that renders to nothing visible, that nests quotes or lists too deeply, or that renders
/// to more than a small multiple of its size.
pub async fn markdown(
    field: &'static str,
    given: String,
    most: usize,
    actor: &Actor,
) -> Result<Rendered> {
    // A visitor's text is refused later, with the right reason.
    let turns = match actor {
        Actor::Visitor | Actor::Audience(_) => &LOOKED_AT,
        Actor::System | Actor::Person(_) => &WRITTEN,
    };
    apart(turns, move || rendered(field, &given, most)).await?
}

/// Returns the HTML of a text for its author's preview, with notes on what is shown differently from what they may expect.
///
/// # Errors
/// INVALID as for [`markdown`].
pub async fn preview(field: &'static str, given: String, most: usize) -> Result<Shown> {
    apart(&LOOKED_AT, move || {
        shown_as(field, &given, most).map(|(_, shown)| shown)
    })
    .await?
}

/// Returns the HTML of a stored text.
///
/// # Errors
/// Only a malfunction.
pub async fn shown(body: String) -> Result<String> {
    apart(&LOOKED_AT, move || markdown::shown(&body)).await
}

/// Returns the HTML of a stored text for a change, without waiting for callers that only read.
///
/// # Errors
/// Only a malfunction.
pub async fn shown_again(body: String) -> Result<String> {
    apart(&WRITTEN, move || markdown::shown(&body)).await
}

fn rendered(field: &'static str, given: &str, most: usize) -> Result<Rendered> {
    let (body, shown) = shown_as(field, given, most)?;
    Ok(Rendered {
        body,
        html: shown.html,
    })
}

fn shown_as(field: &'static str, given: &str, most: usize) -> Result<(String, Shown)> {
    let body = text(field, given, most)?;
    let shown = markdown::render(&body).map_err(|excess| {
        let fault = match excess {
            Excess::Nested => Fault::TooNested,
            Excess::Large => Fault::TooLarge,
        };
        Error::invalid(field, fault)
    })?;
    if !letters::are_seen(&plain::of_html(&shown.html)) {
        return Err(Error::invalid(field, Fault::Empty));
    }
    Ok((body, shown))
}

/// Runs work on a separate thread when it is its turn. The turn ends with the work, even if the caller no longer waits for the
/// result.
async fn apart<T: Send + 'static>(
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
    most: usize,
) -> Result<Option<String>> {
    let seen = given.filter(|given| letters::are_seen(given));
    seen.map(|given| line(field, given, most)).transpose()
}

/// An optional text, with the same rule.
pub fn optional_text(
    field: &'static str,
    given: Option<&str>,
    most: usize,
) -> Result<Option<String>> {
    let seen = given.filter(|given| letters::are_seen(given));
    seen.map(|given| text(field, given, most)).transpose()
}

/// A person's name: a line without characters that force letters against their own direction, because it would read as
/// another name.
pub fn name(field: &'static str, text: &str) -> Result<String> {
    let name = line(field, text, NAME)?;
    if name.contains(letters::is_override) {
        return Err(Error::invalid(field, Fault::TurnsDirection));
    }
    Ok(name)
}

/// An optional time zone, as the IANA database writes it.
pub fn time_zone(field: &'static str, text: Option<&str>) -> Result<Option<String>> {
    let Some(zone) = optional_line(field, text, TIME_ZONE)? else {
        return Ok(None);
    };
    let unknown = || Error::invalid(field, Fault::Unknown);
    locale::time_zone(&zone).ok_or_else(unknown).map(Some)
}

/// A term's name in addresses: lower-case ASCII letters and digits, with single hyphens between them.
pub fn slug(field: &'static str, text: &str) -> Result<String> {
    let slug = line(field, text, SLUG)?;
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
        0..=SLOWEST => Ok(seconds),
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
    let seen = letters::without_ignorable(&letters::usual(text));
    let address = letters::usual(&line(field, &seen, 254)?.to_lowercase());
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
        && letters::are_seen(name);
    if name.is_empty() || domain.is_empty() || !plain {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    let domain = match idna::domain_to_unicode(domain) {
        (readable, Ok(())) => readable,
        (_, Err(_)) => domain.to_string(),
    };
    Ok(format!("{name}@{domain}"))
}

/// A password: `least` to 200 characters, counted as typed.
pub fn password(field: &'static str, text: &str, least: usize) -> Result<String> {
    if text.chars().count() < least {
        return Err(Error::invalid(field, Fault::TooShort { least }));
    }
    at_most(field, text, 200)?;
    Ok(text.to_string())
}

fn at_most(field: &'static str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() > most {
        return Err(Error::invalid(field, Fault::TooLong { most }));
    }
    Ok(())
}
