//! Invisible text is not a text, and visible text stays as it was typed, in every field that takes a line or a text.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::concept_id;
use crate::support::acts::decide;
use crate::support::acts::decision_input;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::person::Person;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    what_is_not_seen_is_refused_in_every_field_that_must_be_filled,
    markdown_that_renders_to_nothing_is_no_text,
    a_line_closes_each_direction_that_it_opens,
    a_preview_leaves_no_direction_open,
    what_people_type_is_kept_to_the_letter,
    addresses_with_a_plus_and_capitals_sign_in,
);

/// Texts that consist of invisible characters.
const UNSEEN: [&str; 16] = [
    "\u{200b}",
    "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
    "\u{ad}\u{ad}",
    "\u{3164}",
    "\u{115f}\u{1160}\u{ffa0}",
    "\u{2800}\u{2800}",
    "\u{34f}",
    "\u{17b4}\u{17b5}",
    "\u{180e}",
    "\u{e0041}\u{e0042}\u{e007f}",
    "\u{fe0f}",
    "\u{301}\u{308}",
    "\u{202e}\u{202c}",
    "\u{a0}\u{2003}\u{3000}\u{200b}",
    "\u{1d159}",
    "\u{61c}\u{200e}\u{200f}",
];

/// A mutation with one field to be filled in, by path.
struct Field {
    by: Person,
    document: &'static str,
    input: Value,
    path: &'static str,
}

impl Field {
    fn filled(&self, text: &str) -> Value {
        let mut input = self.input.clone();
        let pointer = format!("/{}", self.path.replace('.', "/"));
        match input.pointer_mut(&pointer) {
            Some(place) => *place = json!(text),
            None => input[self.path] = json!(text),
        }
        if let Some(key) = input.get_mut("key") {
            *key = json!(Uuid::new_v4());
        }
        json!({ "input": input })
    }
}

/// Every field of the API that takes a line or a text which others read.
async fn fields(forum: &Forum) -> Vec<Field> {
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let opened = open(&kenya, Draft::default()).await;
    let posted = reply(&kenya, &opened.id, "What we found.").await;
    let hidden = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let other = reply(&kenya, &opened.id, "What else we found.").await;
    let link = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let invite = json!({
        "key": Uuid::new_v4(), "email": "unseen@example.org", "role": "DELEGATE",
        "delegationId": delegation_id(&secretariat, "ke").await, "capacity": "PERSONAL", "title": "Adviser",
    });
    let invited = secretariat.ask(link, json!({ "input": invite })).await;
    let token = text(&invited, "invite.link");
    let (_, token) = token.rsplit_once('/').expect("a link");
    let labels = json!([{ "language": "EN", "label": "A tool", "definition": "What it is for." }]);
    let tool = concept_id(&secretariat, "wipo-ipas").await;
    let decision = |act: &str, more: Value| {
        let mut input = decision_input(act, &[]);
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    };
    let of = |by: &Person, path, document, input| Field {
        by: by.clone(),
        document,
        input,
        path,
    };
    let opening = "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { title post(number: 1) { body } } } }";
    let concept =
        "mutation($input: AddConceptInput!) { addConcept(input: $input) { concept { id } } }";
    let changed =
        "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id } } }";
    let taken = "mutation($input: DecideInput!) { decide(input: $input) { decision { id } } }";
    let added = json!({ "key": "", "scheme": "TOOL", "slug": "a-tool-of-ours", "labels": labels, "broaderIds": [] });
    vec![
        of(
            &kenya,
            "title",
            opening,
            Draft::default().input(&kenya).await,
        ),
        of(
            &kenya,
            "body",
            opening,
            Draft::default().input(&kenya).await,
        ),
        of(
            &kenya,
            "body",
            "mutation($input: ReplyInput!) { reply(input: $input) { post { body } } }",
            reply_input(&opened.id, ""),
        ),
        of(
            &kenya,
            "body",
            "mutation($input: EditPostInput!) { editPost(input: $input) { post { body } } }",
            json!({ "postId": other.id, "revision": 1, "body": "" }),
        ),
        of(
            &kenya,
            "reason",
            "mutation($input: EditPostInput!) { editPost(input: $input) { post { body } } }",
            json!({ "postId": other.id, "revision": 1, "body": "What else we found." }),
        ),
        of(
            &kenya,
            "reason",
            "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id } } }",
            json!({ "postId": other.id }),
        ),
        of(
            &kenya,
            "title",
            "mutation($input: ChangeThreadInput!) { changeThread(input: $input) { thread { title } } }",
            json!({ "threadId": opened.id }),
        ),
        of(
            &kenya,
            "body",
            "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { id } } }",
            json!({ "key": "", "postId": other.id, "revision": 1, "language": "FR", "body": "" }),
        ),
        of(
            &forum.delegate("fr"),
            "note",
            "mutation($input: ReportInput!) { report(input: $input) { report { id } } }",
            json!({ "key": "", "targetId": other.id, "reason": "OFF_TOPIC", "language": "EN" }),
        ),
        of(
            &kenya,
            "body",
            "mutation($input: AppealDecisionInput!) { appealDecision(input: $input) { appeal { id } } }",
            json!({ "key": "", "decisionId": hidden, "body": "", "language": "EN" }),
        ),
        of(
            &secretariat,
            "explanation",
            taken,
            decision("HIDE_POST", json!({ "targetIds": [other.id] })),
        ),
        of(
            &secretariat,
            "change.title",
            taken,
            decision(
                "CHANGE_THREAD",
                json!({ "targetIds": [opened.id], "change": { "title": "" } }),
            ),
        ),
        of(
            &secretariat,
            "body",
            taken,
            decision("EDIT_POST", json!({ "targetIds": [other.id], "body": "" })),
        ),
        of(
            &secretariat,
            "explanation",
            "mutation($input: UndoDecisionInput!) { undoDecision(input: $input) { decision { id } } }",
            json!({ "key": "", "decisionId": hidden, "reason": "MISTAKEN", "explanation": "", "language": "EN" }),
        ),
        of(&secretariat, "labels.0.label", concept, added.clone()),
        of(&secretariat, "labels.0.definition", concept, added),
        of(
            &secretariat,
            "labels.0.label",
            changed,
            json!({ "conceptId": tool, "labels": labels }),
        ),
        of(&secretariat, "title", link, invite),
        of(
            &secretariat,
            "title",
            "mutation($input: GrantMandateInput!) { grantMandate(input: $input) { mandate { title } } }",
            json!({
                "key": "", "personId": own_id(&kenya).await, "capacity": "PERSONAL", "title": "",
                "delegationId": delegation_id(&secretariat, "ke").await,
            }),
        ),
        of(
            &forum.visitor(),
            "name",
            "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { viewer { id } } }",
            json!({ "token": token, "name": "", "password": PASSWORD, "language": "EN" }),
        ),
        of(
            &kenya,
            "name",
            "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { name } } }",
            json!({}),
        ),
    ]
}

