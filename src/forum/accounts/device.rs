//! Devices from which a person has signed in before. Each device has a token, of which only the digest is stored here.
//! The token grants no access. It only lets the owner's password be tried while others, who are guessing it, must wait.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoCondition;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::secret;
use crate::forum::Forum;
use crate::store::tx::Tx;

/// A device's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub token_digest: Vec<u8>,
    /// The session last opened from it; revoking that session also forgets the device.
    pub session_id: Uuid,
    pub expires_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({})", self.id)
    }
}

/// Maximum number of known devices of one person; the most recently used ones are kept.
const MAX_DEVICES: u64 = 50;

/// Finds the device with this token, if it is known and has not expired. The caller checks whose it is.
pub async fn find(
    rows: &impl ConnectionTrait,
    device_token: &str,
    now: Moment,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::TokenDigest.eq(secret::digest(device_token)))
        .filter(Column::ExpiresAt.gt(now))
        .one(rows)
        .await?)
}

/// Remembers the device from which a session is opened, under its existing token or a new one; returns the token.
pub(crate) async fn remember(
    forum: &Forum,
    tx: &Tx,
    session: (Uuid, PersonId),
    known: Option<(&Model, &str)>,
) -> Result<String> {
    let (session_id, person_id) = session;
    let device_token = match known {
        Some((_, device_token)) => device_token.to_string(),
        None => secret::token()?,
    };
    if let Some((device, _)) = known {
        forget_where(tx, Column::Id.eq(device.id)).await?;
    }
    let device = Model {
        // A new id each time, so that the order of ids is the order of use.
        id: id::new(),
        person_id,
        token_digest: secret::digest(&device_token),
        session_id,
        expires_at: tx.now().plus(forum.limits.device_lifetime()),
    };
    Entity::insert(device.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    forget_beyond(tx, person_id).await?;
    Ok(device_token)
}

/// Forgets a person's expired devices, and those beyond the maximum number of known devices.
async fn forget_beyond(tx: &Tx, person_id: PersonId) -> Result<()> {
    let of_person = || Condition::all().add(Column::PersonId.eq(person_id));
    forget_where(tx, of_person().add(Column::ExpiresAt.lte(tx.now()))).await?;
    let first_gone = Entity::find()
        .filter(of_person())
        .order_by_desc(Column::Id)
        .offset(MAX_DEVICES)
        .one(tx.rows())
        .await?;
    match first_gone {
        Some(first) => forget_where(tx, of_person().add(Column::Id.lte(first.id))).await,
        None => Ok(()),
    }
}

/// Forgets the device from which a session was opened.
pub(crate) async fn forget_of_session(tx: &Tx, session_id: Uuid) -> Result<()> {
    forget_where(tx, Column::SessionId.eq(session_id)).await
}

/// Forgets a person's devices except that of one session.
pub(crate) async fn forget_others(tx: &Tx, person_id: PersonId, session_id: Uuid) -> Result<()> {
    let of_person = Condition::all().add(Column::PersonId.eq(person_id));
    forget_where(tx, of_person.add(Column::SessionId.ne(session_id))).await
}

/// Forgets all devices of a person.
pub(crate) async fn forget_all(tx: &Tx, person_id: PersonId) -> Result<()> {
    forget_where(tx, Column::PersonId.eq(person_id)).await
}

async fn forget_where(tx: &Tx, which: impl IntoCondition) -> Result<()> {
    Ok(Entity::delete_many()
        .filter(which.into_condition())
        .exec(tx.rows())
        .await
        .map(drop)?)
}
