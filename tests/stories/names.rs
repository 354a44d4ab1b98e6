//! Names: a sanctioned person keeps theirs, a change is shown with its date while earlier posts keep the former name, and nobody can pass
//! for an office of the forum or for another member.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::concept_ids;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    who_is_muted_or_suspended_keeps_their_name,
    what_was_written_keeps_the_name_of_then with told_clock(),
    a_profile_tells_when_its_name_changed with told_clock(),
    a_name_changes_so_often_in_a_month with flags(["--name-changes", "2", "--session-days", "90"]).with_told_clock(),
    a_name_that_passes_for_an_office_is_refused,
    a_name_that_passes_for_another_member_is_refused,
    an_invitation_gives_no_name_of_an_office_or_another_member,
    a_name_of_an_office_goes_with_the_role,
    names_that_people_have_are_taken with flags(["--name-changes", "50"]),
);

const RENAME: &str =
    "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { name } } }";

fn named(name: &str) -> Value {
    json!({ "input": { "name": name } })
}

async fn rename(person: &Person, name: &str) {
    let data = person.ask(RENAME, named(name)).await;
    assert_eq!(text(&data, "changeProfile.person.name"), name);
}

async fn who_is_muted_or_suspended_keeps_their_name(forum: Forum) {
    let secretariat = forum.secretariat();
    let (france, brazil) = (forum.delegate("fr"), forum.delegate("br"));
    let until = json!({ "until": forum.moment_in(86_400) });
    let target = own_id(&france).await;
    decide_with(&secretariat, "MUTE_PERSON", &[&target], until.clone()).await;
    let refused = france.refused(RENAME, named("Another name")).await;
    refused.is_denied("MUTED");
    // An invalid name can still be changed, also with the form that contains the old name.
    let input = json!({ "input": { "name": "Delegate of France", "textOnly": true } });
    france.ask(RENAME, input).await;

    let target = own_id(&brazil).await;
    let other = forum.moderator();
    let regions = concept_ids(&secretariat, &["country-br"]).await;
    let give = "mutation($input: GiveScopeInput!) { giveScope(input: $input) { person { id } } }";
    let input = json!({ "personId": own_id(&other).await, "regions": regions });
    secretariat.ask(give, json!({ "input": input })).await;
    decide_by_two(&other, &secretariat, "SUSPEND_PERSON", &[&target], until).await;
    let refused = brazil.refused(RENAME, named("Another name")).await;
    refused.is_denied("SUSPENDED");
}

async fn what_was_written_keeps_the_name_of_then(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::titled("Names on a page")).await;
    reply(&kenya, &opened.id, "By the first name.").await;
    forum.advance(Duration::from_secs(60));
    rename(&kenya, "Wanjiru Kamau").await;
    reply(&kenya, &opened.id, "By the second name.").await;
    forum.advance(Duration::from_secs(60));
    rename(&kenya, "Wanjiru Otieno").await;
    reply(&kenya, &opened.id, "By the third name.").await;

    let document = "query($id: ID!) { thread(id: $id) { authorName author { name } \
         posts(first: 10) { edges { node { authorName author { name } } } } } }";
    let seen = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    assert_eq!(text(&seen, "thread.authorName"), "Delegate of Kenya");
    let names = texts(&seen, "thread.posts", "authorName");
    let first = "Delegate of Kenya";
    assert_eq!(names, [first, first, "Wanjiru Kamau", "Wanjiru Otieno"]);
    for post in nodes(&seen, "thread.posts") {
        assert_eq!(text(&post, "author.name"), "Wanjiru Otieno");
    }

    let mut browser = Browser::of(&forum);
    let page = browser.get(&format!("/threads/{}", opened.id)).await.html;
    assert_eq!(
        page.matches("<bdi>Delegate of Kenya</bdi></a>").count(),
        2,
        "{page}"
    );
    for name in ["Wanjiru Kamau", "Wanjiru Otieno"] {
        assert_eq!(
            page.matches(&format!("<bdi>{name}</bdi></a>")).count(),
            1,
            "{page}"
        );
    }
    let list = browser.get("/threads").await.html;
    assert!(!list.contains("Wanjiru Otieno"), "{list}");
}

