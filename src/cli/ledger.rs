//! `partage ledger`.

use std::io::Read;

use clap::Args;
use clap::Subcommand;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::cli::say;
use crate::forum::moderation::ledger;
use crate::forum::moderation::ledger::Verified;

/// Bytes of a ledger that is fetched, at most: a million decisions.
const MOST: u64 = 1 << 30;

/// Check a copy of the ledger
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
    },
}

/// Checks a copy and says what was found; fails, and names the first entry that does not hold, when one does not.
pub fn run(command: &Ledger) -> Result<()> {
    let Act::Verify { source } = &command.act;
    let text = read(source)?;
    match ledger::verify(text.lines()) {
        Verified::Holds { entries, last } => {
            say(&format!("All {entries} entries hold. The last is {last}."));
            Ok(())
        }
        Verified::Broken { entry, why } => Err(Error::Internal(format!(
            "entry {entry} does not hold: {why}"
        ))),
    }
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
