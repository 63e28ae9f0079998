//! Sessions in `/v1`.

use onstage_domain::problem::Problem;
use onstage_domain::reply::Joined;
use onstage_domain::sessions::{
    Command as Sessions, HostView, NewSession, SessionView, Settings, SettingsPatch, SummaryView, Visibility,
};
use onstage_domain::text::{Description, Title};
use onstage_domain::{Command, Reply, SessionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, FromReply};
use super::stage::ParticipantBody;
use crate::fields::{Field, Fields, Wrong, as_is, between, word};
use crate::time::Time;
use crate::words::{FormatWord, LayoutWord, MediaReasonWord, ModeWord, RoleWord, StatusWord, VisibilityWord};

/// Most guests any stage has; larger wishes are clamped and the effective number is told (K1).
const GUESTS_WISH_MAX: i64 = 49;
/// Slow mode is off, or between these seconds.
const SLOW_MODE_S_MIN: i64 = 3;
/// See [`SLOW_MODE_S_MIN`].
const SLOW_MODE_S_MAX: i64 = 120;

/// The owner of a session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct OwnerBody {
    /// Who.
    pub user_id: Uuid,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
}

impl From<HostView> for OwnerBody {
    fn from(view: HostView) -> Self {
        Self {
            user_id: view.user_id.uuid(),
            handle: view.handle,
            display_name: view.display_name,
            avatar_url: view.avatar_url,
        }
    }
}

/// Switches of a session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the owner")]
pub struct SessionSettingsBody {
    /// The owner's wish; see `effective_max_guests`.
    pub max_guests: Option<u8>,
    /// Requests wait for an answer.
    pub require_approval: bool,
    /// Viewers may ask to go up.
    pub allow_requests: bool,
    /// Chat is on.
    pub enable_chat: bool,
    /// Seconds between a person's messages.
    pub slow_mode_s: u32,
    /// Guests may speak when seated.
    pub guest_audio_default: bool,
    /// Guests may show themselves when seated.
    pub guest_video_default: bool,
    /// Real-time places; `null`: no limit.
    pub max_participants: Option<u32>,
    /// Cohosts answer requests, invite, mute, kick.
    pub cohosts_manage_guests: bool,
    /// No new guests.
    pub locked: bool,
    /// Arrangement of tiles.
    pub layout: LayoutWord,
}

impl From<Settings> for SessionSettingsBody {
    fn from(settings: Settings) -> Self {
        Self {
            max_guests: settings.max_guests,
            require_approval: settings.require_approval,
            allow_requests: settings.allow_requests,
            enable_chat: settings.enable_chat,
            slow_mode_s: settings.slow_mode_s,
            guest_audio_default: settings.guest_audio_default,
            guest_video_default: settings.guest_video_default,
            max_participants: settings.max_participants,
            cohosts_manage_guests: settings.cohosts_manage_guests,
            locked: settings.locked,
            layout: settings.layout.into(),
        }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct SessionBody {
    /// Id.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// On or over.
    pub status: StatusWord,
    /// What people send.
    pub mode: ModeWord,
    /// Kind of show.
    pub format: Option<FormatWord>,
    /// Who finds it.
    pub visibility: VisibilityWord,
    /// The owner.
    pub owner: OwnerBody,
    /// Guests allowed now: the least of 49, the plan and the wish.
    pub effective_max_guests: u8,
    /// Present and not seated.
    pub viewer_count: u32,
    /// Most at once so far.
    pub peak_viewers: u32,
    /// Seated except the owner, held seats included.
    pub guest_count: u8,
    /// Began.
    pub started_at: Time,
    /// Over.
    pub ended_at: Option<Time>,
    /// While the host is lost: when the session ends unless they come back.
    pub host_grace_until: Option<Time>,
    /// Switches.
    pub settings: SessionSettingsBody,
}

impl From<SessionView> for SessionBody {
    fn from(view: SessionView) -> Self {
        Self {
            id: view.id.uuid(),
            title: view.title,
            description: view.description,
            status: view.status.into(),
            mode: view.mode.into(),
            format: view.format.map(FormatWord::from),
            visibility: view.visibility.into(),
            owner: view.owner.into(),
            effective_max_guests: view.effective_max_guests,
            viewer_count: view.viewer_count,
            peak_viewers: view.peak_viewers,
            guest_count: view.guest_count,
            started_at: view.started_at.into(),
            ended_at: view.ended_at.map(Time::from),
            host_grace_until: view.host_grace_until.map(Time::from),
            settings: view.settings.into(),
        }
    }
}

impl FromReply for SessionBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Session(view) = reply else { return None };
        Some((*view).into())
    }
}

