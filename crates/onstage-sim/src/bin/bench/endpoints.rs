//! Ten endpoints: latency, and CPU of the server for each request, beside the cheapest one.

use std::time::{Duration, Instant};

use onstage_sim::Fault;
use onstage_sim::api::Person;
use reqwest::Method;
use serde_json::{Value, json};

use crate::Measured;
use crate::forward::Show;
use crate::process::Server;
use crate::table::{self, ms, percentile};

const REQUESTS: u32 = 300;
/// Requests that are made first and not counted.
const WARM_UP: u32 = 20;

struct Endpoint {
    name: &'static str,
    method: Method,
    path: String,
    /// The body of a request by its number: the chat refuses what was just said.
    body: Option<fn(u32) -> Value>,
}

fn get(name: &'static str, path: impl Into<String>) -> Endpoint {
    Endpoint { name, method: Method::GET, path: path.into(), body: None }
}

fn post(name: &'static str, path: impl Into<String>, body: fn(u32) -> Value) -> Endpoint {
    Endpoint { name, method: Method::POST, path: path.into(), body: Some(body) }
}

/// The first one is the floor of the others: everything an answer needs, and nothing in it.
fn endpoints(session: &str) -> [Endpoint; 10] {
    let at = format!("/v1/sessions/{session}");
    [
        get("GET /healthz", "/healthz"),
        get("GET /readyz", "/readyz"),
        get("GET /v1/me", "/v1/me"),
        get("GET /v1/sessions", "/v1/sessions"),
        get("GET /v1/sessions/{id}", at.clone()),
        get("GET …/people", format!("{at}/people")),
        get("GET …/messages", format!("{at}/messages")),
        post(
            "POST …/messages",
            format!("{at}/messages"),
            |number| json!({ "text": format!("Hello {number}") }),
        ),
        post("POST …/reactions", format!("{at}/reactions"), |_| json!({ "kind": "heart" })),
        post("POST /v1/tokens/anonymous", "/v1/tokens/anonymous", |_| json!({})),
    ]
}

struct Cost {
    p50: Duration,
    p99: Duration,
    cpu_us: f64,
}

pub(crate) async fn measure(server: &Server, show: &Show) -> Measured {
    let mut floor_us = None;
    for endpoint in endpoints(&show.session) {
        match ask(server, &show.host, &endpoint).await {
            Ok(cost) => {
                let least = *floor_us.get_or_insert(cost.cpu_us.max(1.0));
                let figure = format!("{:.0} µs CPU", cost.cpu_us);
                let name = format!("{} · p50 {} · p99 {}", endpoint.name, ms(cost.p50), ms(cost.p99));
                table::line(&name, &figure, Some((&format!("{least:.0} µs CPU"), cost.cpu_us / least)));
            }
            Err(fault) => table::note(&format!("{}: {fault}", endpoint.name)),
        }
    }
    Ok(())
}

async fn ask(server: &Server, person: &Person, endpoint: &Endpoint) -> Result<Cost, Fault> {
    let mut times = Vec::new();
    let mut cpu = server.cpu_s()?;
    for number in 0..REQUESTS.saturating_add(WARM_UP) {
        if number == WARM_UP {
            times.clear();
            cpu = server.cpu_s()?;
        }
        let began = Instant::now();
        let body = endpoint.body.as_ref().map(|body| body(number));
        person.call(endpoint.method.clone(), &endpoint.path, body).await?;
        times.push(began.elapsed());
    }
    let cpu_us = (server.cpu_s()? - cpu) * 1e6 / f64::from(REQUESTS);
    Ok(Cost { p50: percentile(&mut times, 50), p99: percentile(&mut times, 99), cpu_us })
}
