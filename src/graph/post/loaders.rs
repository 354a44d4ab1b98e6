//! Loaders for posts.

use std::collections::HashMap;

use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id::PostId;
use crate::base::sources::Source;
use crate::forum::discussion::post;
use crate::forum::discussion::text;
use crate::graph::acknowledgement::Acknowledgements;
use crate::graph::context::ReadView;
use crate::graph::delegation::Delegations;
use crate::graph::loader::Loader;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::ModeratedThreads;
use crate::graph::moderation::loaders::OwnReports;
use crate::graph::moderation::loaders::PendingWork;
use crate::graph::person::loaders::FormerNames;
use crate::graph::person::loaders::Mandates;
use crate::graph::person::loaders::People;
use crate::graph::thread::loaders::Threads;
use crate::graph::translation::Translations;

/// Posts by id, as far as the caller sees them.
pub struct Posts;

impl Loader for Posts {
    type Key = PostId;
    type Value = post::Model;

    async fn load(view: &ReadView, ids: Vec<PostId>) -> Result<HashMap<PostId, post::Model>> {
        let rows = view.rows_of_known().await?;
        let found = post::find_many(rows, view.actor.audience(), &ids).await?;
        note_posts(view, &found);
        // The thread of a post that is not shown is not known.
        if found.len() < ids.len() {
            view.note_everything();
        }
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The texts of posts in Markdown, by post and number of its current revision.
pub struct Bodies;

impl Loader for Bodies {
    type Key = text::Key;
    type Value = String;

    async fn load(view: &ReadView, keys: Vec<text::Key>) -> Result<HashMap<text::Key, String>> {
        text::sources(view.rows_of_known().await?, &keys).await
    }
}

/// The revisions of a post from one number to another.
pub struct NumberedRevisions;

impl Loader for NumberedRevisions {
    type Key = text::Range;
    type Value = Vec<text::Revision>;

    async fn load(
        view: &ReadView,
        ranges: Vec<text::Range>,
    ) -> Result<HashMap<text::Range, Vec<text::Revision>>> {
        let found = text::revisions(view.rows_of_known().await?, &ranges).await?;
        view.prefetch::<People>(found.iter().map(|row| row.editor_id));
        view.prefetch::<Posts>(found.iter().map(|row| row.post_id));
        let of_range = |range: text::Range| {
            let within = found.iter().filter(|row| range.contains(row));
            (range, within.cloned().collect())
        };
        Ok(ranges.into_iter().map(of_range).collect())
    }
}

/// Records that these posts were read. A post that was moved is shown only if its new location is.
pub fn note_posts(view: &ReadView, rows: &[post::Model]) {
    view.note(rows.iter().map(|row| Source::Thread(row.thread_id)));
    if rows.iter().any(|row| row.moved_to.is_some()) {
        view.note_everything();
    }
}

/// Prefetches what will be needed of these posts.
pub fn prefetch_for_posts<'a>(
    view: &ReadView,
    rows: impl Iterator<Item = &'a post::Model> + Clone,
) {
    let ids = || rows.clone().map(|row| row.id);
    let authors = || rows.clone().map(|row| row.author_id);
    let threads = || rows.clone().map(|row| row.thread_id);
    view.prefetch::<People>(authors());
    view.prefetch::<FormerNames>(authors());
    view.prefetch::<Mandates>(authors());
    view.prefetch::<Delegations>(rows.clone().filter_map(|row| row.delegation_id.clone()));
    view.prefetch::<Posts>(
        rows.clone()
            .flat_map(|row| row.in_reply_to_id.into_iter().chain(row.moved_to)),
    );
    view.prefetch::<Threads>(threads());
    view.prefetch::<ModeratedThreads>(threads());
    view.prefetch::<Decisions>(
        rows.clone()
            .flat_map(|row| row.hidden_by.into_iter().chain(row.erased_by)),
    );
    view.prefetch::<OwnReports>(ids().map(Uuid::from));
    view.prefetch::<PendingWork>(ids().map(Uuid::from));
    let shown = || {
        rows.clone()
            .filter_map(|row| Some((row.id, text::of(row).ok()?)))
    };
    view.prefetch::<Bodies>(shown().map(|(_, text)| text.key()));
    view.prefetch::<Translations>(shown().map(|(id, _)| id));
    view.prefetch::<Acknowledgements>(shown().map(|(id, _)| id));
    view.register_rows(shown().map(|(id, text)| (id, text.all())));
}
