//! What client authors expect of the schema: objects by id, lists without cursors, URLs, previews, one rule for what does not exist, and
//! ids for every object that a cache stores.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::RETAG;
use crate::support::acts::WITHDRAW;
use crate::support::acts::concept_id;
use crate::support::acts::concept_ids;
use crate::support::acts::decide;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    nodes_come_in_the_order_of_their_ids_with_null_for_what_is_not_there,
    more_ids_than_a_page_are_refused_and_all_count,
    a_list_gives_its_nodes_beside_its_edges_at_the_same_cost,
    what_has_a_page_tells_its_address,
    the_address_of_a_post_leads_to_it_after_it_was_moved,
    a_thread_tells_its_ends_and_who_takes_part,
    a_reader_learns_of_no_text_by_who_takes_part,
    a_thread_tells_when_it_last_changed with told_clock(),
    people_and_delegations_lead_to_their_threads_as_each_reader_sees_them,
    a_delegation_tells_who_speaks_for_it,
    pages_of_a_persons_threads_follow_each_other,
    a_preview_is_plain_text_that_ends_with_a_word,
    a_text_that_is_not_shown_has_no_preview,
    one_of_several_is_given,
    what_is_not_there_is_null_for_every_look_up,
    the_forum_is_found_by_its_id_and_tells_its_version,
    what_depends_on_who_asks_has_an_id_for_each_who_asks,
    the_field_of_a_refusal_is_a_path,
    what_leads_from_a_list_costs_as_many_statements_for_many_as_for_few,
);

async fn nodes_of(person: &Person, ids: &[&str]) -> Vec<Value> {
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let data = person.ask(document, json!({ "ids": ids })).await;
    at(&data, "nodes").as_array().expect("a list").clone()
}

async fn nodes_come_in_the_order_of_their_ids_with_null_for_what_is_not_there(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let hidden = open(&kenya, Draft::for_members("For members")).await;
    let (person, delegation) = (own_id(&kenya).await, delegation_id(&kenya, "ke").await);
    let concept = concept_id(&kenya, "wipo-ipas").await;
    let ids = [
        &opened.post,
        "nonsense",
        &hidden.id,
        &delegation,
        &opened.id,
        &concept,
        &opened.post,
        &person,
    ];
    let seen = nodes_of(&forum.visitor(), &ids).await;
    let found: Vec<Option<&str>> = seen.iter().map(|node| node["id"].as_str()).collect();
    let mut expected: Vec<Option<&str>> = ids.iter().copied().map(Some).collect();
    (expected[1], expected[2]) = (None, None);
    assert_eq!(found, expected);
    let kinds: Vec<Option<&str>> = seen
        .iter()
        .map(|node| node["__typename"].as_str())
        .collect();
    assert_eq!(kinds[3], Some("Delegation"));
    assert_eq!(kinds[5], Some("Concept"));
    assert_eq!(nodes_of(&kenya, &ids).await[2]["id"], json!(hidden.id));
    assert!(nodes_of(&kenya, &[]).await.is_empty());
}

async fn more_ids_than_a_page_are_refused_and_all_count(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let ids = vec![opened.id.clone(); 101];
    let refused = kenya.refused(document, json!({ "ids": ids })).await;
    refused.is_invalid("ids");
    let hundred = vec![opened.id.as_str(); 100];
    assert_eq!(nodes_of(&kenya, &hundred).await.len(), 100);
    let cost = async |document: &str, ids: &[&str]| {
        let body = json!({
            "query": document,
            "variables": { "ids": ids },
            "extensions": { "cost": true },
        });
        let request = kenya.request(reqwest::Method::POST, "/graphql").json(&body);
        let answer = request.send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        number(&answer, "extensions.cost.complexity.cost")
    };
    let by_variable = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    assert_eq!(cost(by_variable, &["a", "b", "c"]).await, 7);
    let literal =
        "query($ids: [ID!]!) { nodes(ids: [\"a\", \"b\"]) { id } x: nodes(ids: $ids) { id } }";
    assert_eq!(cost(literal, &["a"]).await, 5);
}

