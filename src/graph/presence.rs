//! The people who are at a thread now. Subscribers receive the current state, not events: nothing is stored, and there is no
//! cursor.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;
use async_graphql::Subscription;
use futures_util::Stream;
use futures_util::stream;
use graph_macros::connections;

use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::profile;
use crate::forum::discussion::writing;
use crate::graph::context::RequestContext;
use crate::graph::context::mutate;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::ids::ThreadId;
use crate::graph::live;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::PersonConnection;
use crate::graph::person::loaders::Mandates;
use crate::graph::person::loaders::People;
use crate::graph::scalar::DateTime;
use crate::graph::thread;
use crate::graph::viewer::Viewer;
use crate::presence::Visit;
use crate::presence::WRITING_TTL;
use crate::presence::occupancy::PresenceSummary;

/// The minimum time between two responses of a subscription.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// Updates are sent less often in proportion to the number of readers above this one.
const SLOWDOWN_THRESHOLD: usize = 1_000;

/// Who is at a thread now.
#[derive(Description)]
pub struct ThreadPresence(PresenceSummary);

#[connections]
#[Object(use_type_description)]
impl ThreadPresence {
    /// The number of people and visitors who currently follow the thread's presence, including the caller; each person
    /// counts once. People who do not want to be seen are not counted.
    async fn readers(&self) -> i64 {
        i64::try_from(self.0.readers).unwrap_or(i64::MAX)
    }

    /// The people who are currently writing a reply. Members see them; for others the list is empty.
    async fn writers(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let writers = self.0.writers.iter();
        let keyed = writers.map(|id| (id.to_string(), *id)).collect();
        let page = Page::of_whole(keyed, &window)?;
        let view = read_view(ctx);
        let ids = || page.entries.iter().map(|(_, id)| *id);
        view.prefetch::<People>(ids());
        view.prefetch::<Mandates>(ids());
        let mut people = Vec::new();
        for (cursor, id) in &page.entries {
            people.push((cursor.clone(), person::require(&view, *id).await?));
        }
        Ok(PersonConnection::of(Page {
            entries: people,
            has_previous: page.has_previous,
            bounds: page.bounds,
            has_next: page.has_next,
        }))
    }
}

#[derive(Default)]
pub struct PresenceSubscription;

#[Subscription]
impl PresenceSubscription {
    /// Sends who is present at a thread: first the current state, then each new state, at most once a second and less
    /// often when very many people are reading. Subscribers are counted as readers. NOT_FOUND when the caller does not see the
    /// thread; ends when the caller no longer sees it, and when the caller's session ends.
    async fn thread_presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the thread.")] thread_id: ThreadId,
    ) -> Result<impl Stream<Item = Result<ThreadPresence>> + use<>> {
        let request = Arc::clone(ctx.data_unchecked::<Arc<RequestContext>>());
        let thread = thread_id.uuid()?;
        let presence = request.live.presence();
        let rights = presence.rights();
        let view = request.read_view();
        thread::load(&view, thread).await?.ok_or(Error::NotFound)?;
        let shown = writing::shows_presence(view.rows().await?, &view.actor).await?;
        let visit = presence.enter(thread, view.actor.person_id(), shown);
        let stream_state = PresenceStream {
            request,
            thread,
            visit,
            rights,
            sent: None,
        };
        Ok(stream::try_unfold(
            stream_state,
            async |mut stream_state| {
                Ok(stream_state
                    .next()
                    .await?
                    .map(|present| (present, stream_state)))
            },
        ))
    }
}

/// A subscription to the presence at a thread.
struct PresenceStream {
    request: Arc<RequestContext>,
    thread: id::ThreadId,
    visit: Visit,
    /// The version of the permissions that was last checked.
    rights: u64,
    sent: Option<PresenceSummary>,
}