async fn a_profile_tells_when_its_name_changed(forum: Forum) {
    let kenya = forum.delegate("ke");
    let document = "query($id: ID!) { node(id: $id) { ... on Person { \
         renamedAt formerNames { nodes { id name until } edges { node { name } } } } } }";
    let id = json!({ "id": own_id(&kenya).await });
    let before = forum.visitor().ask(document, id.clone()).await;
    assert_eq!(at(&before, "node.renamedAt"), &Value::Null);
    assert!(nodes(&before, "node.formerNames").is_empty());
    let mut moments = Vec::new();
    for name in ["Wanjiru Kamau", "Wanjiru Otieno"] {
        forum.advance(Duration::from_secs(86_400));
        moments.push(forum.moment_in(0));
        rename(&kenya, name).await;
    }
    let seen = forum.visitor().ask(document, id.clone()).await;
    assert_eq!(text(&seen, "node.renamedAt"), moments[1]);
    let former = texts(&seen, "node.formerNames", "name");
    assert_eq!(former, ["Wanjiru Kamau", "Delegate of Kenya"]);
    assert_eq!(text(&seen, "node.formerNames.nodes.1.until"), moments[0]);

    let path = format!("/people/{}", text(&id, "id"));
    let page = Browser::of(&forum).get(&path).await.html;
    for shown in ["Wanjiru Otieno", "Wanjiru Kamau", "Delegate of Kenya"] {
        assert!(page.contains(&format!("<bdi>{shown}</bdi>")), "{page}");
    }
    for moment in &moments {
        assert!(
            page.contains(&format!("<time datetime=\"{moment}\">")),
            "{page}"
        );
    }
    let mut browser = Browser::signed_in(&forum, "ke");
    let export = browser.get("/settings/export").await.html;
    assert!(export.contains("Wanjiru Kamau"), "{export}");
}

async fn a_name_changes_so_often_in_a_month(forum: Forum) {
    let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
    let input = json!({ "input": { "email": email("ke"), "password": PASSWORD } });
    let visitor = forum.visitor();
    let entered = visitor.ask(sign_in, input).await;
    let kenya = visitor.with_token(&text(&entered, "signIn.token"));
    rename(&kenya, "Wanjiru One").await;
    forum.advance(Duration::from_secs(86_400));
    rename(&kenya, "Wanjiru Two").await;
    // The same name again is not a change.
    rename(&kenya, "Wanjiru Two").await;
    let refused = kenya.refused(RENAME, named("Wanjiru Three")).await;
    refused.is("TOO_MANY");
    assert_eq!(at(&refused.0, "extensions.retryAfter"), 29 * 86_400);
    forum.advance(Duration::from_secs(29 * 86_400));
    rename(&kenya, "Wanjiru Three").await;
    kenya
        .refused(RENAME, named("Wanjiru Four"))
        .await
        .is("TOO_MANY");
}

async fn a_name_that_passes_for_an_office_is_refused(forum: Forum) {
    let kenya = forum.delegate("ke");
    for name in [
        "Seϲretariat",
        "SEϹRETARIAT",
        "Secret⍺riat",
        "WIPO秘书长",
        "للويبو",
        "للأمانة",
        "سكرتارية",
        "المشرفين",
        "مشرفو المنتدى",
        "المشرف على المنتدى",
        "المديرة العامة",
        "والإدارة",
        "نقطة الاتصال",
        "جهات الاتصال",
        "The Director General",
        "Deputy Director General",
        "Directrice Générale adjointe",
        "总干事办公室",
        "Secretary-General",
        "Secrétaire général",
        "Генеральный секретарь",
        "秘书长",
        "الأمين العام",
        "International Bureau",
        "国际局",
        "المكتب الدولي",
        "Coordonnateur Jean",
        "Координатор форума",
        "Points focaux",
        "Админы",
        "Модерирование",
        "5ecretariat",
        "$ecretariat",
        "S€cretariat",
        "Secr3tariat",
        "Secretarlat",
        "@dmin",
        "WIPO2",
        "WIPOSupport",
        "TeamWIPO",
        "ОМПИ",
        "Partage Team",
        "Helpdesk",
        "Staff",
        "产权组织官方",
        "祕書處",
        "السكرتارية",
        "المدير العام",
        "Director General",
        "Secretariat",
        "SECRETARIAT",
        "The Secretariat",
        "Forum Secretariat",
        "S e c r e t a r i a t",
        "Secretаriаt",
        "ЅЕСRЕТАRІАТ",
        "SECRETARlAT",
        "Secretar\u{131}at",
        "Ｓｅｃｒｅｔａｒｉａｔ",
        "𝐒𝐞𝐜𝐫𝐞𝐭𝐚𝐫𝐢𝐚𝐭",
        "Secre\u{200b}tariat",
        "Secre\u{ad}tariat",
        "Se\u{301}cretariat",
        "Secretariat 2",
        "Secrétariat",
        "Secretaría",
        "Секретариат",
        "秘书处",
        "论坛秘书处",
        "الأمانة",
        "الأَمَانَة",
        "Moderator",
        "M0derator",
        "Mоderator",
        "Modérateur du forum",
        "Moderación",
        "Модератор",
        "版主",
        "مشرف",
        "Administrator",
        "Admin",
        "Forum Admin",
        "Администратор",
        "管理员",
        "WIPO",
        "W1PO",
        "W.I.P.O.",
        "OMPI",
        "ВОИС",
        "الويبو",
        "世界知识产权组织",
        "World Intellectual Property Organization",
        "Focal point of France",
    ] {
        let refused = kenya.refused(RENAME, named(name)).await;
        assert_eq!(refused.code(), "INVALID", "{name}");
        refused.is_invalid("name");
        assert!(
            refused.message().contains("office"),
            "{name}: {}",
            refused.message()
        );
    }
    // Read from the right, it says so; changing the direction changes what the text says.
    let turned = kenya
        .refused(RENAME, named("\u{202e}tairaterceS\u{202c}"))
        .await;
    turned.is_invalid("name");
    // The holder of an office may use its name.
    rename(&forum.secretariat(), "Secretariat of the forum").await;
    rename(&forum.moderator(), "Moderator for Africa").await;
    rename(&forum.focal_point("ke"), "Focal point, Kenya").await;
    let refused = forum
        .moderator()
        .refused(RENAME, named("Secretariat"))
        .await;
    refused.is_invalid("name");
}

