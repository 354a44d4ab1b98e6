//! Moderators decide, with a reason, within the regions assigned to them and never on their own case; decisions can be undone.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::UNDO;
use crate::support::acts::decide;
use crate::support::acts::decision_input;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    a_hidden_text_is_shown_only_to_its_author_and_to_those_who_decide,
    undoing_gives_back_what_the_api_answered_before,
    of_two_who_decide_at_once_one_is_refused,
    nobody_replies_in_a_locked_thread,
    a_decision_on_many_is_one_decision_or_none,
    a_decision_sent_twice_is_taken_once,
    the_author_is_told_what_was_decided_and_why,
    what_was_decided_anew_since_is_not_undone,
    a_moderator_decides_by_form_and_the_author_reads_why,
);

const POST: &str = "query($id: ID!) { node(id: $id) { ... on Post { \
     id number state body bodyHtml revision editedAt createdAt withdrawnAt author { name } \
     hiddenBy { id } revisions(first: 5) { edges { node { id number body bodyHtml } } } } } }";

async fn post(person: &Person, id: &str) -> Value {
    let data = person.ask(POST, json!({ "id": id })).await;
    at(&data, "node").clone()
}

async fn a_hidden_text_is_shown_only_to_its_author_and_to_those_who_decide(forum: Forum) {
    let (author, other) = (forum.delegate("ke"), forum.delegate("fr"));
    let (moderator, secretariat) = (forum.moderator(), forum.secretariat());
    let thread = open(&forum.delegate("br"), Draft::titled("A thread")).await;
    let posted = reply(&author, &thread.id, "Something about another matter.").await;
    let revisions = post(&forum.visitor(), &posted.id).await;
    let revision = text(&revisions, "revisions.edges.0.node.id");
    let after = json!({ "threadId": thread.id, "after": thread.cursor });
    let mut listener = forum
        .visitor()
        .subscribe(THREAD_EVENTS, after.clone())
        .await;
    assert_eq!(text(&listener.event().await, "__typename"), "PostCreated");

    let decision = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;

    let event = listener.event().await;
    assert_eq!(text(&event, "__typename"), "PostHidden");
    assert_eq!(at(&event, "post.body"), &Value::Null);
    let viewer = "query($id: ID!, $revision: ID!) { node(id: $id) { ... on Post { viewer { hiddenBody canEdit } } } revision: node(id: $revision) { id } }";
    for (person, reads) in [
        (&forum.visitor(), false),
        (&other, false),
        (&moderator, false),
        (&secretariat, true),
        (&author, true),
    ] {
        let seen = post(person, &posted.id).await;
        assert_eq!(text(&seen, "state"), "HIDDEN");
        assert_eq!(at(&seen, "body"), &Value::Null);
        assert_eq!(at(&seen, "bodyHtml"), &Value::Null);
        assert!(nodes(&seen, "revisions").is_empty());
        assert_eq!(text(&seen, "hiddenBy.id"), decision);
        let variables = json!({ "id": posted.id, "revision": revision });
        let asked = person.ask(viewer, variables).await;
        assert_eq!(at(&asked, "revision"), &Value::Null);
        assert_eq!(at(&asked, "node.viewer.canEdit"), &json!(false));
        let expected = if reads {
            json!("Something about another matter.")
        } else {
            Value::Null
        };
        assert_eq!(at(&asked, "node.viewer.hiddenBody"), &expected);
    }
    // A reader who comes later is not shown the text either.
    let mut late = forum.visitor().subscribe(THREAD_EVENTS, after).await;
    let created = late.event().await;
    assert_eq!(at(&created, "post.body"), &Value::Null, "{created}");

    give_scope(&secretariat, &moderator, &["africa"]).await;
    let asked = moderator
        .ask(viewer, json!({ "id": posted.id, "revision": revision }))
        .await;
    let shown = at(&asked, "node.viewer.hiddenBody");
    assert_eq!(shown, &json!("Something about another matter."));
}

