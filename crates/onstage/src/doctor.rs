//! `onstage doctor`: tries each way between here and a server, leg by leg, and says what to do about what fails.

mod clocks;
mod legs;
mod machine;
mod ways;
mod web;

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::say;
use crate::settings::Settings;

/// Which server, and how the result is written.
#[derive(Args, Clone, Debug)]
pub(crate) struct Wishes {
    /// A server anywhere, as browsers reach it; without it the one of the settings, from this machine
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Writes the result as JSON
    #[arg(long)]
    json: bool,
}

/// How a leg fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// It works, but not by every way that browsers are told.
    Warning,
    Failed,
    /// The server does not offer it, or it cannot be looked at from here.
    Skipped,
}

/// Browsers are sent to a public address that fails from here.
const NOT_FROM_HERE: &str = "browsers are told the public address that fails here: run this from outside (--url); some \
                             NATs let nobody behind them reach it, but a refused connection is a closed or wrong port";

/// One leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Leg {
    leg: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

impl Leg {
    fn ok(leg: &'static str, detail: impl Into<String>) -> Self {
        Self { leg, state: State::Ok, detail: detail.into(), advice: None }
    }

    fn failed(leg: &'static str, detail: impl Into<String>, advice: &'static str) -> Self {
        Self { leg, state: State::Failed, detail: detail.into(), advice: Some(advice) }
    }

    fn skipped(leg: &'static str, detail: impl Into<String>) -> Self {
        Self { leg, state: State::Skipped, detail: detail.into(), advice: None }
    }

    /// From several ways of which one is enough, as long as no public one is among those that fail.
    fn any(
        leg: &'static str,
        tried: &[(String, Result<std::time::Duration, String>)],
        advice: &'static str,
    ) -> Self {
        let words: Vec<String> = tried
            .iter()
            .map(|(way, result)| match result {
                Ok(time) => format!("{way} in {} ms", time.as_millis()),
                Err(why) => format!("{way}: {why}"),
            })
            .collect();
        if tried.is_empty() {
            return Self::skipped(leg, "not offered");
        }
        let detail = words.join(" · ");
        if !tried.iter().any(|(_, result)| result.is_ok()) {
            return Self::failed(leg, detail, advice);
        }
        if tried.iter().any(|(way, result)| result.is_err() && ways::is_public(way)) {
            return Self { leg, state: State::Warning, detail, advice: Some(NOT_FROM_HERE) };
        }
        Self::ok(leg, detail)
    }
}

/// Examines and reports. Fails when a leg failed.
pub(crate) async fn run(settings: Settings, wishes: Wishes) -> ExitCode {
    let url = wishes.url.clone().unwrap_or_else(|| settings.reach_at(settings.listen));
    let mut legs = legs::examine(&url).await;
    if wishes.url.is_none() {
        legs.extend(machine::examine());
    }
    say(if wishes.json { as_json(&url, &legs) } else { as_text(&url, &legs) });
    if legs.iter().any(|leg| leg.state == State::Failed) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn as_json(url: &str, legs: &[Leg]) -> String {
    let is_ok = legs.iter().all(|leg| leg.state != State::Failed);
    serde_json::json!({ "url": url, "ok": is_ok, "legs": legs }).to_string()
}

fn as_text(url: &str, legs: &[Leg]) -> String {
    let mut lines = vec![url.to_owned()];
    for leg in legs {
        let word = match leg.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed => "FAILED",
            State::Skipped => "-",
        };
        lines.push(format!("{word:<7} {:<16} {}", leg.leg, leg.detail));
        lines.extend(leg.advice.map(|advice| format!("{:24} → {advice}", "")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
