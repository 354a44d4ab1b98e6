//! Runs PostgreSQL's own programs, `pg_dump` and `pg_restore`, with the URL of the database. A password is not passed on their
//! command line, where every user of the machine could read it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::base::error::Error;
use crate::base::error::Result;

/// Parameters of a URL that only this program understands.
const OWN: [&str; 1] = ["statement-cache-capacity"];

/// A URL without its password, and the password.
struct UrlParts {
    url: String,
    password: Option<String>,
}

/// Writes the exported snapshot (`pg_export_snapshot()`) into an existing file, in the custom format.
///
/// # Errors
/// If `pg_dump` is not installed, with the command to run elsewhere, or if it fails, with its output.
pub(crate) fn dump(url: &str, snapshot: &str, file: &Path) -> Result<()> {
    let split = split(url);
    let mut command = program("pg_dump", &split);
    command
        .args(["--format=custom", "--no-owner", "--no-privileges"])
        .arg(format!("--snapshot={snapshot}"))
        .arg("--file")
        .arg(file)
        .stdin(Stdio::null());
    let by_hand = format!(
        "pg_dump --format=custom --no-owner --no-privileges --file=FILE --dbname='{}'",
        split.url
    );
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| missing("pg_dump", &by_hand, &error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Internal(format!(
        "pg_dump failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}

/// Starts `pg_restore` into a database, in one transaction. It reads the archive from its standard input.
///
/// # Errors
/// If `pg_restore` is not installed.
pub(crate) fn restore(url: &str) -> Result<Child> {
    let split = split(url);
    let mut command = program("pg_restore", &split);
    command
        .args(["--single-transaction", "--exit-on-error"])
        .args(["--no-owner", "--no-privileges"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let by_hand = format!(
        "pg_restore --single-transaction --exit-on-error --no-owner --no-privileges --dbname='{}' FILE",
        split.url
    );
    command
        .spawn()
        .map_err(|error| missing("pg_restore", &by_hand, &error))
}

fn program(name: &str, split: &UrlParts) -> Command {
    let mut command = Command::new(name);
    command.arg(format!("--dbname={}", split.url));
    if let Some(password) = &split.password {
        command.env("PGPASSWORD", password);
    }
    command
}

fn missing(name: &str, by_hand: &str, error: &std::io::Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return Error::Internal(format!("{name}: {error}"));
    }
    Error::Internal(format!(
        "{name} is not on the PATH (Debian: apt install postgresql-client). Install it, or run this where it is installed: {by_hand}"
    ))
}

fn split(url: &str) -> UrlParts {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (rest, String::new()),
    };
    let (user_info, host) = match authority.rsplit_once('@') {
        Some((user_info, host)) => (Some(user_info), host),
        None => (None, authority),
    };
    let (user, mut password) =
        match user_info.map(|user_info| user_info.split_once(':').unwrap_or((user_info, ""))) {
            Some((user, "")) => (format!("{user}@"), None),
            Some((user, password)) => (format!("{user}@"), Some(decode(password))),
            None => (String::new(), None),
        };
    let mut kept = Vec::new();
    for parameter in parameters.split('&').filter(|each| !each.is_empty()) {
        match parameter.split_once('=') {
            Some(("password", value)) => password = Some(decode(value)),
            Some((name, _)) if OWN.contains(&name) => {}
            _ => kept.push(parameter),
        }
    }
    let mut url = format!("{scheme}://{user}{host}{path}");
    if !kept.is_empty() {
        url.push('?');
        url.push_str(&kept.join("&"));
    }
    UrlParts { url, password }
}

/// Decodes percent-encoding such as `%41`.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|two| {
            let two = std::str::from_utf8(two).ok()?;
            u8::from_str_radix(two, 16).ok()
        });
        match code {
            Some(code) if *first == b'%' => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
