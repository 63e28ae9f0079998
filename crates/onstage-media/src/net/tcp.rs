//! ICE over TCP: one listener for all shards; a connection belongs to the shard whose peer its first check names (RFC 6544).

pub(crate) mod frames;

use std::net::SocketAddr;
use std::time::Duration;

use onstage_sfu::Transport;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use self::frames::{Unframer, frame_into};
use super::ShardHandle;
use super::lane::{Carried, Frame, lane};
use super::listener::{self, Connected, Connections, STALLED_FOR_MAX};
use super::socket::plain;
use crate::config::MediaError;
use crate::tasks::spawn_named;

/// Time for the first frame, which has to name a peer.
pub(crate) const FIRST_FRAME_WITHIN: Duration = Duration::from_secs(5);
/// A connection without a byte for so long is closed; clients check every few seconds.
pub(crate) const IDLE_FOR_MAX: Duration = Duration::from_secs(45);
/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;
/// Frames that leave in one write.
const FRAMES_A_WRITE: usize = 32;

/// The listener, bound before the shards so that they can tell its address.
#[derive(Debug)]
pub(crate) struct TcpDoor {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

/// Binds the listener.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpDoor, MediaError> {
    let (listener, address) = listener::bind(address)?;
    Ok(TcpDoor { listener, address })
}

impl TcpDoor {
    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets connections in, for as long as the shards live.
    pub(crate) fn serve(self, shards: Vec<ShardHandle>) -> Result<Connections, MediaError> {
        let listener = TcpListener::from_std(self.listener).map_err(MediaError::Thread)?;
        let places = listener::connections();
        let counted = places.clone();
        spawn_named("media tcp listener", async move {
            listener::accept(listener, counted, |stream, remote, place| {
                spawn_named("media tcp", connection(stream, remote, place, shards.clone()));
            })
            .await;
        });
        Ok(places)
    }
}

/// One connection, from its first frame to its end.
async fn connection(mut stream: TcpStream, remote: SocketAddr, _place: Connected, shards: Vec<ShardHandle>) {
    let _best_effort = stream.set_nodelay(true);
    let Ok(local) = stream.local_addr() else { return };
    let (remote, local) = (plain(remote), plain(local));
    let mut frames = Unframer::default();
    let first = timeout(FIRST_FRAME_WITHIN, next_frame(&mut stream, &mut frames)).await;
    let Ok(Some(first)) = first else { return };
    let Some(shard) = owner(&shards, &first).await else { return };
    let (near, far) = lane();
    let opened = Carried::Open { transport: Transport::Tcp, remote, lane: near };
    if !shard.carry_surely(opened).await {
        return;
    }
    let place = Place { shard, remote, local };
    place.hand_in(first);
    let (reader, writer) = stream.into_split();
    tokio::select! {
        () = read(reader, frames, |frame| place.hand_in(frame)) => {}
        () = write(writer, far) => {}
    }
}

/// Where what comes by a connection goes.
struct Place<'a> {
    shard: &'a ShardHandle,
    remote: SocketAddr,
    local: SocketAddr,
}

impl Place<'_> {
    fn hand_in(&self, contents: Vec<u8>) {
        let (remote, local) = (self.remote, self.local);
        self.shard.carry(Carried::Datagram { transport: Transport::Tcp, remote, local, contents });
    }
}

/// The first whole frame; `None` when there is none, or none of this kind.
async fn next_frame(stream: &mut (impl AsyncRead + Unpin), frames: &mut Unframer) -> Option<Vec<u8>> {
    let mut buffer = [0; frames::FRAME_BYTES_MAX];
    loop {
        if let Some(frame) = frames.next_frame()? {
            return Some(frame);
        }
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        frames.push(buffer.get(..count)?);
    }
}

/// The shard that a first frame is for.
async fn owner<'a>(shards: &'a [ShardHandle], first: &[u8]) -> Option<&'a ShardHandle> {
    for shard in shards {
        if shard.awaits(first).await {
            return Some(shard);
        }
    }
    None
}

/// Hands in what comes, to the end of the connection.
async fn read(mut reader: impl AsyncRead + Unpin, mut frames: Unframer, hand_in: impl Fn(Vec<u8>)) {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        loop {
            match frames.next_frame() {
                Some(Some(frame)) => hand_in(frame),
                Some(None) => break,
                None => return,
            }
        }
        let count = match timeout(IDLE_FOR_MAX, reader.read(&mut buffer)).await {
            Ok(Ok(count)) if count > 0 => count,
            Ok(Ok(_) | Err(_)) | Err(_) => return,
        };
        frames.push(buffer.get(..count).unwrap_or_default());
    }
}

/// Sends what comes by the lane, several frames at once.
async fn write(mut writer: impl AsyncWrite + Unpin, mut lane: mpsc::Receiver<Frame>) {
    let (mut waiting, mut bytes) = (Vec::with_capacity(FRAMES_A_WRITE), Vec::new());
    while lane.recv_many(&mut waiting, FRAMES_A_WRITE).await > 0 {
        bytes.clear();
        for frame in waiting.drain(..) {
            frame_into(&frame.contents, &mut bytes);
        }
        if !matches!(timeout(STALLED_FOR_MAX, writer.write_all(&bytes)).await, Ok(Ok(()))) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