async fn undoing_gives_back_what_the_api_answered_before(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("As it was")).await;
    let posted = reply(&forum.delegate("br"), &thread.id, "Some *text*.").await;
    let whole = "query($id: ID!) { node(id: $id) { ... on Thread { title kind visibility locked lockedBy { id } lastNumber \
         lastActivityAt posts(first: 50) { edges { node { id number state body bodyHtml revision hiddenBy { id } \
         revisions(first: 9) { edges { node { id body } } } } } } } } }";
    let asked = async |person: Person| person.ask(whole, json!({ "id": thread.id })).await;
    let before = asked(forum.visitor()).await;
    let hidden = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let locked = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    let held = asked(forum.visitor()).await;
    assert_ne!(held, before);
    undo(&secretariat, &hidden).await;
    let unlocking = undo(&secretariat, &locked).await;
    assert_eq!(asked(forum.visitor()).await, before);
    // Undoing the undoing locks it again, by the same decision as before.
    undo(&secretariat, &unlocking).await;
    let again = asked(forum.visitor()).await;
    assert_eq!(text(&again, "node.lockedBy.id"), locked);
}

async fn of_two_who_decide_at_once_one_is_refused(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("A race")).await;
    for round in 0..100 {
        let posted = reply(&author, &thread.id, &format!("Number {round}.")).await;
        let decides = async |person: &Person| {
            let input = decision_input("HIDE_POST", &[&posted.id]);
            person.graphql(DECIDE, json!({ "input": input })).await.body
        };
        let (one, other) = tokio::join!(decides(&secretariat), decides(&moderator));
        let refusals: Vec<&Value> = [&one, &other]
            .into_iter()
            .filter_map(|body| body.pointer("/errors/0/extensions/reason"))
            .collect();
        assert_eq!(refusals, [&json!("ALREADY_DECIDED")], "{one} {other}");
    }
    let data = forum
        .visitor()
        .ask(
            "{ decisions(first: 1) { edges { node { position } } } }",
            json!({}),
        )
        .await;
    assert_eq!(at(&data, "decisions.edges.0.node.position"), &json!(100));
}

async fn nobody_replies_in_a_locked_thread(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled("Settled")).await;
    let earlier = reply_input(&thread.id, "Before it was locked.");
    let first = author.ask(REPLY, json!({ "input": earlier })).await;
    let decision = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    for person in [&author, &secretariat, &forum.delegate("fr")] {
        let late = json!({ "input": reply_input(&thread.id, "After it.") });
        person.refused(REPLY, late).await.is_denied("THREAD_LOCKED");
        let data = person
            .ask(
                "query($id: ID!) { thread(id: $id) { locked viewer { canReply replyRefusal } } }",
                json!({ "id": thread.id }),
            )
            .await;
        assert_eq!(at(&data, "thread.locked"), &json!(true));
        assert_eq!(at(&data, "thread.viewer.replyRefusal"), "THREAD_LOCKED");
    }
    let again = author.ask(REPLY, json!({ "input": earlier })).await;
    assert_eq!(again, first, "a resend is answered as it was");
    undo(&secretariat, &decision).await;
    reply(&author, &thread.id, "Open again.").await;
}

async fn a_decision_on_many_is_one_decision_or_none(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled("Many")).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(
            reply(&author, &thread.id, &format!("No. {number}"))
                .await
                .id,
        );
    }
    let own = reply(&secretariat, &thread.id, "By the Secretariat.")
        .await
        .id;
    let mut all: Vec<&str> = ids.iter().map(String::as_str).collect();
    all.push(&own);
    let input = json!({ "input": decision_input("HIDE_POST", &all) });
    secretariat
        .refused(DECIDE, input)
        .await
        .is_denied("OWN_CASE");
    assert_eq!(text(&post(&author, &ids[0]).await, "state"), "PUBLISHED");
    all.pop();
    let decision = decide(&secretariat, "HIDE_POST", &all).await;
    for id in &ids {
        assert_eq!(text(&post(&author, id).await, "hiddenBy.id"), decision);
    }
    let data = forum
        .visitor()
        .ask(
            "{ decisions(first: 5) { edges { node { id position posts(first: 9) { edges { node { id } } } } } } }",
            json!({}),
        )
        .await;
    let decisions = nodes(&data, "decisions");
    assert_eq!(decisions.len(), 1);
    assert_eq!(nodes(&decisions[0], "posts").len(), 5);
    for targets in [json!([]), json!(vec![ids[0].clone(); 51])] {
        let mut input = decision_input("RESTORE_POST", &[]);
        input["targetIds"] = targets;
        let answer = secretariat.graphql(DECIDE, json!({ "input": input })).await;
        // The same target fifty-one times counts as one.
        let refused = answer.body.get("errors").is_some();
        assert_eq!(refused, input["targetIds"] == json!([]), "{}", answer.body);
    }
}

