//! `partage password-link`.

use clap::Args;

use crate::base::actor::Actor;
use crate::base::config::Limits;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::cli::Database;
use crate::cli::open;
use crate::cli::print_line;
use crate::forum::Forum;
use crate::forum::accounts::password_link;
use crate::forum::accounts::person;
use crate::store::lock;

/// Create and print a link with which a person who has forgotten their password chooses a new one.
#[derive(Args)]
pub struct PasswordLink {
    #[command(flatten)]
    database: Database,

    #[command(flatten)]
    limits: Limits,

    /// E-mail address of the account
    #[arg(long, env = "PARTAGE_PASSWORD_LINK_EMAIL")]
    email: String,

    /// Public address of the forum
    #[arg(
        long,
        env = "PARTAGE_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    public_url: String,
}

/// Makes a link on behalf of the program itself. A server may be running meanwhile.
pub async fn run(command: PasswordLink) -> Result<()> {
    let lock = lock::try_take(&command.database.database)?;
    let store = open(&command.database.database, lock.as_ref()).await?;
    let forum = Forum::new(store, command.limits);
    let snapshot = forum.store.snapshot();
    let found = person::find_by_typed_email(snapshot.rows().await?, &command.email).await?;
    drop(snapshot);
    let person = found.ok_or_else(|| {
        Error::Internal(format!(
            "there is no account with the address {}",
            command.email
        ))
    })?;
    let made = password_link::make(&forum, &Actor::System, id::random(), person.id).await?;
    let address = command.public_url.trim_end_matches('/');
    print_line(&format!("{address}/password/{}", made.token));
    forum.store.close().await;
    Ok(())
}