async fn a_list_gives_its_nodes_beside_its_edges_at_the_same_cost(forum: Forum) {
    let kenya = forum.delegate("ke");
    for count in 0..3 {
        let opened = open(&kenya, Draft::titled(format!("Thread {count}"))).await;
        reply(&kenya, &opened.id, "More.").await;
    }
    let document = "{ threads { nodes { id posts { nodes { id } edges { node { id } } } } edges { node { id } } } \
         concepts(scheme: TOOL) { nodes { id } edges { node { id } } } \
         delegations { nodes { id } edges { node { id } } } \
         decisions { nodes { id } edges { node { id } } } }";
    let data = kenya.ask(document, json!({})).await;
    for list in [
        "threads",
        "concepts",
        "delegations",
        "decisions",
        "threads.nodes.0.posts",
    ] {
        let ids = |values: &[Value]| -> Vec<String> {
            values.iter().map(|node| text(node, "id")).collect()
        };
        let direct = at(&data, &format!("{list}.nodes"));
        let direct = ids(direct.as_array().expect("nodes"));
        assert_eq!(direct, ids(&nodes(&data, list)), "{list}");
    }
    // As deep as with edges, and as expensive: what is under a page counts for each of its entries.
    let deep = "{ threads(first: 100) { nodes { posts(first: 100) { nodes { author { posts(first: 100) { nodes { id } } } } } } } }";
    kenya.refused(deep, json!({})).await.is("LIMIT_EXCEEDED");
}

/// The page at a URL of this forum.
async fn page(forum: &Forum, word: &str, address: &str) -> (u16, String) {
    let path = address.strip_prefix(forum.url("").trim_end_matches('/'));
    let path = path.unwrap_or_else(|| panic!("{address} is not of this forum"));
    let page = Browser::signed_in(forum, word).get(path).await;
    (page.status, page.html)
}

async fn what_has_a_page_tells_its_address(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::titled("To be cited")).await;
    let posted = reply(&kenya, &opened.id, "The cited words.").await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "The words that stand." });
    kenya.ask(EDIT, json!({ "input": input })).await;
    let secretariat = forum.secretariat();
    let locked = decide(&secretariat, "LOCK_THREAD", &[&opened.id]).await;
    let report = "mutation($input: ReportInput!) { report(input: $input) { report { id } } }";
    let input = json!({ "key": uuid::Uuid::new_v4(), "targetId": posted.id, "reason": "OTHER", "language": "EN" });
    forum
        .delegate("fr")
        .ask(report, json!({ "input": input }))
        .await;
    let document = "query($id: ID!, $decision: ID!) { instance { url } \
         thread(id: $id) { url author { url name delegation { url name } } tools { nodes { url label } } \
         post(number: 2) { url revisions { nodes { url } } } } \
         node(id: $decision) { ... on Decision { url position } } viewer { cases { nodes { url } } } }";
    let variables = json!({ "id": opened.id, "decision": locked });
    let data = secretariat.ask(document, variables).await;
    for (path, says) in [
        ("instance.url", "To be cited".to_string()),
        ("thread.url", "The words that stand.".to_string()),
        ("thread.author.url", text(&data, "thread.author.name")),
        (
            "thread.author.delegation.url",
            text(&data, "thread.author.delegation.name"),
        ),
        (
            "thread.tools.nodes.0.url",
            text(&data, "thread.tools.nodes.0.label"),
        ),
        ("thread.post.url", "The words that stand.".to_string()),
        (
            "thread.post.revisions.nodes.0.url",
            "The cited words.".to_string(),
        ),
        (
            "node.url",
            format!("id=\"decision-{}\"", number(&data, "node.position")),
        ),
        (
            "viewer.cases.nodes.0.url",
            "The words that stand.".to_string(),
        ),
    ] {
        let address = text(&data, path);
        let (status, html) = page(&forum, "secretariat", &address).await;
        assert_eq!(status, 200, "{address}");
        assert!(html.contains(&says), "{address} does not say {says}");
        if let Some((_, anchor)) = address.split_once('#') {
            assert!(html.contains(&format!("id=\"{anchor}\"")), "{address}");
        }
    }
    // A post's URL is what its page shows as its citation.
    let address = text(&data, "thread.post.url");
    let (_, html) = page(&forum, "secretariat", &address).await;
    assert!(html.contains(&format!("<bdi>{address}</bdi>")), "{address}");
}

