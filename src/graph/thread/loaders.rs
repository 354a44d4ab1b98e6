//! Loaders for threads.

use std::collections::HashMap;
use std::collections::HashSet;

use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::sources::Source;
use crate::forum::discussion::list;
use crate::forum::discussion::people;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::tag;
use crate::forum::discussion::thread;
use crate::forum::moderation::updated;
use crate::forum::watching::follow;
use crate::graph::concept::loaders::Concepts;
use crate::graph::context::ReadView;
use crate::graph::delegation::Delegations;
use crate::graph::loader::Loader;
use crate::graph::loader::by_range;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::ModeratedThreads;
use crate::graph::moderation::loaders::OwnReports;
use crate::graph::moderation::loaders::PendingWork;
use crate::graph::person::loaders::FormerNames;
use crate::graph::person::loaders::Mandates;
use crate::graph::person::loaders::People;
use crate::graph::post::loaders::Posts;
use crate::graph::post::loaders::note_posts;
use crate::graph::post::loaders::prefetch_for_posts;
use crate::store::snapshot::Rows;

/// The number of the last post of a thread, and of the last post that its readers see.
#[derive(Clone, Copy)]
pub struct LastNumbers {
    pub last: i32,
    pub latest: i32,
}

/// Threads by id, as far as the caller sees them.
pub struct Threads;

impl Loader for Threads {
    type Key = ThreadId;
    type Value = thread::Model;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, thread::Model>> {
        let found = thread::find_many(
            rows_of_threads(view, &ids).await?,
            view.actor.audience(),
            &ids,
        )
        .await?;
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The slugs of a thread's tags.
pub struct ThreadTags;

impl Loader for ThreadTags {
    type Key = ThreadId;
    type Value = Vec<String>;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, Vec<String>>> {
        let vocabulary = view.vocabulary().await?;
        let tags =
            tag::shown_on_threads(rows_of_threads(view, &ids).await?, &vocabulary, &ids).await?;
        view.prefetch::<Concepts>(tags.values().flatten().cloned());
        Ok(tags)
    }
}

/// The number of the last post of a thread that the caller has read.
pub struct LastRead;

impl Loader for LastRead {
    type Key = ThreadId;
    type Value = i32;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, i32>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        read::of_person(view.rows().await?, person, &ids).await
    }
}

/// The number of posts of a thread that the caller has not read and that are not shown to them.
pub struct NotShownCounts;

impl Loader for NotShownCounts {
    type Key = ThreadId;
    type Value = i32;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, i32>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        read::unread_not_shown(view.rows().await?, person, &ids).await
    }
}

/// The threads that the caller follows.
pub struct FollowedThreads;

impl Loader for FollowedThreads {
    type Key = ThreadId;
    type Value = bool;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, bool>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        let found = follow::of_threads(view.rows().await?, person, &ids).await?;
        Ok(found.into_iter().map(|id| (id, true)).collect())
    }
}

/// The threads in which people other than the author have written.
pub struct SharedThreads;

impl Loader for SharedThreads {
    type Key = ThreadId;
    type Value = bool;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, bool>> {
        let found = people::with_other_writers(view.rows().await?, &ids).await?;
        Ok(found.into_iter().map(|id| (id, true)).collect())
    }
}

/// When a thread last changed for its readers, apart from the times in its row.
pub struct ChangeTimes;

impl Loader for ChangeTimes {
    type Key = ThreadId;
    type Value = Moment;

    async fn load(view: &ReadView, ids: Vec<ThreadId>) -> Result<HashMap<ThreadId, Moment>> {
        updated::of_threads(rows_of_threads(view, &ids).await?, &ids).await
    }
}

/// The people who wrote in a thread; prefetches those within the window.
pub struct Participants;

impl Loader for Participants {
    type Key = (ThreadId, Window);
    type Value = Vec<PersonId>;

    async fn load(
        view: &ReadView,
        wanted: Vec<(ThreadId, Window)>,
    ) -> Result<HashMap<(ThreadId, Window), Vec<PersonId>>> {
        let ids: HashSet<ThreadId> = wanted.iter().map(|(id, _)| *id).collect();
        let ids: Vec<ThreadId> = ids.into_iter().collect();
        let found = people::of_threads(rows_of_threads(view, &ids).await?, &ids).await?;
        let found = wanted.into_iter().filter_map(|(id, window)| {
            let people = found.get(&id)?.clone();
            Some(((id, window), people))
        });
        let found: HashMap<_, _> = found.collect();
        let shown = found.iter().flat_map(|((_, window), people)| {
            let size = usize::try_from(window.size).unwrap_or(usize::MAX);
            match window.from_end {
                true => &people[people.len().saturating_sub(size)..],
                false => &people[..people.len().min(size)],
            }
        });
        view.prefetch::<People>(shown.copied());
        Ok(found)
    }
}

/// The posts of a thread from one number to another.
pub struct NumberedPosts;

impl Loader for NumberedPosts {
    type Key = (ThreadId, i32, i32);
    type Value = Vec<post::Model>;

