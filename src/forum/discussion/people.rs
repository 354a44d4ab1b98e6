//! Who writes where: the people in a thread, and the people who speak for a delegation.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::Query;

use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::discussion::translation;

/// The people whose texts are shown in these threads, by thread, in the order of their first text. The caller has
/// already checked that the threads may be seen.
pub async fn of_threads(
    rows: &DatabaseTransaction,
    threads: &[ThreadId],
) -> Result<HashMap<ThreadId, Vec<PersonId>>> {
    let found: Vec<(ThreadId, PersonId)> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .column(post::Column::AuthorId)
        .filter(post::Column::ThreadId.is_in(threads.iter().copied()))
        .filter(post::shown())
        .group_by(post::Column::ThreadId)
        .group_by(post::Column::AuthorId)
        .order_by_asc(post::Column::Number.min())
        .into_tuple()
        .all(rows)
        .await?;
    let mut by_thread: HashMap<ThreadId, Vec<PersonId>> = HashMap::new();
    for (thread, author) in found {
        by_thread.entry(thread).or_default().push(author);
    }
    Ok(by_thread)
}

/// The people who have written in a thread, whatever the state of their texts: posts, or translations of them.
pub(crate) async fn writers(
    rows: &DatabaseTransaction,
    thread_id: ThreadId,
) -> Result<HashSet<PersonId>> {
    let found: Vec<(PostId, PersonId)> = post::Entity::find()
        .select_only()
        .column(post::Column::Id)
        .column(post::Column::AuthorId)
        .filter(post::Column::ThreadId.eq(thread_id))
        .filter(post::Column::MovedTo.is_null())
        .into_tuple()
        .all(rows)
        .await?;
    let (posts, authors): (Vec<PostId>, HashSet<PersonId>) = found.into_iter().unzip();
    let translators = translation::translators(rows, &posts).await?;
    Ok(authors.into_iter().chain(translators).collect())
}

/// The people who have written these posts, or translations of them.
pub(crate) async fn writers_of(
    rows: &DatabaseTransaction,
    posts: &[post::Model],
) -> Result<HashSet<PersonId>> {
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let translators = translation::translators(rows, &ids).await?;
    let authors = posts.iter().map(|post| post.author_id);
    Ok(authors.chain(translators).collect())
}

/// Those of these threads in which anyone other than their author has written posts or translations.
pub(crate) async fn with_other_writers(
    rows: &DatabaseTransaction,
    threads: &[ThreadId],
) -> Result<HashSet<ThreadId>> {
    let post = |column| Expr::col((post::Entity, column));
    let author = Expr::col((thread::Entity, thread::Column::AuthorId));
    let translator = Expr::col((translation::Entity, translation::Column::TranslatorId));
    let of_another = Query::select()
        .column((translation::Entity, translation::Column::Id))
        .from(translation::Entity)
        .and_where(
            Expr::col((translation::Entity, translation::Column::PostId))
                .equals((post::Entity, post::Column::Id)),
        )
        .and_where(translator.ne(author.clone()))
        .and_where(Expr::col((translation::Entity, translation::Column::WithdrawnAt)).is_null())
        .to_owned();
    let by_another = Condition::any()
        .add(post(post::Column::AuthorId).ne(author))
        .add(Expr::exists(of_another));
    let select = Query::select()
        .column((post::Entity, post::Column::ThreadId))
        .distinct()
        .from(post::Entity)
        .inner_join(
            thread::Entity,
            post(post::Column::ThreadId).equals((thread::Entity, thread::Column::Id)),
        )
        .and_where(post(post::Column::ThreadId).is_in(threads.iter().copied()))
        .and_where(post(post::Column::MovedTo).is_null())
        .cond_where(by_another)
        .to_owned();
    let found = rows.query_all(&select).await?.into_iter();
    let threads = found.map(|row| row.try_get("", "thread_id").map_err(Error::from));
    threads.collect()
}

/// The people with a current mandate for these delegations at that time, by delegation and name. The public sees only
/// those of whom it can read a text.
pub async fn of_delegations(
    rows: &DatabaseTransaction,
    audience: Audience,
    now: Moment,
    delegations: &[String],
) -> Result<HashMap<String, Vec<person::Model>>> {
    let goes_on = Condition::any()
        .add(mandate::Column::UntilAt.is_null())
        .add(mandate::Column::UntilAt.gt(now));
    let mut held = mandate::Entity::find()
        .filter(mandate::Column::DelegationId.is_in(delegations))
        .filter(mandate::Column::FromAt.lte(now))
        .filter(goes_on);
    match audience {
        Audience::Members => {}
        Audience::Public => {
            let person = (mandate::Entity, mandate::Column::PersonId);
            held = held.filter(post::is_author_seen_by(audience, person));
        }
    }
    let held = held.all(rows).await?;
    let ids: Vec<PersonId> = held.iter().map(|mandate| mandate.person_id).collect();
    let mut people = person::find_many(rows, &ids).await?;
    people.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let of = |delegation: &String| -> Vec<person::Model> {
        let speaks = |person: &&person::Model| {
            let mut own = held.iter().filter(|each| each.person_id == person.id);
            own.any(|each| each.delegation_id == *delegation)
        };
        people.iter().filter(speaks).cloned().collect()
    };
    Ok(delegations.iter().map(|id| (id.clone(), of(id))).collect())
}
