//! Requests to come up, their answers, and what a host does to people: bodies and replies.

use onstage_domain::media::Media;
use onstage_domain::problem::Problem;
use onstage_domain::reply::{PAGE_LIMIT_MAX, Page};
use onstage_domain::stage::{Command as Stage, RequestState, RequestView, RequestedRole, Role};
use onstage_domain::text::Note;
use onstage_domain::{Command, Query, Reply, RequestId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Participant;
use super::words::{
    Deed, DeedWord, LiveRoleWord, RequestStatus, RequestStatusWord, RequestType, RequestTypeWord, Standing,
    Verdict, VerdictWord, known, spelled,
};
use crate::fields::{Field, Fields, id, word};
use crate::time::Time;
use crate::v1::{Body, FromReply};
use crate::words::{Vocabulary as _, Word};

/// `POST /live/request-guest`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = LiveRequestGuest)]
pub struct GuestRequestBody {
    /// Where.
    #[schema(value_type = Uuid)]
    session_id: Field<String>,
    /// `guest` when absent.
    #[schema(value_type = Option<RequestTypeWord>)]
    request_type: Field<String>,
    /// At most 200 characters.
    #[schema(value_type = Option<String>)]
    message: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    user_id: Field<String>,
}

impl Body for GuestRequestBody {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        known::<RequestType>("request_type", &self.request_type)?;
        let mut fields = Fields::default();
        let session = fields.required("/session_id", self.session_id, id);
        let role = fields.optional("/request_type", self.request_type, word::<RequestType>);
        let role = role.map_or(RequestedRole::Guest, RequestedRole::from);
        let message = fields.optional("/message", self.message, |raw: String| Note::parse(&raw));
        let message = message.or_else(|| Note::parse("").ok());
        fields.finish(|| {
            let (session, message) = (session?, message?);
            Some(Command::Stage(Stage::Request { session, role, message, seat_at_once: true }))
        })
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.value().map(String::as_str)
    }
}

/// `POST /live/respond-guest-request`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = LiveRespondGuestRequest)]
pub struct VerdictBody {
    /// Which.
    #[schema(value_type = Uuid)]
    request_id: Field<String>,
    /// Yes or no.
    #[schema(value_type = VerdictWord)]
    action: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    responded_by: Field<String>,
}

impl Body for VerdictBody {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        known::<Verdict>("action", &self.action)?;
        let mut fields = Fields::default();
        let request = fields.required("/request_id", self.request_id, id);
        let verdict = fields.required("/action", self.action, word::<Verdict>);
        fields.finish(|| Some(Command::Stage(answered(request?, verdict?))))
    }

    fn claimed(&self) -> Option<&str> {
        self.responded_by.value().map(String::as_str)
    }
}

const fn answered(request: RequestId, verdict: Verdict) -> Stage {
    match verdict {
        Verdict::Approved => Stage::Accept { request, seat_at_once: true },
        Verdict::Rejected => Stage::Decline(request),
    }
}

/// `POST /live/manage-participant`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = LiveManageParticipant)]
pub struct DeedBody {
    /// Where.
    #[schema(value_type = Uuid)]
    session_id: Field<String>,
    /// Whom.
    #[schema(value_type = Uuid)]
    user_id: Field<String>,
    /// What.
    #[schema(value_type = DeedWord)]
    action: Field<String>,
}

impl DeedBody {
    /// What is wanted, where it can be read.
    #[must_use]
    pub fn deed(&self) -> Option<Deed> {
        self.action.value().and_then(|action| Deed::read(action))
    }
}

impl Body for DeedBody {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        known::<Deed>("action", &self.action)?;
        let mut fields = Fields::default();
        let session = fields.required("/session_id", self.session_id, id);
        let user = fields.required("/user_id", self.user_id, id);
        let deed = fields.required("/action", self.action, word::<Deed>);
        fields.finish(|| Some(Command::Stage(command_of(deed?, session?, user?))))
    }
}

const fn command_of(deed: Deed, session: SessionId, user: UserId) -> Stage {
    let (media, muted) = match deed {
        Deed::MuteAudio => (Media::Audio, true),
        Deed::UnmuteAudio => (Media::Audio, false),
        Deed::MuteVideo => (Media::Video, true),
        Deed::UnmuteVideo => (Media::Video, false),
        Deed::Kick => return Stage::Kick { session, user, reason: None },
        Deed::PromoteCohost => return Stage::SetRole { session, user, role: Role::Cohost },
        Deed::Demote => return Stage::Demote { session, user },
    };
    Stage::Mute { session, user, media, muted }
}

/// `GET /live/guest-requests/{session_id}`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct GuestRequestsQuery {
    /// `pending` when absent.
    #[param(value_type = Option<RequestStatusWord>)]
    pub status: Option<String>,
}

