//! The interface texts: every key that is used exists in all six languages, and every key that exists is used.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::json::at;

const LANGUAGES: [&str; 6] = ["ar", "en", "es", "fr", "ru", "zh"];
/// Folders with texts, and the folders of the code that uses them.
const FOLDERS: [(&str, &str, &[&str]); 2] = [
    ("src/web/locales", "pages.ftl", &["src/web"]),
    ("src/base/locales", "errors.ftl", &["src"]),
];
/// The plural categories that each text with a number must have in a language (Unicode CLDR).
const CATEGORIES: [(&str, &[&str]); 3] = [
    ("ru", &["one", "few", "many"]),
    ("ar", &["one", "two", "few", "many"]),
    ("fr", &["one"]),
];

/// The messages of a file, by key.
fn messages(path: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).expect(path);
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some((key, rest)) = line.split_once(" =")
            && !line.starts_with([' ', '#', '}'])
        {
            current = key.to_string();
            let before = all.insert(current.clone(), rest.to_string());
            assert!(before.is_none(), "{path} says {current} twice");
        } else if let Some(message) = all.get_mut(&current) {
            message.push('\n');
            message.push_str(line);
        }
    }
    all
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let kind = path.extension().and_then(|kind| kind.to_str());
        if path.is_dir() && !path.ends_with("locales") {
            read_all(&path, text);
        } else if matches!(kind, Some("rs" | "html" | "js")) {
            text.push_str(&fs::read_to_string(&path).expect("a file"));
        }
    }
}

/// The contents of string literals.
fn literals(text: &str) -> BTreeSet<&str> {
    let mut all = BTreeSet::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('"').collect();
        all.extend(parts.iter().copied());
    }
    all
}

/// The first arguments of these functions.
fn given<'a>(text: &'a str, functions: &[&str]) -> BTreeSet<&'a str> {
    let mut all = BTreeSet::new();
    for function in functions {
        for (place, _) in text.match_indices(function) {
            let Some(rest) = text.get(place + function.len()..) else {
                continue;
            };
            let Some(rest) = rest.trim_start().strip_prefix('"') else {
                continue;
            };
            all.extend(rest.split('"').next());
        }
    }
    all
}

/// The names of all values of the API's enumerations.
fn names() -> BTreeSet<String> {
    let schema = fs::read_to_string("schema.graphql").expect("the schema");
    let names = schema.lines().map(str::trim);
    let is_name = |line: &&str| line.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    names
        .filter(is_name)
        .filter(|line| !line.is_empty())
        .map(str::to_string)
        .collect()
}

#[test]
fn every_key_is_there_in_all_six_languages_with_the_same_variables() {
    let variables = |message: &str| -> BTreeSet<String> {
        let words = message.split(['{', '}', ' ', '"']);
        let words =
            words.filter(|word| word.starts_with('$') || *word == "count" || *word == "value");
        words.map(str::to_string).collect()
    };
    for (folder, file, _) in FOLDERS {
        let english = messages(&format!("{folder}/en/{file}"));
        for language in LANGUAGES {
            let own = messages(&format!("{folder}/{language}/{file}"));
            let missing: Vec<_> = english
                .keys()
                .filter(|key| !own.contains_key(*key))
                .collect();
            assert!(missing.is_empty(), "{folder}/{language} lacks {missing:?}");
            let more: Vec<_> = own
                .keys()
                .filter(|key| !english.contains_key(*key))
                .collect();
            assert!(more.is_empty(), "{folder}/{language} has besides {more:?}");
            for (key, message) in &own {
                let expected = variables(&english[key]);
                assert_eq!(variables(message), expected, "{language}: {key}");
                assert!(!message.trim().is_empty(), "{language}: {key}");
            }
        }
    }
}

#[test]
fn a_text_that_depends_on_a_number_has_a_form_for_each_kind_of_number() {
    for (language, categories) in CATEGORIES {
        let english = messages("src/web/locales/en/pages.ftl");
        let own = messages(&format!("src/web/locales/{language}/pages.ftl"));
        for (key, message) in own {
            let differs = english[&key].contains("[one]");
            for category in categories.iter().filter(|_| differs) {
                let form = format!("[{category}]");
                assert!(message.contains(&form), "{language}: {key} has no {form}");
            }
        }
    }
}

