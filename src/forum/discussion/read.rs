//! How far each person has read each thread.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::JoinType;
use sea_orm::QueryFilter;
use sea_orm::QueryTrait;
use sea_orm::Statement;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::sea_query::Func;
use sea_orm::sea_query::OnConflict;
use sea_orm::sea_query::Query;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::store::columns::padded;

/// The number of the last post that a person has read in a thread.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "read_state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub thread_id: ThreadId,
    pub last_number: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How far a person has read these threads; threads that they never opened are left out.
pub async fn of_person(
    rows: &DatabaseTransaction,
    person: PersonId,
    threads: &[ThreadId],
) -> Result<HashMap<ThreadId, i32>> {
    let found = Entity::find()
        .filter(Column::PersonId.eq(person))
        .filter(Column::ThreadId.is_in(padded(threads)))
        .all(rows)
        .await?;
    Ok(found
        .into_iter()
        .map(|row| (row.thread_id, row.last_number))
        .collect())
}

/// How many unread posts of these threads have a text that is not shown to a person; threads without any are left out.
pub async fn unread_not_shown(
    rows: &DatabaseTransaction,
    person: PersonId,
    threads: &[ThreadId],
) -> Result<HashMap<ThreadId, i32>> {
    let post = |column| Expr::col((post::Entity, column));
    let read = |column| Expr::col((Entity, column));
    let select = Query::select()
        .column((post::Entity, post::Column::ThreadId))
        .expr_as(post(post::Column::Id).count(), "posts")
        .from(post::Entity)
        .join(
            JoinType::LeftJoin,
            Entity,
            Condition::all()
                .add(read(Column::ThreadId).equals((post::Entity, post::Column::ThreadId)))
                .add(read(Column::PersonId).eq(person)),
        )
        .and_where(post(post::Column::ThreadId).is_in(threads.iter().copied()))
        .and_where(
            post(post::Column::Number)
                .gt(Func::coalesce([read(Column::LastNumber), Expr::value(0)])),
        )
        .cond_where(post::not_shown())
        .group_by_col((post::Entity, post::Column::ThreadId))
        .to_owned();
    let found = rows.query_all(&select).await?;
    let counts = found.into_iter().map(|row| {
        let thread: ThreadId = row.try_get("", "thread_id")?;
        let posts: i64 = row.try_get("", "posts")?;
        Ok((thread, i32::try_from(posts).unwrap_or(i32::MAX)))
    });
    counts.collect()
}

/// Records that the actor has read a thread up to a number. It never decreases, so two devices cannot undo each other.
pub async fn mark(
    forum: &Forum,
    actor: &Actor,
    thread_id: ThreadId,
    number: i32,
) -> Result<thread::Model> {
    let tx = forum.store.begin(actor).await?;
    let person = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let thread = thread::find(tx.rows(), actor.audience(), thread_id).await?;
    if number < 1 || number > thread.last_number {
        return Err(Error::invalid("number", Fault::Unknown));
    }
    let before = of_person(tx.rows(), person, &[thread_id]).await?;
    if before.get(&thread_id).is_some_and(|last| *last >= number) {
        return Ok(thread);
    }
    write(tx.rows(), person, thread_id, number).await?;
    let event = Event::ThreadRead {
        thread: thread_id,
        person,
        number,
    };
    tx.commit(event).await?;
    Ok(thread)
}

/// Marks post number n as read by its author if they had read up to n - 1.
pub(crate) fn mark_own_post_read(
    rows: &DatabaseTransaction,
    person_id: PersonId,
    thread_id: ThreadId,
    number: i32,
) -> Statement {
    let backend = rows.get_database_backend();
    if number == 1 {
        let row = Model {
            person_id,
            thread_id,
            last_number: number,
        };
        return Entity::insert(row.into_active_model()).build(backend);
    }
    Entity::update_many()
        .col_expr(Column::LastNumber, Expr::value(number))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::ThreadId.eq(thread_id))
        .filter(Column::LastNumber.eq(number - 1))
        .build(backend)
}

async fn write(
    rows: &DatabaseTransaction,
    person_id: PersonId,
    thread_id: ThreadId,
    last_number: i32,
) -> Result<()> {
    let row = Model {
        person_id,
        thread_id,
        last_number,
    };
    Ok(Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([Column::PersonId, Column::ThreadId])
                .update_column(Column::LastNumber)
                // If two are recorded at the same time, the higher one remains.
                .action_and_where(Expr::col((Entity, Column::LastNumber)).lt(last_number))
                .to_owned(),
        )
        .exec_without_returning(rows)
        .await
        .map(drop)?)
}

/// Moves read positions along with posts that move to the end of another thread, or to a new one: a person who has read
/// everything before them in the new thread, and some of them in the old one, has read that far in the new thread.
/// `pairs` holds the old and new numbers of the posts, in ascending order.
pub(crate) async fn move_read_positions(
    rows: &DatabaseTransaction,
    from: ThreadId,
    into: ThreadId,
    pairs: &[(i32, i32)],
) -> Result<()> {
    let before = pairs.first().map_or(0, |(_, there)| there - 1);
    let there = in_thread(rows, into).await?;
    for (person, last) in in_thread(rows, from).await? {
        let has_read = there.get(&person).copied().unwrap_or(0);
        let read = pairs.iter().take_while(|(here, _)| *here <= last);
        if let Some((_, number)) = read.last()
            && has_read >= before
            && has_read < *number
        {
            write(rows, person, into, *number).await?;
        }
    }
    Ok(())
}

/// Moves read positions along with posts that return to their former thread: what a person has read of them counts as
/// read there. Positions in the thread that they leave are capped at `last`, its last number from now on.
pub(crate) async fn move_read_positions_back(
    rows: &DatabaseTransaction,
    from: ThreadId,
    into: ThreadId,
    pairs: &[(i32, i32)],
    last: i32,
) -> Result<()> {
    let there = in_thread(rows, into).await?;
    for (person, number) in in_thread(rows, from).await? {
        let read = pairs.iter().take_while(|(here, _)| *here <= number);
        let has_read = there.get(&person).copied().unwrap_or(0);
        if let Some((_, there)) = read.last()
            && has_read < *there
        {
            write(rows, person, into, *there).await?;
        }
    }
    Ok(Entity::update_many()
        .col_expr(Column::LastNumber, Expr::value(last))
        .filter(Column::ThreadId.eq(from))
        .filter(Column::LastNumber.gt(last))
        .exec(rows)
        .await
        .map(drop)?)
}

async fn in_thread(
    rows: &DatabaseTransaction,
    thread_id: ThreadId,
) -> Result<HashMap<PersonId, i32>> {
    let found = Entity::find()
        .filter(Column::ThreadId.eq(thread_id))
        .all(rows)
        .await?;
    let found = found.into_iter();
    Ok(found.map(|row| (row.person_id, row.last_number)).collect())
}
