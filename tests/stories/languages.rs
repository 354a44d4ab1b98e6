//! A text is stored with the language that it is in: the form has a language field, preset to the likely one; confirmation is requested if
//! the script does not fit it, and the author can correct it afterwards.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_text_in_another_script_is_asked_about_and_kept_when_confirmed,
    names_and_acronyms_in_another_script_are_not_asked_about,
    the_language_chosen_is_the_language_kept,
    a_translation_is_not_the_text_of_another_language_or_put_over_one_unseen,
    a_label_is_not_the_label_of_another_language,
    what_was_typed_for_a_term_stays_when_another_language_is_chosen,
    a_form_presets_what_its_writer_last_wrote_in_or_the_thread,
    an_author_corrects_the_language_of_a_text,
    a_reply_sent_by_script_is_asked_about_too,
);

const THANKS: &str = "شكراً على هذه التجربة المفيدة جداً";

/// The value that is selected in a list of languages.
fn selected(page: &Page) -> String {
    let options = page.elements("option");
    let languages = options.iter().filter(|each| each.contains_key("lang"));
    let mut selected = languages.filter(|each| each.contains_key("selected"));
    let chosen = selected.next().expect("a selected language");
    chosen.get("value").cloned().unwrap_or_default()
}

async fn a_text_in_another_script_is_asked_about_and_kept_when_confirmed(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let mut writer = Browser::signed_in(&forum, "fr");
    let path = format!("/threads/{}", opened.id);
    for (language, body) in [
        ("EN", THANKS),
        ("AR", "Thank you for this experience"),
        ("RU", "Merci pour cette expérience"),
        ("ZH", "Спасибо за этот опыт"),
        ("FR", "感谢分享这一经验"),
    ] {
        let mut fields = vec![
            ("body", body),
            ("language", language),
            ("capacity", "PERSONAL"),
        ];
        let asked = writer.post(&path, &fields).await;
        assert_eq!(asked.status, 422, "{body} as {language}");
        assert!(
            asked.html.contains("href=\"#language\""),
            "the field is named"
        );
        assert!(asked.html.contains(body), "nothing is lost");
        let name = match language {
            "AR" => "Arabic",
            "EN" => "English",
            "FR" => "French",
            "RU" => "Russian",
            _ => "Chinese",
        };
        assert!(asked.html.contains(&format!("look like {name}.")));
        assert!(asked.html.contains(&format!("The text is in {name}<")));
        assert_eq!(selected(&asked), language);
        // Another language than the confirmed one requires confirmation as well.
        fields.push((
            "languageIsRight",
            if language == "EN" { "FR" } else { "EN" },
        ));
        assert_eq!(writer.post(&path, &fields).await.status, 422);
        fields.push(("key", "00000000-0000-4000-8000-000000000000"));
    }
    let fields = [
        ("body", "Thank you for this experience"),
        ("language", "AR"),
        ("languageIsRight", "AR"),
        ("capacity", "PERSONAL"),
    ];
    assert_eq!(writer.post(&path, &fields).await.status, 303);
    let document = "query($id: ID!) { thread(id: $id) { lastPost { language } } }";
    let data = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    assert_eq!(text(&data, "thread.lastPost.language"), "AR");
}

async fn names_and_acronyms_in_another_script_are_not_asked_about(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let mut writer = Browser::signed_in(&forum, "fr");
    let path = format!("/threads/{}", opened.id);
    for (language, body) in [
        (
            "AR",
            "نستخدم WIPO IPAS و WIPO File منذ عامين، انظر https://example.org/guide",
        ),
        ("ZH", "我们使用 WIPO IPAS。"),
        ("RU", "Спасибо! `partage backup --to file` помогло."),
        ("EN", "OK, 谢谢"),
        (
            "EN",
            "> Цитата на русском языке из документа, весьма длинная.\n\nI agree.",
        ),
        ("EN", "👍 1–2"),
        ("FR", "Д’accord, merci beaucoup"),
    ] {
        let fields = [
            ("body", body),
            ("language", language),
            ("capacity", "PERSONAL"),
        ];
        assert_eq!(writer.post(&path, &fields).await.status, 303, "{body}");
    }
    // A text all in capitals is not an acronym.
    let fields = [
        ("body", "SPECIFICATIONS OF APPLICATIONS FOLLOW SHORTLY."),
        ("language", "RU"),
        ("capacity", "PERSONAL"),
    ];
    assert_eq!(writer.post(&path, &fields).await.status, 422);
}

