//! Changes of a post: revisions, conflicts, withdrawal, and what is frozen with it.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::REPLY;
use crate::support::acts::WITHDRAW;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::person::Person;

on_both_databases!(
    quotes_that_nest_beyond_reading_are_refused,
    a_withdrawn_post_leaves_a_tombstone_for_everyone,
    an_edit_keeps_every_revision_with_its_reason,
    an_edit_from_an_old_revision_answers_with_both_versions,
    an_edit_sent_twice_is_one_revision,
    only_the_author_edits_and_withdraws,
    a_withdrawn_post_is_not_edited,
    a_post_keeps_the_delegation_and_title_of_its_day,
    markdown_is_served_as_html_in_which_nothing_runs,
);

const POST: &str = "query($id: ID!) { node(id: $id) { ... on Post { number state body bodyHtml revision editedAt \
     authorTitle capacity delegation { slug } viewer { canEdit canWithdraw } \
     revisions { edges { node { id number body bodyHtml reason createdAt editor { name } } } } } } }";

async fn post(person: &Person, id: &str) -> Value {
    let data = person.ask(POST, json!({ "id": id })).await;
    at(&data, "node").clone()
}

async fn a_withdrawn_post_leaves_a_tombstone_for_everyone(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let posted = reply(&kenya, &opened.id, "Written too early.").await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "Still too early." });
    kenya.ask(EDIT, json!({ "input": input })).await;
    let before = post(&forum.visitor(), &posted.id).await;
    assert_eq!(text(&before, "body"), "Still too early.");
    let revisions = nodes(&before, "revisions");
    assert_eq!(revisions.len(), 2);

    let input = json!({ "postId": posted.id, "reason": "Not cleared yet." });
    let answer = kenya.ask(WITHDRAW, json!({ "input": input })).await;
    assert_eq!(text(&answer, "withdrawPost.post.state"), "WITHDRAWN");
    let again = kenya.ask(WITHDRAW, json!({ "input": input })).await;
    assert_eq!(answer, again);

    let next = reply(&kenya, &opened.id, "Later.").await;
    assert_eq!(next.number, 3, "the number of a withdrawn post stays taken");
    for person in [
        kenya,
        forum.visitor(),
        forum.moderator(),
        forum.secretariat(),
    ] {
        let stone = post(&person, &posted.id).await;
        assert_eq!(number(&stone, "number"), 2);
        assert_eq!(text(&stone, "state"), "WITHDRAWN");
        assert_eq!(at(&stone, "body"), &Value::Null);
        assert_eq!(at(&stone, "bodyHtml"), &Value::Null);
        assert_eq!(nodes(&stone, "revisions"), Vec::<Value>::new());
        for revision in &revisions {
            let document = "query($id: ID!) { node(id: $id) { ... on Revision { body } } }";
            let id = at(revision, "id");
            let data = person.ask(document, json!({ "id": id })).await;
            assert_eq!(at(&data, "node"), &Value::Null);
        }
    }
}

async fn an_edit_keeps_every_revision_with_its_reason(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = json!({
        "postId": opened.post,
        "revision": 1,
        "body": "What helped, with *figures*.",
        "reason": "Figures added",
    });
    let edited = kenya.ask(EDIT, json!({ "input": input })).await;
    assert_eq!(number(&edited, "editPost.post.revision"), 2);

    let seen = post(&forum.visitor(), &opened.post).await;
    assert_eq!(text(&seen, "body"), "What helped, with *figures*.");
    assert!(at(&seen, "editedAt").is_string());
    let bodies = texts(&seen, "revisions", "body");
    assert_eq!(
        bodies,
        ["What helped in our office.", "What helped, with *figures*."]
    );
    let revisions = nodes(&seen, "revisions");
    assert_eq!(at(&revisions[0], "reason"), &Value::Null);
    assert_eq!(text(&revisions[1], "reason"), "Figures added");
    assert_eq!(number(&revisions[1], "number"), 2);
    assert_eq!(text(&revisions[1], "editor.name"), "Delegate of Kenya");
}

async fn an_edit_from_an_old_revision_answers_with_both_versions(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let edit = |revision: u32, body: &str| json!({ "input": { "postId": opened.post, "revision": revision, "body": body } });
    kenya.ask(EDIT, edit(1, "From the desk.")).await;
    let refused = kenya.refused(EDIT, edit(1, "From the phone.")).await;
    refused.is("CONFLICT");
    let extensions = at(&refused.0, "extensions");
    assert_eq!(
        at(extensions, "current"),
        &json!({ "revision": 2, "body": "From the desk." })
    );
    assert_eq!(
        at(extensions, "yours"),
        &json!({ "revision": 1, "body": "From the phone." })
    );
    let seen = post(&kenya, &opened.post).await;
    assert_eq!(text(&seen, "body"), "From the desk.");
    let merged = kenya.ask(EDIT, edit(2, "From both.")).await;
    assert_eq!(number(&merged, "editPost.post.revision"), 3);
}

async fn an_edit_sent_twice_is_one_revision(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = json!({ "postId": opened.post, "revision": 1, "body": "Corrected." });
    let first = kenya.ask(EDIT, json!({ "input": input })).await;
    let again = kenya.ask(EDIT, json!({ "input": input })).await;
    assert_eq!(first, again);
    assert_eq!(number(&again, "editPost.post.revision"), 2);
}

