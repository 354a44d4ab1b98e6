//! The reader of texts agrees with the API about what an audience is shown of posts, and why the rest is withheld.

use partage::base::actor::Audience;
use partage::base::id;
use partage::base::id::Kind;
use partage::base::id::PostId;
use partage::base::language::Language;
use partage::forum::discussion::post::State;
use partage::forum::discussion::text;
use partage::forum::discussion::text::TextReader;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::text as string;

on_both_databases!(the_reader_shows_a_text_or_says_why_not);

const FACE: &str = "query($id: ID!) { node(id: $id) { ... on Post { state body bodyHtml thread { title } \
     translation(language: FR) { body } } } }";
const TRANSLATE: &str =
    "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { id } } }";

async fn the_reader_shows_a_text_or_says_why_not(forum: Forum) {
    let author = forum.delegate("ke");
    let seen = open(&author, Draft::titled("Guidelines")).await;
    let translation = json!({ "key": Uuid::new_v4(), "postId": seen.post, "revision": 1, "language": "FR", "body": "Un **guide**." });
    author.ask(TRANSLATE, json!({ "input": translation })).await;
    let hidden = reply(&author, &seen.id, "Said *twice*.").await;
    let decision = decide(&forum.secretariat(), "HIDE_POST", &[&hidden.id]).await;
    let inside = open(&author, Draft::for_members("Inside")).await;

    let uuid = |id: &str| PostId::of_global(id).expect("the id of a post");
    let ids = [uuid(&seen.post), uuid(&hidden.id), uuid(&inside.post)];
    let snapshot = forum.store().snapshot();
    let rows = snapshot.rows().await.expect("the rows");
    for (audience, person) in [
        (Audience::Public, forum.visitor()),
        (Audience::Members, forum.delegate("br")),
    ] {
        let reader = TextReader {
            audience,
            language: Some(Language::Fr),
        };
        let texts = text::read(rows, reader, &ids).await.expect("the texts");

        let shown = texts[&ids[0]].as_ref().expect("a shown text");
        let node = person.ask(FACE, json!({ "id": seen.post })).await;
        assert_eq!(shown.title, string(&node, "node.thread.title"));
        assert_eq!(shown.source, string(&node, "node.body"));
        assert_eq!(shown.html, string(&node, "node.bodyHtml"));
        let translated = shown.translation.as_ref().expect("the translation");
        assert_eq!(translated.source, string(&node, "node.translation.body"));

        let withheld = texts[&ids[1]].as_ref().expect_err("a hidden text");
        let node = person.ask(FACE, json!({ "id": hidden.id })).await;
        assert_eq!(string(&node, "node.state"), "HIDDEN");
        assert_eq!(withheld.state, State::Hidden);
        assert_eq!(
            withheld.decision,
            id::to_uuid(Kind::Decision, &decision),
            "the decision that hides it"
        );

        let is_seen = texts.contains_key(&ids[2]);
        assert_eq!(is_seen, audience == Audience::Members);
    }
}
