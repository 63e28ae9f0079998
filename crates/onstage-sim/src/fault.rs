//! Why a bot could not do what it wanted.

/// What went wrong. `Problem` is the server's considered no; the rest is the world.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The server said no and why.
    #[error("{status} {code}: {detail}")]
    Problem {
        /// HTTP status.
        status: u16,
        /// `<slice>/<word>`, empty when the body was no problem.
        code: String,
        /// The sentence for people.
        detail: String,
    },
    /// A reply without the field that it must have.
    #[error("the reply has no `{0}`")]
    Missing(&'static str),
    /// HTTP failed.
    #[error("HTTP: {0}")]
    Http(#[from] reqwest::Error),
    /// A WebSocket failed.
    #[error("socket: {0}")]
    Socket(Box<tokio_tungstenite::tungstenite::Error>),
    /// A WebSocket upgrade was answered by a status.
    #[error("the upgrade was refused with {0}")]
    Refused(u16),
    /// An address cannot be read.
    #[error("not an address: {0}")]
    Address(String),
    /// The media session ended while somebody waited for it.
    #[error("the media session has ended")]
    Ended,
    /// Waited long enough.
    #[error("waited in vain for {0}")]
    TimedOut(&'static str),
    /// The operating system said no.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// WebRTC said no.
    #[error("media: {0}")]
    Media(String),
}

impl From<tokio_tungstenite::tungstenite::Error> for Fault {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        if let tokio_tungstenite::tungstenite::Error::Http(response) = error {
            return Self::Refused(response.status().as_u16());
        }
        Self::Socket(Box::new(error))
    }
}

impl From<str0m::RtcError> for Fault {
    fn from(error: str0m::RtcError) -> Self {
        Self::Media(error.to_string())
    }
}