async fn only_the_author_edits_and_withdraws(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let edit =
        json!({ "input": { "postId": opened.post, "revision": 1, "body": "Words of another." } });
    let withdraw = json!({ "input": { "postId": opened.post } });
    for other in [
        forum.delegate("fr"),
        forum.focal_point("ke"),
        forum.moderator(),
        forum.secretariat(),
    ] {
        other
            .refused(EDIT, edit.clone())
            .await
            .is_denied("NOT_YOURS");
        other
            .refused(WITHDRAW, withdraw.clone())
            .await
            .is_denied("NOT_YOURS");
        let seen = post(&other, &opened.post).await;
        assert_eq!(at(&seen, "viewer.canEdit"), false);
        assert_eq!(at(&seen, "viewer.canWithdraw"), false);
    }
    let visitor = forum.visitor();
    visitor
        .refused(EDIT, edit)
        .await
        .is_denied("SIGN_IN_REQUIRED");
    let seen = post(&kenya, &opened.post).await;
    assert_eq!(at(&seen, "viewer.canEdit"), true);
    assert_eq!(at(&seen, "viewer.canWithdraw"), true);
    assert_eq!(text(&seen, "body"), "What helped in our office.");
}

async fn a_withdrawn_post_is_not_edited(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = json!({ "postId": opened.post });
    kenya.ask(WITHDRAW, json!({ "input": input })).await;
    let input = json!({ "postId": opened.post, "revision": 1, "body": "Back again." });
    let refused = kenya.refused(EDIT, json!({ "input": input })).await;
    refused.is_denied("POST_WITHDRAWN");
}

async fn a_post_keeps_the_delegation_and_title_of_its_day(forum: Forum) {
    let delegate = forum.delegate("ke");
    let opened = open(&delegate, Draft::default()).await;
    let secretariat = forum.secretariat();
    let person = own_id(&delegate).await;

    let document = "query($id: ID!) { node(id: $id) { ... on Person { mandates { edges { node { id current } } } } } }";
    let data = secretariat.ask(document, json!({ "id": person })).await;
    let mandates = nodes(&data, "node.mandates");
    assert_eq!(mandates.len(), 1);
    let input = json!({ "mandateId": at(&mandates[0], "id") });
    let end =
        "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { current } } }";
    secretariat.ask(end, json!({ "input": input })).await;
    let input = json!({
        "key": Uuid::new_v4(),
        "personId": person,
        "delegationId": delegation_id(&secretariat, "br").await,
        "capacity": "OFFICE",
        "title": "Director of Training",
    });
    let grant =
        "mutation($input: GrantMandateInput!) { grantMandate(input: $input) { mandate { id } } }";
    secretariat.ask(grant, json!({ "input": input })).await;

    let input = reply_input(&opened.id, "From my new post.");
    let data = delegate.ask(REPLY, json!({ "input": input })).await;
    assert_eq!(text(&data, "reply.post.delegation.slug"), "br");
    assert_eq!(
        text(&data, "reply.post.authorTitle"),
        "Director of Training"
    );
    let first = post(&forum.visitor(), &opened.post).await;
    assert_eq!(text(&first, "delegation.slug"), "ke");
    assert_eq!(text(&first, "authorTitle"), "Adviser");
    let document = "query($id: ID!) { thread(id: $id) { delegation { slug } } }";
    let data = delegate.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(text(&data, "thread.delegation.slug"), "ke");
}

async fn markdown_is_served_as_html_in_which_nothing_runs(forum: Forum) {
    let body = "# Results\n\n- *one*\n- **two**\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\
         [report](https://example.org/report) [bad](javascript:alert(1))\n\n<script>alert(2)</script><b onclick=alert(3)>x</b>\n";
    let draft = Draft {
        body: body.to_string(),
        ..Draft::default()
    };
    let opened = open(&forum.delegate("ke"), draft).await;
    let seen = post(&forum.visitor(), &opened.post).await;
    let html = text(&seen, "bodyHtml");
    for kept in [
        "<h1",
        "<li",
        "<em>one</em>",
        "<strong>two</strong>",
        "<blockquote",
        "<table",
        "<td",
        "href=\"https://example.org/report\"",
    ] {
        assert!(html.contains(kept), "{kept} is missing in {html}");
    }
    for gone in ["<script", "javascript:", "<b"] {
        assert!(
            !html.replace("<blockquote", "").contains(gone),
            "{gone} stands in {html}"
        );
    }
    assert!(html.contains("&lt;b onclick=alert(3)&gt;"), "HTML is text");
    assert_eq!(
        text(&seen, "body"),
        body.trim_end(),
        "the source stays as it was written"
    );
}

async fn quotes_that_nest_beyond_reading_are_refused(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let quoted = |depth: usize| reply_input(&opened.id, &format!("{} said", ">".repeat(depth)));
    kenya.ask(REPLY, json!({ "input": quoted(50) })).await;
    let refused = kenya.refused(REPLY, json!({ "input": quoted(51) })).await;
    refused.is_invalid("body");
}
