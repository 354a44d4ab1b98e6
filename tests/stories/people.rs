//! Maintaining the list of people: who is listed for which delegation, who changes roles and grants mandates.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::decision_input;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::person::Person;
use crate::support::template::PEOPLE;

on_both_databases!(
    people_are_listed_for_the_secretariat_and_their_focal_point,
    people_are_found_by_a_part_of_their_name,
    long_names_in_every_script_can_be_paged_through,
    a_role_is_changed_by_the_secretariat_and_holds_at_once,
    a_mandate_is_shortened_but_never_lengthened_or_revived,
    what_is_sent_at_once_with_one_key_is_done_once,
    a_focal_point_grants_mandates_of_the_own_delegation_up_to_the_own_capacity,
    a_mandate_granted_twice_with_one_key_is_one_mandate,
);

const PERSONS: &str = "query($delegation: ID, $search: String) { \
     persons(delegationId: $delegation, search: $search, first: 100) { edges { node { name } } } }";
const CHANGE_ROLE: &str =
    "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { role } } }";
const GRANT: &str =
    "mutation($input: GrantMandateInput!) { grantMandate(input: $input) { mandate { id title } } }";

async fn listed(person: &Person, variables: Value) -> Vec<String> {
    texts(&person.ask(PERSONS, variables).await, "persons", "name")
}

async fn people_are_listed_for_the_secretariat_and_their_focal_point(forum: Forum) {
    let secretariat = forum.secretariat();
    assert_eq!(listed(&secretariat, json!({})).await.len(), PEOPLE.len());
    let kenya = listed(&forum.focal_point("ke"), json!({})).await;
    let own = [
        "Delegate of Kenya",
        "Focal point of Kenya",
        "Visitor with an account",
    ];
    assert_eq!(kenya, own);
    // Moderators search the people on whom they may have to decide.
    assert_eq!(
        listed(&forum.moderator(), json!({})).await.len(),
        PEOPLE.len()
    );
    let of_kenya = json!({ "delegation": delegation_id(&secretariat, "ke").await });
    assert_eq!(listed(&secretariat, of_kenya.clone()).await, own);
    let france = forum.focal_point("fr");
    let refused = france.refused(PERSONS, of_kenya).await;
    refused.is_denied("OTHER_DELEGATION");
    for (person, reason) in [
        (forum.delegate("ke"), "ROLE_MAY_NOT"),
        (forum.visitor(), "SIGN_IN_REQUIRED"),
    ] {
        person.refused(PERSONS, json!({})).await.is_denied(reason);
    }
}

async fn people_are_found_by_a_part_of_their_name(forum: Forum) {
    let secretariat = forum.secretariat();
    for (search, found) in [
        ("Kenya", &["Delegate of Kenya", "Focal point of Kenya"][..]),
        ("kenya", &["Delegate of Kenya", "Focal point of Kenya"]),
        ("%", &[]),
        ("_", &[]),
        ("nobody", &[]),
    ] {
        let names = listed(&secretariat, json!({ "search": search })).await;
        assert_eq!(names, found, "{search}");
    }
}

async fn long_names_in_every_script_can_be_paged_through(forum: Forum) {
    let rename = "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { name } } }";
    for (country, letter) in [("ke", "م"), ("fr", "字"), ("br", "ж"), ("cn", "é")] {
        let name = letter.repeat(120);
        let person = forum.delegate(country);
        person
            .ask(rename, json!({ "input": { "name": name } }))
            .await;
    }
    let document = "query($after: String) { persons(first: 1, after: $after) { \
         edges { node { name } } pageInfo { hasNextPage endCursor } } }";
    let secretariat = forum.secretariat();
    let mut names = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = secretariat.ask(document, json!({ "after": after })).await;
        names.extend(texts(&page, "persons", "name"));
        if at(&page, "persons.pageInfo.hasNextPage") == false {
            break;
        }
        after = at(&page, "persons.pageInfo.endCursor").clone();
    }
    assert_eq!(names.len(), PEOPLE.len());
}

async fn a_role_is_changed_by_the_secretariat_and_holds_at_once(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let secretariat = forum.secretariat();
    let france = forum.delegate("fr");
    let lock = || json!({ "input": decision_input("LOCK_THREAD", &[&opened.id]) });
    let refused = france.refused(DECIDE, lock()).await;
    refused.is_denied("ROLE_MAY_NOT");
    let role = |person: &str, role: &str| json!({ "input": { "personId": person, "role": role } });
    let of_france = own_id(&france).await;
    for other in [forum.moderator(), forum.focal_point("fr"), france.clone()] {
        let refused = other
            .refused(CHANGE_ROLE, role(&of_france, "MODERATOR"))
            .await;
        refused.is_denied("ROLE_MAY_NOT");
    }
    secretariat
        .ask(CHANGE_ROLE, role(&of_france, "MODERATOR"))
        .await;
    // Now the regions are missing, which belong to the role.
    let refused = france.refused(DECIDE, lock()).await;
    refused.is_denied("OUT_OF_SCOPE");
    secretariat
        .ask(CHANGE_ROLE, role(&of_france, "VISITOR"))
        .await;
    let refused = france.refused(DECIDE, lock()).await;
    refused.is_denied("ROLE_MAY_NOT");

    let itself = own_id(&secretariat).await;
    let refused = secretariat
        .refused(CHANGE_ROLE, role(&itself, "DELEGATE"))
        .await;
    refused.is_denied("ROLE_MAY_NOT");
}

