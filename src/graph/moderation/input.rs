//! The input of decide and proposeDecision, parsed into the act and what it needs.

use async_graphql::ID;
use async_graphql::InputObject;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::cases::subject;
use crate::forum::discussion::tag;
use crate::forum::moderation::acts;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::change_thread::ChangeThread;
use crate::forum::moderation::acts::edit_post::EditPost;
use crate::forum::moderation::acts::merge_threads::MergeThreads;
use crate::forum::moderation::acts::pin_thread::PinThread;
use crate::forum::moderation::acts::restrict_person::MutePerson;
use crate::forum::moderation::acts::restrict_person::SuspendPerson;
use crate::forum::moderation::acts::slow_thread::SlowThread;
use crate::forum::moderation::acts::split_posts::SplitPosts;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::graph::concept;
use crate::graph::scalar::Act;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Reason;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::Visibility;

/// A decision to take or propose.
#[derive(InputObject)]
pub struct DecideInput {
    /// Idempotency key, made by the client for this decision. Sending it again returns the same decision.
    key: Uuid,
    /// What it does.
    act: Act,
    /// The posts, threads or people it applies to, depending on the act: 1 to 50 (configured). It applies to all of
    /// them or to none.
    target_ids: Vec<ID>,
    /// The reason, as a keyword.
    reason: Reason,
    /// The full explanation, for those concerned and the public: 1 to 2,000 characters (configured) of plain text.
    explanation: String,
    /// The language of the explanation.
    language: Language,
    /// Whether to withhold the explanation from the public, because it would reveal what was hidden. The fact that it
    /// is withheld is shown.
    #[graphql(default)]
    withhold_explanation: bool,
    /// Until when it holds: required when muting and suspending; when pinning, permanent if left out.
    until: Option<DateTime>,
    /// The new text in Markdown, when editing a post: 1 to 20,000 characters (configured).
    body: Option<String>,
    /// Seconds between two replies of one person, when slowing a thread: 0 (removes the limit) to 604,800.
    seconds: Option<i32>,
    /// When changing threads: the changes; fields that are left out stay unchanged. When splitting posts off: the new
    /// thread; its title is required, and fields that are left out are taken from the original thread.
    change: Option<DecideChangeInput>,
    /// The thread into which others are merged, when merging; it must have the same visibility, and the caller must be
    /// able to decide on it.
    into_thread_id: Option<ID>,
    /// A case that the decision resolves, besides those about its targets.
    case_id: Option<ID>,
}

/// The changes that a decision makes to threads; fields that are left out stay unchanged.
#[derive(InputObject)]
pub struct DecideChangeInput {
    /// The title of one thread: one line of 1 to 200 characters (configured).
    title: Option<String>,
    /// The kind of the threads.
    kind: Option<ThreadKind>,
    /// Who sees them. Only the Secretariat may decide to change MEMBERS to PUBLIC; everybody who wrote there receives a
    /// notice.
    visibility: Option<Visibility>,
    /// The tags that replace the current ones.
    tags: Option<DecideTagsInput>,
}

/// The tags that a decision gives to threads.
#[derive(InputObject)]
pub struct DecideTagsInput {
    /// Ids or slugs of tools; at least one tool or method, at most 10 (configured).
    tools: Vec<ID>,
    /// Ids or slugs of methods; at least one tool or method, at most 10 (configured).
    methods: Vec<ID>,
    /// Ids or slugs of regions; 1 to 10 (configured).
    regions: Vec<ID>,
}

