//! No part of a text disappears, and Markdown works where words have no spaces around them and punctuation is not ASCII.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    nothing_that_is_written_vanishes,
    a_preview_tells_what_is_shown_otherwise_than_written,
    emphasis_works_beside_letters_and_punctuation_of_any_script with flags(["--previews-per-minute", "1000"]),
    an_address_ends_where_the_sentence_goes_on,
    code_reads_from_the_left_and_columns_are_aligned,
);

async fn preview(person: &Person, body: &str) -> Value {
    let document =
        "query($body: String!) { html: preview(body: $body) notes: previewNotes(body: $body) }";
    person.ask(document, json!({ "body": body })).await
}

async fn html(person: &Person, body: &str) -> String {
    text(&preview(person, body).await, "html")
}

/// A text as it is stored: HTML and words.
async fn kept(person: &Person, body: &str) -> (String, String) {
    let draft = Draft {
        body: body.to_string(),
        ..Draft::default()
    };
    let opened = open(person, draft).await;
    let document = "query($id: ID!) { thread(id: $id) { firstPost { bodyHtml bodyText } } }";
    let data = person.ask(document, json!({ "id": opened.id })).await;
    let post = at(&data, "thread.firstPost");
    (text(post, "bodyHtml"), text(post, "bodyText"))
}

