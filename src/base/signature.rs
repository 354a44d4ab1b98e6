//! Ed25519 signatures, written in hexadecimal digits.

use ed25519_dalek::Signature;
use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ed25519_dalek::Verifier;
use ed25519_dalek::VerifyingKey;

use crate::base::error::Result;
use crate::base::secret;

/// A signing key. Its private half is never logged.
#[derive(Clone)]
pub struct LedgerKey(SigningKey);

impl std::fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.public())
    }
}

impl LedgerKey {
    /// A new key from the operating system's random numbers.
    pub fn generate() -> Result<LedgerKey> {
        Ok(LedgerKey(SigningKey::from_bytes(&secret::random()?)))
    }

    /// Parses [`Self::private`]. `None` for anything else.
    pub fn read(text: &str) -> Option<LedgerKey> {
        let bytes: [u8; 32] = bytes(text.trim())?.try_into().ok()?;
        Some(LedgerKey(SigningKey::from_bytes(&bytes)))
    }

    /// The private half in 64 hexadecimal digits, for the key file.
    pub fn private(&self) -> String {
        hexadecimal(&self.0.to_bytes())
    }

    /// The public half in 64 hexadecimal digits, for verification.
    pub fn public(&self) -> String {
        hexadecimal(self.0.verifying_key().as_bytes())
    }

    /// Returns the signature of a text in 128 hexadecimal digits.
    pub fn sign(&self, text: &[u8]) -> String {
        hexadecimal(&self.0.sign(text).to_bytes())
    }
}

/// Whether a signature of a text was made with the private half of this public key.
pub fn is_valid(public: &str, text: &[u8], signature: &str) -> bool {
    let verified = || {
        let public: [u8; 32] = bytes(public)?.try_into().ok()?;
        let signature: [u8; 64] = bytes(signature)?.try_into().ok()?;
        let key = VerifyingKey::from_bytes(&public).ok()?;
        key.verify(text, &Signature::from_bytes(&signature)).ok()
    };
    verified().is_some()
}

/// Returns bytes as hexadecimal digits in lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Parses [`hexadecimal`]. `None` for anything else.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
