//! WHIP in (RFC 9725) and, with the same machinery, WHEP out (draft-ietf-wish-whep): sessions that are made by HTTP, each
//! an ordinary member of its room with nobody at a socket.

pub(crate) mod description;
mod fragment;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
pub(crate) mod refusal;
mod routes;
pub(crate) mod session;
mod sessions;

pub(crate) use self::routes::router;

/// Which of the two protocols somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Media comes in.
    Whip,
    /// Media goes out.
    Whep,
}

impl Protocol {
    /// Where its sessions are.
    fn path(self) -> &'static str {
        match self {
            Self::Whip => "/whip/v1",
            Self::Whep => "/whep/v1",
        }
    }
}

/// Bytes of one offer or fragment.
pub(crate) const EDGE_BODY_BYTES_MAX: usize = 64 * 1024;
/// m-lines of one offer.
pub(crate) const EDGE_LINES_MAX: usize = 32;
/// Sessions of one process.
pub(crate) const EDGE_SESSIONS_MAX: usize = 4_096;
/// Sessions that one token has at once; each new one of a person takes the place of the last.
pub(crate) const SESSIONS_PER_TOKEN_MAX: usize = 4;
/// Fragments of one session in a second.
pub(crate) const PATCHES_PER_SECOND_MAX: usize = 20;
/// Candidates of one fragment that are read.
pub(crate) const CANDIDATES_PER_PATCH_MAX: usize = 32;
/// Instructions that wait for one session.
pub(crate) const EDGE_COMMANDS_MAX: usize = 64;

#[cfg(test)]
mod tests;
