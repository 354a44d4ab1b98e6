//! Every page, for every role: reached by links, without a barrier that axe finds, no wider than the window, and mirrored in
//! a language that is written from right to left.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::decide;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::routes;

const PASSWORD: &str = "partage-demonstration";
const LANGUAGES: [&str; 6] = ["en", "ar", "es", "fr", "ru", "zh"];
const ROLES: [Option<&str>; 4] = [
    None,
    Some("delegate"),
    Some("moderator"),
    Some("secretariat"),
];

const TRANSLATE: &str =
    "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { id } } }";
const KEEP_DRAFT: &str =
    "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { id } } }";

/// A server with the demonstration's content, and with more of what a delegate leaves behind.
struct Stage {
    place: Place,
    server: Process,
    /// Where somebody begins who follows an invitation.
    invitation: String,
    /// Where somebody begins who was given a link to choose a new password.
    password: String,
    /// A thread of the delegate's own.
    thread: String,
}

impl Stage {
    async fn set() -> Stage {
        let place = Place::empty(Kind::Sqlite).await;
        let server = Process::serve(place.url(), &["--demo"]).await;
        let mut stage = Stage {
            place,
            server,
            invitation: String::new(),
            password: String::new(),
            thread: String::new(),
        };
        let delegate = stage.person(Some("delegate")).await;
        let opened = open(&delegate, Draft::titled("What helped?")).await;
        let secretariat = stage.person(Some("secretariat")).await;
        reply(&secretariat, &opened.id, "Look at the *list* as well.").await;
        let posted = reply(&delegate, &opened.id, "What helped *us*: a pilot.").await;
        let body = "What helped *us*: a small pilot.";
        let input = json!({ "postId": posted.id, "revision": 1, "body": body });
        delegate.ask(EDIT, json!({ "input": input })).await;
        let input = json!({ "key": Uuid::new_v4(), "postId": posted.id, "revision": 2, "language": "AR",
            "body": "ما ساعدنا: تجربة صغيرة." });
        delegate.ask(TRANSLATE, json!({ "input": input })).await;
        let place = json!({ "purpose": "REPLY", "subjectId": opened.id, "language": "EN" });
        let input =
            json!({ "place": place, "title": "", "body": "To be gone on with.", "revision": 0 });
        delegate.ask(KEEP_DRAFT, json!({ "input": input })).await;
        let hidden = reply(&delegate, &opened.id, "Buy our guide.").await;
        decide(&secretariat, "HIDE_POST", &[&hidden.id]).await;
        stage.thread = format!("/threads/{}", opened.id);
        let input = json!({ "key": Uuid::new_v4(), "email": "new@example.org",
            "delegationId": delegation_id(&secretariat, "ke").await, "role": "DELEGATE", "title": "Delegate", "capacity": "PERSONAL" });
        let invite = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
        let link = text(
            &secretariat.ask(invite, json!({ "input": input })).await,
            "invite.link",
        );
        let at = link.find("/invitations/").expect("a path");
        stage.invitation = link[at..].to_string();
        let input = json!({ "key": Uuid::new_v4(), "personId": own_id(&delegate).await });
        let make =
            "mutation($input: MakePasswordLinkInput!) { makePasswordLink(input: $input) { link } }";
        let made = secretariat.ask(make, json!({ "input": input })).await;
        let link = text(&made, "makePasswordLink.link");
        let at = link.find("/password/").expect("a path");
        stage.password = link[at..].to_string();
        stage
    }

    async fn token(&self, role: &str) -> String {
        let input = json!({ "email": email(role), "password": PASSWORD });
        let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
        let visitor = Person::new(self.server.address, None);
        text(
            &visitor.ask(sign_in, json!({ "input": input })).await,
            "signIn.token",
        )
    }

    async fn person(&self, role: Option<&str>) -> Person {
        let visitor = Person::new(self.server.address, None);
        match role {
            Some(role) => visitor.with_token(&self.token(role).await),
            None => visitor,
        }
    }

    /// Every kind of page that somebody with this role finds.
    async fn pages(&self, role: Option<&str>) -> BTreeMap<String, String> {
        let visitor = Person::new(self.server.address, None);
        let token = match role {
            Some(role) => Some(self.token(role).await),
            None => None,
        };
        let mut from = vec!["/".to_string(), self.thread.clone()];
        if role.is_none() {
            from.push(self.invitation.clone());
            from.push(self.password.clone());
        }
        let mut reader = Browser::at(&visitor, token.as_deref());
        routes::explore(&mut reader, &from).await
    }

    async fn leave(mut self) {
        self.server.kill();
        self.place.remove().await;
    }
}