async fn the_language_chosen_is_the_language_kept(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}/posts/1/translate", opened.id);
    let mut writer = Browser::signed_in(&forum, "ke");
    let form = writer.get(&format!("{path}?lang=ar")).await;
    assert_eq!(selected(&form), "AR", "the reader's");
    // The reader of the original's language chooses; nothing is preset.
    let form = writer.get(&format!("{path}?lang=en")).await;
    assert!(form.html.contains("<option value=\"\">"));
    let fields = [
        ("revision", "1"),
        ("language", ""),
        ("body", "Ce qui a aidé."),
    ];
    assert_eq!(writer.post(&path, &fields).await.status, 422);
    // Chosen in the same form, without another step.
    let fields = [
        ("revision", "1"),
        ("shown", "AR"),
        ("language", "FR"),
        ("body", "Ce qui a aidé."),
    ];
    assert_eq!(writer.post(&path, &fields).await.status, 303);
    let document = "query($id: ID!) { thread(id: $id) { firstPost { ar: translation(language: AR) { body } fr: translation(language: FR) { body } } } }";
    let data = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    assert_eq!(text(&data, "thread.firstPost.fr.body"), "Ce qui a aidé.");
    assert!(data["thread"]["firstPost"]["ar"].is_null());
    // Another language shows its own text, and discards nothing that was typed.
    let choose = |body: &'static str| {
        [
            ("revision", "1"),
            ("shown", "ES"),
            ("language", "FR"),
            ("choose", "true"),
            ("body", body),
        ]
    };
    let form = writer.post(&path, &choose("")).await;
    assert!(form.html.contains("Ce qui a aidé.</textarea>"));
    let form = writer.post(&path, &choose("Lo que ayudó.")).await;
    assert!(form.html.contains("Lo que ayudó.</textarea>"));
    assert_eq!(selected(&form), "FR");
}

async fn a_translation_is_not_the_text_of_another_language_or_put_over_one_unseen(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}/posts/1/translate", opened.id);
    let mut writer = Browser::signed_in(&forum, "ke");
    let send = |shown: &'static str, language: &'static str, body: &'static str| {
        [
            ("revision", "1"),
            ("shown", shown),
            ("language", language),
            ("body", body),
        ]
    };
    let first = send("FR", "FR", "Ce qui a aidé.");
    assert_eq!(writer.post(&path, &first).await.status, 303);
    for (fields, why) in [
        (
            send("ES", "ES", "What helped in our office."),
            "the original's text",
        ),
        (send("FR", "ES", "Ce qui a aidé."), "the French text"),
        (
            send("ES", "FR", "Ce qui nous a aidés."),
            "over one that was not shown",
        ),
    ] {
        let asked = writer.post(&path, &fields).await;
        assert_eq!(asked.status, 422, "{why}");
        assert!(asked.html.contains(fields[3].1), "nothing is lost");
    }
    let again = send("FR", "FR", "Ce qui nous a aidés.");
    assert_eq!(writer.post(&path, &again).await.status, 303);
    // Confirming the language does not confirm replacing the existing translation.
    let mut confirmed = send("ES", "FR", "What helped us well in our office.").to_vec();
    confirmed.push(("languageIsRight", "FR"));
    let asked = writer.post(&path, &confirmed).await;
    assert_eq!(asked.status, 422);
    assert!(asked.html.contains("name=\"replaces\""), "{}", asked.html);
    assert!(!asked.html.contains("name=\"languageIsRight\""));
    let mut confirmed = send("ES", "FR", "Ce qui nous a bien aidés.").to_vec();
    confirmed.push(("replaces", "ES"));
    assert_eq!(writer.post(&path, &confirmed).await.status, 422);
    confirmed.push(("replaces", "FR"));
    confirmed.retain(|field| *field != ("replaces", "ES"));
    assert_eq!(writer.post(&path, &confirmed).await.status, 303);
}

async fn a_label_is_not_the_label_of_another_language(forum: Forum) {
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let page = secretariat.get("/vocabulary/webinar?language=FR").await;
    assert_eq!(page.value_of("label"), "Webinaire");
    let path = "/vocabulary/webinar/change";
    for (language, label) in [
        ("FR", "Webinar"),
        ("AR", "Webinar about offices"),
        ("EN", ""),
    ] {
        let fields = [("language", language), ("label", label)];
        let asked = secretariat.post(path, &fields).await;
        assert_eq!(asked.status, 422, "{label} as {language}");
        assert!(asked.html.contains(&format!("value=\"{label}\"")));
    }
    let fields = [("language", "FR"), ("label", "Webinaire en ligne")];
    assert_eq!(secretariat.post(path, &fields).await.status, 303);
    let page = secretariat.get("/vocabulary/webinar?lang=en").await;
    assert_eq!(page.value_of("label"), "Webinar", "the others stay");
    let fields = [
        ("language", "FR"),
        ("label", "Webinar"),
        ("languageIsRight", "FR"),
    ];
    assert_eq!(secretariat.post(path, &fields).await.status, 303);
    let fields = [
        ("shown", "EN"),
        ("language", "ES"),
        ("choose", "true"),
        ("label", "Webinar"),
    ];
    let shown = secretariat.post_and_follow(path, &fields).await;
    assert_eq!(selected(&shown), "ES");
}

