//! People report, and those who decide work through one queue: reports of the same post make one case, and one decision closes it.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::CLAIM;
use crate::support::moderating::REPORT;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::moderating::report_input;
use crate::support::person::Person;

on_both_databases!(
    reports_of_one_target_are_one_case_and_each_reporter_learns_the_outcome,
    a_report_is_refused_with_what_is_wrong_with_it with flags(["--report-reasons", "disrespectful,unlawful"]),
    a_claimed_case_is_left_alone_until_it_is_released_or_assigned,
    of_two_who_decide_on_one_case_at_once_one_is_refused_with_what_happened with flags(["--reports-per-hour", "1000"]),
    the_queue_is_filtered_and_told_live,
    nobody_decides_on_what_they_reported,
    a_dismissed_case_is_opened_again_by_undoing_it,
);

const QUEUE: &str = "query($filter: CaseFilter) { viewer { cases(filter: $filter, first: 50) { totalCount cursor edges { node { \
     id kind state post { number } thread { title } holder { id } reports(first: 9) { edges { node { reason note viewer { \
     reporter { id } } } } } notes(first: 9) { edges { node { body author { id } } } } decision { id act } } } } } }";

async fn queue(person: &Person, filter: Value) -> Vec<Value> {
    let data = person.ask(QUEUE, json!({ "filter": filter })).await;
    nodes(at(&data, "viewer"), "cases")
}

async fn reports_of_one_target_are_one_case_and_each_reporter_learns_the_outcome(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    let (author, one, other) = (
        forum.delegate("ke"),
        forum.delegate("fr"),
        forum.delegate("br"),
    );
    let thread = open(&author, Draft::titled("To be reported")).await;
    let posted = reply(&author, &thread.id, "Not kind.").await;
    let input = report_input(&posted.id, "It is not kind.");
    let first = one.ask(REPORT, json!({ "input": input })).await;
    let again = one.ask(REPORT, json!({ "input": input })).await;
    assert_eq!(first, again, "a resend is one report");
    let second = json!({ "input": report_input(&posted.id, "Still not.") });
    let refused = one.refused(REPORT, second).await;
    refused.is_denied("ALREADY_REPORTED");
    report(&other, &posted.id, "").await;

    assert!(queue(&moderator, json!({})).await.is_empty(), "no regions");
    assert!(queue(&author, json!({})).await.is_empty());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    for (person, sees) in [(&moderator, false), (&secretariat, true)] {
        let cases = queue(person, json!({})).await;
        assert_eq!(cases.len(), 1);
        let reports = nodes(&cases[0], "reports");
        assert_eq!(text(&reports[0], "note"), "It is not kind.");
        assert_eq!(reports.len(), 2);
        assert_eq!(at(&reports[0], "viewer.reporter").is_object(), sees);
    }
    let decision = decide(&moderator, "DISMISS_REPORTS", &[&posted.id]).await;
    assert!(queue(&moderator, json!({})).await.is_empty());
    let resolved = queue(&moderator, json!({ "state": "RESOLVED" })).await;
    assert_eq!(text(&resolved[0], "decision.id"), decision);
    let notices = "{ viewer { notices(first: 5) { edges { node { about decision { id viewer { explanation } } } } } } }";
    for (reporter, about) in [(&one, "REPORT"), (&other, "REPORT"), (&author, "DECISION")] {
        let data = reporter.ask(notices, json!({})).await;
        let notice = nodes(at(&data, "viewer"), "notices").remove(0);
        assert_eq!(text(&notice, "about"), about);
        assert_eq!(text(&notice, "decision.id"), decision);
        assert!(at(&notice, "decision.viewer.explanation").is_string());
    }
    let outcome = "query($id: ID!) { node(id: $id) { ... on Post { viewer { canReport report { outcome { id } } } } } }";
    let data = one.ask(outcome, json!({ "id": posted.id })).await;
    assert_eq!(text(&data, "node.viewer.report.outcome.id"), decision);
}

