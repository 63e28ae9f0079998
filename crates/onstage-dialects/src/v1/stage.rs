//! The stage in `/v1`: people, seats, requests, invitations.

use onstage_domain::problem::Problem;
use onstage_domain::stage::{
    Command as Stage, InvitationView, ParticipantView, PermissionsPatch, RequestState, RequestView,
    RequestedRole,
};
use onstage_domain::text::Note;
use onstage_domain::{Command, Reply, SessionId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, FromReply};
use crate::fields::{Field, Fields, as_is, between, id, word};
use crate::time::Time;
use crate::words::{
    InvitationStateWord, MediaWord, PresenceWord, RequestStateWord, RequestedRoleWord, RoleWord,
};

/// Seats a guest can be moved to.
const GUEST_SEAT_MIN: i64 = 1;
/// The last seat of any stage.
const GUEST_SEAT_MAX: i64 = 49;

/// A person in a session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the shape of the contract: independent facts")]
pub struct ParticipantBody {
    /// Who.
    pub user_id: Uuid,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// Role.
    pub role: RoleWord,
    /// 0–49; `null` in the audience.
    pub seat: Option<u8>,
    /// Where.
    pub presence: PresenceWord,
    /// While held or reconnecting: when the seat is lost.
    pub seat_until: Option<Time>,
    /// May speak.
    pub may_speak: bool,
    /// May show themselves.
    pub may_show: bool,
    /// May share a screen.
    pub may_share: bool,
    /// May moderate chat.
    pub is_moderator: bool,
    /// Muted by a host.
    pub host_muted_audio: bool,
    /// Camera off by a host.
    pub host_muted_video: bool,
    /// Muted by the person.
    pub self_muted_audio: bool,
    /// Camera off by the person.
    pub self_muted_video: bool,
    /// A screen is being shared.
    pub screen_sharing: bool,
    /// Has a pending request.
    pub hand_raised: bool,
    /// First came in.
    pub joined_at: Time,
}

impl From<ParticipantView> for ParticipantBody {
    fn from(view: ParticipantView) -> Self {
        Self {
            user_id: view.user_id.uuid(),
            handle: view.handle,
            display_name: view.display_name,
            avatar_url: view.avatar_url,
            role: view.role.into(),
            seat: view.seat,
            presence: view.presence.into(),
            seat_until: view.seat_until.map(Time::from),
            may_speak: view.may_speak,
            may_show: view.may_show,
            may_share: view.may_share,
            is_moderator: view.is_moderator,
            host_muted_audio: view.host_muted_audio,
            host_muted_video: view.host_muted_video,
            self_muted_audio: view.self_muted_audio,
            self_muted_video: view.self_muted_video,
            screen_sharing: view.screen_sharing,
            hand_raised: view.hand_raised,
            joined_at: view.joined_at.into(),
        }
    }
}

/// A wish to come up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct RequestBody {
    /// Id.
    pub id: Uuid,
    /// Where.
    pub session_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// For what.
    pub requested_role: RequestedRoleWord,
    /// A few words.
    pub message: String,
    /// Where in its life.
    pub state: RequestStateWord,
    /// Place in the queue from 1; `null` once answered.
    pub position: Option<u32>,
    /// Asked.
    pub created_at: Time,
    /// Answered.
    pub answered_at: Option<Time>,
    /// By whom.
    pub answered_by: Option<Uuid>,
}

impl From<RequestView> for RequestBody {
    fn from(view: RequestView) -> Self {
        Self {
            id: view.id.uuid(),
            session_id: view.session_id.uuid(),
            user_id: view.user_id.uuid(),
            handle: view.handle,
            display_name: view.display_name,
            avatar_url: view.avatar_url,
            requested_role: view.requested_role.into(),
            message: view.message,
            state: view.state.into(),
            position: view.position,
            created_at: view.created_at.into(),
            answered_at: view.answered_at.map(Time::from),
            answered_by: view.answered_by.map(UserId::uuid),
        }
    }
}

impl FromReply for RequestBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Request(view, _) = reply else { return None };
        Some(view.into())
    }
}

