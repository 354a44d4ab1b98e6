//! What a row of a list shows of a thread: an excerpt, and the tags for which one line has room.

use crate::base::language;
use crate::web::api_types::Language;
use crate::web::text::Text;

/// The most letters of an excerpt: two lines.
pub const EXCERPT: i64 = 240;
/// The most tags of a row.
const MAX_TAGS: usize = 3;

/// The beginning of a thread's opening text, and its language.
#[derive(Clone, Debug)]
pub struct Excerpt<'a> {
    pub text: &'a str,
    pub language: Language,
    pub is_translated: bool,
}

/// The tags of a row: address and label of those that are shown, and the number of the others.
#[derive(Clone, Debug, Default)]
pub struct Tags<'a> {
    pub shown: Vec<(&'a str, &'a str)>,
    pub others: usize,
}

/// A thread as a row shows it.
pub trait Row {
    /// The excerpt in the reader's language where there is a translation; none of a text that is not shown.
    fn excerpt(&self) -> Option<Excerpt<'_>>;

    /// The tags for which there is room beside the name of the delegation.
    fn tags(&self, text: &Text) -> Tags<'_>;
}

/// Chooses tags: one of each facet first, without the country of the delegation, as long as they fit one line.
pub fn choose<'a>(
    facets: [Vec<(&'a str, &'a str)>; 3],
    delegation: Option<(&str, &str)>,
    text: &Text,
) -> Tags<'a> {
    let (slug, name) = delegation.unwrap_or_default();
    let own = format!("country-{slug}");
    let is_country = |slug: &str| slug.starts_with("country-");
    let mut others: Vec<(&str, &str)> = Vec::new();
    let mut first: Vec<(&str, &str)> = Vec::new();
    let mut all = 0;
    for facet in facets {
        all += facet.len();
        let mut facet = facet.into_iter().filter(|(slug, _)| *slug != own);
        first.extend(facet.by_ref().find(|(slug, _)| !is_country(slug)));
        others.extend(facet);
    }
    let mut room = letters(text).saturating_sub(name.chars().count());
    let mut shown = Vec::new();
    for (slug, label) in first.into_iter().chain(others) {
        let label = brief(label);
        let length = label.chars().count();
        if shown.len() < MAX_TAGS && length <= room {
            room -= length;
            shown.push((slug, label));
        }
    }
    Tags {
        others: all - shown.len(),
        shown,
    }
}

/// A label without what explains it: in brackets, or after a dash.
pub fn brief(label: &str) -> &str {
    let end = [" (", "(", "（", " – ", " — "];
    let end = end.into_iter().filter_map(|sign| label.find(sign)).min();
    match end {
        Some(end) if end > 0 => label.get(..end).unwrap_or(label),
        _ => label,
    }
}

/// About how many letters of a language have room in the line.
fn letters(text: &Text) -> usize {
    match text.language {
        language::Language::Ar => 64,
        language::Language::En => 66,
        language::Language::Es => 56,
        language::Language::Fr => 60,
        language::Language::Ru => 54,
        language::Language::Zh => 38,
    }
}

/// Implements [`Row`] for the fragment of a document.
macro_rules! row {
    ($fragment:ty) => {
        impl crate::web::threads::row::Row for $fragment {
            fn excerpt(&self) -> Option<crate::web::threads::row::Excerpt<'_>> {
                let post = self.first_post.as_ref()?;
                if let Some(translation) = &post.translation {
                    return Some(crate::web::threads::row::Excerpt {
                        text: &translation.body_text,
                        language: translation.language,
                        is_translated: true,
                    });
                }
                Some(crate::web::threads::row::Excerpt {
                    text: post.body_text.as_deref()?,
                    language: post.language,
                    is_translated: false,
                })
            }

            fn tags(&self, text: &crate::web::text::Text) -> crate::web::threads::row::Tags<'_> {
                let delegation = self.delegation.as_ref();
                crate::web::threads::row::choose(
                    [
                        self.tools
                            .edges
                            .iter()
                            .map(|edge| (&*edge.node.slug, &*edge.node.label))
                            .collect(),
                        self.methods
                            .edges
                            .iter()
                            .map(|edge| (&*edge.node.slug, &*edge.node.label))
                            .collect(),
                        self.regions
                            .edges
                            .iter()
                            .map(|edge| (&*edge.node.slug, &*edge.node.label))
                            .collect(),
                    ],
                    delegation.map(|each| (&*each.slug, &*each.name)),
                    text,
                )
            }
        }
    };
}

pub(crate) use row;
