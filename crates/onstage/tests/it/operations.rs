//! Would catch figures that cannot be read, that are counted for nobody, or that carry somebody's name or id; and a
//! removed person whom LiveKit's clients are not told about.

use std::net::TcpListener;

use onstage_domain::meters;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::running::{Installation, Running, Socket};

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

async fn read(address: &str) -> String {
    let response = Client::new().get(format!("http://{address}/metrics")).send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    response.text().await.unwrap()
}

/// The value of a series.
fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.and_then(|number| number.parse().ok())
}

/// A show with a socket, a message and a refusal. Answers the viewer's socket, with which the viewer
/// would be gone, and what must stay out of the figures.
async fn play(server: &Running) -> (Socket, Vec<String>) {
    let (host, viewer) = (server.sign_up("creator").await, server.sign_up("watcher").await);
    let session = server.go_live(&host).await;
    server.post(&format!("/v1/sessions/{session}/join"), &viewer, json!({})).await;
    let mut socket = server.socket(&viewer).await;
    socket.subscribe(&session, None).await;
    let path = format!("/v1/sessions/{session}/messages");
    server.post(&path, &viewer, json!({ "text": "words of mine" })).await;
    socket.until(|event| event["data"]["message"]["text"] == "words of mine").await;
    let refused =
        server.call(Method::POST, &format!("/v1/sessions/{session}/end"), &viewer, Value::Null).await;
    assert_eq!(refused.0, 403);
    let personal = vec![session, host, viewer, "creator".into(), "watcher".into(), "words".into()];
    (socket, personal)
}

#[tokio::test]
async fn a_show_can_be_read_in_figures_and_nobody_is_named_in_them() {
    let address = free_address();
    let installation = Installation::new().with("ONSTAGE_METRICS_LISTEN", &address);
    let server = installation.start();
    let (_watching, personal) = play(&server).await;
    let text = read(&address).await;
    for (series, at_least) in [
        ("onstage_sessions_live", 1.0),
        ("onstage_people_on_stage", 1.0),
        ("onstage_viewers", 1.0),
        ("onstage_sockets_open{dialect=\"v1\"}", 1.0),
        ("onstage_socket_frames_sent_total{dialect=\"v1\"}", 2.0),
        ("onstage_commands_total{slice=\"chat\",outcome=\"ok\"}", 1.0),
        ("onstage_commands_total{slice=\"sessions\",outcome=\"refused\"}", 1.0),
        ("onstage_events_total{event=\"chat.sent\"}", 1.0),
        (
            "onstage_http_requests_total{route=\"/v1/sessions/{id}/messages\",method=\"POST\",status=\"2xx\"}",
            1.0,
        ),
        ("onstage_http_requests_total{route=\"/v1/sessions/{id}/end\",method=\"POST\",status=\"4xx\"}", 1.0),
        ("onstage_database_transaction_seconds_count", 1.0),
        ("onstage_outbox_lag_seconds_count", 1.0),
        ("onstage_media_alive", 1.0),
        ("process_resident_memory_bytes", 1e6),
    ] {
        assert!(value(&text, series).is_some_and(|value| value >= at_least), "{series}\n{text}");
    }
    for word in personal {
        assert!(!text.contains(&word), "{word} is in the figures");
    }
    let series = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    for line in series {
        let name = line.split(['{', ' ']).next().unwrap();
        let known = |meter: &meters::Meter| {
            name.strip_prefix(meter.name)
                .is_some_and(|rest| rest.is_empty() || meter.kind == meters::Kind::Duration)
        };
        assert!(meters::ALL.iter().any(known), "{name} is not in the list of figures");
    }
}

#[tokio::test]
async fn invented_methods_and_addresses_make_no_series_of_their_own() {
    let address = free_address();
    let installation = Installation::new().with("ONSTAGE_METRICS_LISTEN", &address);
    let server = installation.start();
    for (method, path) in
        [("GET", "/some/page"), ("GET", "/v1/nothing/at/all"), ("BREW", "/v1/me"), ("BREW", "/x")]
    {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        server.call(method, path, "", Value::Null).await;
    }
    let text = read(&address).await;
    assert!(
        !text.contains("BREW") && !text.contains("nothing/at/all") && !text.contains("some/page"),
        "{text}"
    );
    assert!(text.contains("route=\"other\",method=\"OTHER\""), "{text}");
}

#[tokio::test]
async fn a_taken_address_of_the_figures_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Installation::new().with("ONSTAGE_METRICS_LISTEN", &address).run(&["serve"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains(&address), "{told}");
}

#[tokio::test]
async fn a_server_on_every_address_says_where_others_find_it_and_where_this_machine_does() {
    let mut installation = Installation::new();
    installation.address = installation.address.replace("127.0.0.1", "0.0.0.0");
    let server = installation.start();
    let port = installation.address.rsplit(':').next().unwrap();
    assert!(server.first_line.contains(&format!("http://127.0.0.1:{port}")), "{}", server.first_line);
    assert!(!server.first_line.contains("0.0.0.0"), "{}", server.first_line);
    assert!(
        server.first_line.contains("other devices cannot use cameras without TLS"),
        "{}",
        server.first_line
    );
}

#[tokio::test]
async fn a_removed_person_is_told_in_plain_text_by_rtc_validate() {
    let installation = Installation::new();
    let server = installation.start();
    let (host, guest) = (server.sign_up("creator").await, server.sign_up("guest").await);
    let session = server.go_live(&host).await;
    let joined = server.post(&format!("/v1/sessions/{session}/join"), &guest, json!({})).await;
    let token = joined["media"]["token"].as_str().unwrap().to_owned();
    let validate = async || {
        let url = format!("{}/rtc/validate?access_token={token}", server.url);
        let response = Client::new().get(url).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), kind, response.text().await.unwrap())
    };
    assert_eq!(validate().await, (200, "text/plain; charset=utf-8".to_owned(), "success".to_owned()));
    let me = server.get("/v1/me", &guest).await["account"]["id"].as_str().unwrap().to_owned();
    let kicked = server.post(&format!("/v1/sessions/{session}/people/{me}/kick"), &host, json!({})).await;
    assert_eq!(kicked["enforced"], true, "{kicked}");
    let told = (403, "text/plain; charset=utf-8".to_owned(), "removed from this room".to_owned());
    assert_eq!(validate().await, told);
}