#[test]
fn no_key_is_used_that_is_not_there_and_none_is_there_that_is_not_used() {
    let names = names();
    for (folder, file, programs) in FOLDERS {
        let mut text = String::new();
        for program in programs {
            read_all(Path::new(program), &mut text);
        }
        let english = messages(&format!("{folder}/en/{file}"));
        let literals = literals(&text);
        let families = given(&text, &[".of("]);
        let is_of_family = |key: &str| {
            families.iter().any(|family| {
                let name = key
                    .strip_prefix(family)
                    .and_then(|rest| rest.strip_prefix('-'));
                name.is_some_and(|name| names.contains(name) || literals.contains(name))
            })
        };
        let is_used = |key: &str| {
            literals.contains(key)
                || is_of_family(key)
                // These keys are composed from the field's name.
                || (key.starts_with("field-") && key.ends_with("-malformed"))
                || key == "rule-confirmed"
        };
        let unused: Vec<_> = english.keys().filter(|key| !is_used(key)).collect();
        assert!(unused.is_empty(), "nobody uses {unused:?} of {folder}");
    }
    let mut text = String::new();
    read_all(Path::new("src/web"), &mut text);
    let pages = messages("src/web/locales/en/pages.ftl");
    let errors = messages("src/base/locales/en/errors.ftl");
    let used = given(&text, &["frame.t(", "text.t(", ".n(", ".v(", "Text::t("]);
    let missing: Vec<_> = used
        .iter()
        .filter(|key| !pages.contains_key(**key))
        .collect();
    assert!(missing.is_empty(), "used, but not there: {missing:?}");
    let used = given(
        &text,
        &[
            "message::text(request.caller.language, ",
            "message::text(language, ",
        ],
    );
    let missing: Vec<_> = used
        .iter()
        .filter(|key| !errors.contains_key(**key))
        .collect();
    assert!(missing.is_empty(), "used, but not there: {missing:?}");
    for family in given(&text, &[".of("]) {
        let there = pages
            .keys()
            .any(|key| key.starts_with(&format!("{family}-")));
        assert!(there, "no word of the family {family}");
    }
}

#[test]
fn every_word_that_a_script_asks_for_is_given_to_it() {
    let mut text = String::new();
    read_all(Path::new("src/web/modules"), &mut text);
    let pages = messages("src/web/locales/en/pages.ftl");
    let asked = given(&text, &["words[", "say("]);
    let mut rendered = String::new();
    read_all(Path::new("src/web/thread"), &mut rendered);
    read_all(Path::new("src/web/composing"), &mut rendered);
    read_all(Path::new("src/web/explorer"), &mut rendered);
    let given_words = literals(&rendered);
    for key in asked {
        assert!(pages.contains_key(key), "{key} is no key");
        assert!(given_words.contains(key), "{key} is not given to scripts");
    }
}

#[test]
fn no_two_languages_say_the_same_by_oversight() {
    // Names, punctuation, and words that are the same in two languages.
    let alike = |key: &str| {
        let data = serde_json::json!({ "alike": [
            "about-api", "nav-about", "form-flaw",
        ] });
        let list = at(&data, "alike").as_array().cloned().unwrap_or_default();
        list.iter().any(|each| each == key)
    };
    let english = messages("src/web/locales/en/pages.ftl");
    for language in ["ar", "ru", "zh"] {
        let own = messages(&format!("src/web/locales/{language}/pages.ftl"));
        for (key, message) in own {
            let has_letters = message
                .chars()
                .any(|c| c.is_ascii_alphabetic() && !"$countvalue".contains(c));
            let same = message == english[&key] && has_letters && !alike(&key);
            assert!(!same, "{language}: {key} is still English");
        }
    }
}

/// The literal text of a template, outside of its tags and HTML's.
fn said(template: &str) -> String {
    let mut rest = template.to_string();
    for (begin, end) in [
        ("<code ", "</code>"),
        ("{#", "#}"),
        ("{%", "%}"),
        ("{{", "}}"),
        ("<", ">"),
    ] {
        while let Some(at) = rest.find(begin) {
            let close = rest[at..].find(end).expect("an end") + at + end.len();
            rest.replace_range(at..close, " ");
        }
    }
    rest
}

#[test]
fn no_template_joins_words_by_the_punctuation_of_one_language() {
    let mut folders = vec![Path::new("src/web").to_path_buf()];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "html") {
                let template = fs::read_to_string(&path).expect("a template");
                let text = said(&template);
                let found = text.find([',', ':', ';', '(', ')', '،', '：', '，', '、', '（', '）']);
                assert!(found.is_none(), "{}: {text}", path.display());
                // Code has the same direction in all languages.
                assert!(!template.contains("<code>"), "{}", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 40, "{looked_at} templates");
}

