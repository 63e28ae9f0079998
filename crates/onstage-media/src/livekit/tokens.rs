//! LiveKit access tokens: HS256, verified strictly and minted with every grant stated.

use std::collections::BTreeMap;
use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use onstage_domain::At;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How long a minted token opens the door; sockets get fresh ones in band.
pub(crate) const TOKEN_LIFE_SECONDS: i64 = 600;
/// Clocks may differ by this much.
const LEEWAY_SECONDS: i64 = 60;
/// Longest token that is looked at.
pub(crate) const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// Longest identity, name and room name.
pub(crate) const NAME_LENGTH_MAX: usize = 256;

/// The `video` claim. Absent optional grants mean allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct VideoGrant {
    pub(crate) room_join: bool,
    pub(crate) room: String,
    pub(crate) can_publish: Option<bool>,
    pub(crate) can_subscribe: Option<bool>,
    pub(crate) can_publish_data: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) can_publish_sources: Vec<String>,
    pub(crate) can_update_own_metadata: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hidden: bool,
}

/// What a token says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) jti: String,
    pub(crate) exp: Option<i64>,
    pub(crate) nbf: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) metadata: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    pub(crate) video: Option<VideoGrant>,
}

/// Any claims, and their times.
#[derive(Deserialize)]
struct Dated<T> {
    exp: Option<i64>,
    nbf: Option<i64>,
    #[serde(flatten)]
    claims: T,
}

/// Why a token opens nothing. The words go to the client; the token never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenRefusal {
    #[error("no access token")]
    Missing,
    #[error("invalid token")]
    Invalid,
    #[error("token is expired")]
    Expired,
    #[error("token is not valid yet")]
    Early,
    #[error("permissions denied")]
    NoJoin,
    #[error("identity is required")]
    NoIdentity,
    #[error("room is required")]
    NoRoom,
    #[error("a name is too long")]
    TooLong,
    #[error("the room's name has characters that nobody sees")]
    Unseen,
}

impl TokenRefusal {
    pub(crate) fn status(self) -> http::StatusCode {
        match self {
            Self::Missing | Self::Invalid | Self::Expired | Self::Early | Self::NoJoin => {
                http::StatusCode::UNAUTHORIZED
            }
            Self::NoIdentity | Self::NoRoom | Self::TooLong | Self::Unseen => http::StatusCode::BAD_REQUEST,
        }
    }
}

/// What a valid token asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) identity: String,
    pub(crate) name: String,
    pub(crate) metadata: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) grant: VideoGrant,
}

/// Verifies and mints with one key.
pub(crate) struct Tokens {
    key: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Tokens {
    pub(crate) fn new(key: &str, secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[key]);
        validation.set_required_spec_claims(&["exp", "iss"]);
        // Times are checked here, against the time that is handed in.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Self {
            key: key.to_owned(),
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }
    }

    /// Signature, issuer, times, then the grants that a join needs.
    pub(crate) fn verify(&self, token: &str, now: At) -> Result<Bearer, TokenRefusal> {
        if token.is_empty() {
            return Err(TokenRefusal::Missing);
        }
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenRefusal::Invalid);
        }
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation);
        let claims = decoded.map_err(|_| TokenRefusal::Invalid)?.claims;
        check_times((claims.exp, claims.nbf), now)?;
        bearer(claims)
    }

    /// Signature, issuer and times; what the token grants is the caller's to judge.
    pub(crate) fn read<T: DeserializeOwned>(&self, token: &str, now: At) -> Result<T, TokenRefusal> {
        if token.is_empty() {
            return Err(TokenRefusal::Missing);
        }
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenRefusal::Invalid);
        }
        let decoded = jsonwebtoken::decode::<Dated<T>>(token, &self.decoding, &self.validation);
        let Dated { exp, nbf, claims } = decoded.map_err(|_| TokenRefusal::Invalid)?.claims;
        check_times((exp, nbf), now)?;
        Ok(claims)
    }

    /// Signs whatever is claimed.
    pub(crate) fn sign<T: Serialize>(&self, claims: &T) -> Option<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding).ok()
    }

    /// The API key's name.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A token for one identity and room.
    pub(crate) fn mint(&self, bearer: &Bearer, now: At) -> Option<String> {
        let seconds = now.0.div_euclid(1_000);
        let claims = Claims {
            iss: self.key.clone(),
            sub: bearer.identity.clone(),
            exp: Some(seconds.saturating_add(TOKEN_LIFE_SECONDS)),
            nbf: Some(seconds.saturating_sub(10)),
            name: bearer.name.clone(),
            metadata: bearer.metadata.clone(),
            attributes: bearer.attributes.clone(),
            kind: "standard".to_owned(),
            video: Some(bearer.grant.clone()),
            ..Claims::default()
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).ok()
    }
}

fn check_times((exp, nbf): (Option<i64>, Option<i64>), now: At) -> Result<(), TokenRefusal> {
    let seconds = now.0.div_euclid(1_000);
    let expires = exp.ok_or(TokenRefusal::Invalid)?;
    if expires.saturating_add(LEEWAY_SECONDS) < seconds {
        return Err(TokenRefusal::Expired);
    }
    match nbf {
        Some(from) if from.saturating_sub(LEEWAY_SECONDS) > seconds => Err(TokenRefusal::Early),
        Some(_) | None => Ok(()),
    }
}

/// Control characters, and those that turn the text around them (Unicode, UAX #9): names with them look like others.
pub(crate) fn has_unseen(name: &str) -> bool {
    let turns = |c: char| {
        let marks = ['\u{61c}', '\u{200e}', '\u{200f}'];
        marks.contains(&c) || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    name.chars().any(|c| c.is_control() || turns(c))
}

fn bearer(claims: Claims) -> Result<Bearer, TokenRefusal> {
    let grant = claims.video.filter(|grant| grant.room_join).ok_or(TokenRefusal::NoJoin)?;
    let identity = if claims.sub.is_empty() { claims.jti } else { claims.sub };
    if identity.is_empty() {
        return Err(TokenRefusal::NoIdentity);
    }
    if grant.room.is_empty() {
        return Err(TokenRefusal::NoRoom);
    }
    let too_long = |text: &String| text.chars().count() > NAME_LENGTH_MAX;
    if [&identity, &claims.name, &grant.room].into_iter().any(too_long) {
        return Err(TokenRefusal::TooLong);
    }
    if has_unseen(&grant.room) {
        return Err(TokenRefusal::Unseen);
    }
    Ok(Bearer {
        identity,
        name: claims.name,
        metadata: claims.metadata,
        attributes: claims.attributes,
        grant,
    })
}

#[cfg(test)]
mod tests;