async fn the_address_of_a_post_leads_to_it_after_it_was_moved(forum: Forum) {
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let from = open(&kenya, Draft::titled("From here")).await;
    let into = open(&kenya, Draft::titled("To there")).await;
    let posted = reply(&kenya, &from.id, "What moves.").await;
    let document = "query($id: ID!) { node(id: $id) { ... on Post { url } } }";
    let variables = json!({ "id": posted.id });
    let before = kenya.ask(document, variables.clone()).await;
    let more = json!({ "intoThreadId": into.id });
    crate::support::moderating::decide_with(&secretariat, "MERGE_THREADS", &[&from.id], more).await;
    let after = kenya.ask(document, variables).await;
    let (before, after) = (text(&before, "node.url"), text(&after, "node.url"));
    assert_ne!(before, after);
    assert!(after.contains(&into.id), "{after}");
    let path = before.strip_prefix(forum.url("").trim_end_matches('/'));
    let led = Browser::signed_in(&forum, "ke")
        .get(path.expect("ours"))
        .await;
    assert_eq!(led.status, 303);
    assert!(
        after.ends_with(&led.location()),
        "{} {after}",
        led.location()
    );
    // The ends of a thread whose posts were moved are where they are now.
    let ends =
        "query($id: ID!) { thread(id: $id) { firstPost { id thread { id } } lastPost { id } } }";
    let data = kenya.ask(ends, json!({ "id": from.id })).await;
    assert_eq!(text(&data, "thread.firstPost.id"), from.post);
    assert_eq!(text(&data, "thread.firstPost.thread.id"), into.id);
    assert_eq!(text(&data, "thread.lastPost.id"), posted.id);
}

const TAKES_PART: &str = "query($id: ID!, $first: Int, $after: String) { thread(id: $id) { \
     participants(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { name id } } } }";

async fn names(person: &Person, thread: &str) -> Vec<String> {
    let data = person.ask(TAKES_PART, json!({ "id": thread })).await;
    let found = at(&data, "thread.participants.nodes").as_array();
    let found = found.expect("people").iter();
    found.map(|person| text(person, "id")).collect()
}

async fn a_thread_tells_its_ends_and_who_takes_part(forum: Forum) {
    let people = ["ke", "fr", "br"].map(|country| forum.delegate(country));
    let [kenya, france, brazil] = &people;
    let opened = open(kenya, Draft::default()).await;
    let document = "query($id: ID!) { thread(id: $id) { firstPost { id number bodyText } lastPost { id number bodyText } } }";
    let data = kenya.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(at(&data, "thread.firstPost"), at(&data, "thread.lastPost"));
    reply(france, &opened.id, "From France.").await;
    reply(kenya, &opened.id, "Again from Kenya.").await;
    let last = reply(brazil, &opened.id, "From Brazil.").await;
    let data = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    assert_eq!(text(&data, "thread.firstPost.id"), opened.post);
    assert_eq!(number(&data, "thread.firstPost.number"), 1);
    assert_eq!(text(&data, "thread.lastPost.id"), last.id);
    assert_eq!(text(&data, "thread.lastPost.bodyText"), "From Brazil.");

    let mut ids = Vec::new();
    for person in &people {
        ids.push(own_id(person).await);
    }
    assert_eq!(names(&forum.visitor(), &opened.id).await, ids);
    let mut paged = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "id": opened.id, "first": 1, "after": after });
        let data = kenya.ask(TAKES_PART, variables).await;
        paged.push(text(&data, "thread.participants.nodes.0.id"));
        if at(&data, "thread.participants.pageInfo.hasNextPage") == false {
            break;
        }
        after = at(&data, "thread.participants.pageInfo.endCursor").clone();
    }
    assert_eq!(paged, ids);
}

async fn a_reader_learns_of_no_text_by_who_takes_part(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    let opened = open(&kenya, Draft::default()).await;
    let hidden = reply(&france, &opened.id, "To be hidden.").await;
    let withdrawn = reply(&forum.delegate("br"), &opened.id, "To be withdrawn.").await;
    assert_eq!(names(&forum.visitor(), &opened.id).await.len(), 3);
    decide(&forum.secretariat(), "HIDE_POST", &[&hidden.id]).await;
    let input = json!({ "input": { "postId": withdrawn.id } });
    forum.delegate("br").ask(WITHDRAW, input).await;
    for reader in [forum.visitor(), forum.delegate("cn"), france] {
        assert_eq!(names(&reader, &opened.id).await, [own_id(&kenya).await]);
    }
}

async fn updated(person: &Person, thread: &str) -> String {
    let document = "query($id: ID!) { thread(id: $id) { updatedAt createdAt lastActivityAt } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    let (updated, active) = (
        text(&data, "thread.updatedAt"),
        text(&data, "thread.lastActivityAt"),
    );
    assert!(updated >= active, "{data}");
    updated
}

