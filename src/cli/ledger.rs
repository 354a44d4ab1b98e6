//! `partage ledger`.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::Subcommand;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::signature::LedgerKey;
use crate::cli::print_line;
use crate::forum::moderation::verify;
use crate::forum::moderation::verify::MAX_COPY_BYTES;
use crate::forum::moderation::verify::Verified;
use crate::store::private;

/// How long a server may take to be reached, and again to begin its response.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a whole published ledger may take to arrive.
const WHOLE: Duration = Duration::from_secs(3_600);

/// Check a copy of the ledger, or create the key that signs it
#[derive(Args)]
pub struct Ledger {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Check that no entry was changed, removed or moved. Needs no access to the server
    Verify {
        /// A file, the address of a published ledger (https://…/ledger.jsonl), or `-` for standard input
        source: String,
        /// The public key (64 hexadecimal digits) that must have signed, up to the last entry
        #[arg(long)]
        key: Option<String>,
        /// An earlier copy, which this one must continue
        #[arg(long, value_name = "SOURCE")]
        since: Option<String>,
    },
    /// Create a key for `serve --ledger-key-file`, in a new file that only its owner can read, and print its public
    /// half
    Key {
        /// The file to create
        file: PathBuf,
    },
}

/// Checks a copy and reports the result. Fails at the first invalid entry, and names it.
pub fn run(command: &Ledger) -> Result<()> {
    match &command.act {
        Act::Verify { source, key, since } => verify(source, key.as_deref(), since.as_deref()),
        Act::Key { file } => make_key(file),
    }
}

fn verify(source: &str, key: Option<&str>, since: Option<&str>) -> Result<()> {
    let copy = open(source)?;
    let earlier = since.map(open).transpose()?;
    let verified = verify::verify(copy, key, earlier)
        .map_err(|error| Error::Internal(format!("reading {source}: {error}")))?;
    match verified {
        Verified::Holds {
            entries,
            last,
            signed,
        } => {
            print_line(&format!(
                "All {entries} entries hold, {signed} of them signed. The last is {last}."
            ));
            Ok(())
        }
        Verified::Empty => Err(Error::Internal(format!(
            "{source} has no entry: there is nothing to check"
        ))),
        Verified::Broken { entry, why } => Err(Error::Internal(format!(
            "entry {entry} does not hold: {why}"
        ))),
    }
}

fn make_key(file: &Path) -> Result<()> {
    let failed = |cause: std::io::Error| Error::Internal(format!("{}: {cause}", file.display()));
    let key = LedgerKey::generate()?;
    // A key in use is never overwritten.
    let mut made = private::create_new(file).map_err(failed)?;
    writeln!(made, "{}", key.private()).map_err(failed)?;
    made.sync_all().map_err(failed)?;
    print_line(&key.public());
    Ok(())
}

/// Opens a source for reading line by line.
fn open(source: &str) -> Result<Box<dyn BufRead>> {
    let failed = |cause: String| Error::Internal(format!("reading {source}: {cause}"));
    if source.starts_with("https://") || source.starts_with("http://") {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(ANSWER))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(WHOLE))
            .build()
            .new_agent();
        let answer = agent
            .get(source)
            .call()
            .map_err(|error| failed(error.to_string()))?;
        let body = answer
            .into_body()
            .into_with_config()
            .limit(MAX_COPY_BYTES)
            .reader();
        return Ok(Box::new(BufReader::new(body)));
    }
    if source == "-" {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = std::fs::File::open(source).map_err(|error| failed(error.to_string()))?;
    Ok(Box::new(BufReader::new(file)))
}