impl DecideInput {
    /// The decision in the form that the rules use.
    pub fn read(self) -> Result<decide::DecisionRequest> {
        let act = decision::Act::from(self.act);
        let on = acts::action(act).definition().subjects;
        let targets = self.target_ids.iter().enumerate();
        let subjects = targets.map(|(at, id)| {
            let found = subject_of(id).filter(|subject| on.includes(*subject));
            found.ok_or_else(|| Error::invalid(format!("targetIds.{at}"), Fault::Unknown))
        });
        let subjects = subjects.collect::<Result<Vec<_>>>()?;
        let into = self.into_thread_id.map(|id| {
            let found = ThreadId::of_global(&id);
            found.ok_or_else(|| Error::invalid("intoThreadId", Fault::Unknown))
        });
        let fields = ActFields {
            until: self.until.map(|until| until.0),
            body: self.body,
            seconds: self.seconds,
            change: self.change,
            into: into.transpose()?,
        };
        let case = self.case_id.map(|id| {
            id::to_uuid(Kind::Case, &id).ok_or_else(|| Error::invalid("caseId", Fault::Unknown))
        });
        Ok(decide::DecisionRequest {
            key: self.key,
            action: fields.read(act),
            subjects,
            justification: decision::Justification {
                reason: self.reason.into(),
                explanation: self.explanation,
                language: self.language.into(),
                withhold: self.withhold_explanation,
            },
            case_id: case.transpose()?,
        })
    }
}

fn subject_of(id: &ID) -> Option<subject::Subject> {
    let post = PostId::of_global(id).map(subject::Subject::Post);
    let thread = || ThreadId::of_global(id).map(subject::Subject::Thread);
    let person = || PersonId::of_global(id).map(subject::Subject::Person);
    post.or_else(thread).or_else(person)
}

/// The fields of the input that only some acts use; the others ignore them.
struct ActFields {
    until: Option<Moment>,
    body: Option<String>,
    seconds: Option<i32>,
    change: Option<DecideChangeInput>,
    into: Option<ThreadId>,
}

impl ActFields {
    /// The act with its own input.
    fn read(self, act: decision::Act) -> Box<dyn Action> {
        let ActFields {
            until,
            body,
            seconds,
            into,
            change,
        } = self;
        let change = change.map(DecideChangeInput::read).unwrap_or_default();
        match act {
            decision::Act::EditPost => Box::new(EditPost { body }),
            decision::Act::PinThread => Box::new(PinThread { until }),
            decision::Act::ChangeThread => Box::new(change),
            decision::Act::SlowThread => Box::new(SlowThread { seconds }),
            decision::Act::SplitPosts => {
                Box::new(SplitPosts::new(change.title, change.kind, change.tags))
            }
            decision::Act::MergeThreads => Box::new(MergeThreads::new(into)),
            decision::Act::MutePerson => Box::new(MutePerson { until }),
            decision::Act::SuspendPerson => Box::new(SuspendPerson { until }),
            // These have no input.
            decision::Act::HidePost
            | decision::Act::RestorePost
            | decision::Act::ErasePost
            | decision::Act::AcceptAnswer
            | decision::Act::WithdrawAnswer
            | decision::Act::LockThread
            | decision::Act::UnlockThread
            | decision::Act::UnpinThread
            | decision::Act::ArchiveThread
            | decision::Act::UnarchiveThread
            | decision::Act::JoinPosts
            | decision::Act::PartThreads
            | decision::Act::ReviewThread
            | decision::Act::TrustThread
            | decision::Act::ReviewPerson
            | decision::Act::TrustPerson
            | decision::Act::ApprovePost
            | decision::Act::RejectPost
            | decision::Act::HoldPost
            | decision::Act::WarnPerson
            | decision::Act::WithdrawWarning
            | decision::Act::ReinstatePerson
            | decision::Act::DismissReports
            | decision::Act::ReopenReports
            | decision::Act::UpholdDecision => acts::action(act),
        }
    }
}

impl DecideChangeInput {
    fn read(self) -> ChangeThread {
        ChangeThread {
            title: self.title,
            kind: self.kind.map(Into::into),
            visibility: self.visibility.map(Into::into),
            tags: self.tags.map(|tags| tag::Tags {
                tools: concept::slugs_of(tags.tools),
                methods: concept::slugs_of(tags.methods),
                regions: concept::slugs_of(tags.regions),
            }),
        }
    }
}
