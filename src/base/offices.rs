//! Names of the forum's offices, which only people in these offices may use.

use std::sync::LazyLock;

use crate::base::actor::Role;
use crate::base::letters;
use crate::base::letters::ComparisonForms;

/// An office of the forum, in the words of its six languages.
struct ReservedOffice {
    /// The role that may use the name, in addition to the Secretariat.
    holder: Option<Role>,
    /// Names that contain one of these are mistaken for it.
    anywhere: &'static [&'static str],
    /// Names with one of these as a separate word are mistaken for it.
    word: &'static [&'static str],
    /// Only exactly these names are mistaken for it, because the word is also a personal name.
    whole: &'static [&'static str],
}

const OFFICES: [ReservedOffice; 5] = [
    ReservedOffice {
        holder: None,
        anywhere: &[
            "Secretariat",
            "Secrétariat",
            "Secretaría",
            "Секретариат",
            "秘书处",
            "秘書處",
            "秘書处",
            "祕書處",
            "祕书处",
            "سكرتارية",
            "الأمانة",
            "أمانة المنتدى",
            "Director General",
            "Directora General",
            "Directeur général",
            "Directrice générale",
            "Генеральный директор",
            "总干事",
            "總幹事",
            "المدير العام",
            "المديرة العامة",
            "Secretary-General",
            "Secrétaire général",
            "Secretario General",
            "Secretaria General",
            "Генеральный секретарь",
            "秘书长",
            "秘書長",
            "الأمين العام",
            "الأمينة العامة",
            "International Bureau",
            "Bureau international",
            "Oficina Internacional",
            "Международное бюро",
            "国际局",
            "國際局",
            "المكتب الدولي",
        ],
        word: &["للأمانة"],
        whole: &["أمانة", "مدير عام", "مديرة عامة"],
    },
    ReservedOffice {
        holder: None,
        anywhere: &[
            "Administrator",
            "Administration",
            "Administrateur",
            "Administratrice",
            "Administrador",
            "Administración",
            "Администратор",
            "Администрация",
            "Webmaster",
            "管理员",
            "管理員",
            "管理人",
            "Helpdesk",
            "Forum team",
            "Partage team",
            "Team Partage",
            "مدير المنتدى",
            "إدارة المنتدى",
            "مدير النظام",
        ],
        word: &["Admin", "Admins", "Sysadmin", "Админ", "Админы", "إدارة"],
        whole: &[
            "Root",
            "System",
            "Support",
            "Support team",
            "Partage support",
            "Staff",
            "Forum",
            "Partage",
            "مدير",
            "المدير",
        ],
    },
    ReservedOffice {
        holder: None,
        anywhere: &[
            "World Intellectual Property Organization",
            "World Intellectual Property Organisation",
            "Organisation mondiale de la propriété intellectuelle",
            "Organización Mundial de la Propiedad Intelectual",
            "Всемирная организация интеллектуальной собственности",
            "世界知识产权组织",
            "世界知識產權組織",
            "产权组织",
            "產權組織",
            "世界知的所有権機関",
            "المنظمة العالمية للملكية الفكرية",
        ],
        word: &["WIPO", "OMPI", "ВОИС", "ОМПИ", "ويبو"],
        whole: &[],
    },
    ReservedOffice {
        holder: Some(Role::Moderator),
        anywhere: &[
            "Moderator",
            "Moderation",
            "Modérateur",
            "Modératrice",
            "Moderador",
            "Moderación",
            "Модератор",
            "Модерация",
            "Модерирование",
            "版主",
            "主持人",
            "Mod team",
            "مشرف المنتدى",
            "مشرفة المنتدى",
            "مشرفو المنتدى",
            "مشرفي المنتدى",
            "المشرف على المنتدى",
            "المشرفة على المنتدى",
        ],
        word: &[],
        whole: &[
            "Mod",
            "Mods",
            "مشرف",
            "المشرف",
            "مشرفة",
            "المشرفة",
            "المشرفون",
            "المشرفين",
            "مشرف عام",
            "المشرف العام",
        ],
    },
    ReservedOffice {
        holder: Some(Role::FocalPoint),
        anywhere: &[
            "Focal point",
            "Point focal",
            "Punto focal",
            "Punto de contacto",
            "Punto de enlace",
            "Focal points",
            "Points focaux",
            "Puntos focales",
            "联络人",
            "聯絡人",
            "جهة اتصال",
            "جهة الاتصال",
            "جهات اتصال",
            "جهات الاتصال",
            "جهة تنسيق",
            "جهة التنسيق",
            "جهات تنسيق",
            "جهات التنسيق",
            "نقطة اتصال",
            "نقطة الاتصال",
        ],
        word: &["Coordonnateur", "Coordonnatrice", "Координатор"],
        whole: &["المنسق", "المنسقة"],
    },
];