async fn a_report_is_refused_with_what_is_wrong_with_it(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::titled("As it is")).await;
    let posted = reply(&forum.delegate("br"), &thread.id, "A text.").await;
    let person = forum.delegate("fr");
    let reasons = person
        .ask("{ instance { reportReasons } }", json!({}))
        .await;
    assert_eq!(
        at(&reasons, "instance.reportReasons"),
        &json!(["DISRESPECTFUL", "UNLAWFUL"])
    );
    let mut input = report_input(&posted.id, "");
    input["reason"] = json!("OFF_TOPIC");
    let refused = person.refused(REPORT, json!({ "input": input })).await;
    refused.is_invalid("reason");
    let long = json!({ "input": report_input(&posted.id, &"x".repeat(2_001)) });
    person.refused(REPORT, long).await.is_invalid("note");
    let visitor = forum.visitor();
    let input = json!({ "input": report_input(&posted.id, "") });
    let refused = visitor.refused(REPORT, input).await;
    refused.is_denied("SIGN_IN_REQUIRED");
    let members = open(&forum.delegate("ke"), Draft::for_members("Inside")).await;
    let input = json!({ "input": report_input(&members.id, "") });
    let refused = forum.person("visitor").refused(REPORT, input).await;
    refused.is("NOT_FOUND");
    decide(&forum.secretariat(), "HIDE_POST", &[&posted.id]).await;
    let input = json!({ "input": report_input(&posted.id, "") });
    let refused = person.refused(REPORT, input).await;
    refused.is_denied("POST_HIDDEN");
}

async fn a_claimed_case_is_left_alone_until_it_is_released_or_assigned(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let thread = open(&forum.delegate("ke"), Draft::titled("Claimed")).await;
    report(&forum.delegate("fr"), &thread.id, "Look.").await;
    let case = text(&queue(&secretariat, json!({})).await[0], "id");
    let this = json!({ "input": { "caseId": case } });
    secretariat.ask(CLAIM, this.clone()).await;
    let refused = moderator.refused(CLAIM, this.clone()).await;
    refused.is_denied("CASE_CLAIMED");
    let input = input_with("DISMISS_REPORTS", &[&thread.id], json!({}));
    let refused = moderator.refused(DECIDE, json!({ "input": input })).await;
    refused.is_denied("CASE_CLAIMED");
    let refused = forum.delegate("fr").refused(CLAIM, this.clone()).await;
    refused.is_denied("ROLE_MAY_NOT");
    let assign = "mutation($input: AssignCaseInput!) { assignCase(input: $input) { case { holder { id } } } }";
    let to = |id: &str| json!({ "input": { "caseId": case, "personId": id } });
    let stranger = own_id(&forum.delegate("fr")).await;
    let refused = secretariat.refused(assign, to(&stranger)).await;
    refused.is_invalid("personId");
    let mine = own_id(&moderator).await;
    let data = secretariat.ask(assign, to(&mine)).await;
    assert_eq!(text(&data, "assignCase.case.holder.id"), mine);
    let held = queue(&moderator, json!({ "held": "BY_ME" })).await;
    assert_eq!(held.len(), 1);
    let note = "mutation($input: NoteCaseInput!) { noteCase(input: $input) { note { id body } } }";
    let input =
        json!({ "key": uuid::Uuid::new_v4(), "caseId": case, "body": "I ask the capital." });
    moderator.ask(note, json!({ "input": input })).await;
    let seen = queue(&secretariat, json!({})).await;
    assert_eq!(
        text(&nodes(&seen[0], "notes")[0], "body"),
        "I ask the capital."
    );
    let release =
        "mutation($input: CaseInput!) { releaseCase(input: $input) { case { holder { id } } } }";
    moderator.ask(release, this.clone()).await;
    secretariat.ask(CLAIM, this).await;
    decide(&secretariat, "DISMISS_REPORTS", &[&thread.id]).await;
}

async fn of_two_who_decide_on_one_case_at_once_one_is_refused_with_what_happened(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let (author, reporter) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&author, Draft::titled("A race")).await;
    let mut taken = 0;
    for round in 0..100 {
        let posted = reply(&author, &thread.id, &format!("Number {round}.")).await;
        report(&reporter, &posted.id, "").await;
        let case = text(&queue(&secretariat, json!({})).await[0], "id");
        let decides = async |person: &Person, act: &str| {
            let input = input_with(act, &[&posted.id], json!({ "caseId": case }));
            person.graphql(DECIDE, json!({ "input": input })).await.body
        };
        let (one, other) = tokio::join!(
            decides(&secretariat, "HIDE_POST"),
            decides(&moderator, "DISMISS_REPORTS")
        );
        let both = [&one, &other];
        let decisions: Vec<&Value> = both
            .into_iter()
            .filter_map(|body| body.pointer("/data/decide/decision/id"))
            .collect();
        let refusals: Vec<&Value> = both
            .into_iter()
            .filter_map(|body| body.pointer("/errors/0/extensions"))
            .collect();
        assert_eq!((decisions.len(), refusals.len()), (1, 1), "{one} {other}");
        assert_eq!(text(refusals[0], "reason"), "ALREADY_DECIDED");
        assert_eq!(&refusals[0]["decisionId"], decisions[0]);
        taken += 1;
    }
    let ledger = "{ decisions(first: 1) { edges { node { position } } } }";
    let data = forum.visitor().ask(ledger, json!({})).await;
    assert_eq!(number(&data, "decisions.edges.0.node.position"), taken);
}