/// `{request, participant?}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AnsweredRequest {
    /// After the answer.
    pub request: RequestBody,
    /// The person with their seat, where the answer was yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<ParticipantBody>,
}

impl FromReply for AnsweredRequest {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Request(view, participant) = reply else { return None };
        let participant = participant.filter(|_| view.state == RequestState::Accepted);
        Some(Self { request: view.into(), participant: participant.map(ParticipantBody::from) })
    }
}

/// An offer of a seat.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct InvitationBody {
    /// Id.
    pub id: Uuid,
    /// Where.
    pub session_id: Uuid,
    /// To whom.
    pub user_id: Uuid,
    /// By whom.
    pub invited_by: Uuid,
    /// Where in its life.
    pub state: InvitationStateWord,
    /// Offered.
    pub created_at: Time,
    /// Runs out.
    pub expires_at: Time,
}

impl From<InvitationView> for InvitationBody {
    fn from(view: InvitationView) -> Self {
        Self {
            id: view.id.uuid(),
            session_id: view.session_id.uuid(),
            user_id: view.user_id.uuid(),
            invited_by: view.invited_by.uuid(),
            state: view.state.into(),
            created_at: view.created_at.into(),
            expires_at: view.expires_at.into(),
        }
    }
}

impl FromReply for InvitationBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Invitation(view, _) = reply else { return None };
        Some(view.into())
    }
}

/// `{invitation, participant?}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvitationWithSeat {
    /// After the answer.
    pub invitation: InvitationBody,
    /// The person with their seat, where the answer was yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<ParticipantBody>,
}

impl FromReply for InvitationWithSeat {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Invitation(view, participant) = reply else { return None };
        Some(Self { invitation: view.into(), participant: participant.map(ParticipantBody::from) })
    }
}

/// `{participant}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SeatedBody {
    /// After the change.
    pub participant: ParticipantBody,
}

impl FromReply for SeatedBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Participant { participant, .. } = reply else { return None };
        Some(Self { participant: participant.into() })
    }
}

/// `{participant, enforced}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MutedBody {
    /// After the change: its real state.
    pub participant: ParticipantBody,
    /// The media engine acknowledged within a quarter of a second.
    pub enforced: bool,
    /// A lifted mute opens no microphone; the person was asked instead.
    pub prompted: bool,
}

impl FromReply for MutedBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Participant { participant, enforced, prompted } = reply else { return None };
        Some(Self { participant: participant.into(), enforced: enforced.unwrap_or(false), prompted })
    }
}

/// `{prompted}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromptedBody {
    /// The person was asked.
    pub prompted: bool,
}

impl FromReply for PromptedBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        if matches!(reply, Reply::Done) {
            return Some(Self { prompted: true });
        }
        let Reply::Participant { prompted, .. } = reply else { return None };
        Some(Self { prompted })
    }
}

/// `{enforced}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EnforcedBody {
    /// The media engine acknowledged within a quarter of a second.
    pub enforced: bool,
}

impl FromReply for EnforcedBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let (Reply::Enforced(enforced) | Reply::Kicked { enforced, .. }) = reply else { return None };
        Some(Self { enforced })
    }
}

/// A request to go up.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct AskSeat {
    /// At most 200 characters.
    #[schema(value_type = Option<String>)]
    pub message: Field<String>,
    /// `guest` when absent; `speak` for those who have a seat.
    #[schema(value_type = Option<RequestedRoleWord>)]
    pub requested_role: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Field<String>,
}

impl Body for AskSeat {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let message = fields.optional("/message", self.message, |raw: String| Note::parse(&raw));
        let role =
            fields.optional("/requested_role", self.requested_role, word).unwrap_or(RequestedRole::Guest);
        fields.finish(|| {
            let message = message.or_else(|| Note::parse("").ok())?;
            Some(Command::Stage(Stage::Request { session, role, message, seat_at_once: false }))
        })
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.claim()
    }
}

/// `{user_id}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct InviteBody {
    /// Whom.
    #[schema(value_type = Uuid)]
    pub user_id: Field<String>,
}

impl Body for InviteBody {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let user = fields.required("/user_id", self.user_id, id);
        fields.finish(|| Some(Command::Stage(Stage::Invite { session, user: user? })))
    }
}

