//! Finding threads: filters, order, unread, pages and their cost.

use partage::store::Store;
use serde_json::Value;
use serde_json::json;

use crate::stories::answers::accept;
use crate::support::acts::Draft;
use crate::support::acts::MARK_READ;
use crate::support::acts::RETAG;
use crate::support::acts::concept_id;
use crate::support::acts::concept_ids;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::config;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::texts;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    a_region_finds_the_threads_of_its_countries,
    two_tools_find_either_and_a_method_narrows_them,
    kind_language_and_delegation_filter,
    unread_follows_what_each_person_has_read,
    the_order_is_by_activity_or_by_creation,
    the_threads_with_the_most_posts_come_first,
    the_numbers_beside_a_facet_are_those_of_its_lists,
    twenty_five_threads_cost_as_many_statements_as_five,
    an_empty_page_of_a_persons_threads_says_that_there_are_more,
    the_numbers_beside_the_filters_are_those_of_the_reader_and_of_this_instant,
    a_part_of_a_title_finds_threads_whatever_its_case_and_marks,
    a_title_that_a_visitor_may_not_see_is_not_found,
    threads_with_such_a_title_are_counted_and_come_in_pages,
    only_so_many_titles_are_searched,
);

async fn a_region_finds_the_threads_of_its_countries(forum: Forum) {
    let kenya = forum.delegate("ke");
    let tagged = |title: &str, regions| Draft {
        regions,
        ..Draft::titled(title)
    };
    open(&kenya, tagged("Kenya", &["country-ke"])).await;
    open(&kenya, tagged("Brazil", &["country-br"])).await;
    open(&kenya, tagged("France", &["country-fr"])).await;
    open(&kenya, tagged("Africa", &["africa"])).await;

    for (region, found) in [
        ("africa", &["Africa", "Kenya"][..]),
        ("sub-saharan-africa", &["Kenya"]),
        ("eastern-africa", &["Kenya"]),
        ("country-ke", &["Kenya"]),
        ("aripo", &["Kenya"]),
        ("epo", &["France"]),
        ("oapi", &[]),
        ("world", &["Africa", "France", "Brazil", "Kenya"]),
    ] {
        let id = concept_id(&forum.visitor(), region).await;
        let by_id = titles(&forum.visitor(), json!({ "regions": [id] })).await;
        assert_eq!(by_id, found, "{region}");
        let by_word = titles(&forum.visitor(), json!({ "regions": [region] })).await;
        assert_eq!(by_word, found, "{region} by its word");
    }
}

async fn an_empty_page_of_a_persons_threads_says_that_there_are_more(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    open(&kenya, Draft::titled("Kenya")).await;
    open(&france, Draft::titled("France")).await;
    let (one, other) = (own_id(&kenya).await, own_id(&france).await);
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { \
        forward: threads(first: 0) { totalCount pageInfo { hasNextPage } } \
        back: threads(last: 0) { pageInfo { hasPreviousPage } } } } }";
    for ids in [json!([one]), json!([one, other])] {
        let data = kenya.ask(document, json!({ "ids": ids })).await;
        for person in data["nodes"].as_array().expect("people") {
            assert_eq!(number(person, "forward.totalCount"), 1);
            assert_eq!(person["forward"]["pageInfo"]["hasNextPage"], true, "{ids}");
            assert_eq!(person["back"]["pageInfo"]["hasPreviousPage"], true, "{ids}");
        }
    }
}

async fn the_threads_with_the_most_posts_come_first(forum: Forum) {
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let mut threads = Vec::new();
    for (title, replies) in [("One", 1), ("None", 0), ("Three", 3), ("Two", 2)] {
        let thread = open(&kenya, Draft::titled(title)).await;
        for count in 0..replies {
            reply(&kenya, &thread.id, &format!("Reply {count}.")).await;
        }
        threads.push(thread.id);
    }
    let document = "query($filter: ThreadFilter, $after: String) { \
        threads(first: 2, filter: $filter, orderBy: MOST_POSTS, after: $after) { \
        pageInfo { endCursor } edges { node { title lastNumber } } } }";
    for filter in [json!({}), json!({ "regions": ["africa"] })] {
        let data = kenya.ask(document, json!({ "filter": filter })).await;
        assert_eq!(texts(&data, "threads", "title"), ["Three", "Two"]);
        let after = &data["threads"]["pageInfo"]["endCursor"];
        let variables = json!({ "filter": filter, "after": after });
        let data = kenya.ask(document, variables).await;
        assert_eq!(texts(&data, "threads", "title"), ["One", "None"]);
    }
    // What waits or moved in counts as `lastNumber` counts it.
    decide(&secretariat, "REVIEW_THREAD", &[&threads[3]]).await;
    reply(&kenya, &threads[3], "Waits.").await;
    reply(&kenya, &threads[3], "Waits as well.").await;
    let into = json!({ "intoThreadId": threads[1] });
    decide_with(&secretariat, "MERGE_THREADS", &[&threads[2]], into).await;
    for filter in [json!({}), json!({ "regions": ["africa"] })] {
        let data = kenya.ask(document, json!({ "filter": filter })).await;
        let numbers = nodes(&data, "threads");
        let numbers: Vec<i64> = numbers
            .iter()
            .map(|node| number(node, "lastNumber"))
            .collect();
        assert_eq!(numbers, [5, 5], "{filter}");
    }
}

