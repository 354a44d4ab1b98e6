//! Addresses of this site.

/// Encodes pairs as an address contains them.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}

/// The path to lead on to after signing in: one of this site, or the first page.
pub fn local(next: &str) -> String {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if plain { next } else { "/" }.to_string()
}

/// The address of a post.
pub fn of_post(thread: &str, number: i64) -> String {
    format!("/threads/{thread}?number={number}#post-{number}")
}