async fn a_thread_tells_when_it_last_changed(forum: Forum) {
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let opened = open(&kenya, Draft::default()).await;
    let other = open(&kenya, Draft::titled("Another")).await;
    let untouched = updated(&kenya, &other.id).await;
    let (id, visitor) = (opened.id.clone(), forum.visitor());
    let mut last = updated(&visitor, &id).await;
    let mut moves = async |what: &str, expected: bool| {
        let now = updated(&visitor, &id).await;
        assert_eq!(now > last, expected, "{what}: {last}, then {now}");
        assert!(now >= last, "{what}");
        last = now;
        forum.advance(std::time::Duration::from_secs(60));
    };
    forum.advance(std::time::Duration::from_secs(60));
    let posted = reply(&kenya, &opened.id, "A reply.").await;
    moves("a reply", true).await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "An edit." });
    kenya.ask(EDIT, json!({ "input": input })).await;
    moves("an edit", true).await;
    let input = json!({ "threadId": opened.id, "title": "Another title" });
    kenya.ask(CHANGE_THREAD, json!({ "input": input })).await;
    moves("another title", true).await;
    let input = json!({
        "threadId": opened.id,
        "tools": concept_ids(&kenya, &["tisc"]).await,
        "methods": [],
        "regions": ["country-ke"],
    });
    kenya.ask(RETAG, json!({ "input": input })).await;
    moves("other tags", true).await;
    let translate = "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { translations { nodes { id } } } } }";
    let input = json!({ "key": uuid::Uuid::new_v4(), "postId": posted.id, "revision": 2, "language": "FR", "body": "Une modification." });
    let data = kenya.ask(translate, json!({ "input": input })).await;
    moves("a translation", true).await;
    let take_back =
        "mutation($id: ID!) { withdrawTranslation(input: { translationId: $id }) { post { id } } }";
    let id = text(&data, "translatePost.post.translations.nodes.0.id");
    kenya.ask(take_back, json!({ "id": id })).await;
    moves("a translation taken back", true).await;
    decide(&secretariat, "LOCK_THREAD", &[&opened.id]).await;
    moves("a lock", true).await;
    decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    moves("a hidden post", true).await;
    decide(&secretariat, "RESTORE_POST", &[&posted.id]).await;
    moves("a restored post", true).await;
    kenya
        .ask(WITHDRAW, json!({ "input": { "postId": posted.id } }))
        .await;
    moves("a withdrawal", true).await;
    let read =
        "mutation($id: ID!) { markRead(input: { threadId: $id, number: 2 }) { thread { id } } }";
    forum
        .delegate("fr")
        .ask(read, json!({ "id": opened.id }))
        .await;
    moves("somebody's reading", false).await;
    assert_eq!(updated(&kenya, &other.id).await, untouched);
}

const THEIRS: &str = "query($person: ID!, $delegation: ID!) { \
     node(id: $person) { ... on Person { threads { totalCount nodes { title } } } } \
     delegation(id: $delegation) { threads { totalCount nodes { title } } } }";

async fn people_and_delegations_lead_to_their_threads_as_each_reader_sees_them(forum: Forum) {
    let kenya = forum.delegate("ke");
    for (title, members) in [("First", false), ("Inside", true), ("Last", false)] {
        let draft = match members {
            true => Draft::for_members(title),
            false => Draft::titled(title),
        };
        open(&kenya, draft).await;
    }
    open(&forum.delegate("fr"), Draft::titled("Another's")).await;
    let archived = open(&kenya, Draft::titled("Archived")).await;
    decide(&forum.secretariat(), "ARCHIVE_THREAD", &[&archived.id]).await;
    let shown_to = async |reader: &Person| {
        let variables = json!({ "person": own_id(&kenya).await, "delegation": "ke" });
        let data = reader.ask(THEIRS, variables).await;
        let mut all = Vec::new();
        for path in ["node.threads", "delegation.threads"] {
            let found = at(&data, path);
            let titles = found["nodes"].as_array().expect("threads").iter();
            let titles: Vec<String> = titles.map(|thread| text(thread, "title")).collect();
            let total = usize::try_from(number(found, "totalCount")).expect("a count");
            assert_eq!(total, titles.len(), "{path}");
            all.push(titles);
        }
        assert_eq!(all[0], all[1]);
        all.remove(0)
    };
    assert_eq!(
        shown_to(&forum.delegate("br")).await,
        ["Last", "Inside", "First"]
    );
    for outsider in [forum.visitor(), forum.person("visitor")] {
        assert_eq!(shown_to(&outsider).await, ["Last", "First"]);
    }
}

