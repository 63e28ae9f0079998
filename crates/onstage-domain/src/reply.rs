//! The words every transport shares: commands, questions, replies, and the views they are made of.

use serde::{Deserialize, Serialize};

use crate::accounts::AccountView;
use crate::chat::{Line, MessageView};
use crate::event::Envelope;
use crate::ids::{MessageId, Seq, SessionId, UserId};
use crate::media::MediaAccess;
use crate::moderation::AuditView;
use crate::sessions::{AnalyticsView, SessionView, SummaryView};
use crate::stage::{InvitationView, ParticipantView, RequestState, RequestView, Role};
use crate::time::At;
use crate::{accounts, chat, moderation, sessions, stage};

/// A wish to change something, of any slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// People.
    Accounts(accounts::Command),
    /// Shows.
    Sessions(sessions::Command),
    /// Sanctions.
    Moderation(moderation::Command),
    /// Seats.
    Stage(stage::Command),
    /// Words and hearts.
    Chat(chat::Command),
}

/// Where a page of a list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Opaque to clients: the last item's key.
    pub cursor: Option<String>,
    /// 1–200.
    pub limit: u32,
}

/// How many items a page has when nothing is said, and at most.
pub const PAGE_LIMIT_DEFAULT: u32 = 50;
/// Larger wishes are clamped to this.
pub const PAGE_LIMIT_MAX: u32 = 200;

/// Which messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Older than this message.
    Message(MessageId),
    /// Older than this moment.
    Moment(At),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The account behind the token.
    Me,
    /// Operator: everybody.
    Accounts(Page),
    /// Operator: what was done to whom.
    Audit(Page),
    /// Public live sessions, busiest first.
    LiveSessions(Page),
    /// One session.
    Session(SessionId),
    /// Staged first, then present viewers with an account.
    People(SessionId, Page),
    /// For who manages the queue; others are refused. `None` = every state.
    Requests(SessionId, Option<RequestState>, Page),
    /// Managers: all; others: those for them.
    Invitations(SessionId, Page),
    /// Newest page first, oldest first within it.
    Messages(SessionId, Option<Before>, Page),
    /// The same with the lines the server wrote (somebody came up, somebody left the stage).
    History(SessionId, Option<Before>, Page),
    /// What the caller may hear.
    Events(SessionId, Seq, u32),
    /// Numbers of the running or ended show.
    Stats(SessionId),
    /// Owner and operator: how the show went, over time.
    Analytics(SessionId),
}

/// Items and where to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// The page.
    pub items: Vec<T>,
    /// Present when there is more.
    pub next_cursor: Option<String>,
    /// How many in all, where counted.
    pub total: Option<u64>,
}

/// The answer to a command or a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Nothing to say beyond yes.
    Done,
    /// An account.
    Account(AccountView),
    /// Accounts.
    Accounts(Listed<AccountView>),
    /// Audit log.
    Audit(Listed<AuditView>),
    /// A session.
    Session(Box<SessionView>),
    /// Sessions.
    Sessions(Listed<SessionView>),
    /// Entry to a session.
    Joined(Box<Joined>),
    /// A session's end.
    Ended(Box<SessionView>, SummaryView),
    /// Stats of a session.
    Stats(Box<SessionView>, SummaryView),
    /// How a show went.
    Analytics(Box<AnalyticsView>),
    /// A request; its person once somebody answered it, or where it led to a seat at once.
    Request(RequestView, Option<ParticipantView>),
    /// Requests.
    Requests(Listed<RequestView>),
    /// An invitation, and the seat it led to.
    Invitation(InvitationView, Option<ParticipantView>),
    /// Invitations.
    Invitations(Listed<InvitationView>),
    /// A person in a session after a change; `enforced` where media had to obey; `prompted` for asks.
    Participant {
        /// After the change.
        participant: ParticipantView,
        /// The engine acknowledged in time.
        enforced: Option<bool>,
        /// The person was asked, not changed.
        prompted: bool,
    },
    /// People.
    People(Listed<ParticipantView>),
    /// Allow back.
    Enforced(bool),
    /// Kick.
    Kicked {
        /// As they stood when they were put out.
        participant: ParticipantView,
        /// The engine acknowledged in time.
        enforced: bool,
    },
    /// Timeout.
    Until(At),
    /// A chat message.
    Message(MessageView),
    /// Chat history.
    Messages(Listed<MessageView>),
    /// Chat history with the lines the server wrote.
    History(Listed<Line>),
    /// A part of the log with each event's predecessor for this reader.
    Events(Vec<(Envelope, Seq)>, Option<Seq>),
}

/// What `join` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// The show.
    pub session: SessionView,
    /// The caller's role.
    pub role: Role,
    /// The caller.
    pub participant: ParticipantView,
    /// Address and token, or why not.
    pub media: Result<MediaAccess, MediaReason>,
    /// True when the person could ask to go up.
    pub can_request: bool,
    /// State is true up to here.
    pub seq: Seq,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaReason {
    /// `max_participants` reached.
    PicturePlacesFull,
}

/// The first frame of a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The show.
    pub session: SessionView,
    /// Staged people, seat by seat.
    pub participants: Vec<ParticipantView>,
    /// The subscriber.
    pub me: Me,
    /// Pending requests (managers: all; others: their own).
    pub requests: Vec<RequestView>,
    /// Pending invitations (managers: all; others: their own).
    pub invitations: Vec<InvitationView>,
    /// The last fifty, oldest first.
    pub messages: Vec<MessageView>,
    /// Present and not seated.
    pub viewer_count: u32,
    /// State is true up to here.
    pub seq: Seq,
}

/// The subscriber in a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Me {
    /// Who.
    pub user_id: UserId,
    /// Role in this session.
    pub role: Role,
    /// The seat, if any.
    pub participant: Option<ParticipantView>,
    /// May answer requests, invite, mute, kick.
    pub may_manage: bool,
    /// May delete messages and time people out.
    pub may_moderate_chat: bool,
}