async fn a_name_that_passes_for_another_member_is_refused(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    rename(&france, "Amélie Ολα Петров").await;
    for name in [
        "Amélie Ολα Петров",
        "amelie ολα петров",
        "AMÉLIE ΟΛΑ ПЕТРОВ",
        "Ame\u{301}lie  Ολα  Петров",
        "Amélie Oλα Петров",
        "Аmélie Ολα Петров",
        "Amélie-Ολα Петров",
        "Amé\u{200d}lie Ολα Петров",
        "Ａmélie Ολα Петров",
        "Delegate of Brazil",
        "De1egate of Brazi1",
        "DELEGATE OF BRAZIL",
    ] {
        let refused = kenya.refused(RENAME, named(name)).await;
        assert_eq!(refused.code(), "INVALID", "{name}");
        refused.is_invalid("name");
        assert!(
            refused.message().contains("member"),
            "{name}: {}",
            refused.message()
        );
    }
    // Nor a former name of another person; that person may return to it.
    let refused = kenya.refused(RENAME, named("Delegate of France")).await;
    refused.is_invalid("name");
    rename(&france, "Delegate of France").await;
    rename(&france, "DELEGATE OF FRANCE").await;
    rename(&kenya, "Amélie Ολα Петровна").await;
}

async fn an_invitation_gives_no_name_of_an_office_or_another_member(forum: Forum) {
    let secretariat = forum.secretariat();
    let invite = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "email": "new@example.org", "role": "DELEGATE",
        "delegationId": delegation_id(&secretariat, "ke").await, "capacity": "PERSONAL", "title": "Adviser",
    } });
    let link = text(&secretariat.ask(invite, input).await, "invite.link");
    let (_, token) = link.rsplit_once('/').expect("a link");
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { viewer { person { name } } } }";
    let input = |name: &str| json!({ "input": { "token": token, "name": name, "password": PASSWORD, "language": "EN" } });
    let visitor = forum.visitor();
    for name in ["Secretariat", "Delegаte of Kenya"] {
        visitor
            .refused(accept, input(name))
            .await
            .is_invalid("name");
    }
    visitor.ask(accept, input("Second delegate of Kenya")).await;
}

async fn names_that_people_have_are_taken(forum: Forum) {
    let people = ["ke", "fr", "br", "cn", "us", "observer"];
    let names = [
        "Jean-Pierre O’Brien-Søn",
        "برويز مشرف الدين",
        "Ángela Secchi Modesti",
        "Wilma Adminska",
        "نمی‌خواهم رضایی",
        "王秀英",
        "김철수",
        "Madhu मधु",
        "Modra Wipošek",
        "José Luis Administo",
        "Li",
        "X Æ",
        "Joe Root",
        "Mod Singh",
        "Ángel General",
        "Staffan Secrest",
        "LeRoy McAdams-Smith III",
        "Wallid Elmodir",
        "منال الوادي",
        "فالح المنسي",
    ];
    for (at, name) in names.into_iter().enumerate() {
        rename(&forum.person(people[at % people.len()]), name).await;
    }
}

async fn a_name_of_an_office_goes_with_the_role(forum: Forum) {
    const CHANGE_ROLE: &str = "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { role name formerNames { nodes { name } } } } }";
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    rename(&moderator, "Moderator of the forum").await;
    let id = own_id(&moderator).await;
    let wanted = |name: Option<&str>| json!({ "input": { "personId": id, "role": "DELEGATE", "name": name } });
    for name in [
        None,
        Some("Moderator of the forum"),
        Some("Chief Moderator"),
        Some("Secretariat"),
    ] {
        let refused = secretariat.refused(CHANGE_ROLE, wanted(name)).await;
        refused.is_invalid("name");
    }
    let data = secretariat
        .ask(CHANGE_ROLE, wanted(Some("Amina Example")))
        .await;
    let person = at(&data, "changeRole.person");
    assert_eq!(person["role"], "DELEGATE");
    assert_eq!(person["name"], "Amina Example");
    let former = text(person, "formerNames.nodes.0.name");
    assert_eq!(former, "Moderator of the forum");
    // Nobody may take the name of another person with a role, and everybody may keep their own.
    let refused = secretariat
        .refused(CHANGE_ROLE, wanted(Some("Delegate of France")))
        .await;
    refused.is_invalid("name");
    let data = secretariat.ask(CHANGE_ROLE, wanted(None)).await;
    assert_eq!(text(&data, "changeRole.person.name"), "Amina Example");
}
