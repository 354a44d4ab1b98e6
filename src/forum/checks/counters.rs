//! Checks of derived values that are stored: numbers, latest times, references to decisions, the vocabulary's closure.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::vocabulary::closure;
use crate::forum::vocabulary::headings;
use crate::store::integrity::CheckResult;
use crate::store::integrity::MAX_NAMED;
use crate::store::integrity::count;
use crate::store::integrity::query;

/// A stored number, and a statement that returns each row that disagrees with it: `id`, the number as stored (`kept`)
/// and as computed (`found`).
pub(super) struct Counter {
    pub name: &'static str,
    /// What the id belongs to.
    subject: &'static str,
    /// Counts the rows that are checked.
    all: &'static str,
    wrong: &'static str,
}

const THREADS: &str = "select count(*) from thread";
const POSTS: &str = "select count(*) from post";

pub(super) const ALL: [Counter; 13] = [
    Counter {
        name: "last numbers",
        subject: "thread",
        all: THREADS,
        wrong: "select thread.id as id, cast(thread.last_number as bigint) as kept, \
            cast(coalesce(max(post.number), 0) as bigint) as found \
            from thread left join post on post.thread_id = thread.id group by thread.id, thread.last_number \
            having coalesce(max(post.number), 0) <> thread.last_number",
    },
    // A post that was moved leaves a row at its former position.
    Counter {
        name: "numbers without holes",
        subject: "thread",
        all: POSTS,
        wrong: "select thread_id as id, cast(max(number) as bigint) as kept, cast(count(*) as bigint) as found from post \
            group by thread_id having max(number) <> count(*)",
    },
    Counter {
        name: "latest activity",
        subject: "thread",
        all: THREADS,
        wrong: "select thread.id as id, cast(thread.last_activity_at as bigint) as kept, \
            cast(coalesce(max(shown.created_at), thread.created_at) as bigint) as found \
            from thread left join (select thread_id, created_at from post where state = 'published' and hidden_by is null \
            and erased_by is null and moved_to is null and review is null) shown on shown.thread_id = thread.id \
            group by thread.id, thread.last_activity_at, thread.created_at \
            having thread.last_activity_at <> coalesce(max(shown.created_at), thread.created_at)",
    },
    Counter {
        name: "latest posts shown",
        subject: "thread",
        all: THREADS,
        wrong: "select thread.id as id, cast(thread.last_shown as bigint) as kept, \
            cast(coalesce(max(shown.number), 0) as bigint) as found \
            from thread left join (select thread_id, number from post where state = 'published' and hidden_by is null \
            and erased_by is null and moved_to is null and review is null) shown on shown.thread_id = thread.id \
            group by thread.id, thread.last_shown having thread.last_shown <> coalesce(max(shown.number), 0)",
    },
    Counter {
        name: "threads under headings",
        subject: "thread",
        all: "select count(*) from thread_heading",
        wrong: "with found as (\
            select thread.id as thread_id, headings.heading as heading, thread.visibility = 'public' as is_public, \
            thread.archived_by is not null as is_archived, thread.last_activity_at as last_activity_at, \
            thread.created_at as created_at, thread.last_number as last_number from thread join (\
            select thread_concept.thread_id as thread_id, concept_closure.broader_id as heading from thread_concept \
            join concept_closure on concept_closure.narrower_id = thread_concept.concept_id \
            union select id, '*' from thread \
            union select id, 'delegation/' || delegation_id from thread where delegation_id is not null \
            union select id, 'kind/' || kind from thread union select id, 'language/' || language from thread \
            union select thread.id, case when post.id is null then 'answered/no' else 'answered/yes' end from thread \
            left join post on post.id = thread.answer_id and post.thread_id = thread.id and post.state = 'published' \
            and post.hidden_by is null and post.erased_by is null and post.moved_to is null and post.review is null \
            where thread.kind = 'question'\
            ) headings on headings.thread_id = thread.id where thread.review is null and thread.merged_into is null), \
            kept as (select thread_id, heading, is_public, is_archived, last_activity_at, created_at, last_number \
            from thread_heading) \
            select thread_id as id, cast(sum(kept) as bigint) as kept, cast(sum(found) as bigint) as found from (\
            select thread_id, 1 as kept, 0 as found from (select * from kept except select * from found) beyond \
            union all \
            select thread_id, 0, 1 from (select * from found except select * from kept) missing) wrong group by thread_id",
    },
    Counter {
        name: "revisions of posts",
        subject: "post",
        all: POSTS,
        wrong: "select post.id as id, cast(post.revision as bigint) as kept, \
            cast(coalesce(max(post_revision.number), 0) as bigint) as found \
            from post left join post_revision on post_revision.post_id = post.id \
            where post.moved_to is null and post.erased_by is null group by post.id, post.revision \
            having coalesce(max(post_revision.number), 0) <> post.revision",
    },
    Counter {
        name: "texts that are gone",
        subject: "post",
        all: "select count(*) from post where moved_to is not null or erased_by is not null",
        wrong: "select post.id as id, cast(0 as bigint) as kept, cast(count(*) as bigint) as found \
            from post join post_revision on post_revision.post_id = post.id \
            where post.moved_to is not null or post.erased_by is not null group by post.id",
    },
    Counter {
        name: "versions of translations",
        subject: "post",
        all: "select count(*) from post_translation",
        wrong: "select post_id as id, cast(max(number) as bigint) as kept, cast(count(*) as bigint) as found \
            from post_translation group by post_id, language having max(number) <> count(*)",
    },
    Counter {
        name: "how far people have read",
        subject: "thread",
        all: "select count(*) from read_state",
        wrong: "select thread.id as id, cast(read_state.last_number as bigint) as kept, \
            cast(thread.last_number as bigint) as found \
            from read_state join thread on thread.id = read_state.thread_id \
            where read_state.last_number > thread.last_number and read_state.last_number > coalesce(thread.taken_number, 0)",
    },
    Counter {
        name: "places of posts in cases",
        subject: "case",
        all: "select count(*) from moderation_case where post_id is not null",
        wrong: "select moderation_case.id as id, cast(0 as bigint) as kept, cast(1 as bigint) as found \
            from moderation_case join post on post.id = moderation_case.post_id \
            where moderation_case.thread_id is null or moderation_case.thread_id <> post.thread_id",
    },
    Counter {
        name: "subjects of reports",
        subject: "report",
        all: "select count(*) from report",
        wrong: "select report.id as id, cast(0 as bigint) as kept, cast(1 as bigint) as found \
            from report join moderation_case on moderation_case.id = report.case_id \
            where moderation_case.subject_id <> report.subject_id",
    },
    Counter {
        name: "targets of decisions",
        subject: "decision",
        all: "select count(*) from decision",
        wrong: "select decision.id as id, cast(coalesce(max(decision_target.place), 0) as bigint) as kept, \
            cast(count(decision_target.place) as bigint) as found \
            from decision left join decision_target on decision_target.decision_id = decision.id group by decision.id \
            having coalesce(max(decision_target.place), 0) <> count(decision_target.place) or count(decision_target.place) = 0",
    },
    Counter {
        name: "places of posts in decisions",
        subject: "post",
        all: "select count(*) from decision_target where post_id is not null",
        wrong: "select post.id as id, cast(0 as bigint) as kept, cast(1 as bigint) as found \
            from decision_target join post on post.id = decision_target.post_id \
            join decision on decision.id = decision_target.decision_id \
            where decision_target.thread_id is null",
    },
];