impl PresenceStream {
    /// Returns the next state to send; `None` at the end.
    async fn next(&mut self) -> Result<Option<ThreadPresence>> {
        loop {
            if let Some(sent) = &self.sent {
                let pause = MIN_INTERVAL
                    * u32::try_from(sent.readers / SLOWDOWN_THRESHOLD)
                        .unwrap_or(1)
                        .max(1);
                let changed = async {
                    tokio::time::sleep(pause).await;
                    self.visit.changed().await;
                };
                tokio::select! {
                    () = changed => {}
                    () = self.request.live.stopped() => return Ok(None),
                }
            }
            self.request.renew();
            if !self.can_still_see().await? {
                return Ok(None);
            }
            let mut present = self.visit.present();
            if self.request.actor().audience() == Audience::Public {
                present.writers.clear();
            }
            if self.sent.as_ref() != Some(&present) {
                self.sent = Some(present.clone());
                return Ok(Some(ThreadPresence(present)));
            }
        }
    }

    /// Checks again whether the caller sees the thread, if that may have changed.
    async fn can_still_see(&mut self) -> Result<bool> {
        let rights = self.visit.rights();
        if rights == self.rights {
            return Ok(true);
        }
        let sees = live::refresh_actor(&self.request).await?
            && thread::load(&self.request.read_view(), self.thread)
                .await?
                .is_some();
        self.rights = rights;
        Ok(sees)
    }
}

/// An announcement that the caller is writing, or has stopped.
#[derive(InputObject)]
pub struct AnnounceWritingInput {
    /// The thread.
    thread_id: ThreadId,
    /// Whether the caller is writing now. A reply that arrives ends this automatically.
    #[graphql(default = true)]
    writing: bool,
}

/// How long the announcement is shown.
#[derive(SimpleObject)]
pub struct AnnounceWritingPayload {
    /// Until when others see it: 15 seconds from now. Announce it again before then, as long as the caller keeps
    /// writing. Null when nothing is shown, because the caller has stopped or does not want to be seen.
    until: Option<DateTime>,
}

/// Whether the caller wants to be seen.
#[derive(InputObject)]
pub struct ChoosePresenceInput {
    /// Whether others may see that the caller is reading and writing.
    shown: bool,
}

payload!(ChoosePresencePayload, "The caller, with the new choice.", viewer: Viewer, "The caller.");

#[derive(Default)]
pub struct PresenceMutation;

#[Object]
impl PresenceMutation {
    /// Tells members who follow a thread's presence that the caller is writing a reply. It is not stored anywhere.
    /// NOT_FOUND when the caller does not see the thread, DENIED when the caller may not reply in it.
    async fn announce_writing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and whether the caller is writing.")]
        input: AnnounceWritingInput,
    ) -> Result<Option<AnnounceWritingPayload>> {
        let request = request(ctx);
        let thread = input.thread_id.uuid()?;
        request.renew();
        let view = request.read_view();
        let now = view.now();
        let shown = writing::is_shown(view.rows().await?, &view.actor, now, thread).await?;
        let presence = request.live.presence();
        let Some(person) = view.actor.person_id() else {
            return Err(Error::Denied(Refusal::SignInRequired));
        };
        if !shown || !input.writing {
            presence.stop_writing(thread, person);
            return Ok(Some(AnnounceWritingPayload { until: None }));
        }
        presence.start_writing(thread, person);
        Ok(Some(AnnounceWritingPayload {
            until: Some(DateTime(now.plus(WRITING_TTL))),
        }))
    }

    /// Sets whether others may see that the caller is reading and writing; it takes effect at once, everywhere. DENIED
    /// for visitors.
    async fn choose_presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The choice.")] input: ChoosePresenceInput,
    ) -> Result<Option<ChoosePresencePayload>> {
        let request = request(ctx);
        mutate(
            request,
            profile::choose_presence(&request.forum, &request.actor(), input.shown),
        )
        .await?;
        Ok(Some(ChoosePresencePayload { viewer: Viewer }))
    }
}
