//! Texts as people send them: parsed once at the door, trusted after.

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

/// Characters of the reason of an edit or a withdrawal, at most.
pub const REASON: usize = 500;
/// Characters of somebody's title or function, at most.
pub const PERSON_TITLE: usize = 120;
/// Characters of a term's label, and of its definition, at most.
pub const LABEL: usize = 200;
pub const DEFINITION: usize = 2_000;
/// Seconds between two replies of one person in a slowed thread, at most: a week.
pub const SLOWEST: i32 = 604_800;

/// Characters of a person's name, of a time zone's, and of a term's in addresses, at most.
const NAME: usize = 120;
const TIME_ZONE: usize = 64;
const SLUG: usize = 60;

/// One line: trimmed, runs of white space made one, no control characters, a direction that is turned turned back; 1 to
/// `most` characters, of which one at least is seen.
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

/// A text of many lines: line ends made `\n`, white space at the end cut, no control characters but tab and line end;
/// 1 to `most` characters, of which one at least is seen.
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

/// A text in Markdown that was taken, and the HTML that it renders to.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub body: String,
    pub html: String,
}

/// How many texts are rendered at the same time, at most: of those that members write, and, apart from them so that these wait
/// for no visitor, of all others.
static WRITTEN: Semaphore = Semaphore::const_new(4);
static LOOKED_AT: Semaphore = Semaphore::const_new(1);

/// A text in Markdown that somebody wants to be kept: as [`text`], and rendered on a thread of its own, so that others are
/// answered meanwhile.
///
/// # Errors
/// INVALID as [`text`], and for one that renders to nothing that is seen, that nests quotes or lists deeper than anybody reads
/// them, or that renders to more than a small multiple of itself.
pub async fn markdown(
    field: &'static str,
    given: String,
    most: usize,
    actor: &Actor,
) -> Result<Rendered> {
    // What a visitor writes is refused later, when all is known.
    let turns = match actor {
        Actor::Visitor | Actor::Audience(_) => &LOOKED_AT,
        Actor::System | Actor::Person(_) => &WRITTEN,
    };
    apart(turns, move || rendered(field, &given, most)).await?
}

/// The HTML of a text that its writer wants to see, and what is shown otherwise than they may expect.
///
/// # Errors
/// INVALID as [`markdown`].
pub async fn preview(field: &'static str, given: String, most: usize) -> Result<Shown> {
    apart(&LOOKED_AT, move || {
        shown_as(field, &given, most).map(|(_, shown)| shown)
    })
    .await?
}

/// The HTML of a text that is stored.
///
/// # Errors
/// A malfunction only.
pub async fn shown(body: String) -> Result<String> {
    apart(&LOOKED_AT, move || markdown::shown(&body)).await
}

/// The same for a change, which waits for nobody who only looks.
///
/// # Errors
/// A malfunction only.
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

/// Does some work on a thread of its own, when it is its turn. The turn ends with the work, also when nobody waits for it
/// any more.
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

/// A line that may be left out; one of which nobody sees a character counts as left out.
pub fn optional_line(
    field: &'static str,
    given: Option<&str>,
    most: usize,
) -> Result<Option<String>> {
    let seen = given.filter(|given| letters::are_seen(given));
    seen.map(|given| line(field, given, most)).transpose()
}

/// A text that may be left out, in the same way.
pub fn optional_text(
    field: &'static str,
    given: Option<&str>,
    most: usize,
) -> Result<Option<String>> {
    let seen = given.filter(|given| letters::are_seen(given));
    seen.map(|given| text(field, given, most)).transpose()
}

/// A person's name: a line that makes no letters run against their own direction, for it would read as another.
pub fn name(field: &'static str, text: &str) -> Result<String> {
    let name = line(field, text, NAME)?;
    if name.contains(letters::is_override) {
        return Err(Error::invalid(field, Fault::TurnsDirection));
    }
    Ok(name)
}

/// A time zone as the IANA database writes it, which may be left out.
pub fn time_zone(field: &'static str, text: Option<&str>) -> Result<Option<String>> {
    let Some(zone) = optional_line(field, text, TIME_ZONE)? else {
        return Ok(None);
    };
    let unknown = || Error::invalid(field, Fault::Unknown);
    locale::time_zone(&zone).ok_or_else(unknown).map(Some)
}

/// A term's name in addresses: small letters and digits of ASCII, with single hyphens between them.
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

/// The end of something that goes on: it is still to come.
pub fn end(field: &'static str, at: Moment, now: Moment) -> Result<Moment> {
    if at > now {
        Ok(at)
    } else {
        Err(Error::invalid(field, Fault::TooEarly))
    }
}

/// An e-mail address in the form that it is compared in, which is the same however it was typed: small letters, composed, of
/// the usual width, without characters that nobody sees, and with the domain's own letters in place of its ASCII form. It has
/// one `@` with something on both sides.
pub fn email(field: &'static str, text: &str) -> Result<String> {
    let seen = letters::without_ignorable(&letters::usual(text));
    let address = letters::usual(&line(field, &seen, 254)?.to_lowercase());
    let (name, domain) = address
        .rsplit_once('@')
        .ok_or_else(|| Error::invalid(field, Fault::Malformed))?;
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    // Marks of a header or a link around an address are no part of it.
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

/// A password: `least` to 200 characters, counted and kept as they were typed.
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
