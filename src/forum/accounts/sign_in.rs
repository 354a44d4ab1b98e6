//! Signing in with e-mail address and password. An unknown address gets the same answer, after the same work, as a
//! wrong password; failures are counted per address of either kind, whether the account exists or not.

use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::Select;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::limit;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::accounts::person;
use crate::forum::accounts::session;
use crate::forum::accounts::session::Opened;
use crate::store::failed;
use crate::store::tx::Tx;

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// A failed sign-in. The e-mail address is kept only as a digest.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_digest: Vec<u8>,
    pub address: String,
    pub at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Opens a session for who knows the password. Refused: wrong credentials; too many failures in 15 minutes, for the
/// account or from the network address.
pub async fn sign_in(
    forum: &Forum,
    caller: &Caller,
    email: &str,
    password: &str,
) -> Result<Opened> {
    let wrong = || Error::invalid("password", Fault::WrongCredentials);
    let email = limit::email("email", email).unwrap_or_default();
    let account = secret::digest(&email);
    let address = caller.address.to_string();

    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    throttle(forum, rows, &account, &address, snapshot.now()).await?;
    let person = person::find_by_email(rows, &email).await?;
    drop(snapshot);

    // Hashing takes long: no transaction is open meanwhile.
    let hash = person
        .as_ref()
        .and_then(|person| person.password_hash.clone());
    let right = forum.passwords.verify(password, hash).await?;

    let tx = forum.store.begin_alone(&Actor::Visitor).await?;
    // Again, now that nobody else can count at the same time: guesses sent at once are counted one by one.
    throttle(forum, tx.rows(), &account, &address, tx.now()).await?;
    let Some(person) = person.filter(|_| right) else {
        note_failure(&tx, account, address).await?;
        tx.commit(Event::SignInFailed).await?;
        return Err(wrong());
    };
    let opened = session::open(forum, &tx, person.id, caller).await?;
    let event = Event::SignedIn {
        person: person.id,
        session: opened.session.id,
    };
    tx.commit(event).await?;
    Ok(opened)
}

async fn throttle(
    forum: &Forum,
    rows: &DatabaseTransaction,
    account: &[u8],
    address: &str,
    now: Moment,
) -> Result<()> {
    let since = now.minus(WINDOW);
    let recent = || Entity::find().filter(Column::At.gt(since));
    let of_account = recent().filter(Column::AccountDigest.eq(account.to_vec()));
    let of_address = recent().filter(Column::Address.eq(address));
    refuse_beyond(rows, of_account, forum.limits.sign_in_failures_per_account).await?;
    refuse_beyond(rows, of_address, forum.limits.sign_in_failures_per_address).await
}

async fn refuse_beyond(
    rows: &DatabaseTransaction,
    recent: Select<Entity>,
    most: u32,
) -> Result<()> {
    let count = recent.clone().count(rows).await.map_err(failed)?;
    if count < u64::from(most) {
        return Ok(());
    }
    let oldest = recent
        .order_by_asc(Column::At)
        .one(rows)
        .await
        .map_err(failed)?;
    Err(Error::TooMany {
        retry_at: oldest.map_or(Moment(0), |row| row.at.plus(WINDOW)),
    })
}

async fn note_failure(tx: &Tx, account_digest: Vec<u8>, address: String) -> Result<()> {
    Entity::delete_many()
        .filter(Column::At.lte(tx.now().minus(WINDOW)))
        .exec(tx.rows())
        .await
        .map_err(failed)?;
    let row = Model {
        id: Uuid::now_v7(),
        account_digest,
        address,
        at: tx.now(),
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)
        .map_err(failed)
}
