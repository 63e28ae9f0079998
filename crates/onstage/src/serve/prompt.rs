//! Connections that are taken on: without delay by the system, and not kept for callers without a word.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Waits so long for a connection's first byte, as hyper's own wait for headers begins only with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prompt(pub(super) Duration);

impl<S: Send + 'static> Accept<TcpStream, S> for Prompt {
    type Stream = TcpStream;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(TcpStream, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Self(wait) = *self;
        Box::pin(async move {
            stream.set_nodelay(true)?;
            timeout(wait, stream.peek(&mut [0])).await??;
            Ok((stream, service))
        })
    }
}
