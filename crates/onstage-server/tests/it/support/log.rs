//! Listens to the log of one test: an ERROR nobody expected fails it.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

use super::Place;

/// Errors of this thread while it lives.
pub(crate) struct Watch {
    errors: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

/// Begins to listen. Tests run on one thread each, so everything they start is heard.
pub(crate) fn watch() -> Watch {
    let errors = Arc::<Mutex<Vec<String>>>::default();
    let ear = Ear { errors: Arc::clone(&errors) };
    Watch { errors, _guard: tracing::subscriber::set_default(ear) }
}

impl Watch {
    /// Takes back an error that had to come, by its words.
    #[track_caller]
    pub(crate) fn expect(&self, words: &str) {
        let mut errors = self.errors.lock().unwrap();
        let before = errors.len();
        errors.retain(|error| !error.contains(words));
        assert!(errors.len() < before, "no error about `{words}` in the log: {errors:#?}");
    }

    #[track_caller]
    pub(crate) fn assert_quiet(&self, place: Place) {
        let errors = self.errors.lock().unwrap();
        assert!(errors.is_empty(), "errors in the log on {place:?}: {errors:#?}");
    }
}

struct Ear {
    errors: Arc<Mutex<Vec<String>>>,
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.errors.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
