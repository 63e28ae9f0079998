//! Keys that sign access tokens (EdDSA), and the claims inside.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{At, FamilyId, UserId};
use serde::{Deserialize, Serialize};

use crate::accounts::store::keys::{self, SigningKey};
use crate::app::App;
use crate::db::Db;
use crate::dice::{self, Dice};
use crate::fault::Fault;

/// Who may use the token: this server's own API.
const AUDIENCE: &str = "onstage";
/// A retired key verifies for as long as the longest token lives.
const RETIRED_KEY_KEPT_MS: i64 = 24 * 3_600_000;
/// How often an unknown key id makes the server look into the database again.
const RELOAD_INTERVAL_MS: i64 = 1_000;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// Account, or the anonymous watcher's own id.
    pub(crate) sub: UserId,
    /// Seconds.
    iat: i64,
    /// Seconds.
    pub(crate) exp: i64,
    /// The sign-in; absent for anonymous watchers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fam: Option<FamilyId>,
    /// Anonymous watchers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) guest: Option<Guest>,
}

/// What is known of a watcher without an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guest {
    pub(crate) name: String,
    /// Keyed hash of the network address: a kick blocks it, too.
    pub(crate) address_hash: String,
    /// Keyed hash of the device cookie.
    pub(crate) device: String,
}

#[derive(Clone)]
struct Verifier {
    key: DecodingKey,
    until: Option<At>,
}

#[derive(Default)]
struct Verifiers {
    by_kid: HashMap<String, Verifier>,
    loaded_at: At,
}

/// Verifies and signs.
pub(crate) struct Keyring {
    issuer: String,
    verifiers: RwLock<Verifiers>,
}

impl Keyring {
    pub(crate) fn new(issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), verifiers: RwLock::default() }
    }

    /// Claims of a token that is good until `exp`.
    pub(crate) fn claims(&self, now: At, ttl_s: i64, sub: UserId) -> Claims {
        let iat = now.0.div_euclid(1_000);
        let (iss, aud) = (self.issuer.clone(), AUDIENCE.to_owned());
        Claims { iss, aud, sub, iat, exp: iat.saturating_add(ttl_s), fam: None, guest: None }
    }

    /// Signs with the newest key, also when another process made it a moment ago.
    pub(crate) async fn sign(&self, db: &Db, claims: &Claims) -> Result<String, Fault> {
        let newest = keys::list(db.reader()).await?.into_iter().find(|key| key.retired_at.is_none());
        let key = newest.ok_or_else(|| Fault::Crypto("there is no signing key".to_owned()))?;
        let header = Header { kid: Some(key.kid), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&key.private_key))
            .map_err(|error| Fault::Crypto(error.to_string()))
    }

    /// Checks key, signature, issuer, audience and time.
    pub(crate) async fn verify(&self, db: &Db, now: At, token: &str) -> Result<Claims, Problem> {
        let refused = || Problem::new(Code::Unauthenticated);
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let kid = header.kid.ok_or_else(refused)?;
        let verifier = self.verifier(db, now, &kid).await?.ok_or_else(refused)?;
        if verifier.until.is_some_and(|until| until <= now) {
            return Err(refused());
        }
        let claims: Claims =
            jsonwebtoken::decode(token, &verifier.key, &self.validation()).map_err(|_| refused())?.claims;
        if claims.exp.saturating_mul(1_000) <= now.0 { Err(refused()) } else { Ok(claims) }
    }

    /// The time is compared with the clock that was handed in, not by the library.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation
    }

    async fn verifier(&self, db: &Db, now: At, kid: &str) -> Result<Option<Verifier>, Fault> {
        if let Some(known) = self.known(kid) {
            return Ok(Some(known));
        }
        if !self.may_reload(now) {
            return Ok(None);
        }
        self.reload(db, now).await?;
        Ok(self.known(kid))
    }

    fn known(&self, kid: &str) -> Option<Verifier> {
        self.verifiers.read().unwrap_or_else(PoisonError::into_inner).by_kid.get(kid).cloned()
    }

    fn may_reload(&self, now: At) -> bool {
        let verifiers = self.verifiers.read().unwrap_or_else(PoisonError::into_inner);
        verifiers.by_kid.is_empty() || now.since_ms(verifiers.loaded_at) >= RELOAD_INTERVAL_MS
    }

    /// Reads all keys again.
    pub(crate) async fn reload(&self, db: &Db, now: At) -> Result<(), Fault> {
        let by_kid = keys::list(db.reader()).await?.into_iter().map(verifier_of).collect();
        *self.verifiers.write().unwrap_or_else(PoisonError::into_inner) =
            Verifiers { by_kid, loaded_at: now };
        Ok(())
    }
}

fn verifier_of(key: SigningKey) -> (String, Verifier) {
    let until = key.retired_at.map(|retired| retired.plus_ms(RETIRED_KEY_KEPT_MS));
    (key.kid, Verifier { key: DecodingKey::from_ed_der(&key.public_key), until })
}

/// A new key signs from now on; tokens of the old ones are good until they expire.
pub(crate) async fn rotate_keys(db: &Db, dice: &dyn Dice, now: At) -> Result<(), Fault> {
    let key = new_key(dice, now)?;
    let tx = db.begin().await?;
    keys::retire_all(&tx, now).await?;
    keys::insert(&tx, &key).await?;
    tx.commit().await
}

fn new_key(dice: &dyn Dice, now: At) -> Result<SigningKey, Fault> {
    let pair = Ed25519KeyPair::from_seed_unchecked(&dice::secret::<32>(dice))
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    let private_key = pair.to_pkcs8().map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(SigningKey {
        kid: URL_SAFE_NO_PAD.encode(dice::secret::<9>(dice)),
        private_key: private_key.as_ref().to_vec(),
        public_key: pair.public_key().as_ref().to_vec(),
        created_at: now,
        retired_at: None,
    })
}

/// The first start makes the first key.
pub(crate) async fn prepare(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    if keys::list(app.db.reader()).await?.iter().all(|key| key.retired_at.is_some()) {
        rotate_keys(&app.db, &*app.dice, now).await?;
    }
    app.keyring.reload(&app.db, now).await
}
