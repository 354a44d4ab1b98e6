//! When a thread last changed for its readers, including through decisions on it and on its posts.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::discussion::post;
use crate::forum::discussion::translation;
use crate::forum::moderation::acts;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;

/// Acts that change nothing that is shown.
fn unseen() -> impl Iterator<Item = Act> {
    let all = Act::ALL.iter().copied();
    all.filter(|act| !acts::action(*act).changes_what_is_shown())
}

/// The time of the latest edit, withdrawal, translation or decision in each of these threads; threads without any are
/// left out. What the thread's own row records is not included. The caller has already checked that the threads may be
/// seen.
pub async fn of_threads(
    rows: &DatabaseTransaction,
    threads: &[ThreadId],
) -> Result<HashMap<ThreadId, Moment>> {
    let mut latest: HashMap<ThreadId, Moment> = HashMap::new();
    let all = [
        posts(rows, threads).await?,
        translations(rows, threads).await?,
        decisions(rows, threads).await?,
        merges(rows, threads).await?,
    ];
    for (thread, moment) in all.into_iter().flatten() {
        let known = latest.entry(thread).or_insert(moment);
        *known = Ord::max(moment, *known);
    }
    Ok(latest)
}

type Moments = Vec<(ThreadId, Moment)>;

async fn posts(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Moments> {
    let found: Vec<(ThreadId, Option<Moment>, Option<Moment>)> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .column_as(post::Column::EditedAt.max(), "edited")
        .column_as(post::Column::WithdrawnAt.max(), "withdrawn")
        .filter(post::Column::ThreadId.is_in(threads.iter().copied()))
        // In the form that the index on them uses.
        .filter(
            Condition::any()
                .add(post::Column::EditedAt.is_not_null())
                .add(post::Column::WithdrawnAt.is_not_null()),
        )
        .group_by(post::Column::ThreadId)
        .into_tuple()
        .all(rows)
        .await?;
    let latest = |(thread, edited, withdrawn): (_, Option<Moment>, Option<Moment>)| {
        Some((thread, Ord::max(edited, withdrawn)?))
    };
    Ok(found.into_iter().filter_map(latest).collect())
}

async fn translations(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Moments> {
    let column = |column| Expr::col((translation::Entity, column));
    let select = Query::select()
        .column((post::Entity, post::Column::ThreadId))
        .expr_as(column(translation::Column::CreatedAt).max(), "created")
        .expr_as(column(translation::Column::WithdrawnAt).max(), "withdrawn")
        .from(translation::Entity)
        .inner_join(
            post::Entity,
            Expr::col((post::Entity, post::Column::Id))
                .equals((translation::Entity, translation::Column::PostId)),
        )
        .and_where(post::Column::ThreadId.is_in(threads.iter().copied()))
        .group_by_col((post::Entity, post::Column::ThreadId))
        .to_owned();
    let found = rows.query_all(&select).await?;
    let latest = found.into_iter().map(|row| {
        let thread: ThreadId = row.try_get("", "thread_id")?;
        let created: Option<Moment> = row.try_get("", "created")?;
        let withdrawn: Option<Moment> = row.try_get("", "withdrawn")?;
        Ok(Ord::max(created, withdrawn).map(|moment| (thread, moment)))
    });
    latest.filter_map(Result::transpose).collect()
}

async fn decisions(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Moments> {
    let select = Query::select()
        .column((decision::target::Entity, decision::target::Column::ThreadId))
        .expr_as(
            Expr::col((decision::Entity, decision::Column::CreatedAt)).max(),
            "decided",
        )
        .from(decision::target::Entity)
        .inner_join(
            decision::Entity,
            Expr::col((decision::Entity, decision::Column::Id)).equals((
                decision::target::Entity,
                decision::target::Column::DecisionId,
            )),
        )
        .and_where(decision::target::Column::ThreadId.is_in(threads.iter().copied()))
        .and_where(decision::Column::Act.is_not_in(unseen()))
        .group_by_col((decision::target::Entity, decision::target::Column::ThreadId))
        .to_owned();
    let found = rows.query_all(&select).await?;
    let latest = found.into_iter().map(|row| {
        let thread: ThreadId = row.try_get("", "thread_id")?;
        let decided: Moment = row.try_get("", "decided")?;
        Ok((thread, decided))
    });
    latest.collect()
}

/// Decisions that moved posts into these threads.
async fn merges(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Moments> {
    Ok(decision::Entity::find()
        .select_only()
        .column(decision::Column::IntoId)
        .column_as(decision::Column::CreatedAt.max(), "decided")
        .filter(decision::Column::IntoId.is_in(threads.iter().copied()))
        .group_by(decision::Column::IntoId)
        .into_tuple()
        .all(rows)
        .await?)
}
