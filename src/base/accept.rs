//! The media types that a client says it takes (RFC 9110, 12.5.1).

/// Ranges of one `Accept` value that are read, at most.
const MOST: usize = 50;

/// The ranges in the values of `Accept`, in small letters, each with its weight: 1 where none is given, 0 where it is none.
pub fn ranges<'a>(values: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (String, f32)> {
    let ranges = values.flat_map(|value| value.split(',').take(MOST));
    ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next()?.to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        (!media.is_empty()).then_some((media, weight))
    })
}
