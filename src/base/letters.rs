//! How readers perceive characters: which are visible, which are equivalent and which look alike.

use caseless::default_case_fold_str;
use icu_properties::CodePointMapData;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use icu_properties::props::GeneralCategory;
use icu_properties::props::NoncharacterCodePoint;
use icu_properties::props::PrependedConcatenationMark;
use icu_properties::props::Script;
use unicode_normalization::UnicodeNormalization;

/// Characters that are invisible although Unicode counts them among letters and symbols: the blank Braille pattern, the
/// object replacement character, the null notehead, and the blank hieroglyphs.
const BLANKS: [char; 5] = [
    '\u{2800}',
    '\u{fffc}',
    '\u{1d159}',
    '\u{13441}',
    '\u{13442}',
];

/// Whether a text has a visible character. Spaces, controls, fillers and marks without a letter do not count.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(is_visible_char)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "Unicode may get more categories"
)]
fn is_visible_char(c: char) -> bool {
    if is_ignorable(c) || BLANKS.contains(&c) {
        return false;
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        GeneralCategory::SpaceSeparator
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::Control
        | GeneralCategory::Surrogate
        | GeneralCategory::PrivateUse
        | GeneralCategory::NonspacingMark
        | GeneralCategory::SpacingMark
        | GeneralCategory::EnclosingMark => false,
        GeneralCategory::Format => {
            CodePointSetData::new::<PrependedConcatenationMark>().contains(c)
        }
        // It may have been assigned since this program was written.
        GeneralCategory::Unassigned => {
            !CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
        }
        _ => true,
    }
}

/// Whether a character is invisible in every position, according to Unicode.
fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Returns the text without the characters that are invisible in every position.
pub fn without_ignorable(text: &str) -> String {
    text.chars().filter(|c| !is_ignorable(*c)).collect()
}

/// Returns the text composed and in normal width: one form for text that looks the same but is typed in two ways
/// (NFKC).
pub fn normalized(text: &str) -> String {
    text.nfkc().collect()
}

/// Whether a character is a space, of any width.
pub fn is_space(c: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::SpaceSeparator
}

/// Whether a character forces letters to run against their own direction.
pub fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether each direction opened in a line is also closed in it, and none is closed that was not opened.
pub fn closes_directions(line: &str) -> bool {
    unmatched_directions(line).is_empty()
}

/// Returns the text without the direction controls that its lines leave open or close needlessly. Text placed before or
/// after it then keeps its own direction.
pub fn without_open_directions(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let unmatched = unmatched_directions(line);
        let kept = line
            .char_indices()
            .filter(|(at, _)| !unmatched.contains(at));
        closed.extend(kept.map(|(_, c)| c));
    }
    closed
}

/// Returns the positions of the unmatched direction controls in a line (Unicode Standard Annex 9).
fn unmatched_directions(line: &str) -> Vec<usize> {
    // Each opening control with its position, and whether it isolates.
    let mut opened: Vec<(usize, bool)> = Vec::new();
    let mut stray = Vec::new();
    for (at, c) in line.char_indices() {
        match c {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => opened.push((at, false)),
            '\u{2066}' | '\u{2067}' | '\u{2068}' => opened.push((at, true)),
            '\u{202c}' => match opened.last() {
                Some((_, false)) => drop(opened.pop()),
                Some((_, true)) | None => stray.push(at),
            },
            // This also closes the embeddings within the isolate.
            '\u{2069}' => match opened.iter().rposition(|(_, isolates)| *isolates) {
                Some(place) => opened.truncate(place),
                None => stray.push(at),
            },
            _ => {}
        }
    }
    stray.extend(opened.into_iter().map(|(at, _)| at));
    stray
}

/// A search for something by its name, as typed: it ignores case, accents, vocalisation and width, and treats
/// simplified and traditional characters alike. A letter with an umlaut also equals the two letters that stand for it
/// without one (`ü` and `ue`). Its words match in any order, with or without the spaces, hyphens and apostrophes of the
/// name.
#[derive(Clone, Debug)]
pub struct NameSearch(Findable);

impl NameSearch {
    /// Parses what was typed.
    pub fn new(typed: &str) -> NameSearch {
        NameSearch(Findable::new(typed))
    }

