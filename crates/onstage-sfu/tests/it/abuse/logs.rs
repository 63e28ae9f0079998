//! Listens to what a deployment would find in its log: lines of INFO and above of our own crates.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// The lines that came while `does` ran, and what came of it. What the libraries say is kept out of the log by the
/// settings of the binary; a test there holds them to it.
pub fn lines_of<T>(does: impl FnOnce() -> T) -> (Vec<String>, T) {
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let done = tracing::subscriber::with_default(Ear(Arc::clone(&lines)), does);
    let heard = lines.lock().unwrap().clone();
    (heard, done)
}

struct Ear(Arc<Mutex<Vec<String>>>);

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO && metadata.target().starts_with("onstage")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
