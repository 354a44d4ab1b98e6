//! `partage ledger`.

use std::fs::OpenOptions;
use std::io::Read;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::cli::say;
use crate::forum::moderation::checkpoint::Key;
use crate::forum::moderation::ledger;
use crate::forum::moderation::ledger::Against;
use crate::forum::moderation::ledger::Verified;

/// Bytes of a ledger that is fetched, at most: a million decisions.
const MOST: u64 = 1 << 30;

/// Check a copy of the ledger, or make the key that signs it
#[derive(Args)]
pub struct Ledger {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Check that no entry was changed, taken out or put elsewhere. Needs no access to the server
    Verify {
        /// A file, the address of a published ledger (https://…/ledger.jsonl), or `-` for standard input
        source: String,
        /// The public key (64 hexadecimal digits) that has to have signed, up to the last entry
        #[arg(long)]
        key: Option<String>,
        /// An earlier copy, which this one has to go on from
        #[arg(long, value_name = "SOURCE")]
        since: Option<String>,
    },
    /// Make a key for `serve --ledger-key-file`, in a new file that only its owner reads, and print its public half
    Key {
        /// The new file
        file: PathBuf,
    },
}

/// Checks a copy and says what was found; fails, and names the first entry that does not hold, when one does not.
pub fn run(command: &Ledger) -> Result<()> {
    match &command.act {
        Act::Verify { source, key, since } => verify(source, key.as_deref(), since.as_deref()),
        Act::Key { file } => make_key(file),
    }
}

fn verify(source: &str, key: Option<&str>, since: Option<&str>) -> Result<()> {
    let text = read(source)?;
    let earlier = since.map(read).transpose()?;
    let against = Against {
        key: key.map(str::to_string),
        earlier: earlier.map(|text| text.lines().map(str::to_string).collect()),
    };
    match ledger::verify(text.lines(), &against) {
        Verified::Holds {
            entries,
            last,
            signed,
        } => {
            say(&format!(
                "All {entries} entries hold, {signed} of them signed. The last is {last}."
            ));
            Ok(())
        }
        Verified::Broken { entry, why } => Err(Error::Internal(format!(
            "entry {entry} does not hold: {why}"
        ))),
    }
}

fn make_key(file: &Path) -> Result<()> {
    let failed = |cause: std::io::Error| Error::Internal(format!("{}: {cause}", file.display()));
    let key = Key::generate()?;
    let mut made = OpenOptions::new()
        .write(true)
        // A key that is in use is never written over.
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(failed)?;
    writeln!(made, "{}", key.private()).map_err(failed)?;
    say(&key.public());
    Ok(())
}

fn read(source: &str) -> Result<String> {
    let failed = |cause: String| Error::Internal(format!("reading {source}: {cause}"));
    if source.starts_with("https://") || source.starts_with("http://") {
        let mut answer = ureq::get(source)
            .call()
            .map_err(|error| failed(error.to_string()))?;
        let body = answer.body_mut().with_config().limit(MOST);
        return body
            .read_to_string()
            .map_err(|error| failed(error.to_string()));
    }
    if source == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        return read
            .map(|_| text)
            .map_err(|error| failed(error.to_string()));
    }
    std::fs::read_to_string(source).map_err(|error| failed(error.to_string()))
}