async fn a_decision_sent_twice_is_taken_once(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled("Twice")).await;
    let input = decision_input("LOCK_THREAD", &[&thread.id]);
    let first = secretariat.ask(DECIDE, json!({ "input": input })).await;
    let again = secretariat.ask(DECIDE, json!({ "input": input })).await;
    assert_eq!(first, again);
    let mut other = input.clone();
    other["act"] = json!("UNLOCK_THREAD");
    let refused = secretariat.refused(DECIDE, json!({ "input": other })).await;
    refused.is_invalid("key");
}

async fn the_author_is_told_what_was_decided_and_why(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&forum.delegate("br"), Draft::titled("Told")).await;
    let posted = reply(&author, &thread.id, "A name and an address.").await;
    let mut input = decision_input("HIDE_POST", &[&posted.id]);
    input["withholdExplanation"] = json!(true);
    input["explanation"] = json!("It gives the address of somebody.");
    secretariat.ask(DECIDE, json!({ "input": input })).await;
    let notices = "{ viewer { unreadNotices notices(first: 5) { edges { node { id readAt decision { id act reason \
         explanation explanationWithheld viewer { explanation moderator { name } } } } } } } }";
    let data = author.ask(notices, json!({})).await;
    assert_eq!(at(&data, "viewer.unreadNotices"), &json!(1));
    let notice = nodes(&data, "viewer.notices").remove(0);
    assert_eq!(at(&notice, "decision.explanation"), &Value::Null);
    assert_eq!(at(&notice, "decision.explanationWithheld"), &json!(true));
    let told = at(&notice, "decision.viewer.explanation");
    assert_eq!(told, "It gives the address of somebody.");
    assert_eq!(at(&notice, "decision.viewer.moderator"), &Value::Null);
    let ledger = "{ decisions(first: 1) { edges { node { explanation viewer { explanation moderator { name } } } } } }";
    for (person, sees) in [
        (forum.visitor(), false),
        (forum.delegate("fr"), false),
        (secretariat, true),
    ] {
        let data = person.ask(ledger, json!({})).await;
        let decision = nodes(&data, "decisions").remove(0);
        assert_eq!(at(&decision, "explanation"), &Value::Null);
        assert_eq!(at(&decision, "viewer.explanation").is_string(), sees);
        assert_eq!(at(&decision, "viewer.moderator").is_object(), sees);
    }
    let read = "mutation($input: MarkNoticeReadInput!) { markNoticeRead(input: $input) { notice { readAt } } }";
    let input = json!({ "input": { "noticeId": text(&notice, "id") } });
    forum
        .delegate("fr")
        .refused(read, input.clone())
        .await
        .is("NOT_FOUND");
    author.ask(read, input).await;
    let data = author.ask(notices, json!({})).await;
    assert_eq!(at(&data, "viewer.unreadNotices"), &json!(0));
}

async fn what_was_decided_anew_since_is_not_undone(forum: Forum) {
    let secretariat = forum.secretariat();
    let thread = open(&forum.delegate("ke"), Draft::titled("Twice decided")).await;
    let first = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    decide(&secretariat, "UNLOCK_THREAD", &[&thread.id]).await;
    decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    let viewer =
        "query($id: ID!) { node(id: $id) { ... on Decision { viewer { canUndo undoRefusal } } } }";
    let data = secretariat.ask(viewer, json!({ "id": first })).await;
    assert_eq!(at(&data, "node.viewer.undoRefusal"), "ALREADY_DECIDED");
    let input = json!({ "input": {
        "key": uuid::Uuid::new_v4(), "decisionId": first, "reason": "MISTAKEN", "explanation": "No.", "language": "EN",
    } });
    let refused = secretariat.refused(UNDO, input).await;
    refused.is_denied("ALREADY_DECIDED");
}

