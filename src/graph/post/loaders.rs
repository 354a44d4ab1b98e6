//! What is read together of posts.

use std::collections::HashMap;

use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::discussion::post;
use crate::forum::discussion::revision;
use crate::graph::asked::View;
use crate::graph::delegation::Delegations;
use crate::graph::loader::Loader;
use crate::graph::loader::by_range;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::Moderated;
use crate::graph::moderation::loaders::OwnReports;
use crate::graph::moderation::loaders::Waiting;
use crate::graph::person::loaders::FormerNames;
use crate::graph::person::loaders::Mandates;
use crate::graph::person::loaders::People;
use crate::graph::thread::loaders::Threads;
use crate::graph::translation::Translations;

/// Posts by id, of those that the asker sees.
pub struct Posts;

impl Loader for Posts {
    type Key = Uuid;
    type Value = post::Model;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, post::Model>> {
        let found = post::find_many(view.rows().await?, view.actor.audience(), &ids).await?;
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The texts of posts in Markdown, by the post and the number of its revision that stands.
pub struct Bodies;

impl Loader for Bodies {
    type Key = (Uuid, i32);
    type Value = String;

    async fn load(view: &View, wanted: Vec<(Uuid, i32)>) -> Result<HashMap<(Uuid, i32), String>> {
        let found = revision::standing(view.rows().await?, &wanted).await?;
        let found = found.into_iter();
        Ok(found
            .map(|row| ((row.post_id, row.number), row.body))
            .collect())
    }
}

/// The revisions of a post from one number to another.
pub struct NumberedRevisions;

impl Loader for NumberedRevisions {
    type Key = (Uuid, i32, i32);
    type Value = Vec<revision::Model>;

    async fn load(
        view: &View,
        ranges: Vec<(Uuid, i32, i32)>,
    ) -> Result<HashMap<(Uuid, i32, i32), Vec<revision::Model>>> {
        let found = revision::numbered(view.rows().await?, &ranges).await?;
        view.expect::<People>(found.iter().map(|row| row.editor_id));
        view.expect::<Posts>(found.iter().map(|row| row.post_id));
        Ok(by_range(&ranges, &found, |row| (row.post_id, row.number)))
    }
}

/// The numbers of the first revision that is shown of a post that is answered, and of its last.
#[derive(Clone, Copy)]
pub struct Revised {
    pub first: i32,
    pub last: i32,
}

/// Says what will be asked of these posts.
pub fn expect_of_posts<'a>(view: &View, rows: impl Iterator<Item = &'a post::Model> + Clone) {
    let ids = || rows.clone().map(|row| row.id);
    let authors = || rows.clone().map(|row| row.author_id);
    let threads = || rows.clone().map(|row| row.thread_id);
    view.expect::<People>(authors());
    view.expect::<FormerNames>(authors());
    view.expect::<Mandates>(authors());
    view.expect::<Delegations>(rows.clone().filter_map(|row| row.delegation_id.clone()));
    view.expect::<Posts>(
        rows.clone()
            .flat_map(|row| row.in_reply_to_id.into_iter().chain(row.moved_to)),
    );
    view.expect::<Threads>(threads());
    view.expect::<Moderated>(threads());
    view.expect::<Decisions>(
        rows.clone()
            .flat_map(|row| row.hidden_by.into_iter().chain(row.erased_by)),
    );
    view.expect::<OwnReports>(ids());
    view.expect::<Waiting>(ids());
    let shown = || {
        rows.clone()
            .filter(|row| row.shown_as() == post::State::Published)
    };
    view.expect::<Bodies>(shown().map(|row| (row.id, row.revision)));
    view.expect::<Translations>(shown().map(|row| row.id));
    view.note(shown().map(|row| {
        let (first, last) = (row.shown_from, row.revision);
        (row.id, Revised { first, last })
    }));
}
