//! The state a fresh subscriber starts from.

use onstage_domain::reply::{Me, Snapshot};
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{InvitationBody, MessageBody, ParticipantBody, RequestBody, SessionBody};
use crate::words::RoleWord;

/// The subscriber in a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct MeInSessionBody {
    /// Who.
    pub user_id: Uuid,
    /// Role in this session.
    pub role: RoleWord,
    /// The seat, if any.
    pub participant: Option<ParticipantBody>,
    /// May answer requests, invite, mute, kick.
    pub may_manage: bool,
    /// May delete messages and time people out.
    pub may_moderate_chat: bool,
}

impl From<Me> for MeInSessionBody {
    fn from(me: Me) -> Self {
        Self {
            user_id: me.user_id.uuid(),
            role: me.role.into(),
            participant: me.participant.map(ParticipantBody::from),
            may_manage: me.may_manage,
            may_moderate_chat: me.may_moderate_chat,
        }
    }
}

/// State of a session, as one person may know it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct SnapshotBody {
    /// The show.
    pub session: SessionBody,
    /// Staged people, seat by seat.
    pub participants: Vec<ParticipantBody>,
    /// The subscriber.
    pub me: MeInSessionBody,
    /// Pending requests (managers: all; others: their own).
    pub requests: Vec<RequestBody>,
    /// Pending invitations (managers: all; others: their own).
    pub invitations: Vec<InvitationBody>,
    /// The last fifty, oldest first.
    pub messages: Vec<MessageBody>,
    /// Present and not seated.
    pub viewer_count: u32,
}

impl From<Snapshot> for SnapshotBody {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            session: snapshot.session.into(),
            participants: snapshot.participants.into_iter().map(ParticipantBody::from).collect(),
            me: snapshot.me.into(),
            requests: snapshot.requests.into_iter().map(RequestBody::from).collect(),
            invitations: snapshot.invitations.into_iter().map(InvitationBody::from).collect(),
            messages: snapshot.messages.into_iter().map(MessageBody::from).collect(),
            viewer_count: snapshot.viewer_count,
        }
    }
}
