//! A document that would cost too much is refused before execution.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::text;
use crate::support::person::Person;

on_both_databases!(
    too_deep_a_document_is_refused,
    too_costly_a_document_is_refused,
    too_many_aliases_are_refused,
    too_many_directives_are_refused,
    too_many_mutations_in_one_document_are_refused with flags(["--query-mutations", "2"]),
    too_long_a_document_is_refused,
    doubling_fragments_are_refused_without_being_spread_out,
    fragments_in_a_circle_are_refused,
    long_chains_of_deep_fragments_are_refused,
    deep_brackets_are_refused_wherever_they_hide,
    a_page_size_counts_however_it_is_written,
    the_whole_schema_can_be_asked_for,
    a_text_that_would_be_far_larger_when_shown_is_refused,
    a_document_has_one_preview_and_so_has_a_batch,
    an_answer_tells_its_cost_on_request,
);

const PREVIEW: &str = "query($body: String!) { preview(body: $body) }";

async fn a_text_that_would_be_far_larger_when_shown_is_refused(forum: Forum) {
    let visitor = forum.visitor();
    let head = |columns: usize| format!("{}|\n{}|\n", "|a".repeat(columns), "|-".repeat(columns));
    let table = format!("{}{}", head(1_000), "|a|\n".repeat(500));
    let quoted: String = table.lines().map(|line| format!("> {line}\n")).collect();
    let links = format!(
        "[a]: https://example.org/{}\n\n{}",
        "x".repeat(900),
        "[a] ".repeat(4_000)
    );
    for text in [&table, &quoted] {
        let refused = visitor.refused(PREVIEW, json!({ "body": text })).await;
        refused.is_invalid("body");
    }
    // The parser itself does not resolve references beyond a useful depth.
    let data = visitor.ask(PREVIEW, json!({ "body": links })).await;
    assert!(text(&data, "preview").len() < 25 * links.len());
    let kenya = forum.delegate("ke");
    let mut input = Draft::default().input(&kenya).await;
    input["body"] = json!(table);
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is_invalid("body");
    let cells = format!("{}|\n", "|a cell".repeat(10));
    let honest = format!("{}{}", head(10), cells.repeat(40));
    let data = visitor.ask(PREVIEW, json!({ "body": honest })).await;
    assert!(text(&data, "preview").contains("<table"));
    let addresses =
        "See [the guide](https://example.org/guide) and https://example.org.\n\n".repeat(100);
    visitor.ask(PREVIEW, json!({ "body": addresses })).await;
}

async fn a_document_has_one_preview_and_so_has_a_batch(forum: Forum) {
    let visitor = forum.visitor();
    let two = "{ a: preview(body: \"1\") ...F } fragment F on Query { b: preview(body: \"2\") }";
    is_over_the_limit(&visitor, two).await;
    let one = json!({ "query": PREVIEW, "variables": { "body": "a" } });
    let batch = json!([one, one]);
    let request = visitor.request(reqwest::Method::POST, "/graphql");
    let answer = request.json(&batch).send().await.expect("an answer");
    let answers: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(answers[0]["data"]["preview"], "<p dir=\"auto\">a</p>\n");
    assert_eq!(
        text(&answers[1], "errors.0.extensions.code"),
        "LIMIT_EXCEEDED"
    );
}

async fn an_answer_tells_its_cost_on_request(forum: Forum) {
    let visitor = forum.visitor();
    let asked = json!({
        "query": "{ threads(first: 10) { edges { node { title } } } }",
        "extensions": { "cost": true },
    });
    let request = visitor.request(reqwest::Method::POST, "/graphql");
    let answer = request.json(&asked).send().await.expect("an answer");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    let cost = &answer["extensions"]["cost"];
    assert_eq!(cost["fields"]["cost"], 4);
    assert_eq!(cost["complexity"]["cost"], 31);
    assert_eq!(cost["complexity"]["limit"], 50_000);
    let silent = visitor.graphql("{ threads { cursor } }", json!({})).await;
    assert!(silent.body.get("extensions").is_none());
}

async fn is_over_the_limit(visitor: &Person, document: &str) {
    let refused = visitor.refused(document, json!({})).await;
    refused.is("LIMIT_EXCEEDED");
}

async fn too_deep_a_document_is_refused(forum: Forum) {
    let deep = |levels: usize| {
        let open = "{ edges { node { narrower".repeat(levels);
        let close = "} } }".repeat(levels);
        format!("{{ concept(slug: \"world\") {{ narrower(first: 1) {open} {{ edges {{ node {{ id }} }} }} {close} }} }}")
            .replace("narrower ", "narrower(first: 1) ")
    };
    let visitor = forum.visitor();
    visitor.ask(&deep(2), json!({})).await;
    is_over_the_limit(&visitor, &deep(10)).await;
}

async fn too_costly_a_document_is_refused(forum: Forum) {
    let wide = |size: u32| {
        format!(
            "{{ threads(first: {size}) {{ edges {{ node {{ posts(first: {size}) {{ edges {{ node {{ \
             revisions(first: {size}) {{ edges {{ node {{ body }} }} }} }} }} }} }} }} }} }}"
        )
    };
    let visitor = forum.visitor();
    visitor.ask(&wide(3), json!({})).await;
    is_over_the_limit(&visitor, &wide(100)).await;
}

async fn too_many_aliases_are_refused(forum: Forum) {
    let aliases = |count: u32| {
        let fields: String = (0..count).map(|at| format!("a{at}: __typename ")).collect();
        format!("{{ {fields} }}")
    };
    let visitor = forum.visitor();
    visitor.ask(&aliases(50), json!({})).await;
    is_over_the_limit(&visitor, &aliases(51)).await;
}

