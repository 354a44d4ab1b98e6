//! `partage render`.

use clap::Args;

use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::open;
use crate::cli::print_line;
use crate::forum::discussion::text::render;

/// Render stored texts again from their sources, after an upgrade that renders them otherwise. Servers may be running
/// meanwhile. Run again, it changes nothing.
#[derive(Args)]
pub struct Render {
    #[command(flatten)]
    database: Database,
}

/// Renders every text again, and reports how many are different now.
pub async fn run(command: Render) -> Result<()> {
    let store = open(&command.database.database, None).await?;
    let rendered = render::render_again(&store).await?;
    print_line(&format!(
        "Rendered {} texts, of which {} are different now.",
        rendered.texts, rendered.changed
    ));
    store.close().await;
    Ok(())
}