async fn the_numbers_beside_a_facet_are_those_of_its_lists(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    let (secretariat, visitor) = (forum.secretariat(), forum.visitor());
    let question = Draft {
        kind: "QUESTION",
        ..Draft::titled("A question")
    };
    let asked = open(&kenya, question.clone()).await;
    open(&kenya, question).await;
    let answer = reply(&france, &asked.id, "An answer.").await.id;
    accept(&kenya, &answer).await;
    let french = Draft {
        language: "FR",
        ..Draft::for_members("Une expérience")
    };
    open(&france, french).await;
    let old = open(&france, Draft::titled("Of last year")).await;
    decide(&secretariat, "ARCHIVE_THREAD", &[&old.id]).await;
    let facets = [
        ("all", "", json!({})),
        (
            "question",
            "(by: { kind: QUESTION })",
            json!({ "kinds": ["QUESTION"] }),
        ),
        (
            "experience",
            "(by: { kind: EXPERIENCE })",
            json!({ "kinds": ["EXPERIENCE"] }),
        ),
        (
            "proposal",
            "(by: { kind: PROPOSAL })",
            json!({ "kinds": ["PROPOSAL"] }),
        ),
        (
            "english",
            "(by: { language: EN })",
            json!({ "languages": ["EN"] }),
        ),
        (
            "french",
            "(by: { language: FR })",
            json!({ "languages": ["FR"] }),
        ),
        (
            "kenya",
            "(by: { delegation: \"ke\" })",
            json!({ "delegations": ["ke"] }),
        ),
        (
            "france",
            "(by: { delegation: \"fr\" })",
            json!({ "delegations": ["fr"] }),
        ),
        (
            "africa",
            "(by: { concept: \"africa\" })",
            json!({ "regions": ["africa"] }),
        ),
        (
            "answered",
            "(by: { answered: true })",
            json!({ "answered": true }),
        ),
        (
            "unanswered",
            "(by: { answered: false })",
            json!({ "answered": false }),
        ),
    ];
    let fields = facets
        .iter()
        .map(|(name, by, _)| format!("{name}: threadCount{by} "));
    let fields: String = fields.collect();
    let document = format!(
        "{{ {fields} archived: threadCount(archived: true) delegations(search: \"fr\", first: 100) {{ nodes {{ slug threadCount }} }} }}"
    );
    for person in [&visitor, &kenya] {
        let data = person.ask(&document, json!({})).await;
        for (name, _, filter) in &facets {
            let listed = titles(person, filter.clone()).await.len();
            assert_eq!(data[*name], listed, "{name}");
        }
        assert_eq!(number(&data, "archived"), 1);
        let all = data["delegations"]["nodes"]
            .as_array()
            .expect("delegations");
        let of_france = all.iter().find(|each| each["slug"] == "fr");
        assert_eq!(of_france.expect("France")["threadCount"], data["france"]);
    }
}

