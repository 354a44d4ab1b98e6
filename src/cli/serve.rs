//! `partage serve`.

use std::time::Duration;

use clap::Args;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;

use crate::base::config::Config;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::Logging;
use crate::cli::demo;
use crate::cli::open_with;
use crate::cli::print_line;
use crate::cli::start_log;
use crate::forum::accounts::invite::invite_first;
use crate::forum::seed;
use crate::server;
use crate::store::lock;

/// Run the forum.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    database: Database,

    #[command(flatten)]
    config: Config,

    #[command(flatten)]
    logging: Logging,

    /// Fill an empty database with demonstration content and one account for each role
    #[arg(long, env = "PARTAGE_DEMO")]
    demo: bool,

    /// Password of the demonstration accounts; required if others can reach the forum: when it listens beyond this
    /// machine, and with --public-url or --behind-proxy
    #[arg(long, env = "PARTAGE_DEMO_PASSWORD", hide_env_values = true)]
    demo_password: Option<String>,
}

/// Runs the server until SIGTERM or SIGINT.
pub async fn run(command: Serve) -> Result<()> {
    start_log(&command.logging);
    allow_many_sockets();
    let open_by = demo::exposed_by(&command.config);
    let demo_password = command
        .demo
        .then(|| demo::password(command.demo_password, open_by))
        .transpose()?;
    // Bind before anything is written, so that an address in use does not leave an incomplete forum.
    let listening = server::bind(&command.config).await?;
    let lock = lock::take(&command.database.database, "served")?;
    let limit = Duration::from_secs(command.config.statement_seconds.into());
    let store = open_with(&command.database.database, Some(&lock), Some(limit)).await?;
    let forum = server::forum(&command.config, store.clone())?;
    seed::load(&forum).await?;
    let accounts = match demo_password {
        Some(password) => Some(demo::fill(&forum, &password).await?),
        None => None,
    };
    demo::refuse_known_password(&forum, open_by).await?;
    let first = invite_first(&forum).await?;

    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let running = server::start_on(listening, command.config, store).await?;
    let address = running.base_url().to_string();
    if let Some(accounts) = accounts {
        print_line(&accounts.describe(&address));
    }
    if let Some(first) = first {
        print_line(
            "No account of the Secretariat exists yet. This link makes the first one, once:",
        );
        print_line(&format!("  {address}/invitations/{}", first.token));
    }
    if let Some(metrics) = running.metrics_address() {
        print_line(&format!("Figures on http://{metrics}/metrics"));
    }
    print_line(&format!("Listening on http://{}", running.address()));

    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Error::internal)?,
    }
    tracing::info!("stopping");
    running.stop().await;
    drop(lock);
    Ok(())
}

/// Raises the limit of open files as far as allowed, because each socket uses one.
fn allow_many_sockets() {
    let raised = rlimit::getrlimit(rlimit::Resource::NOFILE)
        .and_then(|(_, max)| rlimit::increase_nofile_limit(max));
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}
