//! Signing in with e-mail address and password. An unknown address gets the same response, after the same work, as a
//! wrong password. Failures are counted per e-mail address and per network address, whether the account exists or not.
//! A device from which the account has signed in before is counted separately, so that guesses from elsewhere do not
//! lock it out.

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
use crate::base::id;
use crate::base::limit;
use crate::base::secret;
use crate::base::secret::PasswordCheck;
use crate::forum::Forum;
use crate::forum::accounts::device;
use crate::forum::accounts::person;
use crate::forum::accounts::session;
use crate::forum::accounts::session::NewSession;
use crate::store::tx::Tx;

/// How long a failure is counted.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// How long a network address with too many failures must wait after each one: many people may share an address, and
/// they must be able to sign in between the guesses of another.
const PAUSE: Duration = Duration::from_secs(5);

/// A failed sign-in. The e-mail address is stored only as a digest.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_digest: Vec<u8>,
    pub address: String,
    pub at: Moment,
    /// The known device of the account from which it came.
    pub device_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The credentials of a sign-in.
pub struct Attempt<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// The token that their device received at an earlier sign-in.
    pub device_token: Option<&'a str>,
}

/// Opens a session for a person who knows the password. Refuses wrong credentials; too many failures in 15 minutes, for
/// the account, or separately for the known device; and a very recent failure from a network address with too many of
/// them.
pub async fn sign_in(forum: &Forum, caller: &Caller, attempt: Attempt<'_>) -> Result<NewSession> {
    let wrong = || Error::invalid("password", Fault::WrongCredentials);
    let email = limit::email("email", attempt.email).unwrap_or_default();
    let account = secret::digest(&email);
    let address = caller.address.to_string();

    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    let person = person::find_by_typed_email(rows, attempt.email).await?;
    let device = match attempt.device_token {
        Some(device_token) => device::find(rows, device_token, snapshot.now()).await?,
        None => None,
    };
    // Another person's device counts as unknown.
    let of_person =
        |device: &device::Model| Some(device.person_id) == person.as_ref().map(|person| person.id);
    let device = device.filter(of_person);
    let source = AttemptSource {
        account,
        address,
        device: device.as_ref().map(|device| device.id),
    };
    throttle(forum, rows, &source, snapshot.now()).await?;
    drop(snapshot);

    // Hashing takes long: no transaction is open meanwhile.
    let hash = person
        .as_ref()
        .and_then(|person| person.password_hash.clone());
    let verified = forum.passwords.verify(attempt.password, hash).await?;
    let renewed = match verified {
        PasswordCheck::RightAsTyped => Some(forum.passwords.hash(attempt.password).await?),
        PasswordCheck::Right | PasswordCheck::Wrong => None,
    };

    let tx = forum.store.begin_serialized(&Actor::Visitor).await?;
    // Checked again now that no other attempt can be counted at the same time: guesses sent at once are counted one by
    // one.
    throttle(forum, tx.rows(), &source, tx.now()).await?;
    let Some(person) = person.filter(|_| verified != PasswordCheck::Wrong) else {
        note_failure(&tx, source).await?;
        tx.commit(Event::SignInFailed).await?;
        return Err(wrong());
    };
    let known = match attempt.device_token {
        // The device may have been forgotten meanwhile.
        Some(device_token) if device.is_some() => device::find(tx.rows(), device_token, tx.now())
            .await?
            .map(|device| (device, device_token)),
        _ => None,
    };
    let known = known
        .as_ref()
        .map(|(device, device_token)| (device, *device_token));
    if let Some(hash) = renewed {
        renew_hash(&tx, &person, hash).await?;
    }
    let opened = session::open(forum, &tx, person.id, caller, known).await?;
    let event = Event::SignedIn {
        person: person.id,
        session: opened.session.id,
    };
    tx.commit(event).await?;
    Ok(opened)
}

/// Stores a renewed hash of the same password, unless the password was changed meanwhile.
async fn renew_hash(tx: &Tx, person: &person::Model, hash: String) -> Result<()> {
    Ok(person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(hash))
        .filter(person::Column::Id.eq(person.id))
        .filter(person::Column::PasswordHash.eq(person.password_hash.clone()))
        .exec(tx.rows())
        .await
        .map(drop)?)
}

/// What a failure is counted against.
struct AttemptSource {
    account: Vec<u8>,
    address: String,
    device: Option<Uuid>,
}

async fn throttle(
    forum: &Forum,
    rows: &DatabaseTransaction,
    source: &AttemptSource,
    now: Moment,
) -> Result<()> {
    let since = now.minus(WINDOW);
    let recent = || Entity::find().filter(Column::At.gt(since));
    let per_account = forum.limits.sign_in_failures_per_account;
    if let Some(device) = source.device {
        let of_device = recent().filter(Column::DeviceId.eq(device));
        return refuse_beyond(rows, of_device, per_account).await;
    }
    let of_account = recent()
        .filter(Column::AccountDigest.eq(source.account.clone()))
        .filter(Column::DeviceId.is_null());
    let of_address = recent().filter(Column::Address.eq(source.address.as_str()));
    refuse_beyond(rows, of_account, per_account).await?;
    let per_address = forum.limits.sign_in_failures_per_address;
    enforce_pause_beyond(rows, of_address, per_address, now).await
}

async fn enforce_pause_beyond(
    rows: &DatabaseTransaction,
    recent: Select<Entity>,
    max: u32,
    now: Moment,
) -> Result<()> {
    let count = recent.clone().count(rows).await?;
    if count < u64::from(max) {
        return Ok(());
    }
    let latest = recent.order_by_desc(Column::At).one(rows).await?;
    match latest.map(|row| row.at.plus(PAUSE)) {
        Some(retry_at) if now < retry_at => Err(Error::TooMany { retry_at }),
        Some(_) | None => Ok(()),
    }
}

async fn refuse_beyond(rows: &DatabaseTransaction, recent: Select<Entity>, max: u32) -> Result<()> {
    let count = recent.clone().count(rows).await?;
    if count < u64::from(max) {
        return Ok(());
    }
    let oldest = recent.order_by_asc(Column::At).one(rows).await?;
    Err(Error::TooMany {
        retry_at: oldest.map_or(Moment(0), |row| row.at.plus(WINDOW)),
    })
}

async fn note_failure(tx: &Tx, source: AttemptSource) -> Result<()> {
    Entity::delete_many()
        .filter(Column::At.lte(tx.now().minus(WINDOW)))
        .exec(tx.rows())
        .await?;
    let row = Model {
        id: id::new(),
        account_digest: source.account,
        address: source.address,
        at: tx.now(),
        device_id: source.device,
    };
    Ok(Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)?)
}
