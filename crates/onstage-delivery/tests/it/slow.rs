//! Hard case 14: a reader that reads nothing is closed and told to resume, and nobody else notices.

use onstage_domain::samples;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, client_async};

use crate::world::{Client, House, session, token};

/// A client whose machine takes in very little.
async fn with_small_window(house: &House, path: &str, n: u8) -> Client {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let stream = socket.connect(house.address).await.unwrap();
    let url = format!("ws://{}{path}?token={}", house.address, token(n));
    let request = url.into_client_request().unwrap();
    let (socket, _) = client_async(request, MaybeTlsStream::Plain(stream)).await.unwrap();
    Client { socket }
}

/// A storm of words until the slow reader is closed; the fast one has all of it.
async fn storm(house: &House, fast: &mut Client, slow: &mut Client) {
    const ROUND: usize = 50;
    const ROUNDS_MOST: usize = 400;
    let closed = (samples::user(2), false);
    house.until(|| house.world.presence().contains(&(samples::user(2), true))).await;
    let text = "long words ".repeat(180);
    let mut heard = Vec::new();
    for _ in 0..ROUNDS_MOST {
        for _ in 0..ROUND {
            house.world.chat(text.as_str());
        }
        heard.extend(fast.events(ROUND).await.iter().map(|event| event["seq"].as_i64().unwrap()));
        if house.world.presence().contains(&closed) {
            break;
        }
    }
    assert!(house.world.presence().contains(&closed), "the slow reader was never closed");
    let everything: Vec<i64> = (1..=house.world.last_seq()).collect();
    assert_eq!(heard, everything, "the fast reader missed something");
    assert_eq!(slow.close_code().await, 1013);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reaches_socket_queue_max() {
    let house = House::open().await;
    let mut fast = house.listener(1).await;
    let mut slow = with_small_window(&house, "/v1/events", 2).await;
    slow.subscribe(session(), None).await;
    slow.next().await;
    storm(&house, &mut fast, &mut slow).await;
    let mut again = house.socket(2).await;
    again.subscribe(session(), Some(house.world.last_seq() - 3)).await;
    assert_eq!(again.events(3).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_14_a_slow_reader_of_s3_is_closed_and_resumes() {
    let house = House::open().await;
    let mut fast = house.listener(1).await;
    let mut slow = with_small_window(&house, &format!("/ws/live/{}", session()), 2).await;
    slow.next().await;
    storm(&house, &mut fast, &mut slow).await;
    let last = house.world.last_seq();
    let mut again = house.live_at(&format!("?token={}&since={}", token(2), last - 3)).await.unwrap();
    assert_eq!(again.next().await["seq"], last - 3);
    for seq in last - 2..=last {
        assert_eq!(again.next().await["seq"], seq);
    }
}
