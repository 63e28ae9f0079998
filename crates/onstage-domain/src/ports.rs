//! How the floor-2 crates meet: small traits the binary fills, with plain futures and no runtime.

use std::future::Future;
use std::pin::Pin;

use crate::actor::Actor;
use crate::event::{Envelope, Place};
use crate::ids::{FamilyId, IdempotencyKey, Seq, SessionId, UserId};
use crate::media::{MediaAccess, MediaFact, MediaOrder};
use crate::problem::Problem;
use crate::reply::{Command, Query, Reply, Snapshot};
use crate::time::At;

/// A boxed future without a runtime in its name.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What came with a connection.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// A JWT access token (header, first frame, or `?token=`).
    Token(&'a str),
    /// A single-use ticket (`POST /v1/tickets`).
    Ticket(&'a str),
    /// Either of the two, as `?token=` allows.
    Either(&'a str),
}

/// Token to actor. Identity comes from here and from nowhere else.
pub trait Authenticate: Send + Sync {
    /// Verifies signature, time, revocation and ban.
    fn authenticate<'a>(&'a self, credential: Credential<'a>) -> Pending<'a, Result<Actor, Problem>>;
}

/// Changes: one door for every slice and transport.
pub trait Execute: Send + Sync {
    /// Carries the command out as this actor, or says why not. A known `key` answers as the first call did.
    fn execute<'a>(
        &'a self,
        actor: &'a Actor,
        command: Command,
        key: Option<IdempotencyKey>,
    ) -> Pending<'a, Result<Reply, Problem>>;
}

/// Questions: nothing changes.
pub trait Ask: Send + Sync {
    /// Answers as far as this actor may know.
    fn ask<'a>(&'a self, actor: &'a Actor, query: Query) -> Pending<'a, Result<Reply, Problem>>;
}

/// The log of a session, for resume.
pub trait ReadLog: Send + Sync {
    /// Kept events after `since`, oldest first, at most `limit`, *unfiltered*: whoever hands them on asks each
    /// event's audience. `None` when the log no longer reaches back that far.
    fn read_log(
        &self,
        session: SessionId,
        since: Seq,
        limit: u32,
    ) -> Pending<'_, Result<Option<Vec<Envelope>>, Problem>>;
}

/// The state a fresh subscriber starts from.
pub trait TakeSnapshot: Send + Sync {
    /// State, the place (role) of this actor and the `seq` up to which the state is true; refuses the blocked.
    fn take_snapshot<'a>(
        &'a self,
        actor: &'a Actor,
        session: SessionId,
    ) -> Pending<'a, Result<(Snapshot, Place), Problem>>;
}

/// Who holds a socket that is subscribed to a session: presence, told by delivery.
pub trait ObservePresence: Send + Sync {
    /// The first socket of this person in this session opened (`true`) or the last one closed (`false`).
    fn observe_presence<'a>(&'a self, session: SessionId, actor: &'a Actor, present: bool)
    -> Pending<'a, ()>;
}

/// What the media engine saw, told to the stage.
pub trait ObserveMedia: Send + Sync {
    /// Idempotent by the fact's id.
    fn observe_media(&self, fact: MediaFact) -> Pending<'_, ()>;
}

/// A media engine: embedded, or a LiveKit cluster. Nothing above this trait knows which.
pub trait CarryOut: Send + Sync {
    /// Takes desired states in order; resolves to true once every one of them is enforced.
    fn carry_out(&self, orders: Vec<MediaOrder>) -> Pending<'_, bool>;
    /// Address and token for one person; `grant` only shapes the token, the orders are what is enforced.
    fn access(&self, request: AccessRequest<'_>) -> Result<MediaAccess, Problem>;
}

/// What a LiveKit token is made from.
#[derive(Clone, Copy, Debug)]
pub struct AccessRequest<'a> {
    /// The room.
    pub room_name: &'a str,
    /// Who.
    pub actor: &'a Actor,
    /// May publish anything at all now.
    pub staged: bool,
    /// Now.
    pub now: At,
}

/// Answers for people whose clients do not signal each other: the media engine stands in for them (`shapes.md` §4).
pub trait AnswerSignal: Send + Sync {
    /// Answers an offer, or says why not. What comes later of the same connection goes by its line.
    fn answer<'a>(&'a self, offer: SignalOffer<'a>) -> Pending<'a, Result<AnsweredSignal, Problem>>;
}

/// An offer for a peer connection, from a client that would speak to people and not to a media server.
pub struct SignalOffer<'a> {
    /// Where both are on stage: who hands the offer in has seen to that.
    pub session: SessionId,
    /// Who offers.
    pub asker: &'a Actor,
    /// Whom the connection is to show and let hear.
    pub behalf: Behalf,
    /// The offer (RFC 8866).
    pub sdp: &'a str,
    /// Called when the connection ends by itself, which is not when its line is dropped. Never waits.
    pub on_end: Box<dyn FnOnce() + Send>,
}

/// On whose behalf an offer is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behalf {
    /// One person.
    Person(UserId),
    /// Everybody on stage, as far as the m-lines of the offer go.
    Stage,
}

/// An answered offer.
pub struct AnsweredSignal {
    /// The answer, with every candidate in it.
    pub sdp: String,
    /// The way to the connection; dropping it ends the connection.
    pub line: Box<dyn SignalLine>,
}

/// The way to a connection that was answered.
pub trait SignalLine: Send + Sync {
    /// Whether this offer is of the same peer connection of the client.
    fn continues(&self, sdp: &str) -> bool;
    /// The client offers again; returns the answer.
    fn offer<'a>(&'a self, sdp: &'a str) -> Pending<'a, Result<String, Problem>>;
    /// A candidate of the client (RFC 8839 section 5.1).
    fn candidate<'a>(&'a self, candidate: &'a str) -> Pending<'a, ()>;
    /// Whether the connection has not ended yet.
    fn is_open(&self) -> bool;
    /// Ends it; resolves once whoever offers next finds its place free.
    fn end(self: Box<Self>) -> Pending<'static, ()>;
}

/// Committed envelopes on their way to sockets; called after the commit, never blocks.
pub trait Publish: Send + Sync {
    /// In `seq` order within a session.
    fn publish(&self, envelopes: Vec<Envelope>);
    /// Closes the sockets of a sign-in (sign-out, ban, reuse) with 4401, or of one person in one session (kick).
    fn hang_up(&self, whom: HangUp);
}

/// Whose sockets to close, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HangUp {
    /// Sign-out, refresh reuse.
    Family(FamilyId),
    /// Ban, deletion.
    User(UserId),
    /// Kick: this person's subscriptions of this session end; sockets of one-session dialects close with 4403.
    Kicked(SessionId, UserId),
}
