//! A server of its own for each test: fresh database, hand-wound clock, doubles at the ports.

mod databases;
mod doubles;
mod log;
mod people;

use std::rc::Rc;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use onstage_domain::At;
use onstage_domain::accounts::{Plan, SignUp};
use onstage_server::{HandClock, PasswordCost, Server, Settings, SystemDice, World};
use serde_json::Value;
use tower::ServiceExt as _;

pub(crate) use databases::{Place, change, number};
pub(crate) use doubles::{Engine, Listener};
pub(crate) use people::{PASSWORD, Person};

use log::Watch;

/// 2026-11-21T07:00:00Z.
pub(crate) const START: At = At(1_795_244_400_000);

/// What stands behind one test.
pub(crate) struct Stand {
    pub(crate) server: Server,
    pub(crate) clock: HandClock,
    pub(crate) listener: Arc<Listener>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    log: Option<Rc<Watch>>,
    router: Router,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The `code` of a problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body, if the status is as expected.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// Fails unless this is that problem.
    #[track_caller]
    pub(crate) fn expect_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
    }
}

/// Runs a test on each database that is there; an ERROR in the log fails it.
pub(crate) async fn on_each(test: impl AsyncFn(Stand)) {
    on_each_with(|_| {}, test).await;
}

/// The same with other settings.
pub(crate) async fn on_each_with(change: impl Fn(&mut Settings), test: impl AsyncFn(Stand)) {
    for place in databases::places() {
        let watch = Rc::new(log::watch());
        let home = place.open().await;
        let mut settings = settings(&home.url);
        change(&mut settings);
        let mut stand = Stand::start(settings, HandClock::new(START)).await;
        stand.log = Some(watch.clone());
        test(stand).await;
        home.close().await;
        watch.assert_quiet(place);
    }
}

fn settings(database_url: &str) -> Settings {
    Settings {
        data_dir: std::env::temp_dir(),
        database_url: database_url.to_owned(),
        public_url: "http://127.0.0.1:8080".to_owned(),
        on_loopback: true,
        sign_up: SignUp::Open,
        default_plan: Plan::Innovator,
        trusted_proxies: vec!["0.0.0.0/0".parse().unwrap()],
        cors_origins: vec!["https://friend.example".to_owned()],
        limits_enabled: false,
        password_cost: PasswordCost { memory_kib: 8, passes: 1 },
        log_retention_days: 30,
    }
}

impl Stand {
    pub(crate) async fn start(settings: Settings, clock: HandClock) -> Self {
        let (listener, engine) = (Arc::<Listener>::default(), Arc::<Engine>::default());
        let world = World {
            clock: Arc::new(clock.clone()),
            dice: Arc::new(SystemDice),
            publish: Arc::clone(&listener) as _,
            media: Arc::clone(&engine) as _,
        };
        let server = Server::start(settings.clone(), world).await.unwrap();
        let router = server.router();
        Self { server, clock, listener, engine, settings, log: None, router }
    }

    /// Another process over the same database.
    pub(crate) async fn restart(self) -> Self {
        self.server.close().await.unwrap();
        let log = self.log;
        Self { log, ..Self::start(self.settings, self.clock).await }
    }

    /// An ERROR in the log that had to come.
    pub(crate) fn expect_error(&self, words: &str) {
        self.log.as_ref().unwrap().expect(words);
    }

    /// Lets time pass and everything happen that was due.
    pub(crate) async fn wind_ms(&self, millis: i64) {
        self.clock.wind_ms(millis);
        self.server.ring_due().await;
    }

    /// One call.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// One call with a JSON body.
    pub(crate) async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> Answer {
        self.call_with((method, path), token, body, &[]).await
    }

    /// The same with more headers.
    pub(crate) async fn call_with(
        &self,
        (method, path): (Method, &str),
        token: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, token, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.call(Method::POST, path, token, body).await
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> Answer {
        self.call(Method::DELETE, path, token, Value::Null).await
    }
}