async fn a_delegation_tells_who_speaks_for_it(forum: Forum) {
    let document = "{ delegation(id: \"ke\") { persons { nodes { name id delegation { slug } viewer { email } } } } }";
    let shown_to = async |reader: &Person| {
        let data = reader.ask(document, json!({})).await;
        let people = at(&data, "delegation.persons.nodes").as_array();
        let people = people.expect("people").clone();
        let names: Vec<String> = people.iter().map(|each| text(each, "name")).collect();
        let mut sorted = names.clone();
        sorted.sort();
        assert_eq!(names, sorted);
        people
    };
    let kenya = forum.delegate("ke");
    let visitor = forum.visitor();
    let all = shown_to(&forum.delegate("fr")).await;
    let ids: Vec<String> = all.iter().map(|each| text(each, "id")).collect();
    assert!(ids.contains(&own_id(&kenya).await));
    assert!(ids.contains(&own_id(&forum.focal_point("ke")).await));
    assert!(!ids.contains(&own_id(&forum.delegate("fr")).await));
    for each in &all {
        assert_eq!(text(each, "delegation.slug"), "ke");
        assert_eq!(at(each, "viewer.email"), &Value::Null);
    }
    // Other people are notified whose texts are affected.
    assert!(shown_to(&visitor).await.is_empty());
    let opened = open(&kenya, Draft::for_members("Inside")).await;
    assert!(shown_to(&visitor).await.is_empty());
    show_to(&kenya, &opened.id, "PUBLIC").await;
    let told = shown_to(&visitor).await;
    assert_eq!(told.len(), 1);
    assert_eq!(text(&told[0], "id"), own_id(&kenya).await);
}

async fn pages_of_a_persons_threads_follow_each_other(forum: Forum) {
    let kenya = forum.delegate("ke");
    for count in 0..7 {
        open(&kenya, Draft::titled(format!("Thread {count}"))).await;
    }
    let document = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { node(id: $id) { ... on Person { \
         threads(first: $first, after: $after, last: $last, before: $before) { \
         pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { title } } } } }";
    let id = own_id(&kenya).await;
    let read = async |size: &str, cursor: &str, next: &str, more: &str| {
        let (mut titles, mut place) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "id": id, size: 3, cursor: place });
            let data = forum.visitor().ask(document, variables).await;
            let page = at(&data, "node.threads");
            let found = page["nodes"].as_array().expect("threads");
            titles.push(
                found
                    .iter()
                    .map(|each| text(each, "title"))
                    .collect::<Vec<_>>(),
            );
            if page["pageInfo"][more] == false {
                return titles;
            }
            place = page["pageInfo"][next].clone();
        }
    };
    let titled = |numbers: &[i32]| -> Vec<String> {
        numbers
            .iter()
            .map(|each| format!("Thread {each}"))
            .collect()
    };
    let forward = read("first", "after", "endCursor", "hasNextPage").await;
    assert_eq!(
        forward,
        [titled(&[6, 5, 4]), titled(&[3, 2, 1]), titled(&[0])]
    );
    let backward = read("last", "before", "startCursor", "hasPreviousPage").await;
    assert_eq!(
        backward,
        [titled(&[2, 1, 0]), titled(&[5, 4, 3]), titled(&[6])]
    );
    let wrong = json!({ "id": own_id(&kenya).await, "after": "bm9uZQ" });
    let refused = forum.visitor().refused(document, wrong).await;
    refused.is_invalid("after");
}

/// The preview of a text.
async fn preview(person: &Person, body: &str, length: Value) -> String {
    let opened = open(
        person,
        Draft {
            body: body.to_string(),
            ..Draft::default()
        },
    )
    .await;
    let document = "query($id: ID!, $length: Int) { thread(id: $id) { firstPost { bodyText(length: $length) \
         revisions { nodes { bodyText(length: $length) } } } } }";
    let variables = json!({ "id": opened.id, "length": length });
    let data = person.ask(document, variables).await;
    let shown = text(&data, "thread.firstPost.bodyText");
    let revision = text(&data, "thread.firstPost.revisions.nodes.0.bodyText");
    assert_eq!(shown, revision);
    shown
}

