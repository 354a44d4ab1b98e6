//! What is asked of the database costs the same however much there is: no statement reads a whole table of what people write,
//! and the numbers that are kept are those that a fresh count finds.

use std::collections::BTreeSet;
use std::time::Duration;

use partage::base::error::Error;
use partage::base::error::Trouble;
use partage::forum::checks;
use partage::store::Store;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;
use serde_json::Value;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::stories::acknowledgements::acknowledge;
use crate::stories::answers::accept;
use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::MARK_READ;
use crate::support::acts::RETAG;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::database::connect;
use crate::support::forum::Forum;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::report;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::routes;
use crate::support::template;

on_both_databases!(
    no_statement_reads_a_whole_table,
    what_is_kept_is_what_a_fresh_look_finds,
    changes_of_threads_and_of_the_vocabulary_pass_beside_each_other,
);

for_both_databases!(a_read_that_takes_too_long_ends);

/// Tables that grow with what people do.
const LARGE: [&str; 17] = [
    "acknowledgement",
    "appeal",
    "decision",
    "decision_target",
    "event",
    "former_place",
    "ledger",
    "moderation_case",
    "notice",
    "post",
    "post_revision",
    "post_translation",
    "read_state",
    "report",
    "thread",
    "thread_concept",
    "thread_heading",
];
/// Indexes of few rows of such a table.
const FEW: [&str; 3] = [
    "thread_pinned",
    "thread_pinned_created",
    "thread_pinned_posts",
];
/// The names under which statements read such tables again.
const ALSO: [(&str, &str); 2] = [("also", "thread_heading"), ("moved", "post")];

