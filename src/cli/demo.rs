//! `partage serve --demo`: threads and replies from many delegations, for exploring the forum. The authors are roles, not named
//! people. Everything is created through the same functions as by users, with a clock set to its time.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Deserialize;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::clock::Clock;
use crate::base::clock::Moment;
use crate::base::config::Config;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::secret::PasswordCheck;
use crate::forum::Forum;
use crate::forum::accounts::manage;
use crate::forum::accounts::manage::NewPerson;
use crate::forum::accounts::person;
use crate::forum::accounts::seed::SECRETARIAT;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::post;
use crate::forum::discussion::reply;
use crate::forum::discussion::start;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Visibility;
use crate::forum::discussion::translate;
use crate::forum::moderation::acts;
use crate::forum::moderation::appeal::lodge;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::forum::moderation::undo;

const CONTENT: &str = include_str!("sample-threads.json");
/// The opening text of the newest thread, in English.
const TRANSLATION: &str = include_str!("sample-translation.md");
/// The default password. It is allowed only if the forum can be reached only from this machine.
const PASSWORD: &str = "partage-demonstration";
const DAY: Duration = Duration::from_secs(86_400);

/// One account for each role: role, delegation, name, title.
const ACCOUNTS: [(Role, &str, &str, &str); 5] = [
    (Role::Visitor, "un-desa", "Visitor", "Reader"),
    (Role::Delegate, "ke", "Delegate", "IP office delegate"),
    (
        Role::FocalPoint,
        "fr",
        "Focal point",
        "National focal point",
    ),
    (Role::Moderator, SECRETARIAT, "Moderator", "Moderator"),
    (
        Role::Secretariat,
        SECRETARIAT,
        "Secretariat",
        "Secretariat officer",
    ),
];

