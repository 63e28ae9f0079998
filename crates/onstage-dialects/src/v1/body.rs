//! What every request body and every reply body of `/v1` can do.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Command, Reply, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request body that becomes a command together with the ids of its path.
pub trait Body: DeserializeOwned {
    /// The ids of the path.
    type Target;

    /// The command, or every wrong field at once.
    fn command(self, target: Self::Target) -> Result<Command, Problem>;

    /// Whose act the body claims to be; identity comes from the token, so a claim can only be refused (K9).
    fn claimed(&self) -> Option<&str> {
        None
    }
}

/// A reply body that can be made of the reply its command is known to give.
pub trait FromReply: Serialize + Sized {
    /// `None` when the reply is of another kind.
    fn from_reply(reply: Reply) -> Option<Self>;
}

/// Refuses a body that speaks for somebody else.
pub fn check_identity(claimed: Option<&str>, actor: UserId) -> Result<(), Problem> {
    match claimed {
        Some(claim) if claim.parse() != Ok(actor) => Err(Problem::new(Code::IdentityMismatch)),
        Some(_) | None => Ok(()),
    }
}

/// Body, path and token to a command.
pub fn command_of<B: Body>(body: B, target: B::Target, actor: UserId) -> Result<Command, Problem> {
    check_identity(body.claimed(), actor)?;
    body.command(target)
}

/// The reply as its body; a reply of another kind is a fault of ours.
pub fn rendered<R: FromReply>(reply: Reply) -> Result<R, Problem> {
    R::from_reply(reply).ok_or_else(|| Problem::new(Code::Fault))
}

/// The body as a JSON value.
pub(crate) fn value_of<S: Serialize>(body: &S) -> Result<Value, Problem> {
    serde_json::to_value(body).map_err(|_| Problem::new(Code::Fault))
}

impl FromReply for super::Empty {
    fn from_reply(reply: Reply) -> Option<Self> {
        matches!(reply, Reply::Done).then_some(Self {})
    }
}