impl GuestRequestsQuery {
    /// As the core is asked: one question for each state the word stands for, the oldest 200 of each.
    pub fn queries(&self, session: SessionId) -> Result<Vec<Query>, Problem> {
        let status = self.status.as_deref().filter(|text| !text.is_empty());
        let status = status.map(|text| spelled::<RequestStatus>("status", text)).transpose()?;
        let page = || Page { cursor: None, limit: PAGE_LIMIT_MAX };
        let states = status.unwrap_or(RequestStatus::Pending).states();
        Ok(states.iter().map(|state| Query::Requests(session, Some(*state), page())).collect())
    }
}

/// A request to come up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveGuestRequest)]
pub struct GuestRequest {
    /// Id.
    pub id: Uuid,
    /// Where.
    pub session_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Unique name.
    pub username: String,
    /// For what.
    pub request_type: RequestTypeWord,
    /// Where in its life.
    pub status: RequestStatusWord,
    /// A few words; empty when there are none.
    pub message: String,
    /// Asked.
    pub created_at: Time,
}

impl GuestRequest {
    /// `None`: a wish S1 has no word for.
    fn of(view: RequestView) -> Option<Self> {
        Some(Self {
            id: view.id.uuid(),
            session_id: view.session_id.uuid(),
            user_id: view.user_id.uuid(),
            username: view.handle,
            request_type: Word(RequestType::of(view.requested_role)?),
            status: Word(view.state.into()),
            message: view.message,
            created_at: view.created_at.into(),
        })
    }
}

impl FromReply for GuestRequest {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Request(view, _) = reply else { return None };
        Self::of(view)
    }
}

/// An item of `GET /live/guest-requests/{session_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveListedGuestRequest)]
pub struct ListedGuestRequest {
    /// The request.
    #[serde(flatten)]
    pub request: GuestRequest,
    /// When it was approved, rejected or taken back.
    pub responded_at: Option<Time>,
    /// Who approved or rejected it.
    pub responded_by: Option<Uuid>,
}

impl ListedGuestRequest {
    fn of(view: RequestView) -> Option<Self> {
        let by_somebody_else = match view.state {
            RequestState::Accepted | RequestState::Declined => view.answered_by,
            RequestState::Pending | RequestState::Cancelled | RequestState::Expired => None,
        };
        Some(Self {
            responded_at: view.answered_at.map(Time::from),
            responded_by: by_somebody_else.map(UserId::uuid),
            request: GuestRequest::of(view)?,
        })
    }
}

impl FromReply for Vec<ListedGuestRequest> {
    /// Wishes to speak of people on stage have no word in S1 and are left out.
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Requests(listed) = reply else { return None };
        Some(listed.items.into_iter().filter_map(ListedGuestRequest::of).collect())
    }
}

/// Answer of `POST /live/respond-guest-request`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveAnsweredGuestRequest)]
pub struct AnsweredGuestRequest {
    /// For people.
    pub message: &'static str,
    /// Which.
    pub request_id: Uuid,
    /// What it is now.
    pub status: RequestStatusWord,
    /// Whose it was.
    pub user_id: Uuid,
    /// What they are now.
    pub role: LiveRoleWord,
}

impl FromReply for AnsweredGuestRequest {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Request(view, participant) = reply else { return None };
        let status = RequestStatus::from(view.state);
        let message = match status {
            RequestStatus::Approved => "Guest request approved",
            RequestStatus::Rejected => "Guest request rejected",
            RequestStatus::Pending | RequestStatus::Cancelled => return None,
        };
        Some(Self {
            message,
            request_id: view.id.uuid(),
            status: Word(status),
            user_id: view.user_id.uuid(),
            role: participant.map_or(Role::Viewer, |person| person.role).into(),
        })
    }
}

/// Answer of `POST /live/manage-participant`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveManaged)]
pub struct Managed {
    /// For people.
    pub message: &'static str,
    /// As they are now, whatever was wished.
    pub participant: Participant,
    /// The person was asked to unmute; nobody else opens a microphone or a camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompted: Option<bool>,
}

impl Managed {
    /// What was done, and the person after it.
    #[must_use]
    pub fn of(deed: Deed, reply: Reply) -> Option<Self> {
        let message = said(deed);
        if let Reply::Kicked { participant, .. } = reply {
            let participant = Participant { status: Word(Standing::Kicked), ..participant.into() };
            return Some(Self { message, participant, prompted: None });
        }
        let Reply::Participant { participant, prompted, .. } = reply else { return None };
        Some(Self { message, participant: participant.into(), prompted: prompted.then_some(true) })
    }
}

const fn said(deed: Deed) -> &'static str {
    match deed {
        Deed::MuteAudio => "Participant muted",
        Deed::UnmuteAudio => "Mute lifted; the participant was asked to unmute",
        Deed::MuteVideo => "Participant's camera turned off",
        Deed::UnmuteVideo => "Camera allowed again; the participant was asked to turn it on",
        Deed::Kick => "Participant removed",
        Deed::PromoteCohost => "Participant promoted to cohost",
        Deed::Demote => "Participant demoted",
    }
}