async fn what_is_not_seen_is_refused_in_every_field_that_must_be_filled(forum: Forum) {
    // Optional fields are omitted.
    let may_be_empty = ["reason", "note", "labels.0.definition"];
    for field in fields(&forum).await {
        if may_be_empty.contains(&field.path) {
            continue;
        }
        for unseen in UNSEEN {
            let refused = field.by.refused(field.document, field.filled(unseen)).await;
            assert_eq!(refused.code(), "INVALID", "{} {unseen:?}", field.document);
            assert_eq!(refused.field(), field.path, "{}", field.document);
        }
    }
}

async fn markdown_that_renders_to_nothing_is_no_text(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let document = "mutation($input: ReplyInput!) { reply(input: $input) { post { body } } }";
    for nothing in [
        "[\u{200b}](https://example.org)",
        "&#8203;&shy;",
        "&nbsp;",
        "> ",
        "#",
        "```\n```",
        "- \n- ",
        "**\u{2800}**",
        "| | |\n|-|-|\n| | |",
    ] {
        let input = json!({ "input": reply_input(&opened.id, nothing) });
        let refused = kenya.refused(document, input).await;
        assert_eq!(refused.code(), "INVALID", "{nothing:?}");
        assert_eq!(refused.field(), "body", "{nothing:?}");
    }
    // These are refused as long as nothing of them is visible.
    let document = "mutation($input: ReplyInput!) { reply(input: $input) { post { bodyText } } }";
    for hidden in [
        "[1]: https://example.org/one\n[2]: https://example.org/two",
        "[](https://example.org/one)",
        "<!-- example.org/one -->",
    ] {
        let input = json!({ "input": reply_input(&opened.id, hidden) });
        let answer = kenya.graphql(document, input).await.body;
        match answer.get("errors") {
            Some(_) => assert_eq!(text(&answer, "errors.0.extensions.field"), "body"),
            None => assert!(text(&answer, "data.reply.post.bodyText").contains("example.org/one")),
        }
    }
}