async fn no_statement_reads_a_whole_table(forum: Forum) {
    let (kenya, moderator) = (forum.delegate("ke"), forum.moderator());
    let secretariat = forum.secretariat();
    let question = Draft {
        kind: "QUESTION",
        ..Draft::titled("What helped?")
    };
    let opened = open(&kenya, question).await;
    let other = open(&kenya, Draft::for_members("For members")).await;
    let first = reply(&secretariat, &opened.id, "Look at the list.").await;
    let hidden = reply(&kenya, &opened.id, "Buy our guide.").await;
    reply(&kenya, &other.id, "One more.").await;

    forum.store().watch_statements();
    let input = json!({ "postId": first.id, "revision": 1, "body": "Look at the list as well." });
    secretariat.ask(EDIT, json!({ "input": input })).await;
    report(&forum.delegate("fr"), &hidden.id, "Advertising.").await;
    let decision = decide(&secretariat, "HIDE_POST", &[&hidden.id]).await;
    for act in ["PIN_THREAD", "ARCHIVE_THREAD"] {
        let taken = decide(&secretariat, act, &[&other.id]).await;
        undo(&secretariat, &taken).await;
    }
    undo(&secretariat, &decision).await;
    show_to(&kenya, &other.id, "PUBLIC").await;
    read(&kenya, &opened.id, 2).await;
    reply(&kenya, &opened.id, "Another.").await;
    accept(&kenya, &first.id).await;
    acknowledge(&kenya, &first.id, "USEFUL").await;

    let from = ["/".to_string(), format!("/threads/{}", opened.id)];
    for mut reader in [
        Browser::of(&forum),
        Browser::signed_in(&forum, "ke"),
        Browser::signed_in(&forum, "moderator"),
        Browser::signed_in(&forum, "secretariat"),
    ] {
        routes::explore(&mut reader, &from).await;
    }
    for (person, is_member) in [
        (&forum.visitor(), false),
        (&kenya, true),
        (&moderator, true),
    ] {
        for filter in filters(is_member) {
            for order in ["LATEST_ACTIVITY", "CREATED", "MOST_POSTS"] {
                listed(person, &filter, order).await;
            }
        }
    }

    let seen = forum.store().seen_statements();
    assert!(seen.len() > 100, "{}", seen.len());
    let mut wrong = BTreeSet::new();
    for sql in &seen {
        for line in scans(forum.place(), sql).await {
            wrong.insert(format!("{line}\n    in {sql}"));
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a statement reads as a whole, or walks through without an end.
async fn scans(place: &Place, sql: &str) -> Vec<String> {
    let lower = sql.to_lowercase();
    let is_plain = ["select", "with", "update", "delete", "insert"]
        .iter()
        .any(|word| lower.starts_with(word));
    if !is_plain || lower.contains("pg_temp") || lower.contains("pg_advisory") {
        return Vec::new();
    }
    let plan = match place.kind {
        Kind::Sqlite => plan_of_sqlite(place, sql).await,
        Kind::Postgres => plan_of_postgres(place, sql).await,
    };
    // An ordered walk ends with the page that it fills.
    let is_sorted = plan
        .iter()
        .any(|line| line.contains("TEMP B-TREE FOR ORDER BY") || line.contains("Sort Key"));
    let ends = lower.contains(" limit ") && !is_sorted;
    let of_large = plan.iter().filter(|line| {
        let Some((table, index)) = scanned(line) else {
            return false;
        };
        let table = ALSO.iter().find(|(name, _)| *name == table);
        let table = table.map_or_else(
            || scanned(line).map(|(table, _)| table),
            |(_, table)| Some(*table),
        );
        let is_large = table.is_some_and(|table| LARGE.contains(&table));
        let is_short = index.is_some_and(|index| FEW.contains(&index));
        is_large && !is_short && (index.is_none() || !ends)
    });
    of_large.cloned().collect()
}

/// The table and index of a line that tells of reading all of it.
fn scanned(line: &str) -> Option<(&str, Option<&str>)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["SCAN", table, "USING", .., "INDEX", index] => Some((table, Some(index))),
        ["SCAN", table, ..] => Some((table, None)),
        _ => None,
    }
}

async fn plan_of_sqlite(place: &Place, sql: &str) -> Vec<String> {
    let rows = place.query(&format!("explain query plan {sql}")).await;
    let detail = |row: &sea_orm::QueryResult| row.try_get::<String>("", "detail").expect("a line");
    rows.iter().map(detail).collect()
}

/// The plan that serves any values, for tables of which a whole is never cheap, in the words of SQLite.
async fn plan_of_postgres(place: &Place, sql: &str) -> Vec<String> {
    let connection = connect(place.url()).await;
    let run = async |sql: String| {
        let done = connection.execute_unprepared(&sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    };
    run("set enable_seqscan = off; set plan_cache_mode = force_generic_plan".to_string()).await;
    run(format!("prepare looked_at as {sql}")).await;
    let count = (1..)
        .take_while(|number| sql.contains(&format!("${number}")))
        .count();
    let nulls = vec!["null"; count].join(", ");
    let values = if count == 0 {
        String::new()
    } else {
        format!("({nulls})")
    };
    let statement = Statement::from_string(
        connection.get_database_backend(),
        format!("explain (costs off) execute looked_at{values}"),
    );
    let rows = connection.query_all_raw(statement).await.expect("a plan");
    connection.close().await.expect("closing");
    let lines: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index::<String>(0).expect("a line"))
        .collect();
    let mut told = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let after = |word: &str| {
            let (_, rest) = line.split_once(word)?;
            rest.split_whitespace().next().map(str::to_string)
        };
        let depth = |line: &str| line.len() - line.trim_start().len();
        let mut own = lines[at + 1..]
            .iter()
            .take_while(|below| depth(below) > depth(line) && !below.contains("->"));
        let is_entered = own.any(|below| below.contains("Index Cond"));
        if line.contains("Seq Scan on ") {
            told.push(format!(
                "SCAN {}",
                after("Seq Scan on ").unwrap_or_default()
            ));
        } else if line.contains("Scan using ") && !is_entered {
            let (index, table) = (after("Scan using "), after(" on "));
            let (index, table) = (index.unwrap_or_default(), table.unwrap_or_default());
            told.push(format!("SCAN {table} USING INDEX {index}"));
        } else if line.contains("Sort Key") {
            told.push("Sort Key".to_string());
        }
    }
    told
}

