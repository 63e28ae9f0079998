//! LiveKit's signalling socket: one protobuf a frame.

use std::net::SocketAddr;

use base64::Engine as _;
use futures_util::{SinkExt, StreamExt};
use livekit_protocol::{self as lk, signal_request, signal_response};
use prost::Message as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Options;
use crate::Fault;

/// The protocol version we speak.
const PROTOCOL: u32 = 16;
/// A crowd of bots shares the machine with the server, and the default is 128 KiB.
const READ_BUFFER_BYTES: usize = 4_096;

pub(super) struct Signal {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Signal {
    pub(super) async fn open(url: String) -> Result<Self, Fault> {
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let opened = tokio_tungstenite::connect_async_with_config(url, Some(config), false);
        let (stream, _response) = opened.await?;
        if let MaybeTlsStream::Plain(tcp) = stream.get_ref() {
            tcp.set_nodelay(true)?;
        }
        Ok(Self { stream })
    }

    pub(super) async fn send(&mut self, message: signal_request::Message) -> Result<(), Fault> {
        let frame = lk::SignalRequest { message: Some(message) }.encode_to_vec();
        Ok(self.stream.send(Message::Binary(frame.into())).await?)
    }

    /// The next message; `None` when the socket is closed or broken.
    pub(super) async fn next(&mut self) -> Option<signal_response::Message> {
        while let Some(Ok(frame)) = self.stream.next().await {
            match frame {
                Message::Binary(bytes) => {
                    if let Ok(lk::SignalResponse { message: Some(message) }) =
                        lk::SignalResponse::decode(bytes)
                    {
                        return Some(message);
                    }
                }
                Message::Close(_) => return None,
                Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        None
    }

    pub(super) async fn close(mut self) {
        // Whether the other side still listens does not matter any more.
        let _closed = self.stream.close(None).await;
    }
}

/// The address to join at, or to resume at when a participant sid is given.
pub(super) fn address(options: &Options, token: &str, resume: Option<&str>) -> String {
    let base = options.url.trim_end_matches('/').replacen("http", "ws", 1);
    let mut address = format!(
        "{base}/rtc?access_token={token}&auto_subscribe={}&adaptive_stream={}&sdk=rust&version=0.1.0&protocol={PROTOCOL}",
        u8::from(options.auto_subscribe),
        u8::from(options.adaptive_stream),
    );
    if let Some(sid) = resume {
        address.push_str("&reconnect=1&sid=");
        address.push_str(sid);
    }
    address
}

/// The address to join at with one connection, everything that is to be said packed into it.
pub(super) fn single_address(options: &Options, token: &str, offer: lk::SessionDescription) -> String {
    let base = options.url.trim_end_matches('/').replacen("http", "ws", 1);
    let settings = lk::ConnectionSettings {
        auto_subscribe: options.auto_subscribe,
        adaptive_stream: options.adaptive_stream,
        ..lk::ConnectionSettings::default()
    };
    let client =
        lk::ClientInfo { protocol: i32::try_from(PROTOCOL).unwrap_or_default(), ..lk::ClientInfo::default() };
    let request = lk::JoinRequest {
        client_info: Some(client),
        connection_settings: Some(settings),
        publisher_offer: Some(offer),
        ..lk::JoinRequest::default()
    };
    let wrapped = lk::WrappedJoinRequest {
        compression: lk::wrapped_join_request::Compression::None as i32,
        join_request: request.encode_to_vec(),
    };
    let packed = base64::engine::general_purpose::URL_SAFE.encode(wrapped.encode_to_vec());
    format!("{base}/rtc/v1?access_token={token}&join_request={packed}")
}

/// Host and port of an address, for choosing the local interface.
pub(super) async fn resolve(url: &str) -> Result<SocketAddr, Fault> {
    let bad = || Fault::Address(url.to_owned());
    let rest = url.split_once("://").ok_or_else(bad)?.1;
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let with_port = match authority.rsplit_once(':') {
        Some((_, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => authority.to_owned(),
        Some(_) | None => format!("{authority}:80"),
    };
    tokio::net::lookup_host(with_port).await?.next().ok_or_else(bad)
}