    /// Whether nothing was typed; this matches every name.
    pub fn is_empty(&self) -> bool {
        self.0.plain.whole.is_empty()
    }

    /// Whether it equals the whole name.
    pub fn is_whole(&self, name: &Findable) -> bool {
        self.0.plain.whole == name.plain.whole
    }

    /// Whether each of its words is part of a word of this name, or the beginning of several of them joined together.
    pub fn is_in(&self, name: &str) -> bool {
        self.finds(&Findable::new(name))
    }

    /// Same as [`Self::is_in`], for a name that is prepared.
    pub fn finds(&self, name: &Findable) -> bool {
        let (plain, spelt_out) = (&self.0.plain, self.0.spelt_out.as_ref());
        if plain.words.is_empty() {
            return name.plain.whole.contains(&plain.whole);
        }
        // Both forms have the same number of words.
        plain.words.iter().enumerate().all(|(at, word)| {
            let spelt_out = spelt_out.and_then(|form| form.words.get(at));
            let mut forms = [word].into_iter().chain(spelt_out);
            forms.any(|sought| name.forms().any(|form| form.has(sought)))
        })
    }
}

/// A name in the forms in which [`NameSearch`] is compared with it: made once for a name that is searched often.
#[derive(Clone, Debug)]
pub struct Findable {
    /// Its letters without marks.
    plain: Form,
    /// Two letters for each one that has an umlaut or a similar mark; `None` if it has none of them.
    spelt_out: Option<Form>,
}

impl Findable {
    /// Prepares a name.
    pub fn new(name: &str) -> Findable {
        let plain = folded(name, Umlauts::Bare);
        let spelt_out = (!name.is_ascii()).then(|| folded(name, Umlauts::SpeltOut));
        let spelt_out = spelt_out.filter(|form| *form != plain);
        Findable {
            plain: Form::new(plain),
            spelt_out: spelt_out.map(Form::new),
        }
    }

    fn forms(&self) -> impl Iterator<Item = &Form> {
        [&self.plain].into_iter().chain(&self.spelt_out)
    }
}

/// A folded text and its words.
#[derive(Clone, Debug)]
struct Form {
    words: Vec<String>,
    /// Compared if there are no words.
    whole: String,
}

impl Form {
    fn new(whole: String) -> Form {
        Form {
            words: words(&whole),
            whole,
        }
    }

    /// Whether a word is part of one of its words, or the beginning of several of them joined together.
    fn has(&self, sought: &str) -> bool {
        let words = &self.words;
        let is_begun = |from: usize| {
            let mut rest = sought;
            for word in &words[from..] {
                match rest.strip_prefix(word.as_str()) {
                    Some(left) => rest = left,
                    None => return word.starts_with(rest),
                }
            }
            rest.is_empty()
        };
        // A single letter is an initial.
        let mut signs = sought.chars();
        let is_initial = signs.next().is_some_and(|sign| !is_han(sign)) && signs.next().is_none();
        let is_within = |word: &String| match is_initial {
            true => word.starts_with(sought),
            false => word.contains(sought),
        };
        words.iter().any(is_within) || (0..words.len()).any(is_begun)
    }
}

/// Returns the words of a folded text: runs of letters and digits, including what follows an apostrophe or a full stop.
fn words(folded: &str) -> Vec<String> {
    let separates = |c: char| {
        matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            GeneralCategory::SpaceSeparator
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::Control
                | GeneralCategory::DashPunctuation
                | GeneralCategory::OpenPunctuation
                | GeneralCategory::ClosePunctuation
                | GeneralCategory::ConnectorPunctuation
                | GeneralCategory::InitialPunctuation
                | GeneralCategory::FinalPunctuation
                | GeneralCategory::OtherPunctuation
                | GeneralCategory::MathSymbol
                | GeneralCategory::CurrencySymbol
                | GeneralCategory::ModifierSymbol
                | GeneralCategory::OtherSymbol
        )
    };
    let joined = folded.replace(['\'', '.'], "");
    let words = joined.split(separates).filter(|word| !word.is_empty());
    words.map(str::to_string).collect()
}

/// What becomes of a letter with an umlaut or a similar mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Umlauts {
    /// It loses the mark, like any other letter.
    Bare,
    /// Two letters stand for it, as in passports and e-mail addresses (ICAO Doc 9303).
    SpeltOut,
}

