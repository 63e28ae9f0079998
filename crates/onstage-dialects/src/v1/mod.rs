//! Our own language: JSON in snake_case, RFC 3339 times, problem+json, and the frames of `/v1/events`.

mod accounts;
mod analytics;
mod body;
mod chat;
mod commands;
mod events;
mod frames;
mod lists;
mod moderation;
mod sessions;
mod snapshot;
mod stage;

pub use accounts::{
    AccountBody, AnonymousTokenBody, BanBody, ChangeMe, MeBody, NewAccount, NewAccountFields,
    NewAnonymousToken, NewTokens, RefreshTokens, SetPlanBody, SignInFields, SignedUpBody, TicketBody,
    TokensBody,
};
pub use analytics::{AnalyticsBody, MomentBody};
pub use body::{Body, FromReply, check_identity, command_of, rendered};
pub use chat::{MessageBody, React, SendMessage};
pub use commands::{VERBS, Verb, verb};
pub use events::{
    EventBody, EventItem, EventsPage, NameAndData, SpeakerBody, event_body, event_tail, events_schema,
};
pub use frames::{
    ClientFrame, FRAME_LENGTH_MAX, FrameError, Position, Wish, caught_up_frame, events_frame, ok_frame,
    parse_frame, problem_frame, removed_frame, resync_frame, snapshot_frame,
};
pub use lists::{BeforeParam, ListQuery, PageBody, SinceParam, StateParam, page};
pub use moderation::{AuditEntryBody, TimeoutBody, UntilBody};
pub use sessions::{
    ChangeSession, CreateSession, EndedBody, JoinBody, JoinSession, LockBody, MediaAccessBody, OwnerBody,
    SessionBody, SessionChanged, SessionSettingsBody, SetLayoutBody, SettingsChanges, SummaryBody,
};
pub use snapshot::{MeInSessionBody, SnapshotBody};
pub use stage::{
    AnsweredRequest, AskSeat, EnforcedBody, InvitationBody, InvitationWithSeat, InviteBody, KickBody,
    MediaChoice, MuteAllBody, MuteBody, MutedBody, OwnMedia, ParticipantBody, PermissionsBody, PromptedBody,
    RequestBody, RoleBody, SeatBody, SeatedBody,
};

/// A body without fields, `{}`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(default)]
pub struct Empty {}
