//! The `partage` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    partage::cli::run()
}
