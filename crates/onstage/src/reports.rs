//! Errors to Sentry, where an address is set: what went wrong and where, and nothing a person wrote or is known by.

use std::borrow::Cow;
use std::sync::Arc;

use sentry::protocol::{Event, Level as Severity};
use sentry::types::Dsn;
use sentry::{ClientInitGuard, ClientOptions};
use tracing::field::{Field, Visit};
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

mod scrub;

use scrub::scrubbed;

/// From now on errors and panics are sent; what waits at the end is sent when the guard goes.
pub(crate) fn begin(dsn: Dsn) -> ClientInitGuard {
    sentry::init(options(dsn))
}

fn options(dsn: Dsn) -> ClientOptions {
    let mut options = ClientOptions::new();
    options.dsn = Some(dsn);
    options.release = Some(Cow::Borrowed(concat!("onstage@", env!("CARGO_PKG_VERSION"))));
    options.max_breadcrumbs = 0;
    options.send_default_pii = false;
    options.before_send = Some(Arc::new(|event| Some(without_people(event))));
    options
}

/// The last look at an event before it leaves.
fn without_people(mut event: Event<'static>) -> Event<'static> {
    event.user = None;
    event.request = None;
    event.server_name = None;
    event.breadcrumbs.values.clear();
    event.message = event.message.map(|text| scrubbed(&text));
    for exception in &mut event.exception.values {
        exception.value = exception.value.take().map(|text| scrubbed(&text));
    }
    for value in event.extra.values_mut() {
        *value = scrubbed(value.as_str().unwrap_or_default()).into();
    }
    event
}

/// Hands errors of the log on.
pub(crate) struct Reports;

impl<S: Subscriber> Layer<S> for Reports {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let mut said = Said::default();
        event.record(&mut said);
        sentry::capture_event(Event {
            level: Severity::Error,
            logger: Some(event.metadata().target().to_owned()),
            message: Some(said.message),
            extra: said.fields,
            ..Event::default()
        });
    }
}

/// What a line of the log says.
#[derive(Default)]
struct Said {
    message: String,
    fields: std::collections::BTreeMap<String, serde_json::Value>,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.note(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.note(field, value.to_owned());
    }
}

impl Said {
    fn note(&mut self, field: &Field, text: String) {
        match field.name() {
            "message" => self.message = text,
            name => drop(self.fields.insert(name.to_owned(), text.into())),
        }
    }
}

#[cfg(test)]
mod tests;
