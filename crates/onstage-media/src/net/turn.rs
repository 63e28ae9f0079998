//! The relay (TURN, RFC 8656) for clients whose network lets neither UDP to us nor TCP to the media port pass. It relays
//! to our own candidates only, and hands over in this process: no socket of it ever sends to anybody else.

mod allocation;
mod credentials;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
mod quota;
mod reply;
mod session;
mod stream;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use onstage_sfu::Transport;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

pub(crate) use self::credentials::Credentials;
pub(crate) use self::quota::{Quota, quota};
pub(crate) use self::session::Relay;
use self::session::{Heard, Outcome, Session};
use self::stream::{Messages, Next, message_into};
use super::ShardHandle;
use super::lane::{Carried, Frame, lane};
use super::listener::{self, Connected, Connections, STALLED_FOR_MAX};
use super::socket::plain;
use crate::clock;
use crate::config::MediaError;
use crate::tasks::spawn_named;

/// Time for an allocation on a new connection.
pub(crate) const ALLOCATE_WITHIN: Duration = Duration::from_secs(15);
/// How often allocations whose time is over are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(10);
/// Room for one datagram, or for what a stream has at once.
const BUFFER_BYTES: usize = 4_096;
/// Frames that leave in one write.
const FRAMES_A_WRITE: usize = 32;
/// The first byte of a TLS handshake (RFC 8446 §5.1); none of the relay's messages begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// Both sockets of the relay, bound.
#[derive(Debug)]
pub(crate) struct TurnDoor {
    udp: std::net::UdpSocket,
    tcp: std::net::TcpListener,
    address: SocketAddr,
}

/// What a running relay is asked for figures by.
#[derive(Debug, Clone)]
pub(crate) struct TurnFigures {
    pub(crate) quota: Quota,
    pub(crate) connections: Connections,
}

/// Binds UDP and TCP on the same port.
pub(crate) fn bind(address: SocketAddr) -> Result<TurnDoor, MediaError> {
    let (tcp, address) = listener::bind(address)?;
    let refused = |source| MediaError::Bind { address, source };
    let udp = std::net::UdpSocket::bind(address).map_err(refused)?;
    udp.set_nonblocking(true).map_err(refused)?;
    Ok(TurnDoor { udp, tcp, address })
}

/// What the relay works with.
#[derive(Debug, Clone)]
struct Ground {
    relay: Arc<Relay>,
    shards: Arc<[ShardHandle]>,
}

impl TurnDoor {
    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves clients, for as long as the shards live.
    pub(crate) fn serve(
        self,
        relay: Relay,
        shards: &[ShardHandle],
        tls: Option<Arc<ServerConfig>>,
    ) -> Result<TurnFigures, MediaError> {
        let figures = TurnFigures { quota: relay.quota.clone(), connections: listener::connections() };
        let ground = Ground { relay: Arc::new(relay), shards: shards.into() };
        let udp = UdpSocket::from_std(self.udp).map_err(MediaError::Thread)?;
        let tcp = TcpListener::from_std(self.tcp).map_err(MediaError::Thread)?;
        spawn_named("turn udp", datagrams(Arc::new(udp), ground.clone()));
        let (places, acceptor) = (figures.connections.clone(), tls.map(TlsAcceptor::from));
        spawn_named("turn tcp listener", async move {
            listener::accept(tcp, places, |stream, remote, place| {
                spawn_named(
                    "turn tcp",
                    connection(stream, remote, place, (ground.clone(), acceptor.clone())),
                );
            })
            .await;
        });
        Ok(figures)
    }
}

impl Ground {
    /// Hands a datagram to the shard of the candidate it is for, which learns the way back first.
    fn hand_over(
        &self,
        session: &mut Session,
        way: &mpsc::Sender<Frame>,
        (peer, contents): (SocketAddr, Vec<u8>),
    ) {
        let shard = self.relay.peers.get(&peer).copied();
        let Some((number, shard)) = shard.and_then(|number| Some((number, self.shards.get(number)?))) else {
            return;
        };
        let Some(remote) = session.relayed() else { return };
        if session.opens(number) {
            let opened = Carried::Open { transport: Transport::Udp, remote, lane: way.clone() };
            if !shard.carry(opened) {
                return session.opened_not(number);
            }
        }
        shard.carry(Carried::Datagram { transport: Transport::Udp, remote, local: peer, contents });
    }

    fn heard(remote: SocketAddr) -> Heard {
        Heard { now: Instant::now(), at: clock::now(), remote }
    }
}

/// A client by UDP that has an allocation.
#[derive(Debug)]
struct Client {
    session: Arc<Mutex<Session>>,
    way: mpsc::Sender<Frame>,
    /// Its end wakes the task that sends to the client.
    _ends: oneshot::Sender<()>,
}

/// Serves all clients by UDP.
async fn datagrams(socket: Arc<UdpSocket>, ground: Ground) {
    let mut clients: HashMap<SocketAddr, Client> = HashMap::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut sweep = interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                // An ICMP answer to an earlier send says nothing about this socket.
                let Ok((length, from)) = received else { continue };
                let bytes = buffer.get(..length).unwrap_or_default();
                if let Some(reply) = datagram(&mut clients, &socket, &ground, (from, bytes)) {
                    let _lost_like_any_datagram = socket.send_to(&reply, from).await;
                }
            }
            _ = sweep.tick() => {
                let now = Instant::now();
                clients.retain(|_, client| lock(&client.session).lives(now));
            }
        }
    }
}