async fn two_tools_find_either_and_a_method_narrows_them(forum: Forum) {
    let kenya = forum.delegate("ke");
    let tagged = |title: &str, tools, methods| Draft {
        tools,
        methods,
        ..Draft::titled(title)
    };
    open(
        &kenya,
        tagged("Office by visit", &["wipo-ipas"], &["study-visit"]),
    )
    .await;
    open(
        &kenya,
        tagged("Office by webinar", &["wipo-ipas"], &["webinar"]),
    )
    .await;
    open(
        &kenya,
        tagged("Law by visit", &["wipo-lex"], &["study-visit"]),
    )
    .await;
    open(
        &kenya,
        tagged("Centre by visit", &["tisc"], &["study-visit"]),
    )
    .await;

    let tools = concept_ids(&kenya, &["wipo-ipas", "wipo-lex"]).await;
    let either = titles(&kenya, json!({ "tools": tools })).await;
    assert_eq!(
        either,
        ["Law by visit", "Office by webinar", "Office by visit"]
    );
    let both = json!({ "tools": tools, "methods": ["study-visit"] });
    assert_eq!(
        titles(&kenya, both).await,
        ["Law by visit", "Office by visit"]
    );
    let broader = json!({ "tools": ["office-systems"], "methods": ["training-capacity"] });
    assert_eq!(
        titles(&kenya, broader).await,
        ["Office by webinar", "Office by visit"]
    );
    let elsewhere = json!({ "tools": tools, "regions": ["country-br"] });
    assert!(titles(&kenya, elsewhere).await.is_empty());
    let unknown = json!({ "filter": { "tools": ["no-such-tool"] } });
    let document = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
    kenya
        .refused(document, unknown)
        .await
        .is_invalid("filter.tools.0");
}

async fn kind_language_and_delegation_filter(forum: Forum) {
    let draft = |title: &str, kind, language| Draft {
        kind,
        language,
        ..Draft::titled(title)
    };
    open(&forum.delegate("ke"), draft("a", "QUESTION", "EN")).await;
    open(&forum.delegate("ke"), draft("b", "PROPOSAL", "FR")).await;
    open(&forum.delegate("fr"), draft("c", "QUESTION", "FR")).await;
    let visitor = forum.visitor();
    for (filter, found) in [
        (json!({ "kinds": ["QUESTION"] }), &["c", "a"][..]),
        (
            json!({ "kinds": ["QUESTION", "PROPOSAL"] }),
            &["c", "b", "a"],
        ),
        (json!({ "languages": ["FR"] }), &["c", "b"]),
        (json!({ "delegations": ["ke"] }), &["b", "a"]),
        (
            json!({ "delegations": ["ke"], "languages": ["FR"] }),
            &["b"],
        ),
        (json!({ "kinds": ["EXPERIENCE"] }), &[]),
        (json!({}), &["c", "b", "a"]),
    ] {
        assert_eq!(titles(&visitor, filter.clone()).await, found, "{filter}");
        let document = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
        let counted = visitor.ask(document, json!({ "filter": filter })).await;
        let count = usize::try_from(number(&counted, "threads.totalCount")).expect("a count");
        assert_eq!(count, found.len(), "{filter}");
    }
}

async fn unread_follows_what_each_person_has_read(forum: Forum) {
    let kenya = forum.delegate("ke");
    let france = forum.delegate("fr");
    let opened = open(&kenya, Draft::titled("News")).await;
    open(&kenya, Draft::titled("Other")).await;
    reply(&kenya, &opened.id, "More.").await;
    reply(&kenya, &opened.id, "And more.").await;

    let unread = "query($id: ID!) { thread(id: $id) { viewer { unread lastReadNumber } } }";
    let id = json!({ "id": opened.id });
    let of = async |person: &Person| {
        let seen = person.ask(unread, id.clone()).await;
        (
            number(&seen, "thread.viewer.unread"),
            number(&seen, "thread.viewer.lastReadNumber"),
        )
    };
    assert_eq!(of(&kenya).await, (0, 3), "one's own words are read");
    assert_eq!(of(&france).await, (3, 0));
    let only_unread = json!({ "unread": true });
    assert_eq!(
        titles(&france, only_unread.clone()).await,
        ["News", "Other"]
    );
    assert!(titles(&kenya, only_unread.clone()).await.is_empty());

    let mark = |number: i64| json!({ "input": { "threadId": opened.id, "number": number } });
    france.ask(MARK_READ, mark(2)).await;
    assert_eq!(of(&france).await, (1, 2));
    france.ask(MARK_READ, mark(3)).await;
    assert_eq!(of(&france).await, (0, 3));
    france.ask(MARK_READ, mark(1)).await;
    assert_eq!(of(&france).await, (0, 3), "reading does not go back");
    assert_eq!(titles(&france, only_unread.clone()).await, ["Other"]);
    france
        .refused(MARK_READ, mark(4))
        .await
        .is_invalid("number");

    reply(&kenya, &opened.id, "Still more.").await;
    assert_eq!(of(&france).await, (1, 3));
    assert_eq!(
        titles(&france, only_unread.clone()).await,
        ["News", "Other"]
    );
    let document = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
    let refused = forum
        .visitor()
        .refused(document, json!({ "filter": only_unread }))
        .await;
    refused.is_denied("SIGN_IN_REQUIRED");
    let refused = forum.visitor().refused(MARK_READ, mark(1)).await;
    refused.is_denied("SIGN_IN_REQUIRED");
}

