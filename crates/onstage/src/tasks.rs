//! The one place of the binary that starts tasks.

use std::future::Future;

use tracing::Instrument as _;

/// Starts a task whose panic is told in the log.
pub(crate) fn spawn_named<F>(name: &'static str, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let guarded = async move {
        let _told = Told(name);
        future.await;
    };
    #[expect(clippy::disallowed_methods, reason = "this is the supervised spawn the others go through")]
    drop(tokio::spawn(guarded.instrument(tracing::debug_span!("task", name))));
}

struct Told(&'static str);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(task = self.0, "a task ended by a panic");
        }
    }
}