/// Filters of every kind.
fn filters(signed_in: bool) -> Vec<Value> {
    let mut all = vec![
        json!({}),
        json!({ "regions": ["world"] }),
        json!({ "regions": ["africa"], "tools": ["wipo-ipas"] }),
        json!({ "regions": ["africa", "asia"] }),
        json!({ "methods": ["study-visit"], "pinned": false }),
        json!({ "kinds": ["QUESTION"] }),
        json!({ "kinds": ["QUESTION", "EXPERIENCE"] }),
        json!({ "answered": true }),
        json!({ "answered": false, "regions": ["africa"] }),
        json!({ "answered": false, "pinned": false }),
        json!({ "languages": ["EN"] }),
        json!({ "languages": ["FR", "EN"] }),
        json!({ "languages": ["FR"], "pinned": false }),
        json!({ "delegations": ["ke"] }),
        json!({ "pinned": true }),
        json!({ "pinned": true, "regions": ["africa"] }),
        json!({ "pinned": false }),
        json!({ "archived": true }),
        json!({ "archived": true, "regions": ["africa"] }),
        json!({ "openedFrom": "2020-01-01T00:00:00Z" }),
        json!({ "title": "thread" }),
        json!({ "title": "thread", "pinned": true }),
        json!({ "title": "thread", "archived": true, "regions": ["africa"] }),
        json!({ "title": "no such title" }),
        json!({ "regions": ["world"], "openedFrom": "2020-01-01T00:00:00Z", "openedUntil": "2100-01-01T00:00:00Z" }),
        json!({ "regions": ["africa", "asia"], "openedUntil": "2020-01-01T00:00:00Z" }),
    ];
    if signed_in {
        all.extend([
            json!({ "unread": true }),
            json!({ "unread": true, "pinned": false }),
            json!({ "unread": true, "regions": ["africa"] }),
            json!({ "unread": true, "regions": ["africa"], "pinned": false }),
            json!({ "followed": true }),
            json!({ "followed": true, "unread": true }),
            json!({ "underFollowed": true }),
        ]);
    }
    all
}

async fn read(person: &Person, thread: &str, number: i32) {
    let input = json!({ "threadId": thread, "number": number });
    person.ask(MARK_READ, json!({ "input": input })).await;
}

/// The number that a list tells of its threads, and the ids of all of them.
async fn listed(person: &Person, filter: &Value, order: &str) -> (i64, Vec<String>) {
    let document = "query($filter: ThreadFilter, $order: ThreadOrder!, $after: String) { \
        threads(first: 7, filter: $filter, orderBy: $order, after: $after) { \
        totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }";
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "filter": filter, "order": order, "after": after });
        let data = person.ask(document, variables).await;
        let edges = data["threads"]["edges"].as_array().expect("edges");
        ids.extend(edges.iter().map(|edge| text(edge, "node.id")));
        if data["threads"]["pageInfo"]["hasNextPage"] == false {
            return (number(&data, "threads.totalCount"), ids);
        }
        after = data["threads"]["pageInfo"]["endCursor"].clone();
    }
}