async fn the_order_is_by_activity_or_by_creation(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut threads = Vec::new();
    for title in ["first", "second", "third"] {
        threads.push(open(&kenya, Draft::titled(title)).await);
    }
    reply(&forum.delegate("fr"), &threads[0].id, "Up again.").await;
    let document =
        "query($order: ThreadOrder!) { threads(orderBy: $order) { edges { node { title } } } }";
    let active = kenya
        .ask(document, json!({ "order": "LATEST_ACTIVITY" }))
        .await;
    assert_eq!(
        texts(&active, "threads", "title"),
        ["first", "third", "second"]
    );
    let created = kenya.ask(document, json!({ "order": "CREATED" })).await;
    assert_eq!(
        texts(&created, "threads", "title"),
        ["third", "second", "first"]
    );
}

async fn twenty_five_threads_cost_as_many_statements_as_five(forum: Forum) {
    let people = ["ke", "fr", "br", "cn", "us"].map(|country| forum.delegate(country));
    let regions: [&'static [&'static str]; 3] = [
        &["country-ke"],
        &["country-fr", "africa"],
        &["aripo", "asean"],
    ];
    for (count, person) in people.iter().cycle().take(25).enumerate() {
        let draft = Draft {
            regions: regions[count % regions.len()],
            ..Draft::titled(format!("Thread {count}"))
        };
        let opened = open(person, draft).await;
        reply(&people[(count + 1) % people.len()], &opened.id, "Agreed.").await;
    }
    let document = "query($first: Int!) { threads(first: $first) { edges { node { title kind createdAt lastNumber \
         author { name delegation { name } } delegation { name slug } \
         tools { edges { node { label } } } methods { edges { node { label } } } regions { edges { node { label } } } \
         first: posts(first: 1) { edges { node { body author { name } revisions { edges { node { number body editor { name } } } } } } } \
         latest: posts(last: 1) { edges { node { number bodyHtml delegation { name } inReplyTo { number } } } } \
         post(number: 2) { number body } \
         viewer { unread lastReadNumber canReply } } } } }";
    let reader = forum.delegate("ke");
    // The lowest of a few: now and then a follower reads the log at the same time, which counts too.
    let statements = async |first: u32| {
        let mut least = u64::MAX;
        for _ in 0..4 {
            let before = forum.store().statements();
            let data: Value = reader.ask(document, json!({ "first": first })).await;
            assert_eq!(
                nodes(&data, "threads").len(),
                usize::try_from(first).expect("a count")
            );
            least = least.min(forum.store().statements() - before);
        }
        least
    };
    let few = statements(5).await;
    let many = statements(25).await;
    assert!(few > 0, "the statements are counted");
    // Which of two lists loads its people first is random, and may save a statement; a row never costs one.
    assert!(
        many.abs_diff(few) <= 2,
        "{few} for five, {many} for twenty-five"
    );
}

/// The number beside each of these regions on the page of threads.
async fn numbers_on_the_page(browser: &mut Browser) -> Vec<i64> {
    let page = browser.get("/threads").await;
    assert_eq!(page.status, 200, "{}", page.html);
    let beside = |region: &str| {
        let (_, rest) = page.html.split_once(&format!("value=\"{region}\""))?;
        let (_, rest) = rest.split_once("class=\"count\">")?;
        let digits = rest.chars().take_while(char::is_ascii_digit);
        digits.collect::<String>().parse().ok()
    };
    let regions = ["country-ke", "africa", "country-br"];
    regions.map(|region| beside(region).unwrap_or(0)).to_vec()
}

