//! A term is retired knowing what that affects, and can be restored; the ledger's page omits no entry.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::appeal;
use crate::support::page::Browser;

on_both_databases!(
    retiring_a_term_says_first_how_many_threads_it_touches,
    a_retired_term_is_taken_into_use_again,
    the_page_of_a_retired_term_leads_on_and_offers_only_what_can_be_done_with_it,
    the_page_of_the_ledger_leaves_no_entry_out,
);

const STATE: &str = "query($slug: String!) { concept(by: { slug: $slug }) { state threadCount successor { slug } } }";

const RESTORE: &str = "mutation($input: RestoreConceptInput!) { restoreConcept(input: $input) { concept { state successor { slug } } } }";

async fn retiring_a_term_says_first_how_many_threads_it_touches(forum: Forum) {
    let author = forum.delegate("ke");
    for title in ["One", "Two", "Three"] {
        open(&author, Draft::titled(title)).await;
    }
    let visitor = forum.visitor();
    let state = async || {
        let data = visitor.ask(STATE, json!({ "slug": "wipo-ipas" })).await;
        text(&data, "concept.state")
    };
    let mut browser = Browser::signed_in(&forum, "secretariat");
    let address = "/vocabulary/wipo-ipas/deprecate";
    let page = browser.post(address, &[("successorId", "wipo-file")]).await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("3 discussions"), "{}", page.html);
    assert_eq!(state().await, "CURRENT", "nothing is done yet");
    let fields = [("successorId", "wipo-file"), ("confirm", "1")];
    let mut delegate = Browser::signed_in(&forum, "ke");
    assert_eq!(delegate.post(address, &fields).await.status, 403);
    assert_eq!(delegate.post(address, &fields[..1]).await.status, 403);
    assert_eq!(browser.post(address, &fields).await.status, 303);
    assert_eq!(state().await, "DEPRECATED");
    // And back, on the page of the term.
    let page = browser.get("/vocabulary/wipo-ipas").await;
    assert!(page.html.contains("/vocabulary/wipo-ipas/restore"));
    let refused = delegate.post("/vocabulary/wipo-ipas/restore", &[]).await;
    assert_eq!(refused.status, 403);
    let back = browser.post("/vocabulary/wipo-ipas/restore", &[]).await;
    assert_eq!(back.status, 303);
    assert_eq!(state().await, "CURRENT");
    let page = browser.get("/vocabulary/wipo-ipas").await;
    assert!(!page.html.contains("/vocabulary/wipo-ipas/restore"));
}

async fn a_retired_term_is_taken_into_use_again(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    open(&author, Draft::titled("Tagged long ago")).await;
    let found = async |slug: &str| titles(&forum.visitor(), json!({ "tools": [slug] })).await;
    let before = secretariat.ask(STATE, json!({ "slug": "wipo-ipas" })).await;
    let retire = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { id } } }";
    let input = json!({ "conceptId": "wipo-ipas", "successorId": "wipo-file" });
    secretariat.ask(retire, json!({ "input": input })).await;
    assert_eq!(found("wipo-file").await, ["Tagged long ago"]);

    let restore = || json!({ "input": { "conceptId": "wipo-ipas" } });
    author
        .refused(RESTORE, restore())
        .await
        .is_denied("ROLE_MAY_NOT");
    let data = secretariat.ask(RESTORE, restore()).await;
    assert_eq!(text(&data, "restoreConcept.concept.state"), "CURRENT");
    assert!(at(&data, "restoreConcept.concept.successor").is_null());
    assert_eq!(
        secretariat.ask(STATE, json!({ "slug": "wipo-ipas" })).await,
        before
    );
    assert_eq!(found("wipo-ipas").await, ["Tagged long ago"]);
    assert!(found("wipo-file").await.is_empty());
    // A second time it changes nothing, and the term is selected for new threads.
    assert_eq!(secretariat.ask(RESTORE, restore()).await, data);
    open(&author, Draft::titled("Tagged today")).await;
    assert_eq!(found("wipo-ipas").await.len(), 2);
    let nothing = json!({ "input": { "conceptId": "no-such-term" } });
    secretariat.refused(RESTORE, nothing).await.is("NOT_FOUND");
    // Its successor may be retired in its favour, now that it is current.
    let input = json!({ "conceptId": "wipo-file", "successorId": "wipo-ipas" });
    secretariat.ask(retire, json!({ "input": input })).await;
}

