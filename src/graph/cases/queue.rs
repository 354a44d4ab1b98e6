//! The queue of cases, for those who decide.

use std::time::Duration;

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::SimpleObject;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::page::Window;
use crate::forum::cases::case;
use crate::forum::moderation::queue;
use crate::graph::cases::case::Case;
use crate::graph::concept;
use crate::graph::connection::PageInfo;
use crate::graph::connection::edges;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::person::loaders::People;
use crate::graph::post::loaders::Posts;
use crate::graph::scalar::CaseHeld;
use crate::graph::scalar::CaseKind;
use crate::graph::scalar::CaseState;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::ThreadKind;
use crate::graph::thread::loaders::Threads;

/// An entry in the queue of cases.
#[derive(SimpleObject)]
pub struct CaseEdge {
    /// The cursor of this entry; pass it as `after` or `before`.
    cursor: String,
    /// The case.
    node: Case,
}

/// A page of the queue of cases.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CaseConnection {
    /// The entries of this page, in the order of the queue, each with its cursor.
    edges: Vec<CaseEdge>,
    /// The position of this page in the queue.
    page_info: PageInfo,
    #[graphql(skip)]
    filter: queue::Filter,
}

#[ComplexObject]
impl CaseConnection {
    /// The cases of this page, for clients that need no cursors.
    async fn nodes(&self) -> Vec<&Case> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// The position in the log at which this queue was read; pass it as `after` to caseEvents.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(crate::graph::live::encode_cursor(
            read_view(ctx).head().await?,
        ))
    }

    /// The number of cases that match the filter, on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let view = read_view(ctx);
        let count = queue::count(view.rows().await?, &view.actor, view.now(), &self.filter).await?;
        i64::try_from(count).map_err(Error::internal)
    }
}

/// Selects cases. A field that is left out or empty filters nothing. At most 50 concepts of each facet.
#[derive(InputObject, Default)]
pub struct CaseFilter {
    /// The state of the cases; OPEN when left out.
    state: Option<CaseState>,
    /// What they are about.
    kinds: Option<Vec<CaseKind>>,
    /// Who has claimed them.
    held: Option<CaseHeld>,
    /// Only cases opened before this time.
    opened_before: Option<DateTime>,
    /// Only cases opened at least this number of days ago.
    waiting_days: Option<u16>,
    /// Ids or slugs of tools that tag their threads, including all narrower concepts.
    tools: Option<Vec<ID>>,
    /// Ids or slugs of methods.
    methods: Option<Vec<ID>>,
    /// Ids or slugs of regions.
    regions: Option<Vec<ID>>,
    /// The kinds of their threads.
    thread_kinds: Option<Vec<ThreadKind>>,
}

impl CaseFilter {
    fn read(self, now: Moment) -> queue::Filter {
        let day = Duration::from_secs(86_400);
        let waiting = self
            .waiting_days
            .map(|days| now.minus(day * u32::from(days)));
        let opened = self.opened_before.map(|moment| moment.0);
        queue::Filter {
            state: self.state.map_or(case::State::Open, Into::into),
            kinds: into(self.kinds),
            held: self.held.map(Into::into),
            opened_before: waiting.into_iter().chain(opened).min(),
            tools: concept::slugs_of(self.tools.unwrap_or_default()),
            methods: concept::slugs_of(self.methods.unwrap_or_default()),
            regions: concept::slugs_of(self.regions.unwrap_or_default()),
            thread_kinds: into(self.thread_kinds),
        }
    }
}

fn into<A: Into<B>, B>(list: Option<Vec<A>>) -> Vec<B> {
    list.into_iter().flatten().map(Into::into).collect()
}

/// The queue of cases, for the caller.
pub async fn case_queue(
    view: &ReadView,
    filter: Option<CaseFilter>,
    window: &Window,
) -> Result<CaseConnection> {
    let (rows, now) = (view.rows().await?, view.now());
    let filter = filter.unwrap_or_default().read(now);
    let page = queue::list(rows, &view.actor, now, &filter, window).await?;
    let rows = || page.entries.iter().map(|(_, row)| row);
    view.prefetch::<Threads>(rows().filter_map(|row| row.thread_id));
    view.prefetch::<Posts>(rows().filter_map(|row| row.post_id));
    view.prefetch::<People>(rows().filter_map(|row| row.holder_id));
    let (edges, page_info) = edges(page.map(Case), |cursor, node| CaseEdge { cursor, node });
    Ok(CaseConnection {
        edges,
        page_info,
        filter,
    })
}
