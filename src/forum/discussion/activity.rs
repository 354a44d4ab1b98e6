//! The latest activity of threads: the time of the latest shown post, so that a removed post does not keep a thread at
//! the top.

use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait;
use sea_orm::sea_query::Func;
use sea_orm::sea_query::Query;
use sea_orm::sea_query::SelectStatement;

use crate::base::error::Result;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::headings;
use crate::store::tx::Tx;

/// Locks these threads against writing until the current change ends. Anyone who changes what is shown of a thread
/// locks it before any of its posts, as replying does.
pub(crate) async fn lock_threads(tx: &Tx, threads: &[ThreadId]) -> Result<()> {
    Ok(thread::Entity::find()
        .filter(thread::Column::Id.is_in(threads.iter().copied()))
        .order_by_asc(thread::Column::Id)
        .lock_exclusive()
        .all(tx.rows())
        .await
        .map(drop)?)
}

/// The threads that contain these posts.
pub(crate) async fn threads_of(
    rows: &DatabaseTransaction,
    posts: &[PostId],
) -> Result<Vec<ThreadId>> {
    Ok(post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .distinct()
        .filter(post::Column::Id.is_in(posts.iter().copied()))
        .into_tuple()
        .all(rows)
        .await?)
}

/// Recomputes the latest shown post of these threads, and its time, from the posts. A thread without shown posts was
/// last active when it was opened.
pub(crate) async fn recompute(tx: &Tx, threads: &[ThreadId]) -> Result<()> {
    if threads.is_empty() {
        return Ok(());
    }
    lock_threads(tx, threads).await?;
    let latest = |column| {
        Query::select()
            .expr(Expr::col((post::Entity, column)).max())
            .from(post::Entity)
            .and_where(
                Expr::col((post::Entity, post::Column::ThreadId))
                    .equals((thread::Entity, thread::Column::Id)),
            )
            .cond_where(post::shown())
            .to_owned()
    };
    let or = |select: SelectStatement, otherwise: Expr| {
        Expr::from(Func::coalesce([Expr::from(select), otherwise]))
    };
    let update = Query::update()
        .table(thread::Entity)
        .value(
            thread::Column::LastShown,
            or(latest(post::Column::Number), Expr::value(0)),
        )
        .value(
            thread::Column::LastActivityAt,
            or(
                latest(post::Column::CreatedAt),
                Expr::col((thread::Entity, thread::Column::CreatedAt)),
            ),
        )
        .and_where(thread::Column::Id.is_in(threads.iter().copied()))
        .to_owned();
    tx.rows().execute(&update).await?;
    headings::keep_activity(tx.rows(), threads).await
}
