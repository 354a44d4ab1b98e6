//! `partage invite`.

use clap::Args;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::config::Limits;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::cli::Database;
use crate::cli::open;
use crate::cli::print_line;
use crate::forum::Forum;
use crate::forum::accounts::invite;
use crate::forum::accounts::invite::invite as make;
use crate::forum::seed;
use crate::store::lock;

/// Invite a person and print the link.
#[derive(Args)]
pub struct Invite {
    #[command(flatten)]
    database: Database,

    #[command(flatten)]
    limits: Limits,

    /// E-mail address of the new account
    #[arg(long, env = "PARTAGE_INVITE_EMAIL")]
    email: String,

    /// Role of the account: visitor, delegate, focal-point, moderator or secretariat
    #[arg(long, env = "PARTAGE_INVITE_ROLE")]
    role: String,

    /// Delegation of the account: two letters for a member state (ke), or an organisation (unesco, secretariat)
    #[arg(long, env = "PARTAGE_INVITE_DELEGATION")]
    delegation: String,

    /// Most binding capacity in which the account may speak: personal, office or delegation
    #[arg(long, env = "PARTAGE_INVITE_CAPACITY", default_value = "personal")]
    capacity: String,

    /// Title or function, as shown with posts
    #[arg(long, env = "PARTAGE_INVITE_TITLE", default_value = "Delegate")]
    title: String,

    /// Public address of the forum
    #[arg(
        long,
        env = "PARTAGE_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    public_url: String,
}

/// Makes an invitation on behalf of the program itself. A server may be running meanwhile.
pub async fn run(command: Invite) -> Result<()> {
    let lock = lock::try_take(&command.database.database)?;
    let store = open(&command.database.database, lock.as_ref()).await?;
    let forum = Forum::new(store, command.limits);
    if lock.is_some() {
        // A running server has already loaded the seed.
        seed::load(&forum).await?;
    }
    let wanted = invite::Invite {
        key: id::random(),
        email: command.email,
        role: Role::parse(&command.role).ok_or_else(|| unknown("role"))?,
        delegation_id: command.delegation,
        capacity: Capacity::parse(&command.capacity).ok_or_else(|| unknown("capacity"))?,
        title: command.title,
        mandate_until: None,
    };
    let invited = make(&forum, &Actor::System, wanted)
        .await
        .map_err(with_flag)?;
    let address = command.public_url.trim_end_matches('/');
    print_line(&format!("{address}/invitations/{}", invited.token));
    forum.store.close().await;
    Ok(())
}

/// The refusal of a flag that names something that does not exist.
fn unknown(field: &'static str) -> Error {
    with_flag(Error::invalid(field, Fault::Unknown))
}

/// On the command line, a refusal names the flag and not the field of the API.
fn with_flag(error: Error) -> Error {
    let Error::Invalid { field, .. } = &error else {
        return error;
    };
    let flag = match field.as_ref() {
        "delegationId" => "delegation",
        field => field,
    };
    let message = crate::base::message::of(&error, crate::base::language::Language::En);
    Error::Internal(format!("--{flag}: {message}"))
}
