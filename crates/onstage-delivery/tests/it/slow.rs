//! Hard case 14: a reader that reads nothing is closed and told to resume, and nobody else notices.

use onstage_domain::samples;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, client_async};

use crate::world::{Client, House, session, token};

/// A client whose machine takes in very little.
async fn with_small_window(house: &House, n: u8) -> Client {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let stream = socket.connect(house.address).await.unwrap();
    let url = format!("ws://{}/v1/events?token={}", house.address, token(n));
    let request = url.into_client_request().unwrap();
    let (socket, _) = client_async(request, MaybeTlsStream::Plain(stream)).await.unwrap();
    let mut client = Client { socket };
    client.subscribe(session(), None).await;
    client.next().await;
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reaches_socket_queue_max() {
    const ROUND: usize = 50;
    const ROUNDS_MOST: usize = 400;
    let house = House::open().await;
    let mut fast = house.listener(1).await;
    let mut slow = with_small_window(&house, 2).await;
    house.until(|| house.world.presence().contains(&(samples::user(2), true))).await;
    let text = "long words ".repeat(180);
    let mut heard = Vec::new();
    for _ in 0..ROUNDS_MOST {
        for _ in 0..ROUND {
            house.world.chat(text.as_str());
        }
        heard.extend(fast.events(ROUND).await.iter().map(|event| event["seq"].as_i64().unwrap()));
        if house.world.presence().contains(&(samples::user(2), false)) {
            break;
        }
    }
    assert!(house.world.presence().contains(&(samples::user(2), false)), "the slow reader was never closed");
    let everything: Vec<i64> = (1..=house.world.last_seq()).collect();
    assert_eq!(heard, everything, "the fast reader missed something");
    let code = slow.close_code().await;
    assert_eq!(code, 1013);
    let mut again = house.socket(2).await;
    again.subscribe(session(), Some(house.world.last_seq() - 3)).await;
    assert_eq!(again.events(3).await.len(), 3);
}
