//! Tasks have a name, and their end is noticed.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;

/// Starts a task; a panic inside is logged with the name.
#[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
pub(crate) fn spawn_named<T: Send + 'static>(
    name: &'static str,
    work: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    tokio::spawn(async move {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(output) => output,
            Err(panic) => {
                tracing::error!(name, "a task panicked");
                resume_unwind(panic)
            }
        }
    })
}
