//! What identifies requests that get the same answer.

use sha2::Digest;
use sha2::Sha256;

/// Identifies all requests that have the same parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a request by its parts, in order.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Key {
        let mut digest = Sha256::new();
        for part in parts {
            // The length is included, so that no two lists of parts run together to the same input.
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        Key(digest.finalize().into())
    }
}
