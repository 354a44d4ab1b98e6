//! The offices of the forum, by which only those are called who hold them.

use std::sync::LazyLock;

use crate::base::actor::Role;
use crate::base::letters;
use crate::base::letters::Looks;

/// An office of the forum, in the words of its six languages.
struct Office {
    /// Who may be called so, besides the Secretariat.
    holder: Option<Role>,
    /// Names that contain one of these pass for it.
    anywhere: &'static [&'static str],
    /// Names with one of these for a word pass for it.
    word: &'static [&'static str],
    /// Only these names pass for it: the word is also a name of people.
    whole: &'static [&'static str],
}

const OFFICES: [Office; 5] = [
    Office {
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
            "السكرتارية",
            "الأمانة",
        ],
        word: &[],
        whole: &[
            "أمانة",
            "أمانة المنتدى",
            "Director General",
            "Directora General",
            "Directeur général",
            "Directrice générale",
            "Генеральный директор",
            "总干事",
            "總幹事",
            "المدير العام",
        ],
    },
    Office {
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
            "مدير المنتدى",
            "إدارة المنتدى",
            "مدير النظام",
        ],
        word: &["Admin", "Admins", "Sysadmin", "Админ", "الإدارة"],
        whole: &[
            "Root",
            "System",
            "Support",
            "Support team",
            "Partage support",
            "Forum",
            "Partage",
            "مدير",
            "المدير",
        ],
    },
    Office {
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
            "المنظمة العالمية للملكية الفكرية",
        ],
        word: &["WIPO", "OMPI", "ВОИС", "الويبو", "ويبو"],
        whole: &[],
    },
    Office {
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
            "版主",
            "مشرف المنتدى",
            "مشرفة المنتدى",
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
            "مشرف عام",
            "المشرف العام",
        ],
    },
    Office {
        holder: Some(Role::FocalPoint),
        anywhere: &[
            "Focal point",
            "Point focal",
            "Punto focal",
            "Punto de contacto",
            "联络人",
            "聯絡人",
            "جهة اتصال",
            "جهة الاتصال",
        ],
        word: &[],
        whole: &["Coordonnateur", "Coordonnatrice", "Координатор"],
    },
];

/// How the words of an office look.
struct Words {
    holder: Option<Role>,
    anywhere: Vec<Looks>,
    word: Vec<Looks>,
    whole: Vec<Looks>,
}

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let looks = |words: &[&str]| words.iter().map(|word| letters::looks(word)).collect();
    let words = OFFICES.iter().map(|office| Words {
        holder: office.holder,
        anywhere: looks(office.anywhere),
        word: looks(office.word),
        whole: looks(office.whole),
    });
    words.collect()
});

/// A name with room between letters that stand in words and characters that are words of their own.
fn apart(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut before: Option<char> = None;
    for c in name.chars() {
        let is_edge =
            |one: char, other: char| is_word(one) && other.is_alphanumeric() && !is_word(other);
        if before.is_some_and(|before| is_edge(before, c) || is_edge(c, before)) {
            text.push(' ');
        }
        text.push(c);
        before = Some(c);
    }
    text
}

/// Whether a character is a word or a part of one without spaces around it: of Chinese.
fn is_word(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether readers could take a name for an office of the forum which a bearer with this role does not hold.
pub fn is_passed_for(name: &str, role: Role) -> bool {
    if role == Role::Secretariat {
        return false;
    }
    let whole = letters::looks(name);
    let words: Vec<Looks> = apart(name)
        .split(|c: char| !c.is_alphanumeric() && !letters::is_joined(c))
        .map(letters::looks)
        .collect();
    let is_one =
        |looks: &Looks, all: &[Looks]| all.iter().any(|other| letters::look_alike(looks, other));
    let contains = |other: &Looks| {
        let mut parts = other.iter().filter(|part| !part.is_empty());
        parts.any(|part| whole.iter().any(|form| form.contains(part.as_str())))
    };
    let mut others = WORDS.iter().filter(|office| office.holder != Some(role));
    others.any(|office| {
        office.anywhere.iter().any(contains)
            || is_one(&whole, &office.word)
            || is_one(&whole, &office.whole)
            || words.iter().any(|word| is_one(word, &office.word))
    })
}