async fn the_queue_is_filtered_and_told_live(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let author = forum.delegate("ke");
    let events = "subscription($after: String) { caseEvents(after: $after) { __typename ... on CaseChanged { case { id state \
         thread { title } } } } }";
    let mut refused = forum.delegate("fr").subscribe(events, json!({})).await;
    let told = format!("{:?}", refused.receive().await);
    assert!(told.contains("ROLE_MAY_NOT"), "{told}");
    let data = moderator.ask(QUEUE, json!({})).await;
    let after = json!({ "after": text(&data, "viewer.cases.cursor") });
    let mut told = moderator.subscribe(events, after).await;
    let kenya = open(&author, Draft::titled("Kenya")).await;
    let brazil = Draft {
        regions: &["country-br"],
        kind: "QUESTION",
        ..Draft::titled("Brazil")
    };
    let brazil = open(&author, brazil).await;
    let reporter = forum.delegate("fr");
    report(&reporter, &brazil.id, "").await;
    report(&reporter, &kenya.id, "").await;
    let event = told.event().await;
    assert_eq!(
        text(&event, "case.thread.title"),
        "Kenya",
        "Brazil is not theirs"
    );
    let titles = async |person: &Person, filter: Value| {
        let cases = queue(person, filter).await;
        let all = cases.iter().map(|case| text(case, "thread.title"));
        all.collect::<Vec<String>>()
    };
    let both = ["Brazil".to_string(), "Kenya".to_string()];
    assert_eq!(titles(&secretariat, json!({})).await, both);
    assert_eq!(titles(&moderator, json!({})).await, [both[1].clone()]);
    for (filter, expected) in [
        (json!({ "regions": ["africa"] }), &both[1..]),
        (json!({ "threadKinds": ["QUESTION"] }), &both[..1]),
        (json!({ "tools": ["wipo-ipas"] }), &both[..]),
        (
            json!({ "methods": ["study-visit"], "regions": ["country-br"] }),
            &both[..1],
        ),
        (json!({ "kinds": ["APPEAL"] }), &[]),
        (json!({ "held": "BY_NOBODY" }), &both[..]),
        (json!({ "openedBefore": "2020-01-01T00:00:00Z" }), &[]),
        (json!({ "openedBefore": forum.moment_in(60) }), &both[..]),
    ] {
        assert_eq!(
            titles(&secretariat, filter.clone()).await,
            expected,
            "{filter}"
        );
    }
    decide(&secretariat, "LOCK_THREAD", &[&kenya.id]).await;
    let event = told.event().await;
    assert_eq!(text(&event, "case.state"), "RESOLVED");
}

async fn nobody_decides_on_what_they_reported(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let thread = open(&forum.delegate("ke"), Draft::titled("Reported by staff")).await;
    report(&moderator, &thread.id, "").await;
    let input = input_with("LOCK_THREAD", &[&thread.id], json!({}));
    let refused = moderator.refused(DECIDE, json!({ "input": input })).await;
    refused.is_denied("OWN_REPORT");
    let document =
        "query($id: ID!) { node(id: $id) { ... on Thread { viewer { lockRefusal acts } } } }";
    let data = moderator.ask(document, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "node.viewer.lockRefusal"), "OWN_REPORT");
    assert_eq!(at(&data, "node.viewer.acts"), &json!([]));
    decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
}

async fn a_dismissed_case_is_opened_again_by_undoing_it(forum: Forum) {
    let secretariat = forum.secretariat();
    let thread = open(&forum.delegate("ke"), Draft::titled("Dismissed")).await;
    report(&forum.delegate("fr"), &thread.id, "").await;
    let before = queue(&secretariat, json!({})).await;
    let decision = decide(&secretariat, "DISMISS_REPORTS", &[&thread.id]).await;
    assert!(queue(&secretariat, json!({})).await.is_empty());
    crate::support::acts::undo(&secretariat, &decision).await;
    assert_eq!(queue(&secretariat, json!({})).await, before);
}
