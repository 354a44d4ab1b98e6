//! The media types that a client accepts (RFC 9110, 12.5.1).

/// Maximum number of ranges read from one `Accept` value.
const MAX_RANGES: usize = 50;

/// Returns the media ranges of the `Accept` values, in lower case, each with its weight: 1 if none is given, 0 if it is not a
/// number.
pub fn ranges<'a>(values: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (String, f32)> {
    let ranges = values.flat_map(|value| value.split(',').take(MAX_RANGES));
    ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next()?.to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        (!media.is_empty()).then_some((media, weight))
    })
}