fn email(role: &str) -> String {
    format!("{role}@demo.invalid")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_reached_by_links() {
    let stage = Stage::set().await;
    let mut found = BTreeSet::new();
    for role in ROLES {
        let pages = stage.pages(role).await;
        found.extend(
            pages
                .keys()
                .filter_map(|kind| kind.split('?').next().map(str::to_string)),
        );
    }
    stage.leave().await;
    let missing: Vec<String> = routes::declared()
        .into_iter()
        .filter(|route| !routes::is_no_page(route) && !found.contains(route))
        .collect();
    assert!(missing.is_empty(), "no link leads to {missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_for_a_visitor() {
    no_page_has_a_barrier_for(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_for_a_delegate() {
    no_page_has_a_barrier_for(Some("delegate")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_for_a_moderator() {
    no_page_has_a_barrier_for(Some("moderator")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_for_the_secretariat() {
    no_page_has_a_barrier_for(Some("secretariat")).await;
}

async fn no_page_has_a_barrier_for(role: Option<&str>) {
    let stage = Stage::set().await;
    let pages = stage.pages(role).await;
    let window = Chromium::at(format!("http://{}", stage.server.address)).await;
    if let Some(role) = role {
        window.sign_in(&email(role), PASSWORD).await;
    }
    // Brought by the browser itself, since the pages' policy lets no other script in.
    let axe = std::env::var("PARTAGE_TEST_AXE")
        .expect("PARTAGE_TEST_AXE must name axe-core's file; `sh tests/run` fetches it");
    let axe = std::fs::read_to_string(&axe).expect("axe-core");
    window
        .tell(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": axe }),
        )
        .await;
    // What others see as well is looked at in all languages as theirs.
    let before = match role {
        Some("moderator") => stage.pages(Some("delegate")).await,
        Some("secretariat") => stage.pages(Some("moderator")).await,
        _ => BTreeMap::new(),
    };
    let mut found = BTreeSet::new();
    for language in LANGUAGES {
        for (kind, address) in pages.iter().chain(&refused(role)) {
            if before.contains_key(kind) && !["en", "ar"].contains(&language) {
                continue;
            }
            let mark = if address.contains('?') { '&' } else { '?' };
            window
                .visit(&format!("{address}{mark}lang={language}"))
                .await;
            if kind.starts_with(REFUSED) {
                window
                    .run("document.querySelector('main form[method=post]').submit()")
                    .await;
                window.find(".trouble, .beside").await;
            }
            let mut tell = |what: &str, said: Value| {
                for said in said.as_array().expect("a list") {
                    found.insert(format!("{language} {kind} {what}: {said}"));
                }
            };
            for width in [1280, 320] {
                window.appear(width, "light").await;
                tell(&format!("{width} light"), window.run(&axe_run(RULES)).await);
                tell(&format!("{width} wide"), window.run(WIDER).await);
                if language == "ar" {
                    tell(&format!("{width} not mirrored"), window.run(MIRRORED).await);
                }
                window.appear(width, "dark").await;
                tell(
                    &format!("{width} dark"),
                    window.run(&axe_run(COLOURS)).await,
                );
            }
        }
    }
    window.close().await;
    stage.leave().await;
    let said: Vec<String> = found.into_iter().collect();
    assert!(
        said.is_empty(),
        "{} barriers:\n{}",
        said.len(),
        said.join("\n")
    );
}

/// How a form is called that is sent empty, so that it says what it lacks.
const REFUSED: &str = "an empty";

/// Pages that say what is wrong with what was given.
fn refused(role: Option<&str>) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        ("what is not there".to_string(), "/no-such-page".to_string()),
        (
            "a list with a day that is none".to_string(),
            "/threads?from=nonsense".to_string(),
        ),
    ]);
    let (kind, address) = match role {
        None => ("sign-in", "/sign-in"),
        Some("secretariat") => ("invitation", "/invitations"),
        Some(_) => ("thread", "/threads/new"),
    };
    pages.insert(format!("{REFUSED} {kind}"), address.to_string());
    if role.is_none() {
        pages.insert("what needs a sign-in".to_string(), "/drafts".to_string());
    }
    pages
}

/// The rules of WCAG 2.0 to 2.2, A and AA.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']";
/// Those of them that look at colours.
const COLOURS: &str = "['color-contrast', 'link-in-text-block']";

/// What axe finds by these rules.
fn axe_run(rules: &str) -> String {
    format!(
        "return axe.run(document, {{ runOnly: {rules}, preload: false, resultTypes: ['violations'] }}).then(({{ violations }}) => \
         violations.flatMap(({{ id, nodes }}) => nodes.slice(0, 2).map(({{ html, failureSummary }}) => \
         [id, html.slice(0, 200), failureSummary].join(' '))))"
    )
}

/// By how much the page is wider than its window.
const WIDER: &str = "const { scrollWidth, clientWidth } = document.documentElement; \
    return scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px`] : []";

/// What does not stand on the other side when the same page is laid out from left to right. Texts in their own direction and
/// what is in them are not compared.
const MIRRORED: &str = "
    const own = (element) => element.closest('[dir]') !== document.documentElement;
    const isInline = (element) => /inline|none|contents/.test(getComputedStyle(element).display);
    const isPlain = (element) => { for (let each = element; each; each = each.parentElement) \
        if (getComputedStyle(each).unicodeBidi === 'plaintext') return true; return false; };
    const all = [...document.querySelectorAll('body *')].filter((element) => !own(element) && !isInline(element) \
        && !isPlain(element) && !element.closest('select, dialog, template') && element.getClientRects().length > 0);
    const places = () => all.map((element) => { const { left, right } = element.getBoundingClientRect(); return [left, right]; });
    const before = places();
    document.documentElement.dir = 'ltr';
    const after = places();
    document.documentElement.dir = 'rtl';
    const width = document.documentElement.clientWidth;
    return all.filter((element, at) => Math.abs(width - before[at][1] - after[at][0]) > 1.5).slice(0, 5) \
        .map((element, at) => element.outerHTML.slice(0, 160));";