async fn the_page_of_a_retired_term_leads_on_and_offers_only_what_can_be_done_with_it(
    forum: Forum,
) {
    let author = forum.delegate("ke");
    open(&author, Draft::titled("Tagged long ago")).await;
    let other = Draft {
        tools: &["wipo-file"],
        ..Draft::titled("Of the successor")
    };
    open(&author, other).await;
    let (mut secretariat, mut follower, mut reader) = (
        Browser::signed_in(&forum, "secretariat"),
        Browser::signed_in(&forum, "fr"),
        Browser::signed_in(&forum, "ke"),
    );
    let page = "/vocabulary/wipo-ipas";
    let follow = format!("{page}/follow");
    follower.post(&follow, &[("follow", "true")]).await;
    let retire = [("successorId", "wipo-file"), ("confirm", "1")];
    secretariat
        .post(&format!("{page}/deprecate"), &retire)
        .await;
    for (browser, follows, keeps) in [
        (&mut Browser::of(&forum), false, false),
        (&mut reader, false, false),
        (&mut follower, true, false),
        (&mut secretariat, false, true),
    ] {
        let shown = browser.get(page).await.html;
        assert!(shown.contains("No longer in use."), "{shown}");
        assert!(shown.contains("href=\"/vocabulary/wipo-file\""), "{shown}");
        assert!(shown.contains("1 discussion has this tag"), "{shown}");
        assert!(
            shown.contains("href=\"/threads?tools=wipo-file\">Discussions under "),
            "{shown}"
        );
        assert!(!shown.contains("Of the successor"), "{shown}");
        assert_eq!(shown.contains(&follow), follows, "{shown}");
        assert_eq!(shown.contains("Unfollow"), follows, "{shown}");
        assert_eq!(shown.contains("/wipo-ipas/restore"), keeps, "{shown}");
        assert!(!shown.contains("/wipo-ipas/deprecate"), "{shown}");
        assert!(!shown.contains("/wipo-ipas/add"), "{shown}");
    }
    follower.post(&follow, &[("follow", "false")]).await;
    assert!(!follower.get(page).await.html.contains(&follow));
    // If the successor is retired too, the page links to the final successor.
    let retire = [("successorId", "wipo-publish"), ("confirm", "1")];
    let done = secretariat
        .post("/vocabulary/wipo-file/deprecate", &retire)
        .await;
    assert_eq!(done.status, 303, "{}", done.html);
    let shown = reader.get(page).await.html;
    assert!(
        shown.contains("href=\"/threads?tools=wipo-publish\""),
        "{shown}"
    );
    // A current term offers all of it.
    let shown = secretariat.get("/vocabulary/wipo-publish").await.html;
    for offered in ["/follow", "/deprecate", "/add"] {
        assert!(
            shown.contains(&format!("/vocabulary/wipo-publish{offered}")),
            "{shown}"
        );
    }
}

async fn the_page_of_the_ledger_leaves_no_entry_out(forum: Forum) {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let thread = open(&author, Draft::titled("Much decided on")).await;
    let posted = reply(&author, &thread.id, "Words that nobody is told of.").await;
    for _ in 0..15 {
        let hidden = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
        appeal(&author, &hidden, "A plea that is not for everybody.").await;
        undo(&secretariat, &hidden).await;
    }
    let mut visitor = Browser::of(&forum);
    let (mut address, mut all) = ("/ledger".to_string(), Vec::new());
    loop {
        let page = visitor.get(&address).await;
        assert!(!page.html.contains("A plea that is not"), "{}", page.html);
        for article in page.elements("article") {
            let id = article.get("id").cloned().unwrap_or_default();
            let number: i64 = id
                .rsplit('-')
                .next()
                .and_then(|end| end.parse().ok())
                .expect("a number");
            all.push(number);
        }
        let next = page
            .elements("a")
            .into_iter()
            .find(|link| link.get("rel").is_some_and(|rel| rel == "next"));
        match next {
            Some(link) => address = link["href"].clone(),
            None => break,
        }
    }
    let wanted: Vec<i64> = (1..=45).rev().collect();
    assert_eq!(all, wanted);
    // An appeal links to the decision and to its outcome; a number links to its entry, of whichever kind.
    let page = visitor.get("/ledger?number=2").await;
    assert!(page.html.contains("id=\"entry-2\""), "{}", page.html);
    assert!(
        page.html.contains("/ledger?number=1#decision-1"),
        "{}",
        page.html
    );
    let document = "{ ledger(last: 3) { edges { cursor node { position hash decision { act } \
         appeal { decision { position } viewer { body } } } } } }";
    let data = forum.visitor().ask(document, json!({})).await;
    let entries = nodes(&data, "ledger");
    assert_eq!(number(&entries[0], "position"), 3);
    assert_eq!(text(&entries[2], "decision.act"), "HIDE_POST");
    assert!(at(&entries[1], "decision").is_null());
    assert_eq!(number(&entries[1], "appeal.decision.position"), 1);
    assert!(at(&entries[1], "appeal.viewer.body").is_null());
    assert_eq!(text(&entries[1], "hash").len(), 64);
}
