//! Would catch an answer without an end that is kept in memory to its end, addresses that are none, and
//! a proxy that is taken for the cluster behind it.

use axum::Router;
use axum::routing::post;

use super::*;

fn tokens() -> Arc<Tokens> {
    Arc::new(Tokens::new("key", "a secret that is long enough"))
}

/// A cluster whose every answer has so many bytes.
async fn answering(bytes: usize) -> RoomService {
    let answer = move || std::future::ready(vec![0_u8; bytes]);
    let router = Router::new().route("/twirp/livekit.RoomService/{method}", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    crate::tasks::spawn_named("a cluster", async move { axum::serve(listener, router).await.unwrap() });
    RoomService::new(&format!("ws://{address}/"), tokens()).unwrap()
}

#[tokio::test]
async fn reaches_answer_bytes_max() {
    let too_long = answering(ANSWER_BYTES_MAX + 1).await.delete_room("show").await;
    assert!(matches!(too_long, Err(CallFault::Unreadable)), "{too_long:?}");
    assert!(answering(0).await.delete_room("show").await.is_ok());
}

#[test]
fn a_proxy_that_does_not_reach_the_cluster_is_no_answer_of_it() {
    for (status, is_answer, is_about_key) in [
        (400, true, false),
        (401, true, true),
        (403, true, true),
        (500, true, false),
        (502, false, false),
        (503, false, false),
        (504, false, false),
    ] {
        let fault = CallFault::Refused { status, text: String::new() };
        assert_eq!((fault.is_answer(), fault.is_about_key()), (is_answer, is_about_key), "{status}");
    }
    assert!(CallFault::NotFound.is_answer());
}

#[test]
fn an_address_is_one_of_four_kinds() {
    for (url, base) in [
        ("ws://media", Some("http://media/twirp/livekit.RoomService/")),
        ("wss://media/", Some("https://media/twirp/livekit.RoomService/")),
        ("http://media:7880", Some("http://media:7880/twirp/livekit.RoomService/")),
        ("https://media/lk", Some("https://media/lk/twirp/livekit.RoomService/")),
        ("media", None),
        ("ftp://media", None),
        ("wss://", None),
    ] {
        assert_eq!(RoomService::new(url, tokens()).map(|service| service.base).as_deref(), base, "{url}");
    }
}