/// `{session}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SessionChanged {
    /// After the change.
    pub session: SessionBody,
}

impl FromReply for SessionChanged {
    fn from_reply(reply: Reply) -> Option<Self> {
        SessionBody::from_reply(reply).map(|session| Self { session })
    }
}

/// What remains of a show.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct SummaryBody {
    /// Seconds.
    pub duration_s: i64,
    /// Most viewers at once.
    pub peak_viewers: u32,
    /// Distinct people who were on stage, owner excluded.
    pub guests: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
}

impl From<SummaryView> for SummaryBody {
    fn from(view: SummaryView) -> Self {
        Self {
            duration_s: view.duration_s,
            peak_viewers: view.peak_viewers,
            guests: view.guests,
            messages: view.messages,
            reactions: view.reactions,
        }
    }
}

/// `{session, summary}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EndedBody {
    /// The show.
    pub session: SessionBody,
    /// Its numbers.
    pub summary: SummaryBody,
}

impl FromReply for EndedBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Ended(session, summary) = reply else { return None };
        Some(Self { session: (*session).into(), summary: summary.into() })
    }
}

/// Where media goes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MediaAccessBody {
    /// `ws://` or `wss://` base address for LiveKit clients.
    pub url: String,
    /// LiveKit token.
    pub token: String,
}

/// Answer of join.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JoinBody {
    /// The show.
    pub session: SessionBody,
    /// The caller's role.
    pub role: RoleWord,
    /// The caller.
    pub participant: ParticipantBody,
    /// Address and token; `null` when there is no picture for the caller.
    pub media: Option<MediaAccessBody>,
    /// Why `media` is `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_reason: Option<MediaReasonWord>,
    /// State is true up to here.
    pub seq: i64,
}

impl From<Joined> for JoinBody {
    fn from(joined: Joined) -> Self {
        let (media, media_reason) = match joined.media {
            Ok(access) => (Some(MediaAccessBody { url: access.url, token: access.token }), None),
            Err(reason) => (None, Some(reason.into())),
        };
        Self {
            session: joined.session.into(),
            role: joined.role.into(),
            participant: joined.participant.into(),
            media,
            media_reason,
            seq: joined.seq.0,
        }
    }
}

impl FromReply for JoinBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Joined(joined) = reply else { return None };
        Some((*joined).into())
    }
}

/// Changed switches; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SettingsChanges {
    /// 0–49; larger wishes are clamped.
    #[schema(value_type = Option<u32>, minimum = 0)]
    pub max_guests: Field<i64>,
    /// Requests wait for an answer.
    #[schema(value_type = Option<bool>)]
    pub require_approval: Field<bool>,
    /// Viewers may ask to go up.
    #[schema(value_type = Option<bool>)]
    pub allow_requests: Field<bool>,
    /// Chat is on.
    #[schema(value_type = Option<bool>)]
    pub enable_chat: Field<bool>,
    /// 0, or 3–120 seconds.
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 120)]
    pub slow_mode_s: Field<i64>,
    /// Guests may speak when seated.
    #[schema(value_type = Option<bool>)]
    pub guest_audio_default: Field<bool>,
    /// Guests may show themselves when seated.
    #[schema(value_type = Option<bool>)]
    pub guest_video_default: Field<bool>,
    /// Real-time places.
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub max_participants: Field<i64>,
    /// Cohosts answer requests, invite, mute, kick.
    #[schema(value_type = Option<bool>)]
    pub cohosts_manage_guests: Field<bool>,
}

fn guests_wish(number: i64) -> Result<u8, Wrong> {
    between(0, GUESTS_WISH_MAX)(number.min(GUESTS_WISH_MAX))
}

fn slow_mode(seconds: i64) -> Result<u32, Wrong> {
    let detail =
        || Wrong::OutOfRange(format!("use 0, or a number from {SLOW_MODE_S_MIN} to {SLOW_MODE_S_MAX}"));
    let allowed = seconds == 0 || (SLOW_MODE_S_MIN..=SLOW_MODE_S_MAX).contains(&seconds);
    if allowed { u32::try_from(seconds).map_err(|_| detail()) } else { Err(detail()) }
}