/// The comparison forms of an office's words.
struct OfficeForms {
    holder: Option<Role>,
    anywhere: Vec<ComparisonForms>,
    word: Vec<ComparisonForms>,
    whole: Vec<ComparisonForms>,
}

static FORMS: LazyLock<Vec<OfficeForms>> = LazyLock::new(|| forms_of(str::to_string));

/// The same, with digits and signs that imitate letters replaced by those letters.
static FORMS_WITH_SIGNS_AS_LETTERS: LazyLock<Vec<OfficeForms>> =
    LazyLock::new(|| forms_of(with_signs_as_letters));

fn forms_of(form: fn(&str) -> String) -> Vec<OfficeForms> {
    let looks = |words: &[&str]| {
        let words = words
            .iter()
            .map(|word| letters::comparison_forms(&form(word)));
        words.collect()
    };
    let words = OFFICES.iter().map(|office| OfficeForms {
        holder: office.holder,
        anywhere: looks(office.anywhere),
        word: looks(office.word),
        whole: looks(office.whole),
    });
    words.collect()
}

/// Returns a name with digits and signs replaced by the letters that they imitate.
fn with_signs_as_letters(name: &str) -> String {
    let letter = |c: char| match c {
        '5' | '$' => 's',
        '3' | '€' => 'e',
        '0' => 'o',
        '1' | 'l' | '!' | '|' => 'i',
        '4' | '@' => 'a',
        '7' => 't',
        c => c,
    };
    name.to_lowercase().chars().map(letter).collect()
}

/// Returns a name with spaces inserted between Chinese characters and other letters, between digits and letters, and
/// before a capital within a word.
fn split_words(name: &str) -> String {
    let signs: Vec<char> = name.chars().collect();
    let mut text = String::with_capacity(name.len() + 8);
    for (at, &sign) in signs.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| signs[before]);
        let after = signs.get(at + 1).copied();
        if before.is_some_and(|before| is_edge(before, sign, after)) {
            text.push(' ');
        }
        text.push(sign);
    }
    text
}

fn is_edge(before: char, sign: char, after: Option<char>) -> bool {
    let is_script = |one: char, other: char| {
        letters::is_han(one) && other.is_alphanumeric() && !letters::is_han(other)
    };
    let is_number = |one: char, other: char| one.is_numeric() && other.is_alphabetic();
    let is_capital = sign.is_uppercase()
        && (before.is_lowercase()
            || before.is_uppercase() && after.is_some_and(char::is_lowercase));
    is_script(before, sign)
        || is_script(sign, before)
        || is_number(before, sign)
        || is_number(sign, before)
        || is_capital
}

/// Returns an Arabic word without the conjunction, preposition and article written joined to it.
fn without_arabic_prefix(word: &str) -> &str {
    let rest = word.strip_prefix(['و', 'ف']).unwrap_or(word);
    let rest = rest.strip_prefix("لل").or_else(|| {
        let rest = rest.strip_prefix(['ب', 'ك', 'ل']).unwrap_or(rest);
        rest.strip_prefix("ال")
    });
    rest.unwrap_or(word)
}

/// Whether readers could mistake a name for an office of the forum that a person with this role does not hold.
pub fn impersonates_office(name: &str, role: Role) -> bool {
    if role == Role::Secretariat {
        return false;
    }
    is_one_of(&FORMS, &[name.to_string(), split_words(name)], role)
        || is_one_of(
            &FORMS_WITH_SIGNS_AS_LETTERS,
            &[with_signs_as_letters(name)],
            role,
        )
}

/// Whether a name matches one of these offices. Its last form has its words separated.
fn is_one_of(offices: &[OfficeForms], forms: &[String], role: Role) -> bool {
    let whole = letters::comparison_forms(&forms[0]);
    let words: Vec<ComparisonForms> = forms
        .iter()
        .flat_map(|form| form.split(|c: char| !c.is_alphanumeric() && !letters::belongs_to_word(c)))
        .flat_map(|word| [word, without_arabic_prefix(word)])
        .map(letters::comparison_forms)
        .collect();
    let is_one = |looks: &ComparisonForms, all: &[ComparisonForms]| {
        all.iter().any(|other| letters::look_alike(looks, other))
    };
    let contains = |other: &ComparisonForms| {
        let mut parts = other.iter().filter(|part| !part.is_empty());
        parts.any(|part| whole.iter().any(|form| form.contains(part.as_str())))
    };
    let mut others = offices.iter().filter(|office| office.holder != Some(role));
    others.any(|office| {
        office.anywhere.iter().any(contains)
            || is_one(&whole, &office.word)
            || is_one(&whole, &office.whole)
            || words.iter().any(|word| is_one(word, &office.word))
    })
}