async fn nothing_that_is_written_vanishes(forum: Forum) {
    let kenya = forum.delegate("ke");
    for (body, shown) in [
        (
            "Write to <name of office> before <date>, Vec<String>",
            "Write to <name of office> before <date>, Vec<String>",
        ),
        ("<name of office>", "<name of office>"),
        (
            "<div>\n**Not** marked up\n</div>",
            "<div>\n**Not** marked up\n</div>",
        ),
        (
            "before <!-- a remark --> after",
            "before <!-- a remark --> after",
        ),
        ("<!-- a remark alone -->", "<!-- a remark alone -->"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("A <office:name> asks", "A <office:name> asks"),
        ("![Figure 2](https://example.org/f2.png)", "Figure 2"),
        (
            "![](https://example.org/f2.png)",
            "https://example.org/f2.png",
        ),
        (
            "[![Map](https://example.org/m.png)](https://example.org/)",
            "Map (https://example.org/m.png)",
        ),
        ("[](https://example.org/)", "https://example.org/"),
        ("[Call us](tel:+41221234567)", "Call us (tel:+41221234567)"),
        ("[Run](javascript:alert)", "Run"),
        ("[Kenya]: thanks", "[Kenya]: thanks"),
        ("> [Kenya]: thanks\n\nfor this", "[Kenya]: thanks\nfor this"),
        (
            "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |",
            "a b\n1 2 3\n4",
        ),
        ("> a | b\n> -|-\n> 1 | 2 | 3 | 4", "a b\n1 2 3 4"),
        ("```Read this first\ncode\n```", "Read this first\ncode"),
        ("```rust\ncode\n```", "code"),
        (
            "`[a]` is code\n\n[a]: https://example.org/only",
            "[a] is code\n[a]: https://example.org/only",
        ),
        (
            "[foo]: https://example.org/dup 'T1'\n\n\\[foo] end",
            "[foo]: https://example.org/dup 'T1'\n[foo] end",
        ),
        (
            "[multi\nline]: https://example.org/m\n\nafter",
            "[multi line]: https://example.org/m\nafter",
        ),
        ("<div>\n[x]: y\n</div>", "<div>\n[x]: y\n</div>"),
        ("`foo\n[x]: y\nbar`", "foo [x]: y bar"),
        ("[t](data:text/plain,x \"mine\")", "t (\"mine\")"),
        (
            "see [1] and [2].\n\n[1]: Confidential\n[2]: Ibid.",
            "see 1 (Confidential) and 2 (Ibid.).",
        ),
        ("Text[^note]\n\n[^note]: hello", "Text^note (hello)"),
        ("said [sic](Annex)", "said sic (Annex)"),
        (
            "[![Map](https://example.org/m.png \"The title\")](https://example.org/)",
            "Map (https://example.org/m.png \"The title\")",
        ),
    ] {
        let (html, words) = kept(&kenya, body).await;
        let words: Vec<&str> = words.lines().map(str::trim).collect();
        assert_eq!(words.join("\n"), shown, "{body}: {html}");
        for forbidden in [
            "<img",
            "<script",
            "<div",
            "<!--",
            "javascript:",
            "\u{fdd0}",
            "\u{fdd1}",
        ] {
            assert!(!html.contains(forbidden), "{body}: {html}");
        }
    }
    // Numbers are those that were typed; a list with one number counts by itself.
    for (body, numbers) in [
        (
            "3. a\n7. b\n8. c",
            "<ol start=\"3\"><li>a</li><li value=\"7\">b</li><li>c</li></ol>",
        ),
        (
            "1. a\n1. b\n1. c",
            "<ol><li>a</li><li>b</li><li>c</li></ol>",
        ),
        (
            "1. 一\n2. 二\n12. 十二",
            "<ol><li>一</li><li>二</li><li value=\"12\">十二</li></ol>",
        ),
    ] {
        let html = html(&kenya, body).await;
        let html = html.replace(" dir=\"auto\"", "").replace('\n', "");
        assert_eq!(html, numbers, "{body}");
    }
    let figure = "![Figure 2](https://example.org/f2.png)";
    let (html, _) = kept(&kenya, figure).await;
    assert!(
        html.contains("href=\"https://example.org/f2.png\""),
        "{html}"
    );
    // A definition that something refers to is one; code is shown unchanged.
    let referred = "See [the report][r].\n\n[R]: https://example.org/r\n\n```\n[x]: y\n```";
    let (html, words) = kept(&kenya, referred).await;
    assert!(html.contains("href=\"https://example.org/r\""), "{html}");
    assert_eq!(words, "See the report.\n[x]: y");
}

async fn a_preview_tells_what_is_shown_otherwise_than_written(forum: Forum) {
    let kenya = forum.delegate("ke");
    let body = "<b>x</b> ![y](https://example.org/y.png) [z](ftp://example.org/z) <i>";
    let shown = preview(&kenya, body).await;
    let kinds = json!(["HTML_AS_TEXT", "IMAGE_AS_LINK", "ADDRESS_AS_TEXT"]);
    assert_eq!(at(&shown, "notes"), &kinds);
    for (body, notes) in [
        ("```rust\ncode\n```", json!(["CODE_LANGUAGE_NOT_SHOWN"])),
        ("~~~ Figure\ncode\n~~~", json!(["CODE_LANGUAGE_NOT_SHOWN"])),
        ("```\ncode\n```", json!([])),
        ("```Read this first\ncode\n```", json!([])),
        ("    indented", json!([])),
    ] {
        assert_eq!(at(&preview(&kenya, body).await, "notes"), &notes, "{body}");
    }
    let plain = preview(
        &kenya,
        "Plain **text** with a [link](/threads) and a@example.org.",
    )
    .await;
    assert_eq!(at(&plain, "notes"), &json!([]));
    // Also without scripts.
    let opened = open(&kenya, Draft::default()).await;
    let fields = [
        ("body", body),
        ("language", "FR"),
        ("capacity", "PERSONAL"),
        ("preview", "true"),
    ];
    let path = format!("/threads/{}", opened.id);
    let mut reader = Browser::signed_in(&forum, "fr");
    let page = reader.post(&path, &fields).await;
    assert!(page.html.contains("A picture is shown as a link to it."));
}

async fn emphasis_works_beside_letters_and_punctuation_of_any_script(forum: Forum) {
    let kenya = forum.delegate("ke");
    for (body, bold) in [
        ("会议**已经结束。**下一步是", "已经结束。"),
        ("请参阅**《年度报告》**第三章", "《年度报告》"),
        ("这是**“重点”**内容", "“重点”"),
        ("见**(附件)**说明", "(附件)"),
        ("**注意：**请阅读", "注意："),
        ("最后**完成！**🙂", "完成！"),
        ("テスト**「重要」**です", "「重要」"),
        ("و**«التقرير السنوي»**والملحق", "«التقرير السنوي»"),
        ("هذا **مهم،**ثم", "مهم،"),
        ("это**«важно»**слово", "«важно»"),
        ("l’**« article »**suivant", "« article »"),
        ("| a |\n|---|\n| 见**《报告》**附件 |", "《报告》"),
        ("这里__强调__一下", "强调"),
        ("__强调__一下", "强调"),
        ("请参阅__《年度报告》__第三章", "《年度报告》"),
        ("ここで__重要__です", "重要"),
        ("เป็น__สำคัญ__มาก", "สำคัญ"),
        ("a__强调__的", "强调"),
        ("**[链接](http://example.org)**。", "<a"),
        ("النص**[رابط](http://example.org)**، ثم", "<a"),
        ("**(重要)**，请", "(重要)"),
        ("هذا **(مهم)**، ثم", "(مهم)"),
        ("قال: **\"نعم\"**؛ ثم", "\"نعم\""),
        ("，**(一)**的", "(一)"),
        ("说“**(a)**”的", "(a)"),
        ("，**`code`**，", "<code"),
        ("（**(a)**）", "(a)"),
        ("- **(a)**；", "(a)"),
        ("# **(一)**、标题", "(一)"),
        ("**5%**–10%", "5%"),
        ("**Note:**—then", "Note:"),
        ("**(x)**’s", "(x)"),
        ("“**Art. 1(a)**”", "Art. 1(a)"),
        ("见**(a)**、**(b)**。", "(b)"),
        ("**甲**、**(乙)**、**丙**", "(乙)"),
        ("**100%**。**“x”**", "100%"),
    ] {
        let html = html(&kenya, body).await;
        assert!(
            html.contains(&format!("<strong>{bold}")) && html.contains("</strong>"),
            "{body}: {html}"
        );
        assert!(!html.contains("<strong><strong>"), "{body}: {html}");
        assert!(!html.contains(['*', '_', '\u{fdd2}']), "{body}: {html}");
    }
    let html_of = |body: &'static str| html(&kenya, body);
    assert!(
        html_of("会议~~「取消」~~改期")
            .await
            .contains("<del>「取消」</del>")
    );
    assert!(
        html_of("会议*「取消」*改期")
            .await
            .contains("<em>「取消」</em>")
    );
    // Text without a meaning in Markdown stays unchanged.
    for body in [
        "2*(3+4)*5",
        "a * b * c",
        "会议\\*\\*结束。\\*\\*下",
        "5 ** 《报告》 ** 6",
        "文件__名称",
        "调用__init__方法",
        "文\\__件__名",
        "调用___init___方法",
        "表____强调____一",
        "参加者は5~10人、期間は3~4日です。",
        "H~2~O, foo~bar~baz",
    ] {
        let html = html(&kenya, body).await;
        assert!(
            !html.contains("<em>") && !html.contains("<strong>") && !html.contains("<del>"),
            "{body}: {html}"
        );
        assert_eq!(
            html.matches('~').count(),
            body.matches('~').count(),
            "{html}"
        );
    }
    // Three underscores mark both, as three asterisks do, and as CommonMark says between spaces.
    for (body, shown) in [
        ("a ___b___ c", "a <em><strong>b</strong></em> c"),
        ("a___b___c", "a___b___c"),
        ("表___强调___一", "表<em><strong>强调</strong></em>一"),
        ("___强调___一下", "<em><strong>强调</strong></em>一下"),
        ("表***强调***一", "表<em><strong>强调</strong></em>一"),
        (
            "这___甲___和__乙__的",
            "这<em><strong>甲</strong></em>和<strong>乙</strong>的",
        ),
        ("表___强__调__弱___一", "表___强<strong>调</strong>弱___一"),
        ("`表___强___一`", "<code dir=\"ltr\">表___强___一</code>"),
    ] {
        let html = html_of(body).await;
        let shown = format!("<p dir=\"auto\">{shown}</p>");
        assert_eq!(html.trim(), shown, "{body}");
    }
    let both = html_of("__**粗**__中").await;
    assert!(both.contains("__<strong>粗</strong>__中"), "{both}");
    let tilde = html_of("`a~b` https://example.org/~ke \\~ \u{fdd3} ~~gone~~").await;
    for part in [
        ">a~b</code>",
        "https://example.org/~ke\"",
        "\u{fffd}",
        "<del>gone</del>",
    ] {
        assert!(tilde.contains(part), "{part}: {tilde}");
    }
    assert!(!tilde.contains('\\'), "{tilde}");
    let code = html_of("代码`a**。**b`结束 https://example.org/**。").await;
    assert!(code.contains(">a**。**b</code>"), "{code}");
    let code = html_of("代码`初__值__名`结束 https://example.org/初__值__名").await;
    assert!(code.contains(">初__值__名</code>"), "{code}");
    assert!(
        code.contains(">https://example.org/初__值__名</a>"),
        "{code}"
    );
    assert!(!code.contains("%EF%B7"), "{code}");
}

async fn an_address_ends_where_the_sentence_goes_on(forum: Forum) {
    let kenya = forum.delegate("ke");
    for (body, address) in [
        ("见https://example.org/a。然后", "https://example.org/a"),
        ("（https://example.org/a）", "https://example.org/a"),
        ("**见https://example.org/a。**然后", "https://example.org/a"),
        ("详见 www.example.org，谢谢", "http://www.example.org"),
        ("详见www.example.org，谢谢", "http://www.example.org"),
        ("انظر https://example.org/a، ثم", "https://example.org/a"),
        ("voir «https://example.org/a»", "https://example.org/a"),
        ("See https://example.org/a.", "https://example.org/a"),
        (
            "[见](https://example.org/（一）)",
            "https://example.org/%EF%BC%88%E4%B8%80%EF%BC%89",
        ),
        ("<https://example.org/。>", "https://example.org/%E3%80%82"),
        ("联系a@example.org。", "mailto:a@example.org"),
        ("见HTTPS://EXAMPLE.ORG/a。然后", "HTTPS://EXAMPLE.ORG/a"),
    ] {
        let html = html(&kenya, body).await;
        assert!(
            html.contains(&format!("href=\"{address}\"")),
            "{body}: {html}"
        );
    }
}

async fn code_reads_from_the_left_and_columns_are_aligned(forum: Forum) {
    let kenya = forum.delegate("ke");
    let body = "شغّل `partage serve --demo` الآن\n\n```\nlet a = b; // تعليق\n```\n\n\
                | يمين | وسط | يسار |\n|---:|:---:|:---|\n| 1 | 2 | 3 |";
    let draft = Draft {
        body: body.to_string(),
        language: "AR",
        ..Draft::default()
    };
    let opened = open(&kenya, draft).await;
    let window = Chromium::open(&forum).await;
    window.visit(&format!("/threads/{}", opened.id)).await;
    for (element, property, value) in [
        (".body p code", "direction", "ltr"),
        (".body p code", "unicodeBidi", "isolate"),
        (".body pre", "direction", "ltr"),
        (".body th:nth-child(1)", "textAlign", "right"),
        (".body td:nth-child(2)", "textAlign", "center"),
        (".body td:nth-child(3)", "textAlign", "left"),
    ] {
        let script =
            format!("return getComputedStyle(document.querySelector('{element}')).{property}");
        let shown = window.run(&script).await.to_string();
        assert_eq!(
            shown.trim_matches('"').trim_start_matches("-webkit-"),
            value,
            "{element}"
        );
    }
    window.close().await;
}