/// Words that were used beside the one name of a thing, or that say nothing to a reader.
const FORMER: [(&str, &[&str]); 6] = [
    // A revision, an appeal, discussions, a focal point, a case.
    (
        "ar",
        &[
            "مراجع",
            "تظلم",
            "المواضيع",
            "جهة اتصال",
            "جهة الاتصال",
            "قضية",
            "القضية",
        ],
    ),
    ("en", &["thread", "threads", "malfunction"]),
    ("es", &["hilo", "hilos", "apelar", "revisión", "aviso"]),
    ("fr", &["fil", "fils", "clés", "nº", "révision", "avis"]),
    ("ru", &["ё", "пользователь", "подлинник", "линия"]),
    ("zh", &["修订", "线路"]),
];

#[test]
fn each_act_has_a_word_for_what_to_do_and_one_for_what_was_done() {
    let pages = messages("src/web/locales/en/pages.ftl");
    let acts = |family: &str| -> BTreeSet<String> {
        let names = pages.keys().filter_map(|key| key.strip_prefix(family));
        let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        names.filter(is_name).map(str::to_string).collect()
    };
    assert!(acts("act-").len() > 20, "{:?}", acts("act-"));
    assert_eq!(acts("act-"), acts("done-"));
}

#[test]
fn chinese_is_written_with_its_own_brackets() {
    for (folder, file, _) in FOLDERS {
        for (key, message) in messages(&format!("{folder}/zh/{file}")) {
            assert!(!message.contains(['(', ')']), "{key}: {message}");
        }
    }
}

#[test]
fn each_thing_has_one_name_in_each_language() {
    for (language, former) in FORMER {
        let mut said: Vec<(String, String)> = Vec::new();
        for (folder, file, _) in FOLDERS {
            said.extend(messages(&format!("{folder}/{language}/{file}")));
        }
        let pages = help_pages(language).into_iter();
        said.extend(pages.map(|(name, text)| (name, without_marks(&text))));
        for (key, message) in said {
            let message = message.to_lowercase();
            // Where words are not separated by spaces, or have many forms, a part of a word counts.
            let is_found = |word: &&str| match language {
                "ar" | "ru" | "zh" => message.contains(*word),
                _ => {
                    let mut words = message.split(|c: char| !c.is_alphabetic() && c != 'º');
                    words.any(|each| each == *word)
                }
            };
            let found = former.iter().find(|word| is_found(word));
            assert!(
                found.is_none(),
                "{language} {key} says {found:?}: {message}"
            );
        }
    }
    let pages = messages("src/web/locales/ar/pages.ftl");
    assert_eq!(pages["invitations-send"].trim(), "إنشاء الدعوة");
}

/// The sources of the help pages in a language, by name.
fn help_pages(language: &str) -> BTreeMap<String, String> {
    let folder = format!("src/web/help/{language}");
    let files = fs::read_dir(&folder).expect(&folder);
    let files = files.map(|file| file.expect("a file").path());
    files
        .map(|path| {
            let name = path.file_stem().and_then(|name| name.to_str());
            let text = fs::read_to_string(&path).expect("a page");
            (name.expect("a name").to_string(), text)
        })
        .collect()
}

/// The text of a page of help without its marks.
fn without_marks(text: &str) -> String {
    let mut parts = text.split("{{");
    let first = parts.next().unwrap_or_default().to_string();
    let rest = parts.filter_map(|part| part.split_once("}}"));
    rest.fold(first, |all, (_, rest)| all + rest)
}

/// The marks in a page of help, in alphabetical order: `word:reply-send`.
fn marks(text: &str) -> Vec<&str> {
    let parts = text.split("{{").skip(1);
    let mut found: Vec<&str> = parts.filter_map(|part| part.split("}}").next()).collect();
    found.sort_unstable();
    found
}

#[test]
fn every_word_that_a_page_of_help_names_is_there_and_the_same_in_all_languages() {
    let texts = messages("src/web/locales/en/pages.ftl");
    let program = fs::read_to_string("src/web/help/texts.rs").expect("the program");
    let limits = literals(&program);
    let english = help_pages("en");
    for language in LANGUAGES {
        let own = help_pages(language);
        let names: Vec<_> = own.keys().collect();
        assert_eq!(names, english.keys().collect::<Vec<_>>(), "{language}");
        for (name, text) in &own {
            let found = marks(text);
            assert_eq!(found, marks(&english[name]), "{language} {name}");
            for mark in found {
                let (kind, key) = mark.split_once(':').expect(mark);
                let is_there = match kind {
                    "word" => texts.get(key).is_some_and(|word| !word.contains('$')),
                    "limit" => limits.contains(key),
                    _ => false,
                };
                assert!(is_there, "{language} {name}: {mark}");
            }
            let headings = |text: &str| text.matches("\n## ").count();
            assert_eq!(
                headings(text),
                headings(&english[name]),
                "{language} {name}"
            );
            assert!(text.starts_with("# "), "{language} {name}");
        }
    }
}
