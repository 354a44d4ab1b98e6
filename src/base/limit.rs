//! Texts as people send them: parsed once at the door, trusted after.

use tokio::sync::Semaphore;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::markdown;

/// One line: trimmed, runs of white space made one, no control characters; 1 to `most` characters.
pub fn line(field: &'static str, text: &str, most: usize) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Error::invalid(field, Fault::Empty));
    }
    if line.chars().any(char::is_control) {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    at_most(field, &line, most)?;
    Ok(line)
}

/// A text of many lines: line ends made `\n`, white space at the end cut, no control characters but tab and line end;
/// 1 to `most` characters.
pub fn text(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_end();
    if text.trim().is_empty() {
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

/// The same in Markdown, whose quotes are not nested deeper than anybody reads them, and which renders to no more than a
/// small multiple of itself.
pub fn markdown(field: &'static str, given: &str, most: usize) -> Result<String> {
    let text = text(field, given, most)?;
    if markdown::is_too_nested(&text) {
        return Err(Error::invalid(field, Fault::TooNested));
    }
    if markdown::is_too_large(&text) {
        return Err(Error::invalid(field, Fault::TooLarge));
    }
    Ok(text)
}

/// How many texts are rendered at the same time on request, at most.
static RENDERING: Semaphore = Semaphore::const_new(2);

/// The HTML of a text that its writer wants to see, made on a thread of its own: others are answered meanwhile.
///
/// # Errors
/// INVALID as [`markdown`].
pub async fn preview(field: &'static str, given: String, most: usize) -> Result<String> {
    let _permit = RENDERING.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        markdown(field, &given, most).map(|text| markdown::to_html(&text))
    })
    .await
    .map_err(Error::internal)?
}

/// A line that may be left out; white space alone counts as left out.
pub fn optional_line(
    field: &'static str,
    text: Option<&str>,
    most: usize,
) -> Result<Option<String>> {
    match text {
        Some(text) if !text.trim().is_empty() => line(field, text, most).map(Some),
        Some(_) | None => Ok(None),
    }
}

/// An e-mail address in the form that it is compared in: lower case, one `@` with something on both sides.
pub fn email(field: &'static str, text: &str) -> Result<String> {
    let address = line(field, text, 254)?.to_lowercase();
    let (name, domain) = address
        .rsplit_once('@')
        .ok_or_else(|| Error::invalid(field, Fault::Malformed))?;
    let plain = !address.contains(char::is_whitespace) && !name.contains('@');
    if name.is_empty() || domain.is_empty() || !plain {
        return Err(Error::invalid(field, Fault::Malformed));
    }
    Ok(address)
}

/// A password: `least` to 200 characters, taken as it is.
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