async fn what_is_kept_is_what_a_fresh_look_finds(forum: Forum) {
    let mut chance = Chance::new(Chance::seed());
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let authors = [kenya.clone(), forum.delegate("fr"), forum.delegate("br")];
    let regions = ["country-ke", "country-fr", "africa", "country-br"];
    let tools = ["wipo-ipas", "wipo-publish", "wipo-file"];
    let follow = "mutation($input: FollowConceptInput!) { followConcept(input: $input) { concept { slug } } }";
    for concept in ["africa", "wipo-ipas"] {
        let input = json!({ "conceptId": concept, "follow": true });
        kenya.ask(follow, json!({ "input": input })).await;
    }
    let mut threads: Vec<(usize, String, String)> = Vec::new();
    let mut decisions: Vec<String> = Vec::new();
    for step in 0..60 {
        let by = chance.at(authors.len());
        let region = regions[chance.at(regions.len())];
        if threads.len() < 4 || step % 5 == 0 {
            let title = format!("Thread {step}");
            let draft = match chance.below(4) {
                0 => Draft::for_members(title),
                _ => Draft::titled(title),
            };
            let opened = open(&authors[by], draft).await;
            threads.push((by, opened.id, opened.post));
            continue;
        }
        let (owner, thread, opening) = threads[chance.at(threads.len())].clone();
        let author = &authors[owner];
        match chance.below(11) {
            0 => {
                let tool = tools[chance.at(tools.len())];
                let input = json!({ "threadId": thread, "tools": [tool], "methods": [], "regions": [region] });
                author.graphql(RETAG, json!({ "input": input })).await;
            }
            1 => {
                let to = ["PUBLIC", "MEMBERS"][chance.at(2)];
                let change = "mutation($input: ChangeThreadInput!) { changeThread(input: $input) { thread { id } } }";
                let kind = ["QUESTION", "PRACTICE"][chance.at(2)];
                let input = json!({ "threadId": thread, "visibility": to, "kind": kind });
                author.graphql(change, json!({ "input": input })).await;
            }
            2..=4 => {
                let act = [
                    "ARCHIVE_THREAD",
                    "PIN_THREAD",
                    "LOCK_THREAD",
                    "UNARCHIVE_THREAD",
                ][chance.at(4)];
                decisions.extend(try_decide(&secretariat, act, &thread).await);
            }
            5 if !decisions.is_empty() => {
                let decision = decisions.swap_remove(chance.at(decisions.len()));
                let undo = "mutation($input: UndoDecisionInput!) { undoDecision(input: $input) { decision { id } } }";
                let input = json!({ "key": Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
                    "language": "EN", "explanation": "Not any more." });
                secretariat.graphql(undo, json!({ "input": input })).await;
            }
            6 => {
                // Only the first edit of each is taken.
                let input =
                    json!({ "postId": opening, "revision": 1, "body": "Autre.", "language": "FR" });
                author.graphql(EDIT, json!({ "input": input })).await;
            }
            7 | 8 => {
                let find =
                    "query($id: ID!) { thread(id: $id) { posts(last: 2) { nodes { id } } } }";
                let data = author.ask(find, json!({ "id": thread })).await;
                let last = text(&data, "thread.posts.nodes.0.id");
                let document = [
                    "mutation($input: AcceptAnswerInput!) { acceptAnswer(input: $input) { post { id } } }",
                    "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id } } }",
                ][chance.at(2)];
                let input = json!({ "postId": last });
                author.graphql(document, json!({ "input": input })).await;
                if chance.below(3) == 0 {
                    decisions.extend(try_decide(&secretariat, "HIDE_POST", &last).await);
                }
            }
            _ => {
                let document =
                    "mutation($input: ReplyInput!) { reply(input: $input) { post { id number } } }";
                let input = json!({ "key": Uuid::new_v4(), "threadId": thread, "body": "More.", "language": "EN" });
                author.graphql(document, json!({ "input": input })).await;
                let input = json!({ "threadId": thread, "number": 1 + chance.below(2) });
                kenya.graphql(MARK_READ, json!({ "input": input })).await;
            }
        }
    }
    for (person, is_member) in [(&forum.visitor(), false), (&kenya, true)] {
        for filter in filters(is_member) {
            let mut orders = Vec::new();
            for order in ["LATEST_ACTIVITY", "CREATED", "MOST_POSTS"] {
                let (count, ids) = listed(person, &filter, order).await;
                let distinct: BTreeSet<String> = ids.iter().cloned().collect();
                assert_eq!(
                    distinct.len(),
                    ids.len(),
                    "{filter}: none stands there twice"
                );
                assert_eq!(
                    count,
                    i64::try_from(ids.len()).expect("a count"),
                    "{filter}"
                );
                orders.push(distinct);
            }
            assert!(orders.iter().all(|order| *order == orders[0]), "{filter}");
        }
    }
    kept(&forum).await;
    let retire = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { slug } } }";
    let input = json!({ "conceptId": "wipo-file", "successorId": "wipo-publish" });
    secretariat.ask(retire, json!({ "input": input })).await;
    kept(&forum).await;
    let (count, _) = listed(&kenya, &json!({ "tools": ["wipo-publish"] }), "CREATED").await;
    let data = kenya
        .ask(
            "{ concept(by: { slug: \"wipo-publish\" }) { threadCount } }",
            json!({}),
        )
        .await;
    assert!(number(&data, "concept.threadCount") >= count);
    let restore = "mutation($input: RestoreConceptInput!) { restoreConcept(input: $input) { concept { slug } } }";
    let input = json!({ "conceptId": "wipo-file" });
    secretariat.ask(restore, json!({ "input": input })).await;
    kept(&forum).await;
}

