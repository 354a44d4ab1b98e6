//! A moderator without a mouse handles ten reports by keyboard alone, with the pages' scripts and without.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::report;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_moderator_works_through_ten_reports_by_keyboard_alone,
    a_moderator_works_through_ten_reports_without_scripts,
);

async fn a_moderator_works_through_ten_reports_by_keyboard_alone(forum: Forum) {
    let window = Chromium::open(&forum).await;
    work_through(&forum, window, true).await;
}

async fn a_moderator_works_through_ten_reports_without_scripts(forum: Forum) {
    let window = Chromium::without_scripts(&forum).await;
    work_through(&forum, window, false).await;
}

const REPORTS: usize = 10;

async fn work_through(forum: &Forum, window: Chromium, scripts: bool) {
    give_scope(&forum.secretariat(), &forum.moderator(), &["africa"]).await;
    let (author, reporter) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&forum.delegate("br"), Draft::titled("Reported ten times")).await;
    for count in 0..REPORTS {
        let posted = reply(&author, &thread.id, &format!("Text {count}.")).await;
        report(&reporter, &posted.id, "Please look at it.").await;
    }
    window.visit("/sign-in").await;
    window.tab_to("main [name=email]").await;
    window.press(&email("moderator")).await;
    window.tab_to("main [name=password]").await;
    window.press(PASSWORD).await;
    window.enter().await;
    window.tab_to_in_menu("a[href='/moderation']").await;
    window.enter().await;
    window.find("a[href='/moderation/next']").await;
    window.tab_to("a[href='/moderation/next']").await;
    window.enter().await;
    for count in 0..REPORTS {
        // Half of them stay, half are hidden.
        let act = ["DISMISS_REPORTS", "HIDE_POST"][count % 2];
        let link = format!("main a[href*='act={act}']");
        window.find(&link).await;
        window.tab_to(&link).await;
        window.enter().await;
        window.find("#explanation").await;
        window.tab_to("#reason").await;
        // Typing a letter selects in a list: “disrespectful”.
        window.press("d").await;
        window.tab_to("#explanation").await;
        window.press(&format!("Looked at: number {count}.")).await;
        if count == 0 {
            let kept = window.run("return localStorage.length > 0").await;
            assert_eq!(kept, json!(scripts), "whether scripts run");
        }
        window.tab_to("main form [type=submit]").await;
        window.enter().await;
        window.find("main [role=status]").await;
    }
    assert_eq!(window.path().await, "/moderation");
    window.until_it_says("Nothing waits here.").await;
    window.close().await;
    let ledger = "{ decisions(first: 20) { edges { node { act office reason explanation } } } viewer { cases { totalCount } } }";
    let data = forum.moderator().ask(ledger, json!({})).await;
    let decisions = nodes(&data, "decisions");
    assert_eq!(decisions.len(), REPORTS);
    for (count, decision) in (0..REPORTS).rev().zip(&decisions) {
        let expected = ["DISMISS_REPORTS", "HIDE_POST"][count % 2];
        assert_eq!(text(decision, "act"), expected);
        assert_eq!(text(decision, "reason"), "DISRESPECTFUL");
        let explanation = format!("Looked at: number {count}.");
        assert_eq!(text(decision, "explanation"), explanation);
    }
    assert_eq!(at(&data, "viewer.cases.totalCount"), &json!(0));
}
