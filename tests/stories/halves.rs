//! No decision is ever taken by half: the process exits after each of its statements in turn, and the API and the ledger then show the
//! state before or after it.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::json::text;
use crate::support::moderating::CONFIRM;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(
    a_decision_is_taken_whole_or_not_wherever_the_process_ends,
    an_erasure_is_whole_or_not_wherever_the_process_ends,
    a_merging_is_whole_or_not_wherever_the_process_ends,
);

/// The first statement that writes part of a decision.
const FIRST: &str = "INSERT INTO \"decision\"";
/// More statements than any decision executes here.
const MOST: usize = 80;

/// What a visitor sees of the threads, and the number of entries in the ledger, which must verify.
async fn state(process: &Process) -> (String, usize) {
    let visitor = Person::new(process.address, None);
    let document = "{ threads(first: 9) { totalCount edges { node { id title lastNumber mergedInto { id } posts(first: 50) { edges { node { \
         id number state body revisions { edges { node { id } } } hiddenBy { id } erasedBy { id } movedTo { id } } } } } } } }";
    let seen = visitor.ask(document, json!({})).await.to_string();
    let file = visitor.request(reqwest::Method::GET, "/ledger.jsonl");
    let lines = file.send().await.expect("the ledger").text().await;
    let lines = lines.expect("its lines");
    let address = format!("http://{}/ledger.jsonl", process.address);
    let verified = run(&["ledger", "verify", &address]).await;
    let entries = lines.lines().count();
    // An empty ledger does not verify.
    let code = if entries == 0 { 1 } else { 0 };
    assert_eq!(verified.code, Some(code), "{}", verified.stderr);
    (seen, entries)
}

struct Scene {
    post: String,
    thread: String,
    other: String,
}

async fn scene(author: &Person, reporter: &Person) -> Scene {
    let thread = open(author, Draft::titled("Cut in the middle")).await;
    let posted = reply(author, &thread.id, "A text.").await;
    reply(author, &thread.id, "Another text.").await;
    report(reporter, &posted.id, "Please look.").await;
    let other = open(author, Draft::titled("The other thread")).await;
    Scene {
        post: posted.id,
        thread: thread.id,
        other: other.id,
    }
}

/// Makes the process exit after each statement of a decision in turn, until the decision is answered.
async fn cut_everywhere(
    kind: Kind,
    ask: impl AsyncFn(&Person, &Person, &Scene) -> (&'static str, Value),
) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let process = Process::serve(place.url(), &[]).await;
    let person =
        |process: &Process, word: &str| Person::new(process.address, Some(template.token(word)));
    let secretariat = person(&process, "secretariat");
    let moderator = person(&process, "moderator");
    crate::support::acts::give_scope(&secretariat, &moderator, &["africa"]).await;
    let scene = scene(&person(&process, "ke"), &person(&process, "fr")).await;
    let (document, variables) = ask(&moderator, &secretariat, &scene).await;
    let (before, entries) = state(&process).await;
    drop(process);
    let mut cuts = 0;
    for count in 0..MOST {
        let mut process = Process::serve_and_cut(place.url(), count, FIRST).await;
        let answer = person(&process, "secretariat")
            .try_graphql(document, &variables)
            .await;
        let answered = answer.is_ok_and(|answer| answer.body.get("errors").is_none());
        // A response may arrive before the exit.
        if answered {
            process.kill();
        } else {
            process.end().await;
        }
        let process = Process::serve(place.url(), &[]).await;
        let (after, now) = state(&process).await;
        assert!(!answered || now > entries, "what was answered is there");
        if now == entries {
            assert_eq!(after, before, "cut after {count} statements");
            cuts += 1;
        } else {
            assert_eq!(now, entries + 1);
            assert_ne!(after, before);
            break;
        }
    }
    assert!((5..MOST).contains(&cuts), "cut {cuts} times");
    place.remove().await;
}

async fn a_decision_is_taken_whole_or_not_wherever_the_process_ends(kind: Kind) {
    cut_everywhere(kind, async |_, _, scene| {
        let input = input_with("HIDE_POST", &[&scene.post], json!({}));
        (DECIDE, json!({ "input": input }))
    })
    .await;
}

async fn an_erasure_is_whole_or_not_wherever_the_process_ends(kind: Kind) {
    cut_everywhere(kind, async |moderator, _, scene| {
        let input = input_with("ERASE_POST", &[&scene.post], json!({}));
        let data = moderator.ask(PROPOSE, json!({ "input": input })).await;
        let proposal = text(&data, "proposeDecision.proposal.id");
        (CONFIRM, json!({ "input": { "proposalId": proposal } }))
    })
    .await;
}

async fn a_merging_is_whole_or_not_wherever_the_process_ends(kind: Kind) {
    cut_everywhere(kind, async |_, _, scene| {
        let more = json!({ "intoThreadId": scene.other });
        let input = input_with("MERGE_THREADS", &[&scene.thread], more);
        (DECIDE, json!({ "input": input }))
    })
    .await;
}
