//! Would catch a frame that a client reads as something else: each length is encoded in its own way.

use onstage_dialects::v1::FRAME_LENGTH_MAX;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::Wire;
use crate::line::Closing;

#[tokio::test]
async fn a_client_reads_what_was_written_whatever_its_length() {
    let texts: Vec<String> = [0, 1, 125, 126, 65_535, 65_536, FRAME_LENGTH_MAX.saturating_mul(2)]
        .into_iter()
        .map(|length| "x".repeat(length))
        .collect();
    let mut bytes = Wire::several(texts.iter()).bytes.to_vec();
    bytes.extend_from_slice(&Wire::ping().bytes);
    bytes.extend_from_slice(&Wire::close(Closing::SLOW).bytes);
    let stream = std::io::Cursor::new(bytes);
    let mut client = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    for text in &texts {
        let read = futures_util::StreamExt::next(&mut client).await;
        assert!(matches!(read, Some(Ok(Message::Text(read))) if read.as_str() == text), "{}", text.len());
    }
    assert!(matches!(futures_util::StreamExt::next(&mut client).await, Some(Ok(Message::Ping(_)))));
    let close = futures_util::StreamExt::next(&mut client).await;
    let Some(Ok(Message::Close(Some(close)))) = close else { panic!("{close:?}") };
    assert_eq!((u16::from(close.code), close.reason.as_str()), (1013, Closing::SLOW.reason));
}
