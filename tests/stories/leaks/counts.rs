//! Nobody is counted what they do not see.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::moderating::report;
use crate::support::person::Person;

on_both_databases!(nobody_is_counted_what_they_do_not_see);

/// Every count of threads: of the list, and of a concept and what lies over it.
const COUNTS: &str = "{ threads { totalCount } of_tool: threads(filter: { tools: [\"wipo-ipas\"] }) { totalCount } \
     tool: concept(slug: \"wipo-ipas\") { threadCount } method: concept(slug: \"study-visit\") { threadCount } \
     region: concept(slug: \"country-ke\") { threadCount } over: concept(slug: \"africa\") { threadCount } }";

/// How many threads somebody is counted, which every count says alike.
async fn counted(person: &Person) -> i64 {
    let data = person.ask(COUNTS, json!({})).await;
    let count = number(&data, "threads.totalCount");
    assert_eq!(number(&data, "of_tool.totalCount"), count);
    for each in ["tool", "method", "region", "over"] {
        let path = format!("{each}.threadCount");
        assert_eq!(number(&data, &path), count, "{each}");
    }
    count
}

async fn cases(person: &Person) -> Value {
    let data = person
        .ask("{ viewer { cases { totalCount } } }", json!({}))
        .await;
    at(&data, "viewer.cases.totalCount").clone()
}

async fn nobody_is_counted_what_they_do_not_see(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let (moderator, member) = (forum.moderator(), forum.delegate("br"));
    let visitors = [forum.visitor(), forum.person("visitor")];
    let are_counted = async |public: i64, members: i64| {
        for visitor in &visitors {
            assert_eq!(counted(visitor).await, public);
        }
        for member in [&member, &author, &secretariat] {
            assert_eq!(counted(member).await, members);
            let unread = "{ threads(filter: { unread: true }) { totalCount } }";
            let data = member.ask(unread, json!({})).await;
            assert!(number(&data, "threads.totalCount") <= members);
        }
    };
    let kept = open(&author, Draft::titled("Kept")).await;
    let shown = open(&author, Draft::titled("Shown for now")).await;
    are_counted(2, 2).await;
    show_to(&author, &shown.id, "MEMBERS").await;
    are_counted(1, 2).await;
    let more = json!({ "change": { "visibility": "PUBLIC" } });
    let changed = decide_with(&secretariat, "CHANGE_THREAD", &[&shown.id], more).await;
    are_counted(2, 2).await;
    undo(&secretariat, &changed).await;
    are_counted(1, 2).await;

    let whom = own_id(&author).await;
    decide(&secretariat, "REVIEW_PERSON", &[&whom]).await;
    let input = Draft::titled("Waits").input(&author).await;
    let data = author.ask(OPEN_THREAD, json!({ "input": input })).await;
    let post = text(&data, "openThread.thread.post.id");
    are_counted(1, 2).await;
    let approved = decide(&secretariat, "APPROVE_POST", &[&post]).await;
    are_counted(2, 3).await;
    undo(&secretariat, &approved).await;
    are_counted(1, 2).await;
    decide(&secretariat, "REJECT_POST", &[&post]).await;
    are_counted(1, 2).await;

    let into = json!({ "intoThreadId": open(&member, Draft::titled("Into")).await.id });
    are_counted(2, 3).await;
    let merged = decide_with(&secretariat, "MERGE_THREADS", &[&kept.id], into).await;
    are_counted(1, 2).await;
    undo(&secretariat, &merged).await;
    are_counted(2, 3).await;

    // Cases are counted to those who could decide on them.
    report(&member, &kept.id, "Look.").await;
    for (person, count) in [
        (&visitors[0], 0),
        (&author, 0),
        (&member, 0),
        (&moderator, 0),
        (&secretariat, 1),
    ] {
        assert_eq!(cases(person).await, count);
    }
    give_scope(&secretariat, &moderator, &["asia"]).await;
    assert_eq!(cases(&moderator).await, 0);
    give_scope(&secretariat, &moderator, &["africa"]).await;
    assert_eq!(cases(&moderator).await, 1);
}
