//! What `onstage doctor` asks the network: whether a check by UDP or TCP is answered, and whether the relay relays.

pub(crate) mod message;
pub(crate) mod relay;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub use self::relay::RelayUser;
use self::relay::{Leg, Relayed};
use crate::net::tcp::frames::frame_into;

/// Time for one answer; a lost datagram is sent again meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Between two tries of the same datagram.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Room for one answer.
const ANSWER_BYTES: usize = 4_096;

/// Why a leg failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeFault {
    /// Nobody answered in time.
    #[error("no answer within {} s", ANSWER_WITHIN.as_secs())]
    Silent,
    /// The connection was refused or broke.
    #[error("{0}")]
    Connection(String),
    /// The relay said no.
    #[error("the relay refused with {0}")]
    Refused(u16),
    /// An answer that makes no sense.
    #[error("the answer cannot be read")]
    Unreadable,
}

impl From<std::io::Error> for ProbeFault {
    fn from(error: std::io::Error) -> Self {
        Self::Connection(error.to_string())
    }
}

/// What the answer to a test offer tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    ufrag: String,
    password: String,
    /// Where UDP is answered.
    pub udp: Vec<SocketAddr>,
    /// Where TCP is answered.
    pub tcp: Vec<SocketAddr>,
}

impl Target {
    /// From the SDP text; `None` if it has no credentials.
    pub fn read(sdp: &str) -> Option<Self> {
        let value =
            |name: &str| sdp.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::to_owned);
        let mut target =
            Self { ufrag: value("a=ice-ufrag:")?, password: value("a=ice-pwd:")?, ..Self::default() };
        for line in sdp.lines().filter_map(|line| line.trim().strip_prefix("a=candidate:")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, _, transport, _, ip, port, ..] = words.as_slice() else { continue };
            let (Ok(ip), Ok(port)) = (ip.parse(), port.parse()) else { continue };
            let list = if transport.eq_ignore_ascii_case("tcp") { &mut target.tcp } else { &mut target.udp };
            list.push(SocketAddr::new(ip, port));
        }
        Some(target)
    }

    fn check(&self) -> Option<Vec<u8>> {
        message::check(&format!("{}:{OWN_UFRAG}", self.ufrag), &self.password)
    }
}

const OWN_UFRAG: &str = "doctor";

/// An offer of one data channel, which nobody will ever open: the answer tells where checks go.
#[must_use]
pub fn offer() -> String {
    let fingerprint = ["00"; 32].join(":");
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:{OWN_UFRAG}\r\n\
         a=ice-pwd:doctordoctordoctordoctor\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=mid:0\r\n\
         a=sctp-port:5000\r\na=max-message-size:65536\r\n"
    )
}

/// Whether a check by UDP is answered, and how soon.
///
/// # Errors
/// When it is not.
pub async fn udp(target: &Target, to: SocketAddr) -> Result<Duration, ProbeFault> {
    let begun = Instant::now();
    let check = target.check().ok_or(ProbeFault::Unreadable)?;
    let socket = connected(to).await?;
    ask(&socket, &check, message::is_success).await?;
    Ok(begun.elapsed())
}

/// Whether a check by TCP is answered, and how soon.
///
/// # Errors
/// When it is not.
pub async fn tcp(target: &Target, to: SocketAddr) -> Result<Duration, ProbeFault> {
    let begun = Instant::now();
    let check = target.check().ok_or(ProbeFault::Unreadable)?;
    let conversation = async {
        let mut stream = TcpStream::connect(to).await?;
        let mut bytes = Vec::new();
        frame_into(&check, &mut bytes);
        stream.write_all(&bytes).await?;
        let length = usize::from(stream.read_u16().await?).min(ANSWER_BYTES);
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).await?;
        if message::is_success(&answer) { Ok(begun.elapsed()) } else { Err(ProbeFault::Unreadable) }
    };
    timeout(ANSWER_WITHIN, conversation).await.unwrap_or(Err(ProbeFault::Silent))
}

