//! Tagging a thread by tool, method and region.

use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::RETAG;
use crate::support::acts::concept_id;
use crate::support::acts::concept_ids;
use crate::support::acts::open;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::json::texts;

on_both_databases!(
    wrong_tags_are_refused_with_their_field,
    too_many_tags_are_refused with flags(["--tags-per-facet", "2"]),
    only_the_author_retags,
    the_same_tags_again_tell_nobody_anything,
    only_the_author_changes_title_kind_and_visibility,
);

async fn wrong_tags_are_refused_with_their_field(forum: Forum) {
    let kenya = forum.delegate("ke");
    let draft = |tools, methods, regions| Draft {
        tools,
        methods,
        regions,
        ..Draft::default()
    };
    for (draft, field) in [
        (draft(&[], &[], &["africa"]), "tools"),
        (draft(&["wipo-ipas"], &[], &[]), "regions"),
        (draft(&["study-visit"], &[], &["africa"]), "tools.0"),
        (
            draft(&["wipo-ipas"], &["wipo-lex"], &["africa"]),
            "methods.0",
        ),
        (draft(&["wipo-ipas"], &[], &["wipo-ipas"]), "regions.0"),
    ] {
        let input = draft.input(&kenya).await;
        let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
        refused.is_invalid(field);
    }
    let mut input = draft(&["wipo-ipas"], &[], &["africa"]).input(&kenya).await;
    input["regions"] = json!(["africa", "atlantis"]);
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is_invalid("regions.1");
    // A method alone, or a tool alone, is enough.
    open(&kenya, draft(&[], &["webinar"], &["world"])).await;
    open(&kenya, draft(&["tisc"], &[], &["aripo"])).await;
}

async fn too_many_tags_are_refused(forum: Forum) {
    let kenya = forum.delegate("ke");
    let draft = Draft {
        regions: &["country-ke", "country-fr", "country-br"],
        ..Draft::default()
    };
    let input = draft.input(&kenya).await;
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is_invalid("regions");
    assert!(refused.message().contains('2'), "{}", refused.message());
}

async fn only_the_author_retags(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let tags = "query($id: ID!) { thread(id: $id) { viewer { canRetag } tools { edges { node { slug } } } \
         methods { edges { node { slug } } } regions { edges { node { slug } } } } }";
    let id = json!({ "id": opened.id });
    let input = json!({
        "threadId": opened.id,
        "tools": concept_ids(&kenya, &["wipo-lex", "tisc"]).await,
        "methods": [],
        "regions": [concept_id(&kenya, "eastern-africa").await],
    });
    for (person, may) in [
        (forum.delegate("fr"), false),
        (forum.focal_point("ke"), false),
        (kenya.clone(), true),
        // They do so with a decision and a reason.
        (forum.moderator(), false),
        (forum.secretariat(), false),
    ] {
        let seen = person.ask(tags, id.clone()).await;
        assert_eq!(at(&seen, "thread.viewer.canRetag"), may);
        if may {
            person.ask(RETAG, json!({ "input": input })).await;
        } else {
            let refused = person.refused(RETAG, json!({ "input": input })).await;
            refused.is_denied("NOT_YOURS");
        }
    }
    let visitor = forum.visitor();
    let refused = visitor.refused(RETAG, json!({ "input": input })).await;
    refused.is_denied("SIGN_IN_REQUIRED");
    let seen = visitor.ask(tags, id).await;
    let mut tools = texts(&seen, "thread.tools", "slug");
    tools.sort();
    assert_eq!(tools, ["tisc", "wipo-lex"]);
    assert!(texts(&seen, "thread.methods", "slug").is_empty());
    assert_eq!(texts(&seen, "thread.regions", "slug"), ["eastern-africa"]);
}

async fn only_the_author_changes_title_kind_and_visibility(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let change = |title: &str| json!({ "input": { "threadId": opened.id, "title": title, "kind": "QUESTION", "visibility": "MEMBERS" } });
    for other in [forum.delegate("fr"), forum.moderator()] {
        let refused = other.refused(CHANGE_THREAD, change("Mine now")).await;
        refused.is_denied("NOT_YOURS");
    }
    let changed = kenya.ask(CHANGE_THREAD, change("A clearer title")).await;
    assert_eq!(
        text(&changed, "changeThread.thread.title"),
        "A clearer title"
    );
    assert_eq!(text(&changed, "changeThread.thread.visibility"), "MEMBERS");
}

async fn the_same_tags_again_tell_nobody_anything(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = json!({
        "threadId": opened.id,
        "tools": [concept_id(&kenya, "wipo-file").await],
        "methods": [],
        "regions": [concept_id(&kenya, "eastern-africa").await],
    });
    let head = async || forum.store().snapshot().head().await.expect("the head");
    kenya.ask(RETAG, json!({ "input": input })).await;
    let once = head().await;
    kenya.ask(RETAG, json!({ "input": input })).await;
    assert_eq!(head().await, once);
}