async fn the_numbers_beside_the_filters_are_those_of_the_reader_and_of_this_instant(forum: Forum) {
    let secretariat = forum.secretariat();
    let clock = forum.store().clock().clone();
    let store = Store::open(forum.place().url(), clock).await;
    let second = partage::server::start(config(&[]), store.expect("the store")).await;
    let second = second.expect("a second process");
    let token = forum.token("fr");
    let mut member = Browser::at(&forum.visitor(), Some(&token));
    let mut elsewhere = Browser::at(&forum.visitor().at(second.address()), Some(&token));
    let mut visitor = Browser::of(&forum);
    let mut are = async |members: [i64; 3], public: [i64; 3], what: &str| {
        for _ in 0..2 {
            assert_eq!(numbers_on_the_page(&mut member).await, members, "{what}");
            assert_eq!(numbers_on_the_page(&mut elsewhere).await, members, "{what}");
            assert_eq!(numbers_on_the_page(&mut visitor).await, public, "{what}");
        }
    };
    let kenya = forum.delegate("ke");
    are([0, 0, 0], [0, 0, 0], "an empty forum").await;
    let tagged = |title: &str, regions| Draft {
        regions,
        ..Draft::titled(title)
    };
    let one = open(&kenya, tagged("One", &["country-ke"])).await;
    are([1, 1, 0], [1, 1, 0], "a thread").await;
    let other = open(&kenya, tagged("Other", &["africa"])).await;
    are([1, 2, 0], [1, 2, 0], "another").await;
    reply(&kenya, &one.id, "A text.").await;
    are([1, 2, 0], [1, 2, 0], "a reply").await;
    show_to(&kenya, &other.id, "MEMBERS").await;
    are([1, 2, 0], [1, 1, 0], "a thread for members").await;
    let input = json!({
        "threadId": one.id, "tools": concept_ids(&kenya, &["wipo-publish"]).await, "methods": [],
        "regions": concept_ids(&kenya, &["country-br"]).await,
    });
    kenya.ask(RETAG, json!({ "input": input })).await;
    are([0, 1, 1], [0, 0, 1], "other tags").await;
    let archived = decide(&secretariat, "ARCHIVE_THREAD", &[&one.id]).await;
    are([0, 1, 0], [0, 0, 0], "an archived thread").await;
    let document = "{ concept(by: { slug: \"country-br\" }) { \
        all: threadCount archived: threadCount(archived: true) others: threadCount(archived: false) } }";
    let data = kenya.ask(document, json!({})).await;
    let counts = json!({ "all": 1, "archived": 1, "others": 0 });
    assert_eq!(data["concept"], counts);
    undo(&secretariat, &archived).await;
    are([0, 1, 1], [0, 0, 1], "one that is no longer archived").await;
    show_to(&kenya, &other.id, "PUBLIC").await;
    are([0, 1, 1], [0, 1, 1], "a thread for everybody again").await;
    let more = json!({ "intoThreadId": one.id });
    decide_with(&secretariat, "MERGE_THREADS", &[&other.id], more).await;
    are([0, 0, 1], [0, 0, 1], "a merged thread").await;
    second.stop().await;
}

async fn a_part_of_a_title_finds_threads_whatever_its_case_and_marks(forum: Forum) {
    let kenya = forum.delegate("ke");
    for title in [
        "Échange de données à Alger",
        "Обучение экспертов",
        "تدريب الخبراء",
        "培训审查员",
        "Training of 50% of examiners",
    ] {
        open(&kenya, Draft::titled(title)).await;
    }
    for (words, found) in [
        ("echange", &["Échange de données à Alger"][..]),
        ("DONNEES alger", &["Échange de données à Alger"]),
        ("ОБУЧЕНИЕ", &["Обучение экспертов"]),
        ("خبراء", &["تدريب الخبراء"]),
        ("審查", &["培训审查员"]),
        ("train exam", &["Training of 50% of examiners"]),
        ("train alger", &[]),
        ("%", &["Training of 50% of examiners"]),
        ("_", &[]),
    ] {
        for reader in [&kenya, &forum.visitor()] {
            assert_eq!(
                titles(reader, json!({ "title": words })).await,
                found,
                "{words}"
            );
        }
    }
    let all = titles(&kenya, json!({ "title": " " })).await;
    assert_eq!(all.len(), 5, "nothing is asked for");
    let document = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
    let too_long = json!({ "filter": { "title": "a".repeat(101) } });
    let refused = kenya.refused(document, too_long).await;
    refused.is_invalid("filter.title");
}

