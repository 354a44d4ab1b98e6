//! The explorer at `/graphql` and the schema beside it: a browser gets a page there, every other client the API as before.

use reqwest::Method;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::person::Person;

on_both_databases!(
    a_browser_finds_the_explorer_where_clients_find_the_api,
    a_switched_off_explorer_leaves_the_api_alone with flags(["--explorer", "false"]),
    the_schema_is_served_as_the_program_prints_it,
    a_document_is_run_followed_and_looked_up_in_the_explorer,
    a_subscription_shows_what_happens_in_the_explorer,
);

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

async fn open_address(visitor: &Person, path: &str, accept: &str) -> reqwest::Response {
    let asked = visitor.request(Method::GET, path).header("accept", accept);
    asked.send().await.expect("an answer")
}

fn media(response: &reqwest::Response) -> String {
    let value = response.headers().get("content-type");
    value.map_or_else(String::new, |value| {
        value.to_str().expect("text").to_string()
    })
}

async fn a_browser_finds_the_explorer_where_clients_find_the_api(forum: Forum) {
    let visitor = forum.visitor();
    let page = open_address(&visitor, "/graphql", BROWSER).await;
    assert_eq!(page.status(), 200);
    assert!(media(&page).starts_with("text/html"));
    let policy = page.headers()["content-security-policy"].to_str();
    let policy = policy.expect("a policy").to_string();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("http"), "nothing from outside: {policy}");
    let html = page.text().await.expect("the page");
    let addresses = html.split(['"', ' ']).filter(|word| word.contains("://"));
    let foreign: Vec<&str> = addresses
        .filter(|address| !address.contains(&forum.address().to_string()))
        .collect();
    assert!(foreign.is_empty(), "loads from {foreign:?}");

    let query = "/graphql?query=%7B__typename%7D";
    for accept in [
        "*/*",
        "application/json",
        "application/graphql-response+json, application/json;q=0.9",
        "text/html;q=0.5, application/json",
        "text/html;q=0, */*",
    ] {
        let answer = open_address(&visitor, query, accept).await;
        assert_eq!(answer.status(), 200, "{accept}");
        assert!(media(&answer).contains("json"), "{accept}");
    }
}

async fn a_switched_off_explorer_leaves_the_api_alone(forum: Forum) {
    let query = "/graphql?query=%7B__typename%7D";
    let answer = open_address(&forum.visitor(), query, BROWSER).await;
    assert_eq!(answer.status(), 200);
    assert!(media(&answer).contains("json"));
    let about = open_address(&forum.visitor(), "/about", BROWSER).await;
    let about = about.text().await.expect("the page");
    assert!(!about.contains("href=\"/graphql\""));
}

async fn the_schema_is_served_as_the_program_prints_it(forum: Forum) {
    let visitor = forum.visitor();
    let first = open_address(&visitor, "/schema.graphql", "*/*").await;
    assert_eq!(first.status(), 200);
    assert_eq!(media(&first), "text/plain; charset=utf-8");
    let tag = first.headers()["etag"].clone();
    let text = first.text().await.expect("the schema");
    assert_eq!(text, partage::graph::sdl::text());
    let again = visitor
        .request(Method::GET, "/schema.graphql")
        .header("if-none-match", tag);
    assert_eq!(again.send().await.expect("an answer").status(), 304);
}

const SAYS: &str = "return document.getElementById('answer').textContent";

async fn a_document_is_run_followed_and_looked_up_in_the_explorer(forum: Forum) {
    open(&forum.delegate("ke"), Draft::titled("Seen in the explorer")).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit("/graphql").await;
    let run = "document.querySelector('#asking button[type=submit]').click(); return true";
    let ask = |document: &str| {
        format!(
            "document.getElementById('document').value = {}; {run}",
            json!(document)
        )
    };
    window
        .run(&ask(
            "{ threads { edges { node { title } } } viewer { person { name } } }",
        ))
        .await;
    let has = |text: &str| format!("{SAYS}.includes({})", json!(text));
    window
        .until("the answer", &has("Seen in the explorer"))
        .await;
    assert_eq!(window.run(&has("France")).await, json!(true));
    // An error is shown as the API returns it.
    window.run(&ask("{ threads { nothing } }")).await;
    window.until("the refusal", &has("BAD_REQUEST")).await;
    window.fill("variables", "{ not json").await;
    window.run(&ask("{ instance { name } }")).await;
    let marked =
        "return document.getElementById('variables').getAttribute('aria-invalid') === 'true'";
    window.until("the field to be marked", marked).await;
    // The schema's documentation, and a document made from it.
    window.fill("find", "ThreadKind").await;
    let listed = "return document.getElementById('documentation').innerText.includes('ThreadKind')";
    window.until("the type", listed).await;
    window.run("location.hash = '#Query'; return true").await;
    let written = "const all = [...document.querySelectorAll('#documentation dt')]; \
         const at = all.findIndex((each) => each.innerText.startsWith('thread:')); \
         if (at < 0) return false; \
         document.querySelectorAll('#documentation dd')[at].querySelector('button').click(); \
         return document.getElementById('document').value.startsWith('query Thread($id: ID!)')";
    window.until("a document for the field", written).await;
    window.close().await;
}

async fn a_subscription_shows_what_happens_in_the_explorer(forum: Forum) {
    let kenya = forum.delegate("ke");
    let thread = open(&kenya, Draft::titled("Followed")).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let document =
        "subscription { forumEvents { __typename ... on PostCreated { post { body } } } }";
    let address = format!("/graphql?query={}", encoded(document));
    window.visit(&address).await;
    let run = "document.querySelector('#asking button[type=submit]').click(); return true";
    let ready = "return !document.getElementById('explorer').hidden";
    window.until("the explorer", ready).await;
    window.run(run).await;
    let waits = "return document.getElementById('state').textContent.includes('Waiting')";
    window.until("the subscription", waits).await;
    reply(&kenya, &thread.id, "Told at once.").await;
    let heard = format!("{SAYS}.includes('Told at once.')");
    window.until("the event", &heard).await;
    window.click("#stop").await;
    let ended = "return document.getElementById('state').textContent.includes('Ended')";
    window.until("the end", ended).await;
    window.close().await;
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
