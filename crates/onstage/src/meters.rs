//! `/metrics` for Prometheus, at an address of its own and only where it is asked for.

mod http;
mod process;
mod state;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use ::http::header::CONTENT_TYPE;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use onstage_domain::meters::{self, Kind, Meter};
use tokio::time::MissedTickBehavior;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

pub(crate) use http::around;

use crate::house::House;
use crate::tasks::spawn_named;

/// Upper bounds of every duration, in seconds.
const BUCKETS_S: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// How often durations are sorted into their buckets while nobody asks.
const TIDY_EVERY: Duration = Duration::from_secs(5);
/// What Prometheus's text is called.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The book of all figures, and the socket where it can be read.
pub(crate) struct Meters {
    listener: TcpListener,
    handle: PrometheusHandle,
}

#[derive(Clone)]
struct Parts {
    house: Arc<House>,
    handle: PrometheusHandle,
}

impl Meters {
    /// From now on everything is counted.
    pub(crate) fn begin(listener: TcpListener) -> Result<Self, String> {
        let handle =
            builder()?.install_recorder().map_err(|error| format!("metrics cannot start: {error}"))?;
        meters::ALL.iter().for_each(describe);
        for level in ["warn", "error"] {
            metrics::counter!(meters::LOG_LINES.name, "level" => level).increment(0);
        }
        metrics::gauge!(meters::BUILD.name, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self { listener, handle })
    }

    /// Answers `/metrics`.
    pub(crate) fn serve(self, house: Arc<House>) {
        let Self { listener, handle } = self;
        spawn_named("metrics upkeep", tidy(handle.clone()));
        let router = Router::new().route("/metrics", get(page)).with_state(Parts { house, handle });
        spawn_named("metrics", async move {
            if let Err(error) = answer(listener, router).await {
                tracing::warn!(%error, "metrics cannot be read any more");
            }
        });
    }
}

fn builder() -> Result<PrometheusBuilder, String> {
    let durations = meters::ALL.iter().filter(|meter| meter.kind == Kind::Duration);
    durations.map(|meter| Matcher::Full(meter.name.to_owned())).try_fold(
        PrometheusBuilder::new(),
        |builder, matcher| {
            builder.set_buckets_for_metric(matcher, BUCKETS_S).map_err(|error| error.to_string())
        },
    )
}

fn describe(meter: &Meter) {
    match meter.kind {
        Kind::Counter => metrics::describe_counter!(meter.name, meter.help),
        Kind::Gauge => metrics::describe_gauge!(meter.name, meter.help),
        Kind::Duration => metrics::describe_histogram!(meter.name, metrics::Unit::Seconds, meter.help),
    }
}

async fn answer(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tracing::info!(address = %listener.local_addr()?, "metrics can be read");
    axum::serve(listener, router).await
}

async fn tidy(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

async fn page(State(parts): State<Parts>) -> impl IntoResponse {
    state::take(&parts.house).await;
    let text = parts.handle.render() + &process::text();
    ([(CONTENT_TYPE, TEXT)], text)
}

/// Counts the lines of the log that somebody should look at.
pub(crate) struct CountLines;

impl<S: Subscriber> Layer<S> for CountLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        let word = if level == Level::ERROR { "error" } else { "warn" };
        if level <= Level::WARN {
            metrics::counter!(meters::LOG_LINES.name, "level" => word).increment(1);
        }
    }
}

#[cfg(test)]
mod tests;
