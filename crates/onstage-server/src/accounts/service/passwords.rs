//! Password hashes: two at a time beside the runtime, a short queue before them, then "try later".

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use onstage_domain::problem::{Code, Problem};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::Fault;
use crate::settings::PasswordCost;

/// Hashes at work at once: each takes a core and its memory.
pub(crate) const PASSWORDS_RUNNING_MAX: usize = 2;
/// Callers that wait for one of the two.
pub(crate) const PASSWORDS_WAITING_MAX: usize = 32;
/// When to come back after a full queue.
const RETRY_AFTER_MS: i64 = 2_000;

/// The two workers and the queue before them.
#[derive(Debug)]
pub(crate) struct Passwords {
    cost: PasswordCost,
    places: Arc<Semaphore>,
    workers: Arc<Semaphore>,
}

/// The right to hash once.
struct Turn {
    _place: OwnedSemaphorePermit,
    _worker: OwnedSemaphorePermit,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        Self {
            cost,
            places: Arc::new(Semaphore::new(PASSWORDS_RUNNING_MAX.saturating_add(PASSWORDS_WAITING_MAX))),
            workers: Arc::new(Semaphore::new(PASSWORDS_RUNNING_MAX)),
        }
    }

    async fn turn(&self) -> Result<Turn, Problem> {
        let full = || Problem::new(Code::TryLater).retry_after_ms(RETRY_AFTER_MS);
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| full())?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| full())?;
        Ok(Turn { _place: place, _worker: worker })
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Problem> {
        let cost = self.cost;
        let hashed = self.run(move || hashed(cost, &password, &salt)).await?;
        hashed.map_err(|error| Fault::Crypto(error.to_string()).into())
    }

    /// Compares; without a stored hash it takes as long and says no, so that nobody learns which handles exist.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Problem> {
        let cost = self.cost;
        self.run(move || match stored.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
            Some(Err(_)) | None => {
                // The result does not matter, the time does.
                let _ = hashed(cost, &password, &[0; 16]);
                false
            }
        })
        .await
    }

    /// The turn ends with the work, also when the caller is gone before it.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let turn = self.turn().await?;
        let task = tokio::task::spawn_blocking(move || {
            let output = work();
            drop(turn);
            output
        });
        Ok(task.await.map_err(|_| Fault::TaskLost)?)
    }
}

fn hashed(
    cost: PasswordCost,
    password: &str,
    salt: &[u8; 16],
) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = argon2(cost)?.hash_password_with_salt(password.as_bytes(), salt)?;
    Ok(hash.to_string())
}

fn argon2(cost: PasswordCost) -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)
        .map_err(|_| argon2::password_hash::Error::ParamsInvalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests;
