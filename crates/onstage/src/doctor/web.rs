//! As much of HTTP/1.1 as the doctor needs: one request a connection, with or without TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Time for one exchange.
const WITHIN: Duration = Duration::from_secs(10);
/// Longest reply that is read.
pub(super) const REPLY_BYTES_MAX: u64 = 256 * 1024;

/// Where a server is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) is_tls: bool,
    pub(super) host: String,
    pub(super) port: u16,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Place {
    /// From an address such as `https://show.example`.
    pub(super) fn read(url: &str) -> Result<Self, String> {
        let refused = || format!("`{url}` is no http:// or https:// address");
        let (is_tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(refused()),
        };
        let authority = rest.split('/').next().unwrap_or(rest);
        let default = if is_tls { 443 } else { 80 };
        let (host, port) = split(authority, default).ok_or_else(refused)?;
        Ok(Self { is_tls, host, port })
    }

    /// One request, one reply. An upgrade is over with its head.
    pub(super) async fn ask(&self, request: &str) -> Result<Reply, String> {
        timeout(WITHIN, self.exchange(request)).await.unwrap_or_else(|_| Err("no answer".to_owned()))
    }

    async fn exchange(&self, request: &str) -> Result<Reply, String> {
        let said = |error: io::Error| error.to_string();
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(said)?;
        let bytes = if self.is_tls {
            let (name, config) = trust(&self.host)?;
            let stream = TlsConnector::from(config).connect(name, stream).await.map_err(said)?;
            talk(stream, request).await
        } else {
            talk(stream, request).await
        };
        Reply::read(&bytes.map_err(said)?).ok_or_else(|| "the answer is no HTTP".to_owned())
    }

    /// The head of a request.
    pub(super) fn head(&self, first: &str, more: &str) -> String {
        format!(
            "{first} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: onstage-doctor\r\n{more}\r\n",
            self.host, self.port
        )
    }
}

/// Host and port of `host`, `host:port` or `[address]:port`.
pub(super) fn split(authority: &str, default: u16) -> Option<(String, u16)> {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port = rest.strip_prefix(':').map_or(Some(default), |port| port.parse().ok())?;
        return Some((host.to_owned(), port));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, default),
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// The first address of a host.
pub(super) async fn resolve(host: &str, port: u16) -> Result<SocketAddr, String> {
    let mut found = tokio::net::lookup_host((host, port)).await.map_err(|error| error.to_string())?;
    found.next().ok_or_else(|| format!("{host} has no address"))
}

/// Trusts what this machine trusts.
pub(super) fn trust(host: &str) -> Result<(ServerName<'static>, Arc<ClientConfig>), String> {
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok((name, Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())))
}

pub(super) async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes()).await?;
    let is_upgrade = request.contains("\r\nUpgrade: ");
    let mut bytes = Vec::new();
    let mut limited = stream.take(REPLY_BYTES_MAX);
    loop {
        // A peer that closes without TLS's goodbye has said everything all the same.
        let count = match limited.read_buf(&mut bytes).await {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error),
        };
        if count == 0 || (is_upgrade && bytes.windows(4).any(|four| four == b"\r\n\r\n")) {
            return Ok(bytes);
        }
    }
}

impl Reply {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.strip_prefix("HTTP/1.")?.split_whitespace().nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut reply = Self { status, headers, body: body.to_owned() };
        if reply.header("transfer-encoding").is_some_and(|kind| kind.eq_ignore_ascii_case("chunked")) {
            reply.body = unchunked(body);
        }
        Some(reply)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A body in pieces (RFC 9112 §7.1), put together.
fn unchunked(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length =
            usize::from_str_radix(length.split(';').next().unwrap_or(length).trim(), 16).unwrap_or(0);
        let Some(piece) = after.get(..length).filter(|piece| !piece.is_empty()) else { break };
        body.push_str(piece);
        rest = after.get(length..).unwrap_or_default().trim_start_matches("\r\n");
    }
    body
}