#[derive(Deserialize)]
struct Content {
    roles: Vec<Label>,
    threads: Vec<SampleThread>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Label {
    id: String,
    pref_label: HashMap<Language, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SampleThread {
    title: String,
    language: Language,
    author: Author,
    kind: String,
    tags: SampleTags,
    days_ago: u32,
    body: String,
    replies: Vec<SampleReply>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SampleReply {
    language: Language,
    author: Author,
    hours_after: u32,
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Author {
    member_state: String,
    role: String,
}

#[derive(Deserialize)]
struct SampleTags {
    tools: Vec<String>,
    methods: Vec<String>,
    regions: Vec<String>,
}

/// The accounts of a demonstration.
pub struct Accounts {
    password: String,
}

impl Accounts {
    /// Returns instructions for signing in, for the person who started the forum.
    pub fn describe(&self, address: &str) -> String {
        let mut text = format!("Demonstration content. Sign in at {address}/sign-in with\n");
        for (role, _, name, _) in ACCOUNTS {
            let _ = writeln!(text, "  {name:<12} {:<25} {}", email(role), self.password);
        }
        text
    }
}

/// Returns the password of the demonstration accounts. If others can reach the forum, one must be given, because the
/// default is public.
///
/// # Errors
/// If others can reach the forum (`open` is the setting that allows it) and the password is the default one, given or not.
pub fn password(given: Option<String>, open: Option<&'static str>) -> Result<String> {
    let password = given.unwrap_or_else(|| PASSWORD.to_string());
    match open {
        Some(by) if password == PASSWORD => Err(Error::Internal(format!(
            "--demo with its default password, which is public, is refused together with {by}: give another one with \
             --demo-password"
        ))),
        _ => Ok(password),
    }
}

/// Returns the setting that lets others than this machine's users reach the forum. `None` if there is none.
pub fn exposed_by(config: &Config) -> Option<&'static str> {
    if !config.listen.ip().is_loopback() {
        return Some("--listen on an address that others can reach");
    }
    if config.public_url.is_some() {
        return Some("--public-url (PARTAGE_PUBLIC_URL)");
    }
    config
        .behind_proxy
        .then_some("--behind-proxy (PARTAGE_BEHIND_PROXY)")
}

/// Refuses a forum that others can reach while demonstration accounts in it still have the default password.
///
/// # Errors
/// If there are such accounts, with their addresses and what to do.
pub async fn refuse_known_password(forum: &Forum, open: Option<&'static str>) -> Result<()> {
    let Some(by) = open else {
        return Ok(());
    };
    let mut known = Vec::new();
    for (role, ..) in ACCOUNTS {
        let snapshot = forum.store.snapshot();
        let person = person::find_by_email(snapshot.rows().await?, &email(role)).await?;
        drop(snapshot);
        let Some(hash) = person.and_then(|person| person.password_hash) else {
            continue;
        };
        if forum.passwords.verify(PASSWORD, Some(hash)).await? != PasswordCheck::Wrong {
            known.push(email(role));
        }
    }
    if known.is_empty() {
        return Ok(());
    }
    Err(Error::Internal(format!(
        "the demonstration accounts of this database still have their default password, which is public, and {by} lets others \
         in: {}. Start on this machine only (--listen 127.0.0.1:8080, without --public-url and --behind-proxy), sign in as \
         each of them and change the password under Settings; or name another database with --database",
        known.join(", ")
    )))
}

/// Fills an empty database. Refused if anyone has an account.
pub async fn fill(forum: &Forum, password: &str) -> Result<Accounts> {
    let snapshot = forum.store.snapshot();
    if person::any(snapshot.rows().await?).await? {
        return Err(Error::internal(
            "--demo fills only an empty database, and this one has content: start without --demo to use it, or name \
             another with --database",
        ));
    }
    drop(snapshot);
    let content: Content = serde_json::from_str(CONTENT).map_err(Error::internal)?;
    let now = forum.store.clock().now();
    let days = content.threads.iter().map(|thread| thread.days_ago).max();
    let begin = now.minus(DAY * (days.unwrap_or(0) + 1));
    let clock = Clock::manual(begin);
    let past = Forum {
        store: forum.store.with_clock(clock.clone()),
        ..forum.clone()
    };
    let staff = add_accounts(&past, password).await?;
    let mut authors = Authors {
        forum: &past,
        titles: content
            .roles
            .into_iter()
            .map(|role| (role.id, role.pref_label))
            .collect(),
        known: HashMap::new(),
    };
    let opened = post_all(&past, &clock, &mut authors, content.threads, now).await?;
    moderate(&past, &staff, &opened).await?;
    Ok(Accounts {
        password: password.to_string(),
    })
}

/// Adds the accounts that people can sign in to, and returns those that make decisions and reports.
async fn add_accounts(forum: &Forum, password: &str) -> Result<Staff> {
    let mut added = HashMap::new();
    let hash = forum.passwords.hash(password).await?;
    for (role, delegation, name, title) in ACCOUNTS {
        let new = NewPerson {
            name: name.to_string(),
            email: email(role),
            language: Language::En,
            role,
            password_hash: Some(hash.clone()),
            delegation_id: delegation.to_string(),
            capacity: Capacity::Delegation,
            title: title.to_string(),
        };
        let person = manage::add_person(forum, new).await?;
        let snapshot = forum.store.snapshot();
        let actor =
            person::actor(snapshot.rows().await?, &person, forum.store.clock().now()).await?;
        added.insert(role, actor);
    }
    let mut take = |role| {
        let actor = added.remove(&role);
        actor.ok_or_else(|| Error::internal("the demonstration has no moderators"))
    };
    Ok(Staff {
        delegate: take(Role::Delegate)?,
        moderator: take(Role::Moderator)?,
        secretariat: take(Role::Secretariat)?,
    })
}

/// The accounts that moderate, and one that reports and appeals.
struct Staff {
    delegate: Actor,
    moderator: Actor,
    secretariat: Actor,
}

/// The region assigned to the moderator of the demonstration.
const SCOPE: &str = "world";

/// Makes some decisions, so that the ledger is not empty: a reply is hidden and restored, the oldest thread is locked, the newest is
/// pinned and translated. Also makes some open cases: reports, and an appeal against a decision.
async fn moderate(forum: &Forum, staff: &Staff, opened: &[ThreadId]) -> Result<()> {
    let moderator = staff.moderator.person_id().unwrap_or_default();
    let regions = [SCOPE.to_string()];
    scope::assign(forum, &staff.secretariat, moderator, &regions).await?;
    let (Some(oldest), Some(newest)) = (opened.first(), opened.last()) else {
        return Ok(());
    };
    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    let reply = post::numbered(rows, Audience::Members, &[(*newest, 2, 2)]).await?;
    drop(snapshot);
    if let Some(reply) = reply.first() {
        let justification = why(Reason::Duplicate, "The same was said in another thread.");
        let hidden = decide(
            forum,
            &staff.moderator,
            Act::HidePost,
            Subject::Post(reply.id),
            justification,
        )
        .await?;
        let undoing = undo::UndoRequest {
            key: id::random(),
            decision_id: hidden,
            justification: why_mistaken(),
        };
        undo::undo(forum, &staff.secretariat, undoing).await?;
    }
    let justification = why(
        Reason::Settled,
        "The question has been answered. Open a new thread to go on.",
    );
    decide(
        forum,
        &staff.moderator,
        Act::LockThread,
        Subject::Thread(*oldest),
        justification,
    )
    .await?;
    let justification = self::why(Reason::Other, "It is what the next seminar is about.");
    decide(
        forum,
        &staff.secretariat,
        Act::PinThread,
        Subject::Thread(*newest),
        justification,
    )
    .await?;
    translate_opening(forum, &staff.secretariat, *newest).await?;
    wait_for_decisions(forum, staff, opened).await
}

async fn translate_opening(forum: &Forum, actor: &Actor, thread: ThreadId) -> Result<()> {
    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    let opening = post::numbered(rows, Audience::Members, &[(thread, 1, 1)]).await?;
    drop(snapshot);
    let Some(opening) = opening.first() else {
        return Ok(());
    };
    let new = translate::Translate {
        key: id::random(),
        post_id: opening.id,
        revision: opening.revision,
        language: Language::En,
        body: TRANSLATION.to_string(),
    };
    translate::translate(forum, actor, new).await.map(drop)
}

/// Makes some open cases.
async fn wait_for_decisions(forum: &Forum, staff: &Staff, opened: &[ThreadId]) -> Result<()> {
    let [_, second, third, ..] = opened else {
        return Ok(());
    };
    let new = reply::Reply {
        key: id::random(),
        thread_id: *second,
        in_reply_to: None,
        body: "Our office sells a guide to this. Ask us for a price.".to_string(),
        language: Language::En,
        capacity: Capacity::Personal,
        mandate_id: None,
    };
    let reply = reply::reply(forum, &staff.delegate, new).await?;
    let justification = why(
        Reason::Advertising,
        "The forum is no place to sell anything.",
    );
    let hidden = decide(
        forum,
        &staff.moderator,
        Act::HidePost,
        Subject::Post(reply.id),
        justification,
    )
    .await?;
    let appealing = lodge::AppealRequest {
        key: id::random(),
        decision_id: hidden,
        body: "The guide costs what its printing does. It would help others.".to_string(),
        language: Language::En,
    };
    lodge::appeal(forum, &staff.delegate, appealing).await?;
    for (thread, reason, note) in [
        (third, Reason::OffTopic, "This is about another tool."),
        (
            second,
            Reason::PersonalData,
            "It names a person who did not ask for it.",
        ),
    ] {
        let snapshot = forum.store.snapshot();
        let rows = snapshot.rows().await?;
        let replies = post::numbered(rows, Audience::Members, &[(*thread, 2, 2)]).await?;
        drop(snapshot);
        let subject = match replies.first() {
            Some(reply) => Subject::Post(reply.id),
            None => Subject::Thread(*thread),
        };
        let reporting = report::ReportRequest {
            key: id::random(),
            subject,
            reason,
            note: note.to_string(),
            language: Language::En,
        };
        report::report(forum, &staff.delegate, reporting).await?;
    }
    Ok(())
}

fn why_mistaken() -> decision::Justification {
    why(
        Reason::Mistaken,
        "The other thread is about another region: the reply stays.",
    )
}

fn why(reason: Reason, explanation: &str) -> decision::Justification {
    decision::Justification {
        reason,
        explanation: explanation.to_string(),
        language: Language::En,
        withhold: false,
    }
}

async fn decide(
    forum: &Forum,
    actor: &Actor,
    act: Act,
    subject: Subject,
    justification: decision::Justification,
) -> Result<Uuid> {
    let wanted = decide::DecisionRequest {
        key: id::random(),
        action: acts::action(act),
        subjects: vec![subject],
        justification,
        case_id: None,
    };
    Ok(decide::decide(forum, actor, wanted).await?.id)
}

fn email(role: Role) -> String {
    format!("{}@demo.invalid", role.as_str())
}

/// Something to post at a given time: the opening of a thread, or one of its replies.
struct ScheduledPost {
    at: Moment,
    thread: usize,
    reply: Option<usize>,
}

/// Posts everything, and returns the threads in the order of their opening.
async fn post_all(
    forum: &Forum,
    clock: &Clock,
    authors: &mut Authors<'_>,
    threads: Vec<SampleThread>,
    now: Moment,
) -> Result<Vec<ThreadId>> {
    let mut order = Vec::new();
    let mut opened: HashMap<usize, ThreadId> = HashMap::new();
    for scheduled in schedule(&threads, now) {
        let ahead = scheduled.at.0.saturating_sub(clock.now().0);
        clock.advance(Duration::from_micros(u64::try_from(ahead).unwrap_or(0)));
        let Some(thread) = threads.get(scheduled.thread) else {
            continue;
        };
        match scheduled.reply.and_then(|at| thread.replies.get(at)) {
            None => {
                let actor = authors.actor(&thread.author).await?;
                let id = start::open_thread(forum, &actor, opening(thread)?)
                    .await?
                    .id;
                opened.insert(scheduled.thread, id);
                order.push(id);
            }
            Some(sample) => {
                let actor = authors.actor(&sample.author).await?;
                let Some(thread_id) = opened.get(&scheduled.thread) else {
                    continue;
                };
                let new = reply::Reply {
                    key: id::random(),
                    thread_id: *thread_id,
                    in_reply_to: None,
                    body: sample.body.clone(),
                    language: sample.language,
                    capacity: Capacity::Personal,
                    mandate_id: None,
                };
                reply::reply(forum, &actor, new).await?;
            }
        }
    }
    Ok(order)
}

/// Returns everything to post, in chronological order.
fn schedule(threads: &[SampleThread], now: Moment) -> Vec<ScheduledPost> {
    let mut posts = Vec::new();
    for (index, thread) in threads.iter().enumerate() {
        let at = now.minus(DAY * thread.days_ago);
        posts.push(ScheduledPost {
            at,
            thread: index,
            reply: None,
        });
        for (number, reply) in thread.replies.iter().enumerate() {
            let later = Duration::from_secs(u64::from(reply.hours_after) * 3_600);
            posts.push(ScheduledPost {
                at: at.plus(later),
                thread: index,
                reply: Some(number),
            });
        }
    }
    posts.sort_by_key(|scheduled| scheduled.at);
    posts
}

fn opening(thread: &SampleThread) -> Result<start::NewThread> {
    Ok(start::NewThread {
        key: id::random(),
        title: thread.title.clone(),
        body: thread.body.clone(),
        kind: Kind::parse(&thread.kind)
            .ok_or_else(|| Error::internal("an unknown kind in the demonstration content"))?,
        language: thread.language,
        visibility: Visibility::Public,
        tags: Tags {
            tools: thread.tags.tools.clone(),
            methods: thread.tags.methods.clone(),
            regions: thread.tags.regions.clone(),
        },
        capacity: Capacity::Personal,
        mandate_id: None,
    })
}

/// The authors of the content: one account without a password for each role in each state.
struct Authors<'a> {
    forum: &'a Forum,
    titles: HashMap<String, HashMap<Language, String>>,
    known: HashMap<(String, String), Actor>,
}

impl Authors<'_> {
    async fn actor(&mut self, author: &Author) -> Result<Actor> {
        let key = (author.member_state.clone(), author.role.clone());
        if let Some(actor) = self.known.get(&key) {
            return Ok(actor.clone());
        }
        let title = self
            .titles
            .get(&author.role)
            .and_then(|labels| labels.get(&Language::En))
            .cloned()
            .ok_or_else(|| Error::internal("an unknown role in the demonstration content"))?;
        let state = author.member_state.to_lowercase();
        let new = NewPerson {
            name: title.clone(),
            email: format!("{}.{state}@demo.invalid", author.role),
            language: Language::En,
            role: Role::Delegate,
            password_hash: None,
            delegation_id: state,
            capacity: Capacity::Personal,
            title,
        };
        let person = manage::add_person(self.forum, new).await?;
        let snapshot = self.forum.store.snapshot();
        let actor = person::actor(
            snapshot.rows().await?,
            &person,
            self.forum.store.clock().now(),
        )
        .await?;
        self.known.insert(key, actor.clone());
        Ok(actor)
    }
}
