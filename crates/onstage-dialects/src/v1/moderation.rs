//! Moderation in `/v1`.

use onstage_domain::moderation::{AuditView, Command as Moderation, TIMEOUT_S_MAX, TIMEOUT_S_MIN};
use onstage_domain::problem::Problem;
use onstage_domain::text::Note;
use onstage_domain::{Command, Reply, SessionId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, FromReply};
use crate::fields::{Field, Fields, between};
use crate::time::Time;

/// `{duration_s, reason?}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct TimeoutBody {
    /// 1 second to 14 days.
    #[schema(value_type = u32, minimum = 1, maximum = 1_209_600)]
    pub duration_s: Field<i64>,
    /// At most 200 characters.
    #[schema(value_type = Option<String>)]
    pub reason: Field<String>,
}

impl Body for TimeoutBody {
    type Target = (SessionId, UserId);

    fn command(self, (session, user): Self::Target) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let duration = fields.required("/duration_s", self.duration_s, between(TIMEOUT_S_MIN, TIMEOUT_S_MAX));
        let reason = fields.optional("/reason", self.reason, |raw: String| Note::parse(&raw));
        fields.finish(|| {
            let duration_s = duration?;
            Some(Command::Moderation(Moderation::Timeout { session, user, duration_s, reason }))
        })
    }
}

/// `{until}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UntilBody {
    /// End of the timeout.
    pub until: Time,
}

impl FromReply for UntilBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Until(until) = reply else { return None };
        Some(Self { until: until.into() })
    }
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AuditEntryBody {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: Time,
    /// Who acted; `null`: the system.
    pub actor_id: Option<Uuid>,
    /// `stage.kick`, `accounts.ban`, …
    pub action: String,
    /// In which session.
    pub session_id: Option<Uuid>,
    /// To whom.
    pub target_id: Option<Uuid>,
    /// Reason given.
    pub reason: Option<String>,
}

impl From<AuditView> for AuditEntryBody {
    fn from(view: AuditView) -> Self {
        Self {
            id: view.id,
            at: view.at.into(),
            actor_id: view.actor_id.map(UserId::uuid),
            action: view.action,
            session_id: view.session_id.map(SessionId::uuid),
            target_id: view.target_id.map(UserId::uuid),
            reason: view.reason,
        }
    }
}