async fn a_preview_is_plain_text_that_ends_with_a_word(forum: Forum) {
    let kenya = forum.delegate("ke");
    let marked = "# A *title*\n\nSome **bold** & `code <b>` with a [link](https://example.org/?a=1&b=\"2\").\n\n\
                  - one\n- two\n\n> quoted\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nkept  as\n  written\n```\n";
    let plain = "A title\nSome bold & code <b> with a link.\none\ntwo\nquoted\na b\nc d\nkept  as\n  written";
    assert_eq!(preview(&kenya, marked, Value::Null).await, plain);
    let words = "Examination guidelines in practice";
    for (length, cut) in [
        (34, "Examination guidelines in practice"),
        (33, "Examination guidelines in…"),
        (26, "Examination guidelines in…"),
        (25, "Examination guidelines…"),
        (12, "Examination…"),
        (11, "Examinatio…"),
        (2, "E…"),
        (1, "…"),
    ] {
        assert_eq!(preview(&kenya, words, json!(length)).await, cut, "{length}");
    }
    // One character for a reader stays one: marks, joined signs, words without spaces.
    for (body, length, cut) in [
        ("مُقَدِّمَة طويلة جدا", 12, "مُقَدِّمَة…"),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 9, "👨‍👩‍👧‍👦…"),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 5, "…"),
        ("审查指南的实践经验", 5, "审查指南…"),
    ] {
        let shown = preview(&kenya, body, json!(length)).await;
        assert_eq!(shown, cut);
        assert!(shown.chars().count() <= length, "{shown}");
    }
    let opened = open(&kenya, Draft::default()).await;
    let document = "query($id: ID!, $length: Int) { thread(id: $id) { firstPost { bodyText(length: $length) } } }";
    for length in [0, -5] {
        let variables = json!({ "id": opened.id, "length": length });
        kenya
            .refused(document, variables)
            .await
            .is_invalid("length");
    }
}

async fn a_text_that_is_not_shown_has_no_preview(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let posted = reply(&kenya, &opened.id, "Soon hidden.").await;
    let document = "query($id: ID!) { node(id: $id) { ... on Post { bodyText url } } }";
    let variables = json!({ "id": posted.id });
    let data = forum.visitor().ask(document, variables.clone()).await;
    assert_eq!(text(&data, "node.bodyText"), "Soon hidden.");
    decide(&forum.secretariat(), "HIDE_POST", &[&posted.id]).await;
    for reader in [forum.visitor(), kenya, forum.secretariat()] {
        let data = reader.ask(document, variables.clone()).await;
        assert_eq!(at(&data, "node.bodyText"), &Value::Null);
    }
}

async fn one_of_several_is_given(forum: Forum) {
    let kenya = forum.delegate("ke");
    let document = "query($by: ConceptBy) { concept(by: $by) { slug } }";
    let id = concept_id(&kenya, "tisc").await;
    for by in [json!({ "id": id }), json!({ "slug": "tisc" })] {
        let data = kenya.ask(document, json!({ "by": by })).await;
        assert_eq!(text(&data, "concept.slug"), "tisc", "{by}");
    }
    for by in [json!({ "id": "tisc" }), json!({ "slug": "no-such-word" })] {
        let data = kenya.ask(document, json!({ "by": by })).await;
        assert_eq!(at(&data, "concept"), &Value::Null, "{by}");
    }
    for by in [
        json!({}),
        json!({ "id": id, "slug": "tisc" }),
        json!({ "id": null }),
    ] {
        let refused = kenya.refused(document, json!({ "by": by })).await;
        refused.is("BAD_REQUEST");
    }
    let opened = open(&kenya, Draft::default()).await;
    let keep = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { id thread { id } post { id } } } }";
    let input = |purpose: &str, subject: Value| {
        let place = json!({ "purpose": purpose, "subject": subject, "language": "EN" });
        json!({ "input": { "place": place, "body": "So far.", "revision": 0 } })
    };
    let kept = kenya
        .ask(keep, input("REPLY", json!({ "threadId": opened.id })))
        .await;
    assert_eq!(text(&kept, "keepDraft.draft.thread.id"), opened.id);
    let kept = kenya
        .ask(keep, input("EDIT", json!({ "postId": opened.post })))
        .await;
    assert_eq!(text(&kept, "keepDraft.draft.post.id"), opened.post);
    for (purpose, subject) in [
        ("REPLY", json!({ "postId": opened.post })),
        ("EDIT", json!({ "threadId": opened.id })),
        ("EDIT", json!({ "postId": opened.id })),
        ("REPLY", Value::Null),
    ] {
        let refused = kenya.refused(keep, input(purpose, subject)).await;
        refused.is_invalid("place.subjectId");
    }
    // In the form used before, and not in both at once.
    let mut both = input("REPLY", Value::Null);
    both["input"]["place"]["subjectId"] = json!(opened.id);
    both["input"]["revision"] = json!(1);
    kenya.ask(keep, both.clone()).await;
    both["input"]["place"]["subject"] = json!({ "threadId": opened.id });
    kenya
        .refused(keep, both)
        .await
        .is_invalid("place.subjectId");
}