async fn grant(by: &Person, to: &Person, delegation: &str, capacity: &str) -> Value {
    json!({ "input": {
        "key": Uuid::new_v4(),
        "personId": own_id(to).await,
        "delegationId": delegation_id(by, delegation).await,
        "capacity": capacity,
        "title": "Head of Training",
    } })
}

async fn a_focal_point_grants_mandates_of_the_own_delegation_up_to_the_own_capacity(forum: Forum) {
    // The focal point of France may grant the office at most.
    let focal_point = forum.focal_point("fr");
    let delegate = forum.delegate("fr");
    for (delegation, capacity, refusal) in [
        ("fr", "PERSONAL", None),
        ("fr", "OFFICE", None),
        ("fr", "DELEGATION", Some("CAPACITY_EXCEEDS_MANDATE")),
        ("ke", "PERSONAL", Some("OTHER_DELEGATION")),
    ] {
        let input = grant(&focal_point, &delegate, delegation, capacity).await;
        match refusal {
            None => drop(focal_point.ask(GRANT, input).await),
            Some(reason) => focal_point.refused(GRANT, input).await.is_denied(reason),
        }
    }
    let input = grant(&delegate, &delegate, "fr", "DELEGATION").await;
    let refused = delegate.refused(GRANT, input).await;
    refused.is_denied("ROLE_MAY_NOT");
    // Nobody is shown under a delegation that was never theirs.
    let input = grant(&focal_point, &forum.delegate("br"), "fr", "PERSONAL").await;
    let refused = focal_point.refused(GRANT, input).await;
    refused.is_denied("OTHER_DELEGATION");
}

async fn a_mandate_is_shortened_but_never_lengthened_or_revived(forum: Forum) {
    let secretariat = forum.secretariat();
    let delegate = forum.delegate("br");
    let mut input = grant(&secretariat, &delegate, "br", "OFFICE").await;
    input["input"]["until"] = json!(forum.moment_in(100_000));
    let data = secretariat.ask(GRANT, input).await;
    let id = text(&data, "grantMandate.mandate.id");
    let end = "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { current until } } }";
    let later = json!({ "input": { "mandateId": id, "until": forum.moment_in(200_000) } });
    secretariat
        .refused(end, later.clone())
        .await
        .is_invalid("until");
    let sooner = json!({ "input": { "mandateId": id, "until": forum.moment_in(50_000) } });
    let data = secretariat.ask(end, sooner).await;
    assert_eq!(at(&data, "endMandate.mandate.current"), true);
    let now = json!({ "input": { "mandateId": id } });
    let ended = secretariat.ask(end, now.clone()).await;
    assert_eq!(at(&ended, "endMandate.mandate.current"), false);
    for again in [now, later] {
        assert_eq!(secretariat.ask(end, again).await, ended);
    }
}

async fn what_is_sent_at_once_with_one_key_is_done_once(forum: Forum) {
    let secretariat = forum.secretariat();
    let granted = grant(&secretariat, &forum.delegate("br"), "br", "OFFICE").await;
    let invited = json!({ "input": {
        "key": Uuid::new_v4(), "email": "new@example.org", "role": "DELEGATE",
        "delegationId": delegation_id(&secretariat, "br").await, "capacity": "PERSONAL", "title": "Adviser",
    } });
    let invite = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    for (document, input) in [(GRANT, granted), (invite, invited)] {
        let sent = (0..6).map(|_| secretariat.ask(document, input.clone()));
        let answers = futures_util::future::join_all(sent).await;
        assert!(
            answers.iter().all(|each| *each == answers[0]),
            "{answers:?}"
        );
    }
}

async fn a_mandate_granted_twice_with_one_key_is_one_mandate(forum: Forum) {
    let secretariat = forum.secretariat();
    let delegate = forum.delegate("br");
    let input = grant(&secretariat, &delegate, "br", "OFFICE").await;
    let first = secretariat.ask(GRANT, input.clone()).await;
    let again = secretariat.ask(GRANT, input.clone()).await;
    assert_eq!(first, again);
    let document = "{ viewer { person { mandates { edges { node { title current delegation { slug } } } } } } }";
    let seen = delegate.ask(document, json!({})).await;
    let mandates = nodes(&seen, "viewer.person.mandates");
    assert_eq!(mandates.len(), 2, "the first and the new one");
    assert_eq!(text(&mandates[0], "title"), "Head of Training");
    let mut other = input;
    other["input"]["personId"] = json!(own_id(&forum.delegate("cn")).await);
    secretariat.refused(GRANT, other).await.is_invalid("key");
}