async fn a_moderator_decides_by_form_and_the_author_reads_why(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    give_scope(&secretariat, &forum.moderator(), &["africa"]).await;
    let thread = open(&forum.delegate("br"), Draft::titled("By form")).await;
    let posted = reply(&author, &thread.id, "Something about another matter.").await;
    let choose = format!("/decide?target={}", posted.id);
    let form = format!("{choose}&act=HIDE_POST");
    let page = format!("/threads/{}", thread.id);

    let mut moderator = Browser::signed_in(&forum, "moderator");
    assert!(moderator.get(&page).await.html.contains(&choose));
    assert!(moderator.get(&choose).await.html.contains("act=HIDE_POST"));
    let shown = moderator.get(&form).await;
    assert!(shown.html.contains("Something about another matter."));
    let (key, act) = (shown.value_of("key"), shown.value_of("act"));
    assert_eq!(act, "HIDE_POST");
    let fields = |explanation: &'static str| {
        [
            ("key", key.clone()),
            ("act", act.clone()),
            ("target", posted.id.clone()),
            ("reason", "DUPLICATE".to_string()),
            ("explanation", explanation.to_string()),
            ("language", "EN".to_string()),
        ]
    };
    let send = async |browser: &mut Browser, explanation: &'static str| {
        let fields = fields(explanation);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        browser.post("/decide", &fields).await
    };
    let refused = send(&mut moderator, " ").await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("value=\"DUPLICATE\" selected"));
    let taken = send(&mut moderator, "It stands in another thread.").await;
    assert!(taken.location().starts_with(&page), "{}", taken.location());

    let public = Browser::of(&forum).get(&page).await;
    assert!(public.html.contains("Hidden by a decision"));
    assert!(!public.html.contains("another matter"), "{}", public.html);
    let ledger = Browser::of(&forum).get("/ledger").await;
    assert!(ledger.html.contains("It stands in another thread."));
    assert!(!ledger.html.contains("/undo"));

    let mut delegate = Browser::signed_in(&forum, "ke");
    let notices = delegate.get("/notices").await;
    assert!(notices.html.contains("Notices (1)"));
    assert!(notices.html.contains("It stands in another thread."));
    let notice = notices.value_of("noticeId");
    let read = delegate
        .post_and_follow("/notices", &[("noticeId", &notice)])
        .await;
    assert!(!read.html.contains("Notices (1)"));
    let not_theirs = delegate.get(&form).await;
    assert!(not_theirs.html.contains("nothing here for you to decide"));
    let visitor = Browser::of(&forum).get("/notices").await;
    assert!(visitor.location().starts_with("/sign-in"));

    // Somebody else has decided in the meantime: the form says so and keeps what was written.
    let late = send(
        &mut Browser::signed_in(&forum, "secretariat"),
        "I had the same in mind.",
    )
    .await;
    assert_eq!(late.status, 403);
    assert!(
        late.html.contains("I had the same in mind."),
        "{}",
        late.html
    );
    let undo = moderator.get("/ledger").await.html;
    let (_, rest) = undo
        .split_once("href=\"/decisions/")
        .expect("a way to undo");
    let (id, _) = rest.split_once('/').expect("the decision");
    let path = format!("/decisions/{id}/undo");
    let asked = moderator.get(&path).await;
    let key = asked.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("reason", "MISTAKEN"),
        ("explanation", "It does not."),
        ("language", "EN"),
    ];
    let undone = moderator.post_and_follow(&path, &fields).await;
    assert!(undone.html.contains("Undoes decision no. 1"));
    // The decision that undoes is shown as such wherever decisions are listed, and the older one as undone.
    let told = "Decision no. 1 (Post hidden) undone";
    assert!(undone.html.contains(told), "{}", undone.html);
    let notices = delegate.get("/notices").await.html;
    let (newest, older) = notices.split_once("</article>").expect("two notices");
    assert!(newest.contains(&format!("<h2>{told}</h2>")), "{newest}");
    assert!(older.contains("<h2>Post hidden</h2>"), "{older}");
    assert!(older.contains("Undone by decision no. 2"), "{older}");
    // A notice tells what was done, and not what to do.
    for (language, told) in [
        ("fr", "Message masqué"),
        ("es", "Mensaje ocultado"),
        ("ru", "Сообщение скрыто"),
        ("ar", "حُجبت المشاركة"),
        ("zh", "帖子已隐藏"),
    ] {
        let notices = delegate.get(&format!("/notices?lang={language}")).await;
        let told = format!("<h2>{told}</h2>");
        assert!(notices.html.contains(&told), "{}", notices.html);
    }
    let public = Browser::of(&forum).get(&page).await;
    assert!(public.html.contains("another matter"));
}