async fn what_is_not_there_is_null_for_every_look_up(forum: Forum) {
    let hidden = open(&forum.delegate("ke"), Draft::for_members("Inside")).await;
    let visitor = forum.visitor();
    let nowhere = partage::base::id::of_uuid(partage::base::id::Kind::Thread, uuid::Uuid::nil());
    for id in [hidden.id.as_str(), &hidden.post, &nowhere, "", "nonsense"] {
        let document = "query($id: ID!, $token: String!) { thread(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } \
             delegation(id: $id) { id } concept(by: { id: $id }) { id } bySlug: concept(slug: $token) { id } \
             invitation(token: $token) { id } \
             viewer { draft(place: { purpose: REPLY, language: EN, subject: { threadId: $id } }) { id } } }";
        let data = visitor
            .ask(document, json!({ "id": id, "token": id }))
            .await;
        for path in [
            "thread",
            "node",
            "nodes.0",
            "delegation",
            "concept",
            "bySlug",
            "invitation",
            "viewer.draft",
        ] {
            assert_eq!(at(&data, path), &Value::Null, "{path} {id}");
        }
    }
}

async fn the_forum_is_found_by_its_id_and_tells_its_version(forum: Forum) {
    let visitor = forum.visitor();
    let data = visitor
        .ask("{ instance { __typename id version name } }", json!({}))
        .await;
    assert_eq!(text(&data, "instance.version"), env!("CARGO_PKG_VERSION"));
    let document =
        "query($id: ID!) { node(id: $id) { __typename id ... on Instance { version name } } }";
    let found = visitor
        .ask(document, json!({ "id": text(&data, "instance.id") }))
        .await;
    assert_eq!(at(&found, "node"), at(&data, "instance"));
}

async fn what_depends_on_who_asks_has_an_id_for_each_who_asks(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let document = "query($id: ID!) { viewer { id } thread(id: $id) { id viewer { id } author { id viewer { id } } \
         firstPost { id viewer { id } } tools { nodes { id viewer { id } } } } }";
    let ids = async |reader: &Person| {
        let data = reader.ask(document, json!({ "id": opened.id })).await;
        [
            "viewer.id",
            "thread.viewer.id",
            "thread.author.viewer.id",
            "thread.firstPost.viewer.id",
            "thread.tools.nodes.0.viewer.id",
            "thread.id",
            "thread.author.id",
            "thread.firstPost.id",
            "thread.tools.nodes.0.id",
        ]
        .map(|path| text(&data, path))
    };
    let own = ids(&kenya).await;
    let others = ids(&forum.delegate("fr")).await;
    let visitors = ids(&forum.visitor()).await;
    assert_eq!(ids(&kenya).await, own, "the same each time");
    for (at, id) in own.iter().enumerate() {
        let equal = own.iter().filter(|each| *each == id).count();
        assert_eq!(equal, 1, "{id}");
        let is_personal = at < 5;
        assert_eq!(*id != others[at], is_personal, "{at}");
        assert_eq!(*id != visitors[at], is_personal, "{at}");
    }
    // They are for caches; nothing can be loaded by them.
    for id in &own[..5] {
        let found = nodes_of(&kenya, &[id]).await;
        assert_eq!(found, [Value::Null], "{id}");
    }
}