    async fn load(
        view: &ReadView,
        ranges: Vec<(ThreadId, i32, i32)>,
    ) -> Result<HashMap<(ThreadId, i32, i32), Vec<post::Model>>> {
        let audience = view.actor.audience();
        let threads: Vec<ThreadId> = ranges.iter().map(|(thread, _, _)| *thread).collect();
        let rows = rows_of_threads(view, &threads).await?;
        let found = post::numbered(rows, audience, &ranges).await?;
        note_posts(view, &found);
        prefetch_for_posts(view, found.iter());
        let by_range = by_range(&ranges, &found, |row| (row.thread_id, row.number));
        // What is missing may be a post whose new location is not shown.
        let is_whole = |((_, from, to), rows): (&(ThreadId, i32, i32), &Vec<post::Model>)| {
            i32::try_from(rows.len()).is_ok_and(|count| count == to - from + 1)
        };
        if !by_range.iter().all(is_whole) {
            view.note_everything();
        }
        Ok(by_range)
    }
}

/// Pages of the threads of a person or delegation.
pub struct OwnedThreads;

impl Loader for OwnedThreads {
    type Key = (list::Owner, Window);
    type Value = Page<thread::Model>;

    async fn load(
        view: &ReadView,
        wanted: Vec<(list::Owner, Window)>,
    ) -> Result<HashMap<(list::Owner, Window), Page<thread::Model>>> {
        let mut by_window: HashMap<Window, Vec<list::Owner>> = HashMap::new();
        for (owner, window) in wanted {
            by_window.entry(window).or_default().push(owner);
        }
        let (rows, now) = (view.rows().await?, view.now());
        let mut all = HashMap::new();
        for (window, owners) in by_window {
            let pages = list::of_each(rows, &view.actor, now, &owners, &window).await?;
            for (owner, page) in pages {
                prefetch_for_threads(view, page.entries.iter().map(|(_, row)| row));
                all.insert((owner, window.clone()), page);
            }
        }
        Ok(all)
    }
}

/// The number of threads of a person or delegation, on all pages.
pub struct ThreadTotals;

impl Loader for ThreadTotals {
    type Key = list::Owner;
    type Value = i64;

    async fn load(view: &ReadView, owners: Vec<list::Owner>) -> Result<HashMap<list::Owner, i64>> {
        let rows = view.rows().await?;
        list::count_of_each(rows, &view.actor, view.now(), &owners).await
    }
}

/// The number of threads under a heading, among those that are archived or those that are not.
pub struct HeadingCounts;

impl Loader for HeadingCounts {
    type Key = (String, bool);
    type Value = i64;

    async fn load(
        view: &ReadView,
        wanted: Vec<(String, bool)>,
    ) -> Result<HashMap<(String, bool), i64>> {
        let rows = view.rows().await?;
        let mut all = HashMap::new();
        for archived in [false, true] {
            let of_these = wanted.iter().filter(|(_, each)| *each == archived);
            let headings: Vec<&str> = of_these.map(|(heading, _)| heading.as_str()).collect();
            if !headings.is_empty() {
                let audience = view.actor.audience();
                let found = list::count_under(rows, audience, &headings, archived).await?;
                let found = found.into_iter();
                all.extend(found.map(|(heading, count)| ((heading, archived), count)));
            }
        }
        Ok(all)
    }
}

/// The threads with such titles, by the words and whether they are archived. A page asks for several lists of them.
pub struct TitledThreads;

impl Loader for TitledThreads {
    type Key = (String, bool);
    type Value = Vec<ThreadId>;

    async fn load(
        view: &ReadView,
        sought: Vec<(String, bool)>,
    ) -> Result<HashMap<(String, bool), Vec<ThreadId>>> {
        let rows = view.rows().await?;
        let mut all = HashMap::new();
        for (words, archived) in sought {
            let found = list::find_titled(rows, &view.actor, &words, archived).await?;
            all.insert((words, archived), found);
        }
        Ok(all)
    }
}

/// The rows, to read what changes only with these threads.
async fn rows_of_threads<'a>(view: &'a ReadView, threads: &[ThreadId]) -> Result<&'a Rows> {
    let threads = threads.iter().copied();
    view.rows_of(threads.map(Source::Thread)).await
}

/// Prefetches what will be needed of these threads.
pub fn prefetch_for_threads<'a>(
    view: &ReadView,
    rows: impl Iterator<Item = &'a thread::Model> + Clone,
) {
    view.register_rows(rows.clone().map(|row| {
        let (last, latest) = (row.last_number, row.latest_number());
        (row.id, LastNumbers { last, latest })
    }));
    let ids = || rows.clone().map(|row| row.id);
    let authors = || rows.clone().map(|row| row.author_id);
    view.prefetch::<People>(authors());
    view.prefetch::<FormerNames>(authors());
    view.prefetch::<Mandates>(authors());
    view.prefetch::<Delegations>(rows.clone().filter_map(|row| row.delegation_id.clone()));
    view.prefetch::<ThreadTags>(ids());
    view.prefetch::<LastRead>(ids());
    view.prefetch::<NotShownCounts>(ids());
    view.prefetch::<ChangeTimes>(ids());
    view.prefetch::<FollowedThreads>(ids());
    view.prefetch::<ModeratedThreads>(ids());
    view.prefetch::<Decisions>(rows.clone().filter_map(|row| row.locked_by));
    view.prefetch::<Posts>(rows.clone().filter_map(|row| row.answer_id));
    view.prefetch::<OwnReports>(ids().map(Uuid::from));
    view.prefetch::<PendingWork>(ids().map(Uuid::from));
}