async fn too_many_directives_are_refused(forum: Forum) {
    let visitor = forum.visitor();
    visitor
        .ask("{ viewer @include(if: true) { role } }", json!({}))
        .await;
    let fields = "role @include(if: true) ".repeat(11);
    is_over_the_limit(&visitor, &format!("{{ viewer {{ {fields} }} }}")).await;
}

async fn too_many_mutations_in_one_document_are_refused(forum: Forum) {
    let mutations = |count: u32| {
        let fields: String = (0..count)
            .map(|at| {
                format!("m{at}: changeProfile(input: {{ language: EN }}) {{ person {{ id }} }} ")
            })
            .collect();
        format!("mutation {{ {fields} }}")
    };
    let kenya = forum.delegate("ke");
    kenya.ask(&mutations(2), json!({})).await;
    is_over_the_limit(&kenya, &mutations(3)).await;
}

async fn too_long_a_document_is_refused(forum: Forum) {
    let visitor = forum.visitor();
    let padded = |bytes: usize| format!("{{ __typename }} #{}", "x".repeat(bytes));
    visitor.ask(&padded(1_000), json!({})).await;
    is_over_the_limit(&visitor, &padded(40_000)).await;
}

async fn doubling_fragments_are_refused_without_being_spread_out(forum: Forum) {
    // Thirty fragments, each of which spreads the next twice: a billion fields.
    let mut document = "{ viewer { ...F0 } } ".to_string();
    for at in 0..30 {
        let next = at + 1;
        document.push_str(&format!(
            "fragment F{at} on Viewer {{ ...F{next} ...F{next} }} "
        ));
    }
    document.push_str("fragment F30 on Viewer { role }");
    is_over_the_limit(&forum.visitor(), &document).await;

    // The same through fields, whose names are the same.
    let mut document = "{ threads { edges { node { ...G0 } } } } ".to_string();
    for at in 0..30 {
        let next = at + 1;
        document.push_str(&format!(
            "fragment G{at} on Thread {{ a: author {{ id }} ...G{next} ... on Thread {{ ...G{next} }} }} "
        ));
    }
    document.push_str("fragment G30 on Thread { id }");
    is_over_the_limit(&forum.visitor(), &document).await;
}

async fn long_chains_of_deep_fragments_are_refused(forum: Forum) {
    let visitor = forum.visitor();
    let chain = |first: &str, count: usize, levels: usize| {
        let mut document = first.to_string();
        for at in 0..count {
            let (open, close) = ("... on Viewer { ".repeat(levels), "} ".repeat(levels));
            let next = at + 1;
            document.push_str(&format!(
                "fragment F{at} on Viewer {{ {open} ...F{next} {close} }} "
            ));
        }
        format!("{document} fragment F{count} on Viewer {{ role }}")
    };
    let used = "{ viewer { ...F0 } } ";
    visitor.ask(&chain(used, 3, 3), json!({})).await;
    is_over_the_limit(&visitor, &chain(used, 12, 50)).await;
    // The validator also visits fragments that are never spread.
    is_over_the_limit(&visitor, &chain("{ viewer { role } } ", 12, 50)).await;
    visitor.ask("{ viewer { role } }", json!({})).await;
}

async fn deep_brackets_are_refused_wherever_they_hide(forum: Forum) {
    let visitor = forum.visitor();
    let deep = "[".repeat(5_000);
    for before in [
        "",
        "#\r",
        "# a comment that ends with a carriage return \r",
        "query a($a: String = \"\"\" \\\"\"\" \"\"\") { __typename } ",
        "query a($a: [String] = [\"\"\"a\"]) { __typename } ",
    ] {
        let document = format!("{before} query b($b: I = {deep}) {{ __typename }}");
        is_over_the_limit(&visitor, &document).await;
    }
    // The contents of strings do not count.
    let text = json!({ "text": deep });
    visitor
        .ask("query($text: String) { concept(slug: $text) { id } }", text)
        .await;
    let document = format!("{{ concept(slug: \"{deep}\") {{ id }} }}");
    visitor.ask(&document, json!({})).await;
}

async fn a_page_size_counts_however_it_is_written(forum: Forum) {
    let visitor = forum.visitor();
    for document in [
        "{ threads(first: 100) { edges { node { ...P } } } } \
         fragment P on Thread { posts(first: 100) { ...E } } \
         fragment E on PostConnection { edges { node { revisions(first: 100) { ... { edges { node { body } } } } } } }",
        "query($n: Int = 100) { threads(first: $n) { edges { node { posts(first: $n) { edges { node { \
         revisions(first: $n) { edges { node { body } } } } } } } } } }",
    ] {
        is_over_the_limit(&visitor, document).await;
    }
}

async fn fragments_in_a_circle_are_refused(forum: Forum) {
    let document =
        "{ viewer { ...A } } fragment A on Viewer { role ...B } fragment B on Viewer { ...A }";
    let refused = forum.visitor().refused(document, json!({})).await;
    let code = text(&refused.0, "extensions.code");
    assert!(
        ["BAD_REQUEST", "LIMIT_EXCEEDED"].contains(&code.as_str()),
        "{code}"
    );
}

async fn the_whole_schema_can_be_asked_for(forum: Forum) {
    // The queries with which client tools load the schema.
    let document = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name } \
         types { ...FullType } directives { name description locations args { ...InputValue } } } } \
         fragment FullType on __Type { kind name description \
         fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } \
         inputFields { ...InputValue } interfaces { ...TypeRef } \
         enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } \
         fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue } \
         fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { \
         kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
    let data = forum.visitor().ask(document, json!({})).await;
    assert_eq!(text(&data, "__schema.queryType.name"), "Query");
    assert_eq!(
        text(&data, "__schema.subscriptionType.name"),
        "Subscription"
    );
}
