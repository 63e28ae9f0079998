//! The signature: a token of the API key that names the body by its digest.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use onstage_domain::At;
use serde::Serialize;

use crate::livekit::tokens::Tokens;

/// How long a signature is good.
const SIGNATURE_LIFE_SECONDS: i64 = 300;
/// Bytes of an address's digest that name it in the file.
const NAME_BYTES: usize = 12;

#[derive(Debug, Serialize)]
struct Claims<'a> {
    iss: &'a str,
    exp: i64,
    nbf: i64,
    iat: i64,
    sha256: String,
}

/// The `Authorization` of one body.
pub(super) fn signature(tokens: &Tokens, body: &str, now: At) -> Option<String> {
    let seconds = now.0.div_euclid(1_000);
    tokens.sign(&Claims {
        iss: tokens.key(),
        exp: seconds.saturating_add(SIGNATURE_LIFE_SECONDS),
        nbf: seconds,
        iat: seconds,
        sha256: STANDARD.encode(digest(&SHA256, body.as_bytes())),
    })
}

/// An address as the file knows it: addresses may hold what nobody else should read.
pub(super) fn name_of(url: &str) -> String {
    let whole = digest(&SHA256, url.as_bytes());
    URL_SAFE_NO_PAD.encode(whole.as_ref().get(..NAME_BYTES).unwrap_or_default())
}
