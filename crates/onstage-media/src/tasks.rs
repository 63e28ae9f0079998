//! The one place where this crate starts tasks: each has a name, and its end by a panic is noticed.

use std::future::Future;

use tracing::Instrument;

/// Starts a task whose panic is logged as an error under its name.
pub(crate) fn spawn_named<F>(name: &'static str, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "the one supervised spawn of this crate")]
    tokio::spawn(
        async move {
            #[expect(clippy::disallowed_methods, reason = "the supervised half")]
            let task = tokio::spawn(future.in_current_span());
            if task.await.is_err_and(|error| error.is_panic()) {
                tracing::error!(task = name, "a task ended by a panic");
            }
        }
        .in_current_span(),
    );
}