async fn what_was_typed_for_a_term_stays_when_another_language_is_chosen(forum: Forum) {
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let path = "/vocabulary/webinar/change";
    let page = secretariat.get("/vocabulary/webinar?language=EN").await;
    let (shown, english) = (page.value_of("shown"), page.value_of("label"));
    assert_eq!((shown.as_str(), english.as_str()), ("EN", "Webinar"));
    let definition = "Une séance à distance, en direct.";
    let mut fields = vec![
        ("shown", "EN"),
        ("language", "FR"),
        ("choose", "true"),
        ("label", "Webinar"),
        ("definition", definition),
    ];
    let page = secretariat.post(path, &fields).await;
    assert_eq!((page.status, selected(&page).as_str()), (200, "FR"));
    assert!(page.html.contains(definition), "{}", page.html);
    assert_eq!(page.value_of("label"), "Webinaire", "what there is");
    // Another one after it, before anything was saved.
    fields[0].1 = "FR";
    fields[1].1 = "ES";
    fields[3].1 = "Webinaire en direct";
    let page = secretariat.post(path, &fields).await;
    assert_eq!((page.status, selected(&page).as_str()), (200, "ES"));
    assert!(page.html.contains(definition), "{}", page.html);
    assert_eq!(page.value_of("label"), "Webinaire en direct");
    assert_eq!(page.value_of("shown"), "ES");
    fields[1].1 = "XX";
    let page = secretariat.post(path, &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("href=\"#language\""), "{}", page.html);
    assert_eq!(page.value_of("label"), "Webinaire en direct");
    let page = secretariat.get("/vocabulary/webinar?language=FR").await;
    assert_eq!(page.value_of("label"), "Webinaire", "nothing is kept yet");
}

async fn a_form_presets_what_its_writer_last_wrote_in_or_the_thread(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let mut writer = Browser::signed_in(&forum, "fr");
    let form = writer.get(&format!("{path}?lang=ar")).await;
    assert_eq!(selected(&form), "EN", "the thread's, not the interface's");
    let fields = [
        ("body", "Merci."),
        ("language", "FR"),
        ("capacity", "PERSONAL"),
    ];
    assert_eq!(writer.post(&path, &fields).await.status, 303);
    for path in [path.as_str(), "/threads/new"] {
        let form = writer.get(&format!("{path}?lang=en")).await;
        assert_eq!(selected(&form), "FR", "{path}: the last one");
    }
}

async fn an_author_corrects_the_language_of_a_text(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let second = reply(&kenya, &opened.id, "Ce qui a aidé.").await;
    let mut writer = Browser::signed_in(&forum, "ke");
    let path = format!("/threads/{}/posts/2/edit", opened.id);
    let form = writer.get(&path).await;
    assert_eq!(selected(&form), "EN");
    let fields = [
        ("revision", "1"),
        ("language", "FR"),
        ("body", "Ce qui a aidé."),
    ];
    assert_eq!(writer.post(&path, &fields).await.status, 303);
    let document = "query($id: ID!) { thread(id: $id) { language firstPost { language revision } lastPost { id language revision } } }";
    let variables = json!({ "id": opened.id });
    let data = forum.visitor().ask(document, variables.clone()).await;
    assert_eq!(text(&data, "thread.lastPost.language"), "FR");
    assert_eq!(text(&data, "thread.lastPost.id"), second.id);
    assert_eq!(text(&data, "thread.language"), "EN");
    let edit = "mutation($input: EditPostInput!) { editPost(input: $input) { post { language } } }";
    let input = |language: &str| json!({ "input": { "postId": opened.post, "revision": 1, "body": "What helped in our office.", "language": language } });
    let other = forum.delegate("br");
    other
        .refused(edit, input("ES"))
        .await
        .is_denied("NOT_YOURS");
    kenya.ask(edit, input("ES")).await;
    let data = forum.visitor().ask(document, variables).await;
    assert_eq!(text(&data, "thread.firstPost.language"), "ES");
    assert_eq!(
        text(&data, "thread.language"),
        "ES",
        "the opening text's is the thread's"
    );
    let translate = json!({ "input": { "key": "8b0e2f3c-6f0e-4a41-9d5e-0d4f0a3e6f11", "postId": opened.post, "revision": 2, "language": "FR", "body": "Ce qui a aidé." } });
    kenya
        .ask(
            "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { id } } }",
            translate,
        )
        .await;
    let again = json!({ "input": { "postId": opened.post, "revision": 2, "body": "What helped in our office.", "language": "FR" } });
    kenya.refused(edit, again).await.is_invalid("language");
}

async fn a_reply_sent_by_script_is_asked_about_too(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::open(&forum).await;
    window.sign_in(&email("fr"), PASSWORD).await;
    window.visit(&format!("/threads/{}", opened.id)).await;
    window.fill("body", THANKS).await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#reply [name='languageIsRight']").await;
    let kept = window
        .run("return document.querySelector('#reply textarea').value")
        .await;
    assert_eq!(kept, json!(THANKS));
    window.click("#reply [name='languageIsRight']").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#post-2").await;
    window.close().await;
}
