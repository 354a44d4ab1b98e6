//! The rendered size of a text is limited, whoever wrote it and whenever; rendering delays nobody and is rate limited.

use std::time::Duration;

use migrations::Migrator;
use migrations::MigratorTrait;
use reqwest::Method;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;

on_both_databases!(
    previews_have_a_rate_for_a_person_and_for_an_address
        with flags(["--previews-per-minute=3", "--behind-proxy"]).with_told_clock(),
    a_revision_that_would_be_too_large_is_shown_as_it_was_written,
);

for_both_databases!(
    a_rendering_of_before_the_bound_gives_way_to_its_text,
    what_an_older_program_rendered_is_rendered_again_when_asked_and_only_that,
);

/// A table whose missing cells are filled in: 4 kB that would become megabytes.
fn table() -> String {
    let (head, rule) = ("|a".repeat(500), "|-".repeat(500));
    format!("{head}|\n{rule}|\n{}", "|<b>\n".repeat(400))
}

/// The code of the refusal of a preview, requested from an address; empty if there is none.
async fn preview(person: &Person, address: &str) -> String {
    let body = json!({ "query": "{ preview(body: \"A **text**.\") }" });
    let asked = person
        .request(Method::POST, "/graphql")
        .header("x-forwarded-for", address)
        .json(&body);
    let answer = asked.send().await.expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    match answer.pointer("/errors/0/extensions") {
        None => String::new(),
        Some(extensions) => {
            assert!((1..=60).contains(&at(extensions, "retryAfter").as_u64().expect("seconds")));
            text(extensions, "code")
        }
    }
}

async fn previews_have_a_rate_for_a_person_and_for_an_address(forum: Forum) {
    let visitor = forum.visitor();
    for (own, neighbour, stranger) in [
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::1", "2001:db8:1:3::3"),
        ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
    ] {
        for _ in 0..3 {
            assert_eq!(preview(&visitor, own).await, "");
        }
        assert_eq!(preview(&visitor, neighbour).await, "TOO_MANY");
        assert_eq!(preview(&visitor, stranger).await, "");
    }
    // A member behind the same address has a separate allowance.
    let kenya = forum.delegate("ke");
    for _ in 0..3 {
        assert_eq!(preview(&kenya, "192.0.2.7").await, "");
    }
    assert_eq!(preview(&kenya, "192.0.2.9").await, "TOO_MANY");
    forum.advance(Duration::from_secs(60));
    assert_eq!(preview(&visitor, "192.0.2.7").await, "");
    assert_eq!(preview(&kenya, "192.0.2.7").await, "");
}

async fn a_revision_that_would_be_too_large_is_shown_as_it_was_written(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let table = table();
    forum
        .place()
        .execute(&format!("update post_revision set body = '{table}'"))
        .await;
    let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { nodes: edges { node { bodyHtml } } } } } }";
    let seen = forum
        .visitor()
        .ask(document, json!({ "id": opened.post }))
        .await;
    let html = text(&seen, "node.revisions.nodes.0.node.bodyHtml");
    assert!(html.starts_with("<pre dir=\"auto\">|a|a"), "{html:.200}");
    assert!(html.contains("|&lt;b&gt;\n"), "{html:.200}");
    assert!(html.len() < 4 * table.len());
}

async fn a_rendering_of_before_the_bound_gives_way_to_its_text(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let kenya = Person::new(server.address, Some(template.token("ke")));
    let opened = open(&kenya, Draft::default()).await;
    let kept = reply(&kenya, &opened.id, "A **text** of today.").await;
    server.terminate();
    server.end().await;
    // As before there was a limit: 300 kB for 26 characters.
    let large = "<table></table>".repeat(20_000);
    place
        .execute(&format!(
            "update post set body_html = '{large}' where number = 1"
        ))
        .await;
    // Back to before the limit existed, and forward again.
    let all = Migrator::migrations();
    let bound = all
        .iter()
        .position(|each| each.name() == "m0009_bounded_texts");
    let steps = (all.len() - bound.expect("the migration")).to_string();
    for more in [&["--back", &steps, "--accept-loss"][..], &[]] {
        let done = run(&[&["migrate", "--database", place.url()], more].concat()).await;
        assert_eq!(done.code, Some(0), "{done:?}");
    }
    let server = Process::serve(place.url(), &[]).await;
    let visitor = Person::new(server.address, None);
    let document = "query($id: ID!) { node(id: $id) { ... on Post { bodyHtml } } }";
    let seen = visitor.ask(document, json!({ "id": opened.post })).await;
    assert_eq!(
        text(&seen, "node.bodyHtml"),
        "<pre dir=\"auto\">What helped in our office.</pre>"
    );
    let seen = visitor.ask(document, json!({ "id": kept.id })).await;
    assert!(text(&seen, "node.bodyHtml").contains("<strong>text</strong>"));
    drop(server);
    place.remove().await;
}

async fn what_an_older_program_rendered_is_rendered_again_when_asked_and_only_that(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let server = Process::serve(place.url(), &["--posts-per-minute=1000000"]).await;
    let kenya = Person::new(server.address, Some(template.token("ke")));
    let opened = open(&kenya, Draft::titled("Before")).await;
    let mut posts = vec![opened.post.clone()];
    // More than are written in one transaction.
    for count in 0..205 {
        let body = format!("A **text** {count}.");
        posts.push(reply(&kenya, &opened.id, &body).await.id);
    }
    let translate =
        "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { id } } }";
    let input = json!({ "key": Uuid::new_v4(), "postId": opened.post, "revision": 1, "language": "FR", "body": "Un *texte*." });
    kenya.ask(translate, json!({ "input": input })).await;
    let withdrawn = posts[7].clone();
    let withdraw =
        "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id } } }";
    let input = json!({ "input": { "postId": withdrawn, "reason": "Sent by mistake." } });
    kenya.ask(withdraw, input).await;

    let document = "query($id: ID!) { node(id: $id) { ... on Post { bodyHtml bodyText translation(language: FR) { bodyHtml } } } }";
    let seen = async |id: &str| kenya.ask(document, json!({ "id": id })).await;
    let before = [
        seen(&posts[0]).await,
        seen(&posts[7]).await,
        seen(&posts[205]).await,
    ];
    let render = async || {
        let done = run(&["render", "--database", place.url()]).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        done.stdout.trim().to_string()
    };
    assert_eq!(
        render().await,
        "Rendered 206 texts, of which 0 are different now."
    );
    for table in ["post", "post_translation"] {
        let sql =
            format!("update {table} set body_html = '<p>As before.</p>' where body_html <> ''");
        place.execute(&sql).await;
    }
    let older = seen(&posts[205]).await;
    assert_eq!(text(&older, "node.bodyHtml"), "<p>As before.</p>");
    assert_eq!(
        render().await,
        "Rendered 206 texts, of which 206 are different now."
    );
    let after = [
        seen(&posts[0]).await,
        seen(&posts[7]).await,
        seen(&posts[205]).await,
    ];
    assert_eq!(
        after, before,
        "every text, and the withdrawn one is still none"
    );
    assert_eq!(
        render().await,
        "Rendered 206 texts, of which 0 are different now."
    );
    let checked = run(&["check", "--database", place.url()]).await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    drop(server);
    place.remove().await;
}
