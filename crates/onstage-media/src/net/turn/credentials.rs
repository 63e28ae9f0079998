//! Names and passwords for the relay that hold for some hours: the name says until when, the password proves that we
//! wrote it. Nothing is kept.

use std::net::SocketAddr;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use onstage_domain::At;

/// How long a name and password open new allocations: longer than shows are, and everybody who reconnects gets new ones.
pub(crate) const CREDENTIALS_FOR_SECONDS: i64 = 6 * 3_600;
/// How long a nonce is taken (RFC 8656 §5 recommends at most an hour).
pub(crate) const NONCE_FOR_SECONDS: i64 = 3_600;
/// Bytes of the digest that names a user or seals a nonce.
const DIGEST_BYTES: usize = 12;

/// The secret that all names and passwords of this process come from.
#[derive(Clone)]
pub(crate) struct Credentials {
    /// HMAC-SHA1 over the name, as coturn's `use-auth-secret` has it.
    passwords: hmac::Key,
    seals: hmac::Key,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// From a secret that nobody else knows.
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            passwords: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret),
            seals: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// A name and its password. The person is in it only as a digest, because names travel in the clear.
    pub(crate) fn mint(&self, identity: &str, now: At) -> (String, String) {
        let until = seconds(now).saturating_add(CREDENTIALS_FOR_SECONDS);
        let username = format!("{until}:{}", self.digest(&["user", identity]));
        let password = self.password(&username);
        (username, password)
    }

    /// The password of a name, if the name is one of ours and still opens allocations.
    pub(super) fn current(&self, username: &str, now: At) -> Option<String> {
        let until: i64 = username.split_once(':')?.0.parse().ok()?;
        let left = until.saturating_sub(seconds(now));
        (0..=CREDENTIALS_FOR_SECONDS).contains(&left).then(|| self.password(username))
    }

    /// Whose name it is, whatever time it holds for.
    pub(super) fn user(username: &str) -> &str {
        username.split_once(':').map_or(username, |(_, user)| user)
    }

    /// A nonce for that address.
    pub(super) fn nonce(&self, remote: SocketAddr, now: At) -> String {
        self.nonce_of(remote, seconds(now))
    }

    /// Whether a nonce was made for that address, not long ago.
    pub(super) fn is_fresh(&self, nonce: &str, remote: SocketAddr, now: At) -> bool {
        let Some(made) = nonce.split_once('-').and_then(|(made, _)| made.parse::<i64>().ok()) else {
            return false;
        };
        let age = seconds(now).saturating_sub(made);
        (0..=NONCE_FOR_SECONDS).contains(&age) && self.nonce_of(remote, made) == nonce
    }

    fn nonce_of(&self, remote: SocketAddr, made: i64) -> String {
        format!("{made}-{}", self.digest(&["nonce", &made.to_string(), &remote.to_string()]))
    }

    fn password(&self, username: &str) -> String {
        STANDARD.encode(hmac::sign(&self.passwords, username.as_bytes()))
    }

    fn digest(&self, words: &[&str]) -> String {
        let tag = hmac::sign(&self.seals, words.join("\n").as_bytes());
        URL_SAFE_NO_PAD.encode(tag.as_ref().get(..DIGEST_BYTES).unwrap_or_default())
    }
}

fn seconds(now: At) -> i64 {
    now.0.div_euclid(1_000)
}

#[cfg(test)]
mod tests;
