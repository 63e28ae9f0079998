//! Would catch an error that never reaches Sentry, or one that takes a token or somebody's words along.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use sentry::{Client, Hub};
use tracing_subscriber::layer::SubscriberExt as _;

use super::scrub::scrubbed;
use super::*;

/// A token as ours are, a query, and somebody's words.
const SECRETS: [&str; 3] = ["eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk", "ticket=abc", "my words"];
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Stands for Sentry: takes calls and hands their bodies out.
fn sentry_stand_in() -> (Dsn, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dsn = format!("http://public@{}/7", listener.local_addr().unwrap()).parse().unwrap();
    let (said, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            let mut stream = reader.into_inner();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").unwrap();
            if said.send(head + &String::from_utf8(body).unwrap()).is_err() {
                return;
            }
        }
    });
    (dsn, heard)
}

/// The options as the server has them, with everything that `init` adds.
fn hub(dsn: Dsn) -> Arc<Hub> {
    let _installed_by_another_test = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = Client::from_config(sentry::apply_defaults(options(dsn)));
    Arc::new(Hub::new(Some(Arc::new(client)), Arc::default()))
}

fn assert_clean(envelope: &str) {
    for secret in SECRETS {
        assert!(!envelope.contains(secret), "{secret} in {envelope}");
    }
    assert!(envelope.contains("onstage@"), "{envelope}");
}

#[test]
fn an_error_of_the_log_arrives_without_what_is_somebodys() {
    let (dsn, heard) = sentry_stand_in();
    // It lives until the envelope is there: a client that ends sends only what it can in two seconds.
    let hub = hub(dsn);
    let log = tracing_subscriber::registry().with(Reports);
    tracing::subscriber::with_default(log, || {
        Hub::run(Arc::clone(&hub), || {
            tracing::warn!("this stays here");
            let [token, query, words] = SECRETS;
            tracing::error!(
                fault = format!("GET /v1/events?{query} {words:?} {token}"),
                "the database is away"
            );
        });
    });
    let envelope = heard.recv_timeout(PATIENCE).unwrap();
    assert!(envelope.starts_with("POST /api/7/envelope/"), "{envelope}");
    assert!(envelope.contains("the database is away") && envelope.contains("GET /v1/events?"), "{envelope}");
    assert!(!envelope.contains("this stays here"), "{envelope}");
    assert_clean(&envelope);
}

#[test]
fn a_panic_arrives_without_what_is_somebodys() {
    let (dsn, heard) = sentry_stand_in();
    let hub = hub(dsn);
    Hub::run(Arc::clone(&hub), || {
        let [token, query, words] = SECRETS;
        let _the_panic = std::panic::catch_unwind(|| panic!("a bug at /live?{query}: {words:?} {token}"));
    });
    let envelope = heard.recv_timeout(PATIENCE).unwrap();
    assert!(envelope.contains("a bug at") && envelope.contains("reports/tests.rs"), "{envelope}");
    assert_clean(&envelope);
}

#[test]
fn what_a_person_may_be_known_by_is_taken_out() {
    for (text, clean) in [
        ("no such column: onstage_server::db", "no such column: onstage_server::db"),
        ("handle \"ada\" is taken", "handle \"…\" is taken"),
        ("postgres://onstage:secret@db failed", "… failed"),
        ("user 01900000-0000-7000-8000-000000000000 left", "user … left"),
        ("an open \"quote at the end", "an open \"…\""),
        ("/v1/sessions?token=x slow", "/v1/sessions?… slow"),
    ] {
        assert_eq!(scrubbed(text), clean);
    }
}
