//! Detects the script of a text, so that a text in the wrong language is noticed before it is stored.

use crate::base::language::Language;

/// Number of letters below which nothing is concluded; a Chinese character counts as several.
const FEW: usize = 8;
/// Number of letters of other scripts per letter of the language's own script from which a text seems to be in another language.
/// Names and titles in another script are common.
const FOREIGN: usize = 3;
/// Number of letters that a Chinese character counts as.
const HAN: usize = 3;

/// Maximum number of letters in an acronym.
const ACRONYM: usize = 7;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Arabic,
    Cyrillic,
    Han,
    Latin,
    Other,
}

fn script_of(letter: char) -> Script {
    match letter {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{600}'..='\u{6FF}'
        | '\u{750}'..='\u{77F}'
        | '\u{8A0}'..='\u{8FF}'
        | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFF}' => Script::Arabic,
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => {
            Script::Han
        }
        _ => Script::Other,
    }
}

fn own_script(language: Language) -> Script {
    match language {
        Language::Ar => Script::Arabic,
        Language::Ru => Script::Cyrillic,
        Language::Zh => Script::Han,
        Language::En | Language::Es | Language::Fr => Script::Latin,
    }
}

/// Whether a text may be in a language, judging by its letters. Quotations, addresses, acronyms and code prove nothing,
/// and neither do a few letters.
pub fn fits(language: Language, text: &str) -> bool {
    let own = own_script(language);
    let (mut ours, mut others) = (0, 0);
    let mut is_code = false;
    // Quoted text was written by somebody else.
    let own_lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('>'));
    for word in own_lines.flat_map(str::split_whitespace) {
        let was_code = is_code;
        is_code ^= word.matches('`').count() % 2 == 1;
        if was_code || word.contains('`') || is_neutral(word) {
            continue;
        }
        for letter in word.chars().filter(|letter| letter.is_alphabetic()) {
            let script = script_of(letter);
            let weight = if script == Script::Han { HAN } else { 1 };
            match script == own {
                true => ours += weight,
                false => others += weight,
            }
        }
    }
    others < FEW || others < ours * FOREIGN
}

/// Whether a word is an address, or an acronym in capitals, which is short.
fn is_neutral(word: &str) -> bool {
    let mut letters = word.chars().filter(|letter| letter.is_alphabetic());
    let is_acronym =
        letters.clone().count() <= ACRONYM && letters.all(|letter| letter.is_ascii_uppercase());
    word.contains("://") || word.contains('@') || is_acronym
}