async fn the_field_of_a_refusal_is_a_path(forum: Forum) {
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let opened = open(&kenya, Draft::default()).await;
    let threads = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
    let filter = json!({ "filter": { "regions": ["africa", "nowhere"] } });
    kenya
        .refused(threads, filter)
        .await
        .is_invalid("filter.regions.1");
    let cases = "query($filter: CaseFilter) { viewer { cases(filter: $filter) { totalCount } } }";
    let filter = json!({ "filter": { "tools": ["nothing"] } });
    secretariat
        .refused(cases, filter)
        .await
        .is_invalid("filter.tools.0");

    let decide = "mutation($input: DecideInput!) { decide(input: $input) { decision { id } } }";
    let input = |more: Value| {
        let mut input = json!({
            "key": uuid::Uuid::new_v4(),
            "act": "CHANGE_THREAD",
            "targetIds": [opened.id],
            "reason": "OTHER",
            "explanation": "Because.",
            "language": "EN",
        });
        for (name, value) in more.as_object().expect("fields") {
            input[name] = value.clone();
        }
        json!({ "input": input })
    };
    let tags = json!({ "tools": ["tisc", "nothing"], "methods": [], "regions": ["africa"] });
    for (more, field) in [
        (
            json!({ "change": { "title": "x".repeat(500) } }),
            "change.title",
        ),
        (json!({ "change": { "tags": tags } }), "change.tags.tools.1"),
        (
            json!({ "targetIds": [opened.id, opened.post] }),
            "targetIds.1",
        ),
        (json!({ "caseId": opened.id }), "caseId"),
    ] {
        let refused = secretariat.refused(decide, input(more)).await;
        refused.is_invalid(field);
    }
    let keep = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { id } } }";
    let place = json!({ "purpose": "THREAD", "language": "EN" });
    let input = |choices: Value| json!({ "input": { "place": place, "body": "", "choices": choices, "revision": 0 } });
    for (choices, field) in [
        (json!({ "mandateId": "nonsense" }), "choices.mandateId"),
        (
            json!({ "methods": ["webinar", "Not a word"] }),
            "choices.methods.1",
        ),
    ] {
        kenya.refused(keep, input(choices)).await.is_invalid(field);
    }
    let change =
        "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id } } }";
    let label = |language: &str, label: &str| json!({ "language": language, "label": label });
    let labels = |labels: Value| json!({ "input": { "conceptId": "tisc", "labels": labels } });
    for (given, field) in [
        (
            json!([label("EN", "TISC"), label("FR", " ")]),
            "labels.1.label",
        ),
        (
            json!([label("EN", "TISC"), label("EN", "Tisc")]),
            "labels.1.language",
        ),
    ] {
        secretariat
            .refused(change, labels(given))
            .await
            .is_invalid(field);
    }
}

async fn what_leads_from_a_list_costs_as_many_statements_for_many_as_for_few(forum: Forum) {
    let people = ["ke", "fr", "br", "cn", "us"].map(|country| forum.delegate(country));
    for (count, person) in people.iter().cycle().take(20).enumerate() {
        let opened = open(person, Draft::titled(format!("Thread {count}"))).await;
        reply(&people[(count + 1) % people.len()], &opened.id, "Agreed.").await;
    }
    let document = "query($first: Int!) { threads(first: $first) { nodes { url updatedAt \
         firstPost { bodyText(length: 40) url author { url } } lastPost { bodyText author { name } } \
         participants { nodes { name url } } \
         author { threads(first: 2) { totalCount nodes { title lastPost { number } updatedAt } } } \
         delegation { threads(first: 2) { totalCount nodes { title } } persons { nodes { name mandates { nodes { title } } } } } } } }";
    let reader = forum.delegate("ke");
    let statements = async |first: u32| {
        let mut least = u64::MAX;
        for _ in 0..4 {
            let before = forum.store().statements();
            reader.ask(document, json!({ "first": first })).await;
            least = least.min(forum.store().statements() - before);
        }
        least
    };
    let few = statements(5).await;
    let many = statements(20).await;
    assert!(few > 0, "the statements are counted");
    // The order of two fields is random and decides what is loaded together; a row never costs a statement.
    assert!(many <= few + 3, "{few} for five, {many} for twenty");
    let lists = "query($first: Int!) { delegations(first: $first) { nodes { url threads { totalCount } persons { nodes { name threads { totalCount } } } } } }";
    let statements = async |first: u32| {
        let mut least = u64::MAX;
        for _ in 0..4 {
            let before = forum.store().statements();
            reader.ask(lists, json!({ "first": first })).await;
            least = least.min(forum.store().statements() - before);
        }
        least
    };
    let (few, many) = (statements(2).await, statements(20).await);
    assert!(many <= few + 3, "{few} for two, {many} for twenty");
}
