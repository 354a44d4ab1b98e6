//! Renders stored texts again from their sources, for those that an older program rendered otherwise.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::Expr;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PostId;
use crate::base::limit;
use crate::forum::discussion::post;
use crate::forum::discussion::revision;
use crate::forum::discussion::text::stored::StoredText;
use crate::forum::discussion::translation;
use crate::store::Store;
use crate::store::tx::Tx;

/// Texts in one transaction, so that writers wait only briefly.
const AT_ONCE: u64 = 200;

/// How many texts were rendered, and how many of them are different now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub texts: u64,
    pub changed: u64,
}

/// What has a rendered text.
#[derive(Clone, Copy)]
enum Holder {
    Post,
    Translation,
}

/// A stored text with its rendering. A post without its revision, which `partage check` reports, has no source.
struct Text {
    id: Uuid,
    /// The revision that it is, for a post.
    revision: i32,
    source: Option<String>,
    html: StoredText,
}

/// Renders every text again that is kept with its HTML, shown or not, and writes what is different. People may write
/// meanwhile: a text that is changed meanwhile stays as it was changed.
pub async fn render_again(store: &Store) -> Result<Rendered> {
    let mut all = Rendered::default();
    for holder in [Holder::Post, Holder::Translation] {
        let mut last = Uuid::nil();
        loop {
            let texts = holder.texts_after(store, last).await?;
            let Some(text) = texts.last() else {
                break;
            };
            last = text.id;
            all.texts += u64::try_from(texts.len()).unwrap_or(0);
            all.changed += holder.renew(store, texts).await?;
        }
    }
    Ok(all)
}

impl Holder {
    async fn texts_after(self, store: &Store, last: Uuid) -> Result<Vec<Text>> {
        let snapshot = store.snapshot();
        let rows = snapshot.rows().await?;
        match self {
            Holder::Post => posts_after(rows, PostId(last)).await,
            Holder::Translation => translations_after(rows, last).await,
        }
    }

    /// Writes the texts that are rendered otherwise now, and returns their number.
    async fn renew(self, store: &Store, texts: Vec<Text>) -> Result<u64> {
        let mut outdated = Vec::new();
        for mut text in texts {
            let Some(source) = text.source.take() else {
                continue;
            };
            let html = limit::render_stored_for_change(source).await?;
            if !text.html.is(&html) {
                outdated.push((text, html));
            }
        }
        if outdated.is_empty() {
            return Ok(0);
        }
        let tx = store.begin(&Actor::System).await?;
        let mut texts = 0;
        for (text, html) in outdated {
            texts += self.write(&tx, text, html).await?;
        }
        if texts > 0 {
            tx.commit(Event::TextsRendered { texts }).await?;
        }
        Ok(texts)
    }

    async fn write(self, tx: &Tx, text: Text, html: String) -> Result<u64> {
        let done = match self {
            Holder::Post => {
                post::Entity::update_many()
                    .col_expr(post::Column::BodyHtml, Expr::value(html))
                    .filter(post::Column::Id.eq(text.id))
                    .filter(post::Column::Revision.eq(text.revision))
                    .filter(post::Column::BodyHtml.eq(text.html))
                    .exec(tx.rows())
                    .await?
            }
            Holder::Translation => {
                translation::Entity::update_many()
                    .col_expr(translation::Column::BodyHtml, Expr::value(html))
                    .filter(translation::Column::Id.eq(text.id))
                    .exec(tx.rows())
                    .await?
            }
        };
        Ok(done.rows_affected)
    }
}

/// The next posts that have a rendered text. Of one that is withdrawn or erased, none is kept.
async fn posts_after(rows: &DatabaseTransaction, last: PostId) -> Result<Vec<Text>> {
    let posts = post::Entity::find()
        .filter(post::Column::Id.gt(last))
        .filter(post::Column::BodyHtml.ne(""))
        .order_by_asc(post::Column::Id)
        .limit(AT_ONCE)
        .all(rows)
        .await?;
    let latest: Vec<(PostId, i32, i32)> = posts
        .iter()
        .map(|post| (post.id, post.revision, post.revision))
        .collect();
    let found = revision::numbered(rows, &latest).await?.into_iter();
    let mut sources: HashMap<PostId, String> = found
        .map(|row| (row.post_id, row.body.into_text()))
        .collect();
    let texts = posts.into_iter().map(|post| Text {
        source: sources.remove(&post.id),
        id: post.id.0,
        revision: post.revision,
        html: post.body_html,
    });
    Ok(texts.collect())
}

async fn translations_after(rows: &DatabaseTransaction, last: Uuid) -> Result<Vec<Text>> {
    let found = translation::Entity::find()
        .filter(translation::Column::Id.gt(last))
        .order_by_asc(translation::Column::Id)
        .limit(AT_ONCE)
        .all(rows)
        .await?;
    let texts = found.into_iter().map(|row| Text {
        source: Some(row.body.into_text()),
        id: row.id,
        revision: row.revision,
        html: row.body_html,
    });
    Ok(texts.collect())
}