async fn a_line_closes_each_direction_that_it_opens(forum: Forum) {
    for field in fields(&forum).await {
        if !["title", "change.title", "name", "labels.0.label", "reason"].contains(&field.path) {
            continue;
        }
        for turned in [
            "Report \u{202e}fdp.exe",
            "Report \u{202b}2026",
            "Report \u{2067}2026",
            "Report \u{2068}2026\u{202c}",
            "Report 2026\u{2069}",
            "\u{2066}\u{202a}Report\u{2069} 2026\u{202c}",
        ] {
            let refused = field.by.refused(field.document, field.filled(turned)).await;
            assert_eq!(refused.code(), "INVALID", "{} {turned:?}", field.document);
            assert_eq!(refused.field(), field.path, "{}", field.document);
            assert!(
                refused.message().contains("direction"),
                "{}",
                refused.message()
            );
        }
    }
    let isolated = "\u{2067}تقرير\u{2069} 2026 \u{202b}ملخص\u{202c}\u{200f}";
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::titled(isolated)).await;
    let document = "query($id: ID!) { thread(id: $id) { title } }";
    let seen = kenya.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(text(&seen, "thread.title"), isolated);
}

async fn a_preview_leaves_no_direction_open(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let body = "One \u{202e}two three\u{202c} four\n\nfive \u{2067}six";
    reply(&kenya, &opened.id, body).await;
    let document = "query($id: ID!, $length: Int) { thread(id: $id) { post(number: 2) { body bodyText(length: $length) } } }";
    for (length, shown) in [
        (Value::Null, "One \u{202e}two three\u{202c} four\nfive six"),
        (json!(10), "One two…"),
    ] {
        let variables = json!({ "id": opened.id, "length": length });
        let seen = kenya.ask(document, variables).await;
        assert_eq!(text(&seen, "thread.post.bodyText"), shown);
        assert_eq!(text(&seen, "thread.post.body"), body);
    }
}

async fn what_people_type_is_kept_to_the_letter(forum: Forum) {
    let kenya = forum.delegate("ke");
    let lines = [
        "نمی‌خواهم",
        "👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🏴󠁧󠁢󠁥󠁮󠁧󠁿 #️⃣",
        "क्‍ष",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "O\u{2019}Brien & Søn <i>",
        "½ ² Ω 会议",
    ];
    let rename = "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { name } } }";
    for line in lines {
        let opened = open(&kenya, Draft::titled(line)).await;
        let document = "query($id: ID!) { thread(id: $id) { title } }";
        let seen = kenya.ask(document, json!({ "id": opened.id })).await;
        assert_eq!(text(&seen, "thread.title"), line);
        let renamed = kenya
            .ask(rename, json!({ "input": { "name": line } }))
            .await;
        assert_eq!(text(&renamed, "changeProfile.person.name"), line);
    }
    let chinese = "会议已经结束。"
        .repeat(2_858)
        .chars()
        .take(20_000)
        .collect::<String>();
    let bodies = [
        "a\tb\r\nc\rd\n\ne".to_string(),
        "\u{5d0}\u{5b8}\u{5d1} نمی‌خواهم 👨‍👩‍👧".to_string(),
        "x".repeat(3_000),
        chinese,
    ];
    let opened = open(&kenya, Draft::default()).await;
    for body in bodies {
        let typed = body.replace("\r\n", "\n").replace('\r', "\n");
        let document = "mutation($input: ReplyInput!) { reply(input: $input) { post { body } } }";
        let input = json!({ "input": reply_input(&opened.id, &body) });
        let answer = kenya.ask(document, input).await;
        assert_eq!(text(&answer, "reply.post.body"), typed);
    }
    let document =
        "query($id: ID!) { thread(id: $id) { posts(first: 10) { edges { node { body } } } } }";
    let seen = kenya.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(texts(&seen, "thread.posts", "body").len(), 5);
}

async fn addresses_with_a_plus_and_capitals_sign_in(forum: Forum) {
    let secretariat = forum.secretariat();
    let invite =
        "mutation($input: InviteInput!) { invite(input: $input) { link invitation { email } } }";
    let accept =
        "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token } }";
    let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { viewer { email } } }";
    let delegation = delegation_id(&secretariat, "ke").await;
    for (at, typed) in ["Jane.Doe+forum@Example.ORG", "o'brien_x=y@sub.example.org"]
        .into_iter()
        .enumerate()
    {
        let input = json!({ "input": {
            "key": Uuid::new_v4(), "email": typed, "role": "DELEGATE", "delegationId": delegation,
            "capacity": "PERSONAL", "title": "Adviser",
        } });
        let link = text(&secretariat.ask(invite, input).await, "invite.link");
        let (_, token) = link.rsplit_once('/').expect("a link");
        let name = format!("Delegate number {at}");
        let input = json!({ "input": { "token": token, "name": name, "password": PASSWORD, "language": "EN" } });
        forum.visitor().ask(accept, input).await;
        let input = json!({ "input": { "email": format!(" {typed} "), "password": PASSWORD } });
        let seen = forum.visitor().ask(sign_in, input).await;
        assert_eq!(text(&seen, "signIn.viewer.email"), typed.to_lowercase());
    }
    let known = json!({ "input": { "email": email("ke").to_uppercase(), "password": PASSWORD } });
    forum.visitor().ask(sign_in, known).await;
}
