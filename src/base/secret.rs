//! Tokens and passwords. Only a digest is stored. The secret itself is shown once and never logged.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Params;
use argon2::Version;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::letters;

/// Returns 32 random bytes from the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads random bytes"
)]
pub fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// Returns a random token of 256 bits, in letters that an address may contain.
pub fn token() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random()?))
}

/// Returns the digest under which a token is stored. A token is random, so a plain digest cannot be reversed by guessing.
pub fn digest(token: impl AsRef<[u8]>) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// A secret set by an operator: never shown, and compared in a time that does not reveal how much of a guess is right.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Whether a text equals the secret.
    pub fn matches(&self, text: &str) -> bool {
        self.0.ct_eq(&digest(text)).into()
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Secret, Self::Err> {
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err("it must be visible ASCII characters without spaces");
        }
        Ok(Secret(digest(text)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Returns a token that is always the same for the same parts, so that a resent invitation has the same link.
/// `instance_secret` is in the database, and only the inviter has `key`: neither alone gives the token.
pub fn derived_token(instance_secret: &[u8], purpose: &str, key: &str) -> String {
    let mut inner = Sha256::new();
    inner.update(instance_secret);
    inner.update(purpose.as_bytes());
    inner.update([0]);
    inner.update(key.as_bytes());
    let mut outer = Sha256::new();
    outer.update(instance_secret);
    outer.update(inner.finalize());
    URL_SAFE_NO_PAD.encode(outer.finalize())
}

/// Hashes passwords off the async threads, a limited number at a time.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

impl Passwords {
    /// Allows at most `parallel` hashes at a time; each takes 19 MiB while it runs.
    pub fn new(parallel: usize) -> Passwords {
        Passwords {
            permits: Arc::new(Semaphore::new(parallel.max(1))),
        }
    }

    /// Returns the argon2id hash of a password, with its salt and parameters (PHC string). A password is the same
    /// however its characters were typed, composed or not and in any width.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = normalized(password);
        self.run(move || hash(&password)).await?
    }

    /// Whether the password matches the hash. Without a hash it does the same work and the answer is no, so that an
    /// unknown account takes as long as a wrong password.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<PasswordCheck> {
        let typed = password.to_string();
        self.run(move || {
            let known = hash.is_some();
            let stored = hash.unwrap_or_else(|| DUMMY_HASH.to_string());
            let parsed = PasswordHash::new(&stored).map_err(Error::internal)?;
            let argon2 = argon2()?;
            let is_of =
                |password: &str| argon2.verify_password(password.as_bytes(), &parsed).is_ok();
            let normalized = normalized(&typed);
            // All work is done before checking whether the account is known.
            let right = is_of(&normalized);
            let is_as_typed = !right && normalized != typed && is_of(&typed);
            Ok(match known {
                true if right => PasswordCheck::Right,
                true if is_as_typed => PasswordCheck::RightAsTyped,
                true | false => PasswordCheck::Wrong,
            })
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(Error::internal)
    }
}

/// Whether a password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    Wrong,
    Right,
    /// Right, but the hash dates from before different ways of typing counted as one password: the hash should be
    /// replaced.
    RightAsTyped,
}

/// Returns a password in one form for all ways of typing it: every space becomes a plain space (RFC 8265), and
/// characters are composed and of normal width (NFKC, following NIST SP 800-63B).
fn normalized(password: &str) -> String {
    letters::normalized(password)
        .chars()
        .map(|c| if letters::is_space(c) { ' ' } else { c })
        .collect()
}

/// Replaces the hash of an unknown account: the same work as a real one, from the first attempt on.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$e1irIYBlRiQ+UvOjGtHZrw$pfNJ8tbMOc4RWJokeLigkrDxA70lV9X2zkz9rGVLKBk";

fn hash(password: &str) -> Result<String> {
    Ok(argon2()?
        .hash_password(password.as_bytes())
        .map_err(Error::internal)?
        .to_string())
}

/// 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, argon2id.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
