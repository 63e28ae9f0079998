//! From HTTP to WebSocket (RFC 6455 §4.2): the one place that touches the handshake.
//!
//! Ours instead of the router's, because that one hides the connection: frames that were encoded once are written to
//! it as they are, and a socket keeps no copy of the longest frame it ever sent.

use std::convert::Infallible;
use std::future::Future;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use onstage_dialects::v1::FRAME_LENGTH_MAX;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::tasks::spawn_named;

/// Default buffers of a socket would cost 134 KiB each; what clients say is short.
const READ_BUFFER_SIZE: usize = 512;

/// A connection that speaks WebSocket.
pub(crate) type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// A request that wants to become a socket, or does not.
pub(crate) struct Upgrade(Option<Ready>);

struct Ready {
    accept: HeaderValue,
    upgraded: OnUpgrade,
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(ready(parts)))
    }
}

fn ready(parts: &mut Parts) -> Option<Ready> {
    let headers = &parts.headers;
    let asks = parts.method == Method::GET
        && names(headers, &header::CONNECTION, "upgrade")
        && names(headers, &header::UPGRADE, "websocket")
        && names(headers, &header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks)?;
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()?;
    Some(Ready { accept, upgraded: parts.extensions.remove::<OnUpgrade>()? })
}

/// Whether one of the words of a header is this one.
fn names(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
}

impl Upgrade {
    /// Answers the handshake, and serves the socket once the client has the answer; none when it asked for none.
    pub(crate) fn begin<F, Served>(self, serve: F) -> Option<Response>
    where
        F: FnOnce(Socket) -> Served + Send + 'static,
        Served: Future<Output = ()> + Send,
    {
        let Ready { accept, upgraded } = self.0?;
        spawn_named("socket", async move {
            // A client that went away in mid-handshake is none.
            if let Ok(connection) = upgraded.await {
                serve(socket(connection).await).await;
            }
        });
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, accept),
        ];
        Some((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
    }
}

async fn socket(connection: Upgraded) -> Socket {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_SIZE)
        .write_buffer_size(0)
        .max_message_size(Some(FRAME_LENGTH_MAX))
        .max_frame_size(Some(FRAME_LENGTH_MAX));
    WebSocketStream::from_raw_socket(TokioIo::new(connection), Role::Server, Some(config)).await
}