/// Returns the form in which texts are equal for a search. It is compared, never shown.
fn folded(text: &str, umlauts: Umlauts) -> String {
    let plain: String = text.nfkd().filter(|c| !is_ignorable(*c)).collect();
    let plain = match plain.contains(is_han) {
        true => hanconv::t2s(plain),
        false => plain,
    };
    let mut folded = String::with_capacity(plain.len());
    for c in default_case_fold_str(&plain).nfkd() {
        if umlauts == Umlauts::SpeltOut
            && let Some(second) = second_letter(&folded, c)
        {
            folded.push_str(second);
            continue;
        }
        if is_accent(c) {
            continue;
        }
        match base_of(c) {
            Some(letters) => folded.push_str(letters),
            None if !c.is_whitespace() => folded.push(c),
            None if folded.ends_with(' ') => {}
            None => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether a character is Chinese: a word or part of a word, without spaces around it.
pub fn is_han(c: char) -> bool {
    CodePointMapData::<Script>::new().get(c) == Script::Han
}

/// Marks that readers omit when they type: those of Latin, Greek and Cyrillic, and the vocalisation marks of Arabic and
/// Hebrew. The vowel signs of other scripts are letters to their readers.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{8d3}'..='\u{8ff}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// Returns what stands for a mark above the last letter, or the two letters that stand for a whole one, where readers spell
/// it out.
fn second_letter(before: &str, c: char) -> Option<&'static str> {
    match c {
        // The umlaut.
        '\u{308}' if before.ends_with(['a', 'o', 'u']) => Some("e"),
        // The ring.
        '\u{30a}' if before.ends_with('a') => Some("a"),
        'ø' => Some("oe"),
        _ => None,
    }
}

/// Returns what readers type instead of a letter that does not decompose.
fn base_of(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        // Alef with a stroke above, and the two letters that look alike at the end of a word.
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ة' => "ه",
        'ک' => "ك",
        '٠' | '۰' => "0",
        '١' | '۱' => "1",
        '٢' | '۲' => "2",
        '٣' | '۳' => "3",
        '٤' | '۴' => "4",
        '٥' | '۵' => "5",
        '٦' | '۶' => "6",
        '٧' | '۷' => "7",
        '٨' | '۸' => "8",
        '٩' | '۹' => "9",
        '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´' => "'",
        '‐' | '‑' | '‒' | '–' | '—' => "-",
        _ => return None,
    })
}

/// Returns the comparison forms of a name. Names that a reader could confuse have one form in common (Unicode Technical
/// Standard 39), whatever their case: only letters and digits count, without accents.
pub fn comparison_forms(name: &str) -> ComparisonForms {
    let plain: String = name.nfkc().collect();
    // Some letters look alike in one case only, so each case is compared separately. Others look alike only before they
    // are normalised.
    [
        skeleton(&plain),
        skeleton(&plain.to_lowercase()).to_lowercase(),
        skeleton(&plain.to_uppercase()),
        skeleton(name).to_lowercase(),
        skeleton(&name.to_lowercase()).to_lowercase(),
    ]
}

/// The forms by which names are compared.
pub type ComparisonForms = [String; 5];

/// Whether two names have a form in common, as returned by [`looks`].
pub fn look_alike(one: &ComparisonForms, other: &ComparisonForms) -> bool {
    let seen = |form: &&String| !form.is_empty();
    one.iter().filter(seen).any(|form| other.contains(form))
}

fn skeleton(text: &str) -> String {
    let seen: String = text
        .nfd()
        .filter(|c| !is_accent(*c) && !is_ignorable(*c))
        .collect();
    // Symbols can pass for letters too, so those that do not are removed only afterwards.
    unicode_security::skeleton(&seen)
        .filter(|c| !is_accent(*c))
        .filter(|c| c.is_alphanumeric() || is_part(*c))
        .collect()
}

/// Whether a character can pass for a letter.
fn is_part(c: char) -> bool {
    belongs_to_word(c) || matches!(c, '|' | '$' | '@')
}

/// Whether a character belongs to the word around it without being a letter of it: a mark, or an invisible character.
pub fn belongs_to_word(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_mark = matches!(
        category,
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark
    );
    is_mark || is_ignorable(c)
}