pub(super) async fn check(rows: &DatabaseTransaction, counter: &Counter) -> Result<CheckResult> {
    let all = count(rows, counter.all).await?;
    let mut found = CheckResult::seen(format!("{all}"));
    let wrong = counter.wrong;
    found.faults = count(rows, &format!("select count(*) from ({wrong}) wrong")).await?;
    for row in query(rows, &format!("{wrong} limit {MAX_NAMED}")).await? {
        let id: Uuid = row.try_get("", "id")?;
        let kept: i64 = row.try_get("", "kept")?;
        let is: i64 = row.try_get("", "found")?;
        let subject = counter.subject;
        found
            .first
            .push(format!("{subject} {id}: {kept} is stored, {is} is correct"));
    }
    Ok(found)
}

/// References without a foreign key, so that a migration can drop the column again: table, column, what it refers to.
const REFERENCES_WITHOUT_KEY: [(&str, &str, &str); 25] = [
    ("post", "hidden_by", "decision"),
    ("post", "edited_by", "decision"),
    ("post", "erased_by", "decision"),
    ("post", "review_by", "decision"),
    ("post", "moved_by", "decision"),
    ("post", "moved_to", "post"),
    ("post_revision", "decision_id", "decision"),
    ("thread", "locked_by", "decision"),
    ("thread", "pinned_by", "decision"),
    ("thread", "archived_by", "decision"),
    ("thread", "changed_by", "decision"),
    ("thread", "slowed_by", "decision"),
    ("thread", "reviewed_by", "decision"),
    ("thread", "merged_by", "decision"),
    ("thread", "merged_into", "thread"),
    ("thread", "answer_id", "post"),
    ("thread", "answer_by", "decision"),
    ("person", "restricted_by", "decision"),
    ("person", "reviewed_by", "decision"),
    ("former_place", "decision_id", "decision"),
    ("decision_target", "before_id", "decision"),
    ("decision_target", "after_id", "decision"),
    ("decision", "second_id", "person"),
    ("decision", "into_id", "thread"),
    ("event", "actor_id", "person"),
];

/// Checks that every decision, post, thread and person referred to without a foreign key exists.
pub(super) async fn references(rows: &DatabaseTransaction) -> Result<CheckResult> {
    let mut found = CheckResult::seen(format!("{} columns", REFERENCES_WITHOUT_KEY.len()));
    for (table, column, named) in REFERENCES_WITHOUT_KEY {
        let lost = count(
            rows,
            &format!(
                "select count(*) from {table} c where c.{column} is not null \
                 and not exists (select 1 from {named} p where p.id = c.{column})"
            ),
        )
        .await?;
        if lost > 0 {
            found.add(format!(
                "{lost} rows of {table} refer in {column} to a {named} that does not exist"
            ));
        }
    }
    Ok(found)
}

/// Checks that the number of threads under each heading agrees with the threads there.
pub(super) async fn tallies(rows: &DatabaseTransaction) -> Result<CheckResult> {
    let (all, wrong) = headings::wrong_tallies(rows).await?;
    let mut found = CheckResult::seen(format!("{all} numbers"));
    for (heading, kept, is) in wrong {
        found.add(format!(
            "heading {heading}: {kept} is stored, {is} is correct"
        ));
    }
    Ok(found)
}

/// Checks that the stored closure agrees with the vocabulary.
pub(super) async fn closure(rows: &DatabaseTransaction) -> Result<CheckResult> {
    let (kept, derived) = (closure::stored(rows).await?, closure::derive(rows).await?);
    let mut found = CheckResult::seen(format!("{} pairs", derived.len()));
    for (above, below) in derived.difference(&kept) {
        found.add(format!("{below} is missing under {above}"));
    }
    for (above, below) in kept.difference(&derived) {
        found.add(format!(
            "{below} is stored under {above}, where it does not belong"
        ));
    }
    Ok(found)
}