/// One's own microphone and camera.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct OwnMedia {
    /// Clears or sets the self mute.
    #[schema(value_type = Option<bool>)]
    pub audio_enabled: Field<bool>,
    /// Clears or sets the self camera-off.
    #[schema(value_type = Option<bool>)]
    pub video_enabled: Field<bool>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Field<String>,
}

impl Body for OwnMedia {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let audio_enabled = fields.optional("/audio_enabled", self.audio_enabled, as_is);
        let video_enabled = fields.optional("/video_enabled", self.video_enabled, as_is);
        fields.finish(|| Some(Command::Stage(Stage::SetOwnMedia { session, audio_enabled, video_enabled })))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.claim()
    }
}

/// `{media, muted}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MuteBody {
    /// What.
    #[schema(value_type = MediaWord)]
    pub media: Field<String>,
    /// On or off; off lifts the host's mute and asks the person.
    #[schema(value_type = bool)]
    pub muted: Field<bool>,
}

impl Body for MuteBody {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let media = fields.required("/media", self.media, word);
        let muted = fields.required("/muted", self.muted, as_is);
        fields.finish(|| Some(Command::Stage(Stage::Mute { session, user, media: media?, muted: muted? })))
    }
}

/// `{media}`, of one person.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MediaChoice {
    /// What.
    #[schema(value_type = MediaWord)]
    pub media: Field<String>,
}

impl Body for MediaChoice {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let media = fields.required("/media", self.media, word);
        fields.finish(|| Some(Command::Stage(Stage::AskUnmute { session, user, media: media? })))
    }
}

/// `{media}`, of every guest.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MuteAllBody {
    /// What.
    #[schema(value_type = MediaWord)]
    pub media: Field<String>,
}

impl Body for MuteAllBody {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let media = fields.required("/media", self.media, word);
        fields.finish(|| Some(Command::Stage(Stage::MuteAll { session, media: media? })))
    }
}

/// `{reason?}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct KickBody {
    /// At most 200 characters; the person and the audit log see it.
    #[schema(value_type = Option<String>)]
    pub reason: Field<String>,
}

impl Body for KickBody {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let reason = fields.optional("/reason", self.reason, |raw: String| Note::parse(&raw));
        fields.finish(|| Some(Command::Stage(Stage::Kick { session, user, reason })))
    }
}

/// `{role}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoleBody {
    /// `cohost`, `guest` or `viewer`.
    #[schema(value_type = RoleWord)]
    pub role: Field<String>,
}

impl Body for RoleBody {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let role = fields.required("/role", self.role, word);
        fields.finish(|| Some(Command::Stage(Stage::SetRole { session, user, role: role? })))
    }
}

/// Changed permissions; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct PermissionsBody {
    /// May speak.
    #[schema(value_type = Option<bool>)]
    pub may_speak: Field<bool>,
    /// May show themselves.
    #[schema(value_type = Option<bool>)]
    pub may_show: Field<bool>,
    /// May share a screen.
    #[schema(value_type = Option<bool>)]
    pub may_share: Field<bool>,
    /// May moderate chat.
    #[schema(value_type = Option<bool>)]
    pub is_moderator: Field<bool>,
}

impl Body for PermissionsBody {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let permissions = PermissionsPatch {
            may_speak: fields.optional("/may_speak", self.may_speak, as_is),
            may_show: fields.optional("/may_show", self.may_show, as_is),
            may_share: fields.optional("/may_share", self.may_share, as_is),
            is_moderator: fields.optional("/is_moderator", self.is_moderator, as_is),
        };
        fields.finish(|| Some(Command::Stage(Stage::SetPermissions { session, user, permissions })))
    }
}

/// `{seat}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SeatBody {
    /// 1–49.
    #[schema(value_type = u32, minimum = 1, maximum = 49)]
    pub seat: Field<i64>,
}

impl Body for SeatBody {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let seat = fields.required("/seat", self.seat, between(GUEST_SEAT_MIN, GUEST_SEAT_MAX));
        fields.finish(|| Some(Command::Stage(Stage::MoveSeat { session, user, seat: seat? })))
    }
}

#[cfg(test)]
mod tests;