/// Whether the relay by UDP passes a check on to a candidate and its answer back.
///
/// # Errors
/// When it does not.
pub async fn relay_udp(
    relay: SocketAddr,
    user: &RelayUser,
    target: &Target,
    peer: SocketAddr,
) -> Result<Duration, ProbeFault> {
    let begun = Instant::now();
    let socket = connected(relay).await?;
    relayed(&mut DatagramLeg(socket), user, target, peer).await?;
    Ok(begun.elapsed())
}

/// The same by TCP, or by TLS when a name and settings for it are given.
///
/// # Errors
/// When it does not.
pub async fn relay_tcp(
    relay: SocketAddr,
    tls: Option<(ServerName<'static>, Arc<ClientConfig>)>,
    user: &RelayUser,
    (target, peer): (&Target, SocketAddr),
) -> Result<Duration, ProbeFault> {
    let begun = Instant::now();
    let conversation = async {
        let stream = TcpStream::connect(relay).await?;
        match tls {
            Some((name, config)) => {
                let stream = TlsConnector::from(config).connect(name, stream).await?;
                relayed(&mut StreamLeg(stream), user, target, peer).await
            }
            None => relayed(&mut StreamLeg(stream), user, target, peer).await,
        }
    };
    timeout(ANSWER_WITHIN, conversation).await.unwrap_or(Err(ProbeFault::Silent))?;
    Ok(begun.elapsed())
}

async fn relayed(
    leg: &mut impl Leg,
    user: &RelayUser,
    target: &Target,
    peer: SocketAddr,
) -> Result<(), ProbeFault> {
    let mut relayed = Relayed::open(leg, user).await?;
    relayed.permit(leg, peer).await?;
    let check = target.check().ok_or(ProbeFault::Unreadable)?;
    let answer = leg.ask(&message::send(peer, &check).ok_or(ProbeFault::Unreadable)?).await?;
    let (from, contents) = message::data(&answer).ok_or(ProbeFault::Unreadable)?;
    // Nothing is left behind when this is lost, too: the allocation ends by itself.
    let _ended = relayed.end(leg).await;
    if from == peer && message::is_success(&contents) { Ok(()) } else { Err(ProbeFault::Unreadable) }
}

async fn connected(to: SocketAddr) -> Result<UdpSocket, ProbeFault> {
    let any: SocketAddr = if to.is_ipv6() { ([0_u16; 8], 0).into() } else { ([0_u8; 4], 0).into() };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(to).await?;
    Ok(socket)
}

/// Sends until something that counts comes back.
async fn ask(socket: &UdpSocket, bytes: &[u8], counts: fn(&[u8]) -> bool) -> Result<Vec<u8>, ProbeFault> {
    let mut buffer = vec![0; ANSWER_BYTES];
    let conversation = async {
        loop {
            socket.send(bytes).await?;
            while let Ok(received) = timeout(AGAIN_AFTER, socket.recv(&mut buffer)).await {
                let answer = buffer.get(..received?).unwrap_or_default();
                if counts(answer) {
                    return Ok(answer.to_vec());
                }
            }
        }
    };
    timeout(ANSWER_WITHIN, conversation).await.unwrap_or(Err(ProbeFault::Silent))
}

struct DatagramLeg(UdpSocket);

impl Leg for DatagramLeg {
    async fn ask(&mut self, bytes: &[u8]) -> Result<Vec<u8>, ProbeFault> {
        ask(&self.0, bytes, |_| true).await
    }
}

struct StreamLeg<S>(S);

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Leg for StreamLeg<S> {
    async fn ask(&mut self, bytes: &[u8]) -> Result<Vec<u8>, ProbeFault> {
        self.0.write_all(bytes).await?;
        self.0.flush().await?;
        let mut answer = vec![0; message::HEADER_BYTES];
        self.0.read_exact(&mut answer).await?;
        let body = message::body_length(&answer).filter(|body| *body <= ANSWER_BYTES);
        answer.resize(message::HEADER_BYTES.saturating_add(body.ok_or(ProbeFault::Unreadable)?), 0);
        self.0.read_exact(answer.get_mut(message::HEADER_BYTES..).unwrap_or_default()).await?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