async fn changes_of_threads_and_of_the_vocabulary_pass_beside_each_other(forum: Forum) {
    let secretariat = forum.secretariat();
    let tagged = |number: usize| Draft {
        tools: &["wipo-file"],
        ..Draft::titled(format!("Thread {number}"))
    };
    let mut writers = JoinSet::new();
    for delegation in ["ke", "fr", "br"] {
        let author = forum.delegate(delegation);
        let mut threads = Vec::new();
        for number in 0..3 {
            threads.push(open(&author, tagged(number)).await.id);
        }
        writers.spawn(async move {
            for step in 0..18 {
                let thread = &threads[step % threads.len()];
                let posted = reply(&author, thread, "More.").await;
                let tools = [["wipo-file"], ["wipo-ipas"]][step % 2];
                let input = json!({ "threadId": thread, "tools": tools, "methods": [], "regions": ["country-ke"] });
                author.ask(RETAG, json!({ "input": input })).await;
                author.ask(WITHDRAW, json!({ "input": { "postId": posted.id } })).await;
                let kind = ["QUESTION", "PRACTICE"][step % 2];
                let input = json!({ "threadId": thread, "kind": kind });
                author.ask(CHANGE_THREAD, json!({ "input": input })).await;
            }
        });
    }
    let retire = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { slug } } }";
    let restore = "mutation($input: RestoreConceptInput!) { restoreConcept(input: $input) { concept { slug } } }";
    for _ in 0..8 {
        let input = json!({ "conceptId": "wipo-file", "successorId": "wipo-publish" });
        secretariat.ask(retire, json!({ "input": input })).await;
        let input = json!({ "conceptId": "wipo-file" });
        secretariat.ask(restore, json!({ "input": input })).await;
    }
    while let Some(written) = writers.join_next().await {
        written.expect("a writer to whom nothing is refused");
    }
    kept(&forum).await;
}

async fn try_decide(person: &Person, act: &str, thread: &str) -> Option<String> {
    let document = "mutation($input: DecideInput!) { decide(input: $input) { decision { id } } }";
    let input = crate::support::acts::decision_input(act, &[thread]);
    let answer = person.graphql(document, json!({ "input": input })).await;
    let id = answer.body.pointer("/data/decide/decision/id")?;
    id.as_str().map(str::to_string)
}

/// Every stored number agrees with what it counts.
async fn kept(forum: &Forum) {
    let snapshot = forum.store().snapshot();
    let rows = snapshot.rows().await.expect("the rows");
    let mut wrong = Vec::new();
    let tell = |checked: &checks::CheckReport| {
        if !checked.passed() {
            wrong.push(format!("{checked:?}"));
        }
    };
    checks::run(rows, None, tell).await.expect("the checks");
    assert!(wrong.is_empty(), "{wrong:?}");
}

async fn a_read_that_takes_too_long_ends(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let clock = partage::base::clock::Clock::default();
    let limit = Duration::from_millis(300);
    let store = Store::open_with(place.url(), clock, Some(limit)).await;
    let store = store.expect("the store");
    let long = "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 2000000000) \
        select count(*) as n from numbers";
    let short = "select count(*) as n from person";
    let count = async |sql: &str| {
        let snapshot = store.snapshot();
        let rows = snapshot.rows().await?;
        let statement = Statement::from_string(rows.get_database_backend(), sql);
        let found = rows.query_one_raw(statement).await?;
        Ok::<_, Error>(found.is_some())
    };
    // More often than there are connections.
    for _ in 0..12 {
        let began = std::time::Instant::now();
        let ended = count(long).await.expect_err("too long a read");
        let is_busy =
            matches!(&ended, Error::Unavailable(outage) if outage.trouble == Trouble::Busy);
        assert!(is_busy, "{ended:?}");
        assert!(began.elapsed() < Duration::from_secs(10));
        assert!(count(short).await.expect("a short read"));
    }
    // What is read after it in the same snapshot fails as it did, if it fails.
    let snapshot = store.snapshot();
    let rows = snapshot.rows().await.expect("the rows");
    for sql in [long, short] {
        let statement = Statement::from_string(rows.get_database_backend(), sql);
        let found = rows.query_one_raw(statement).await.map_err(Error::from);
        let is_busy = |error: &Error| matches!(error, Error::Unavailable(outage) if outage.trouble == Trouble::Busy);
        let is_as_said = found.as_ref().map_or_else(is_busy, |_| sql == short);
        assert!(is_as_said, "{found:?}");
    }
    drop(snapshot);
    store.close().await;
    place.remove().await;
}