/// One datagram of a client. Who has no allocation afterwards leaves nothing behind.
fn datagram(
    clients: &mut HashMap<SocketAddr, Client>,
    socket: &Arc<UdpSocket>,
    ground: &Ground,
    (from, bytes): (SocketAddr, &[u8]),
) -> Option<Vec<u8>> {
    let heard = Ground::heard(plain(from));
    let Some(client) = clients.get(&from) else {
        let mut session = Session::default();
        let outcome = session.hear(&ground.relay, heard, bytes);
        if session.relayed().is_some() {
            clients.insert(from, welcome(session, Arc::clone(socket), from));
        }
        return match outcome {
            Outcome::Reply(reply) => Some(reply),
            Outcome::Nothing | Outcome::Relay { .. } => None,
        };
    };
    let mut session = lock(&client.session);
    let outcome = session.hear(&ground.relay, heard, bytes);
    let is_over = session.relayed().is_none();
    let reply = match outcome {
        Outcome::Reply(reply) => Some(reply),
        Outcome::Nothing => None,
        Outcome::Relay { peer, contents } => {
            ground.hand_over(&mut session, &client.way, (peer, contents));
            None
        }
    };
    drop(session);
    if is_over {
        clients.remove(&from);
    }
    reply
}

/// A client with a new allocation, and the task that sends to it.
fn welcome(session: Session, socket: Arc<UdpSocket>, to: SocketAddr) -> Client {
    let session = Arc::new(Mutex::new(session));
    let (way, frames) = lane();
    let (ends, ended) = oneshot::channel();
    spawn_named("turn udp client", send_back(Arc::downgrade(&session), frames, ended, (socket, to)));
    Client { session, way, _ends: ends }
}

async fn send_back(
    session: Weak<Mutex<Session>>,
    mut frames: mpsc::Receiver<Frame>,
    mut ended: oneshot::Receiver<()>,
    (socket, to): (Arc<UdpSocket>, SocketAddr),
) {
    loop {
        let frame = tokio::select! {
            frame = frames.recv() => frame,
            _ = &mut ended => return,
        };
        let (Some(frame), Some(session)) = (frame, session.upgrade()) else { return };
        let bytes = lock(&session).hear_peer(Instant::now(), frame.local, &frame.contents);
        if let Some(bytes) = bytes {
            let _lost_like_any_datagram = socket.send_to(&bytes, to).await;
        }
    }
}

fn lock(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection, with or without TLS: its first byte says which.
async fn connection(
    stream: TcpStream,
    remote: SocketAddr,
    _place: Connected,
    (ground, acceptor): (Ground, Option<TlsAcceptor>),
) {
    let _best_effort = stream.set_nodelay(true);
    let mut first = [0];
    if !matches!(timeout(ALLOCATE_WITHIN, stream.peek(&mut first)).await, Ok(Ok(1))) {
        return;
    }
    match acceptor.filter(|_| first == [TLS_HANDSHAKE]) {
        Some(acceptor) => {
            if let Ok(Ok(stream)) = timeout(ALLOCATE_WITHIN, acceptor.accept(stream)).await {
                conversation(stream, remote, ground).await;
            }
        }
        None => conversation(stream, remote, ground).await,
    }
}

/// The messages of one connection, both ways, as long as there is an allocation.
async fn conversation<S: AsyncRead + AsyncWrite>(stream: S, remote: SocketAddr, ground: Ground) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let (way, mut frames) = lane();
    let (mut session, mut messages) = (Session::default(), Messages::default());
    let (mut waiting, mut bytes) = (Vec::with_capacity(FRAMES_A_WRITE), Vec::new());
    let mut buffer = vec![0; BUFFER_BYTES];
    let begun = Instant::now();
    loop {
        let until = session.until().or_else(|| begun.checked_add(ALLOCATE_WITHIN)).unwrap_or(begun);
        bytes.clear();
        tokio::select! {
            read = timeout_at(until.into(), reader.read(&mut buffer)) => {
                let Ok(Ok(length)) = read else { return };
                messages.push(buffer.get(..length).unwrap_or_default());
                if length == 0 || !converse(&mut session, &mut messages, &mut bytes, (&ground, &way, remote)) {
                    return;
                }
            }
            _ = frames.recv_many(&mut waiting, FRAMES_A_WRITE) => {
                let now = Instant::now();
                for frame in waiting.drain(..) {
                    if let Some(message) = session.hear_peer(now, frame.local, &frame.contents) {
                        message_into(&message, &mut bytes);
                    }
                }
            }
        }
        let written = timeout(STALLED_FOR_MAX, async {
            writer.write_all(&bytes).await?;
            writer.flush().await
        });
        if !bytes.is_empty() && !matches!(written.await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Everything that has come whole. False: this is no conversation of that kind.
fn converse(
    session: &mut Session,
    messages: &mut Messages,
    replies: &mut Vec<u8>,
    (ground, way, remote): (&Ground, &mpsc::Sender<Frame>, SocketAddr),
) -> bool {
    loop {
        let message = match messages.next_message() {
            Next::Message(message) => message,
            Next::More => return true,
            Next::Garbage => return false,
        };
        match session.hear(&ground.relay, Ground::heard(remote), &message) {
            Outcome::Nothing => {}
            Outcome::Reply(reply) => message_into(&reply, replies),
            Outcome::Relay { peer, contents } => ground.hand_over(session, way, (peer, contents)),
        }
    }
}