impl SettingsChanges {
    fn read(self, fields: &mut Fields, prefix: &str) -> SettingsPatch {
        let at = |name: &str| format!("{prefix}/{name}");
        SettingsPatch {
            max_guests: fields.optional(&at("max_guests"), self.max_guests, guests_wish),
            require_approval: fields.optional(&at("require_approval"), self.require_approval, as_is),
            allow_requests: fields.optional(&at("allow_requests"), self.allow_requests, as_is),
            enable_chat: fields.optional(&at("enable_chat"), self.enable_chat, as_is),
            slow_mode_s: fields.optional(&at("slow_mode_s"), self.slow_mode_s, slow_mode),
            guest_audio_default: fields.optional(&at("guest_audio_default"), self.guest_audio_default, as_is),
            guest_video_default: fields.optional(&at("guest_video_default"), self.guest_video_default, as_is),
            max_participants: fields.optional(
                &at("max_participants"),
                self.max_participants,
                between(1, i64::from(u32::MAX)),
            ),
            cohosts_manage_guests: fields.optional(
                &at("cohosts_manage_guests"),
                self.cohosts_manage_guests,
                as_is,
            ),
            enable_gifts: None,
        }
    }
}

fn read_settings(fields: &mut Fields, settings: Field<SettingsChanges>) -> SettingsPatch {
    let changes: Option<SettingsChanges> = fields.optional("/settings", settings, as_is);
    changes.map(|changes| changes.read(fields, "/settings")).unwrap_or_default()
}

/// A show to begin.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CreateSession {
    /// 1–120 characters.
    #[schema(value_type = String)]
    pub title: Field<String>,
    /// At most 2,000 characters.
    #[schema(value_type = Option<String>)]
    pub description: Field<String>,
    /// What people send.
    #[schema(value_type = ModeWord)]
    pub mode: Field<String>,
    /// Kind of show.
    #[schema(value_type = Option<FormatWord>)]
    pub format: Field<String>,
    /// `public` when absent.
    #[schema(value_type = Option<VisibilityWord>)]
    pub visibility: Field<String>,
    /// Switches that differ from the defaults.
    #[schema(value_type = Option<SettingsChanges>)]
    pub settings: Field<SettingsChanges>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Field<String>,
}

impl Body for CreateSession {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let title = fields.required("/title", self.title, |raw: String| Title::parse(&raw));
        let description =
            fields.optional("/description", self.description, |raw: String| Description::parse(&raw));
        let mode = fields.required("/mode", self.mode, word);
        let format = fields.optional("/format", self.format, word);
        let visibility = fields.optional("/visibility", self.visibility, word).unwrap_or(Visibility::Public);
        let settings = read_settings(&mut fields, self.settings);
        fields.finish(|| {
            let description = description.or_else(|| Description::parse("").ok())?;
            let new = NewSession { title: title?, description, mode: mode?, format, visibility, settings };
            Some(Command::Sessions(Sessions::Create(Box::new(new))))
        })
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.claim()
    }
}

/// Somebody who comes in.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct JoinSession {
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Field<String>,
}

impl Body for JoinSession {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        Ok(Command::Sessions(Sessions::Join(session)))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.claim()
    }
}

/// A change of a session; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ChangeSession {
    /// 1–120 characters.
    #[schema(value_type = Option<String>)]
    pub title: Field<String>,
    /// At most 2,000 characters.
    #[schema(value_type = Option<String>)]
    pub description: Field<String>,
    /// Changed switches.
    #[schema(value_type = Option<SettingsChanges>)]
    pub settings: Field<SettingsChanges>,
}

impl Body for ChangeSession {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let title = fields.optional("/title", self.title, |raw: String| Title::parse(&raw));
        let description =
            fields.optional("/description", self.description, |raw: String| Description::parse(&raw));
        let settings = Box::new(read_settings(&mut fields, self.settings));
        fields.finish(|| Some(Command::Sessions(Sessions::Update { session, title, description, settings })))
    }
}

/// `{locked}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct LockBody {
    /// No new guests.
    #[schema(value_type = bool)]
    pub locked: Field<bool>,
}

impl Body for LockBody {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let locked = fields.required("/locked", self.locked, as_is);
        fields.finish(|| Some(Command::Sessions(Sessions::Lock(session, locked?))))
    }
}

/// `{layout}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SetLayoutBody {
    /// Arrangement of tiles.
    #[schema(value_type = LayoutWord)]
    pub layout: Field<String>,
}

impl Body for SetLayoutBody {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let layout = fields.required("/layout", self.layout, word);
        fields.finish(|| Some(Command::Sessions(Sessions::SetLayout(session, layout?))))
    }
}

#[cfg(test)]
mod tests;
