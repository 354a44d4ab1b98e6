//! Texts that try to run in the reader's browser do not: as title, body, name or label, on every page that shows them.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::concept_id;
use crate::support::acts::open;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::forum::flags;

on_both_databases!(fifty_texts_that_try_to_run_do_not_run with flags(["--name-changes", "100"]));

/// Each sets `window.__ran` if it runs.
const PAYLOADS: [&str; 50] = [
    "<script>window.__ran=1</script>",
    "<SCRIPT SRC=data:text/javascript,window.__ran=1></SCRIPT>",
    "<scr<script>ipt>window.__ran=1</scr</script>ipt>",
    "<script/x>window.__ran=1</script>",
    "<script\n>window.__ran=1</script\n>",
    "</script><script>window.__ran=1</script>",
    "</title><script>window.__ran=1</script>",
    "</textarea><script>window.__ran=1</script>",
    "--><script>window.__ran=1</script><!--",
    "]]><script>window.__ran=1</script>",
    "\"><script>window.__ran=1</script>",
    "'><script>window.__ran=1</script>",
    "\" autofocus onfocus=\"window.__ran=1",
    "' autofocus onfocus='window.__ran=1",
    "\" onmouseover=window.__ran=1 x=\"",
    "<img src=x onerror=window.__ran=1>",
    "<img src=x onerror=\"window.__ran=1\"//",
    "<IMG \"\"\"><SCRIPT>window.__ran=1</SCRIPT>\">",
    "<img src=`x` onerror=`window.__ran=1`>",
    "<svg onload=window.__ran=1>",
    "<svg/onload=window.__ran=1//",
    "<svg><script>window.__ran=1</script></svg>",
    "<svg><animate onbegin=window.__ran=1 attributeName=x dur=1s>",
    "<svg><style><img src=x onerror=window.__ran=1></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.__ran=1>",
    "<body onload=window.__ran=1>",
    "<iframe srcdoc=\"<script>parent.__ran=1</script>\"></iframe>",
    "<iframe src=\"javascript:parent.__ran=1\"></iframe>",
    "<object data=\"javascript:window.__ran=1\"></object>",
    "<embed src=\"javascript:window.__ran=1\">",
    "<form action=\"javascript:window.__ran=1\"><input type=submit autofocus></form>",
    "<input autofocus onfocus=window.__ran=1>",
    "<details open ontoggle=window.__ran=1>x</details>",
    "<video><source onerror=window.__ran=1></video>",
    "<audio src=x onerror=window.__ran=1>",
    "<marquee onstart=window.__ran=1>x</marquee>",
    "<base href=\"javascript:window.__ran=1//\">",
    "<link rel=stylesheet href=\"javascript:window.__ran=1\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:window.__ran=1\">",
    "<a href=\"javascript:window.__ran=1\">press</a>",
    "[press](javascript:window.__ran=1)",
    "[press](JaVaScRiPt:window.__ran=1)",
    "[press](&#106;avascript:window.__ran=1)",
    "[press](java\tscript:window.__ran=1)",
    "[press](data:text/html,<script>window.__ran=1</script>)",
    "![x](x\" onerror=\"window.__ran=1)",
    "![x](javascript:window.__ran=1)",
    "<javascript:window.__ran=1>",
    "[a]: javascript:window.__ran=1\n\n[press][a]",
    "{{constructor.constructor('window.__ran=1')()}}${window.__ran=1}",
];

async fn fifty_texts_that_try_to_run_do_not_run(forum: Forum) {
    let distinct: BTreeSet<&str> = PAYLOADS.into_iter().collect();
    assert_eq!(distinct.len(), 50);
    let window = Chromium::signed_in(&forum, "ke").await;
    // First, that a script that runs would be noticed.
    window.visit("/about").await;
    window.run("window.__ran = 1").await;
    assert_eq!(window.run("return window.__ran").await, json!(1));

    for (count, payload) in PAYLOADS.into_iter().enumerate() {
        let word = CONCEPTS[count % CONCEPTS.len()];
        let thread = write_everywhere(&forum, payload, word).await;
        // The thread shows all four: its title, its body, the name of its author and the labels of its tags.
        nothing_runs_on(&window, &format!("/threads/{thread}")).await;
        nothing_runs_on(&window, &format!("/vocabulary/{word}")).await;
    }
    for path in ["/", "/vocabulary", "/?tool=wipo-ipas"] {
        nothing_runs_on(&window, path).await;
    }
    window.close().await;
}

/// Uses it as the name of a delegate, a label and a definition, and the title and body of a thread, whose id is returned.
async fn write_everywhere(forum: &Forum, payload: &str, word: &str) -> String {
    let kenya = forum.delegate("ke");
    let secretariat = forum.secretariat();
    let line = one_line(payload);
    let document = "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { name } } }";
    kenya
        .ask(document, json!({ "input": { "name": line } }))
        .await;
    let document =
        "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id } } }";
    let labels = json!([{ "language": "EN", "label": line, "definition": payload }]);
    let id = concept_id(&secretariat, word).await;
    let input = json!({ "conceptId": id, "labels": labels });
    secretariat.ask(document, json!({ "input": input })).await;
    let draft = Draft {
        // Some of them alone would not be a text.
        body: format!("Words.\n\n{payload}"),
        tools: &["wipo-ipas", "office-systems"],
        regions: &["country-ke", "africa"],
        ..Draft::titled(line)
    };
    open(&kenya, draft).await.id
}

/// Loads a page that shows such texts, and triggers what waits for the reader as well: clicks links, moves the pointer over everything.
async fn nothing_runs_on(window: &Chromium, path: &str) {
    window.visit(path).await;
    window
        .until("the page", "return document.readyState === 'complete'")
        .await;
    window
        .run(
            "for (const link of document.querySelectorAll('main a')) \
               if (/^\\s*(javascript|data|vbscript):/i.test(link.href)) link.click(); \
             for (const each of document.querySelectorAll('main [autofocus]')) each.focus(); \
             for (const each of document.querySelectorAll('main *')) \
               each.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))",
        )
        .await;
    let ran = window.run("return window.__ran ?? null").await;
    assert_eq!(ran, Value::Null, "{path}");
    let shown = "return document.body.innerText.includes('__ran')";
    assert_eq!(
        window.run(shown).await,
        json!(true),
        "it is shown as a text on {path}"
    );
    let inside = "return document.querySelectorAll('main script, main iframe, main object, \
         main embed, main svg script, main base, main meta').length";
    assert_eq!(window.run(inside).await, json!(0), "{path}");
}

/// Concepts of all three schemes that are on each thread.
const CONCEPTS: [&str; 5] = [
    "wipo-ipas",
    "study-visit",
    "country-ke",
    "office-systems",
    "africa",
];

/// A name, a title and a label are one line.
fn one_line(payload: &str) -> String {
    payload.split_whitespace().collect::<Vec<_>>().join(" ")
}