async fn a_title_that_a_visitor_may_not_see_is_not_found(forum: Forum) {
    let (kenya, secretariat) = (forum.delegate("ke"), forum.secretariat());
    open(&kenya, Draft::titled("Guidelines for all")).await;
    open(&kenya, Draft::for_members("Guidelines for members")).await;
    let brazil = forum.delegate("br");
    decide(&secretariat, "REVIEW_PERSON", &[&own_id(&brazil).await]).await;
    open(&brazil, Draft::titled("Guidelines that wait")).await;
    let archived = open(&kenya, Draft::titled("Guidelines of former days")).await;
    let filter = json!({ "title": "guideline" });
    assert_eq!(titles(&forum.visitor(), filter.clone()).await.len(), 2);
    decide(&secretariat, "ARCHIVE_THREAD", &[&archived.id]).await;
    let document = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
    for (reader, found) in [
        (forum.visitor(), &["Guidelines for all"][..]),
        (
            forum.delegate("fr"),
            &["Guidelines for members", "Guidelines for all"],
        ),
    ] {
        assert_eq!(titles(&reader, filter.clone()).await, found);
        let counted = reader.ask(document, json!({ "filter": filter })).await;
        let count = usize::try_from(number(&counted, "threads.totalCount")).expect("a count");
        assert_eq!(count, found.len());
        let former = json!({ "title": "guideline", "archived": true });
        assert_eq!(titles(&reader, former).await, ["Guidelines of former days"]);
    }
}

async fn threads_with_such_a_title_are_counted_and_come_in_pages(forum: Forum) {
    let kenya = forum.delegate("ke");
    for number in 0..5 {
        open(&kenya, Draft::titled(format!("Seminar {number}"))).await;
        open(&kenya, Draft::titled(format!("Course {number}"))).await;
    }
    let document = "query($filter: ThreadFilter, $order: ThreadOrder!, $after: String) { \
        threads(first: 2, filter: $filter, orderBy: $order, after: $after) { \
        totalCount pageInfo { hasNextPage endCursor } edges { node { title } } } }";
    for filter in [
        json!({ "title": "semin" }),
        json!({ "title": "semin", "kinds": ["EXPERIENCE"], "regions": ["africa"] }),
    ] {
        for order in ["LATEST_ACTIVITY", "CREATED"] {
            let (mut found, mut after) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ "filter": filter, "order": order, "after": after });
                let data = forum.visitor().ask(document, variables).await;
                assert_eq!(number(&data, "threads.totalCount"), 5);
                found.extend(texts(&data, "threads", "title"));
                if data["threads"]["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = data["threads"]["pageInfo"]["endCursor"].clone();
            }
            let expected = [4, 3, 2, 1, 0].map(|number| format!("Seminar {number}"));
            assert_eq!(found, expected, "{order}");
        }
    }
}

async fn only_so_many_titles_are_searched(forum: Forum) {
    let kenya = forum.delegate("ke");
    open(&kenya, Draft::titled("A needle long ago")).await;
    open(&kenya, Draft::titled("Hay")).await;
    // Writing as many by the front door takes minutes.
    let copies = async |count: usize| {
        let place = forum.place();
        let (columns, id) = match place.kind {
            Kind::Sqlite => (
                "select name from pragma_table_info('thread')",
                "randomblob(16)",
            ),
            Kind::Postgres => (
                "select column_name::text from information_schema.columns \
                 where table_schema = current_schema() and table_name = 'thread'",
                "gen_random_uuid()",
            ),
        };
        let rows = place.query(columns).await;
        let name = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0).expect("a name");
        let columns: Vec<String> = rows.iter().map(name).collect();
        let value = |column: &String| match column.as_str() {
            "id" | "key" => id.to_string(),
            "title" => "'Straw'".to_string(),
            other => format!("thread.{other}"),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let (columns, values) = (columns.join(", "), values.join(", "));
        let insert = format!(
            "insert into thread ({columns}) \
             with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {count}) \
             select {values} from thread cross join numbers where title = 'Hay'"
        );
        place.execute(&insert).await;
        let list = "insert into thread_heading (thread_id, heading, is_public, is_archived, last_activity_at, created_at) \
            select id, '*', true, false, last_activity_at, created_at from thread where title = 'Straw' \
            and id not in (select thread_id from thread_heading)";
        place.execute(list).await;
    };
    let sought = json!({ "title": "needle" });
    copies(1_998).await;
    let found = titles(&kenya, sought.clone()).await;
    assert_eq!(found, ["A needle long ago"], "the last of 2,000");
    copies(1).await;
    assert!(titles(&kenya, sought).await.is_empty(), "one too many");
}
