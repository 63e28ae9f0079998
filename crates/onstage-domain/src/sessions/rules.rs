//! What can be asked of a session.

use crate::actor::By;
use crate::ids::SessionId;
use crate::permissions::{Operation, allows};
use crate::problem::{Code, FieldError, Problem};
use crate::sessions::{
    EndReason, Event, Format, HOST_GRACE_MS, Layout, Mode, Opening, Session, SessionView, Settings,
    SettingsPatch, Status, Tally, Visibility, effective_max_guests, room_name,
};
use crate::text::{Description, Title};
use crate::time::At;

/// Longest slow mode, seconds.
pub const SLOW_MODE_S_MAX: u32 = 600;
/// Fewest real-time places a session can be limited to: the host's.
pub const MAX_PARTICIPANTS_MIN: u32 = 1;
/// Most live sessions of one owner: far above any use, so that a loop in a client stops somewhere.
pub const LIVE_SESSIONS_MAX: usize = 200;

/// A show to begin, live at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Title.
    pub title: Title,
    /// Description.
    pub description: Description,
    /// What people send.
    pub mode: Mode,
    /// Kind of show.
    pub format: Option<Format>,
    /// Who finds it.
    pub visibility: Visibility,
    /// Switches that differ from the defaults.
    pub settings: SettingsPatch,
}

/// Changes to sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Goes live.
    Create(Box<NewSession>),
    /// Changes title, description or switches.
    Update {
        /// Which.
        session: SessionId,
        /// New title.
        title: Option<Title>,
        /// New description.
        description: Option<Description>,
        /// Changed switches.
        settings: Box<SettingsPatch>,
    },
    /// Comes in; answers with media address and token.
    Join(SessionId),
    /// Goes out; by the owner it ends the session.
    Leave(SessionId),
    /// Ends for everyone.
    End(SessionId),
    /// Arranges tiles.
    SetLayout(SessionId, Layout),
    /// No new guests, or again.
    Lock(SessionId, bool),
}

/// Why a session says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Over.
    #[error("The session has ended")]
    Ended,
    /// Anonymous watchers run nothing.
    #[error("Sign in to do this")]
    SignInRequired,
    /// Owner only.
    #[error("Only the host may do this")]
    OwnerOnly,
    /// The role does not allow it.
    #[error("Your role does not allow this")]
    NotAllowed,
    /// Too many at once.
    #[error("You have {LIVE_SESSIONS_MAX} live sessions; end one of them first")]
    TooMany,
    /// Values out of their range.
    #[error("Some fields are not valid")]
    Invalid(Vec<FieldError>),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Ended => Self::because(Code::SessionEnded, detail),
            Refusal::SignInRequired => Self::because(Code::SignInRequired, detail),
            Refusal::OwnerOnly => Self::because(Code::OwnerOnly, detail),
            Refusal::NotAllowed => Self::because(Code::NotAllowed, detail),
            Refusal::TooMany => Self::because(Code::TooManySessions, detail),
            Refusal::Invalid(errors) => Self::invalid(errors),
        }
    }
}

/// What a session hears rather than is asked: none of it can be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The first connection of the host, of any kind.
    HostConnected,
    /// The last connection of the host went.
    HostDisconnected,
    /// The server started again: every connection is gone, and every host has a minute, whatever they had before.
    Restarted,
    /// Time went on.
    Clock,
}

/// Goes live at once.
pub fn start(now: At, new: &NewSession, opening: Opening) -> Result<(Session, Vec<Event>), Refusal> {
    if opening.live_sessions >= LIVE_SESSIONS_MAX {
        return Err(Refusal::TooMany);
    }
    let settings = patched(&Settings::default(), &new.settings)?;
    let view = SessionView {
        id: opening.id,
        title: new.title.as_str().to_owned(),
        description: new.description.as_str().to_owned(),
        status: Status::Live,
        mode: new.mode,
        format: new.format,
        visibility: new.visibility,
        owner: opening.owner,
        room_name: room_name(opening.id),
        effective_max_guests: effective_max_guests(opening.plan_guests_max, &settings),
        viewer_count: 0,
        peak_viewers: 0,
        guest_count: 0,
        started_at: now,
        ended_at: None,
        host_grace_until: None,
        settings,
    };
    let session = Session::restore(view.clone(), opening.plan_guests_max, false, Tally::default());
    Ok((session, vec![Event::Started { session: view }]))
}

/// The settings after a patch, or everything that is wrong with it.
fn patched(settings: &Settings, patch: &SettingsPatch) -> Result<Settings, Refusal> {
    let mut errors = Vec::new();
    if patch.slow_mode_s.is_some_and(|seconds| seconds > SLOW_MODE_S_MAX) {
        errors.push(out_of_range("/settings/slow_mode_s", format!("use 0 to {SLOW_MODE_S_MAX} seconds")));
    }
    if patch.max_participants.is_some_and(|places| places < MAX_PARTICIPANTS_MIN) {
        errors
            .push(out_of_range("/settings/max_participants", format!("use at least {MAX_PARTICIPANTS_MIN}")));
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    Ok(Settings {
        max_guests: patch.max_guests.or(settings.max_guests),
        require_approval: patch.require_approval.unwrap_or(settings.require_approval),
        allow_requests: patch.allow_requests.unwrap_or(settings.allow_requests),
        enable_chat: patch.enable_chat.unwrap_or(settings.enable_chat),
        slow_mode_s: patch.slow_mode_s.unwrap_or(settings.slow_mode_s),
        guest_audio_default: patch.guest_audio_default.unwrap_or(settings.guest_audio_default),
        guest_video_default: patch.guest_video_default.unwrap_or(settings.guest_video_default),
        enable_gifts: patch.enable_gifts.unwrap_or(settings.enable_gifts),
        max_participants: patch.max_participants.or(settings.max_participants),
        cohosts_manage_guests: patch.cohosts_manage_guests.unwrap_or(settings.cohosts_manage_guests),
        locked: settings.locked,
        layout: settings.layout,
    })
}

fn out_of_range(pointer: &str, detail: String) -> FieldError {
    FieldError { pointer: pointer.to_owned(), code: "out_of_range".to_owned(), detail }
}

impl Session {
    /// Answers a wish with what happens, or why it does not. `Create` has no session yet: see [`start`].
    pub fn decide(&self, now: At, by: &By, command: &Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Create(_) => Ok(Vec::new()),
            Command::Join(_) => self.while_live().map(|()| Vec::new()),
            Command::Update { title, description, settings, .. } => {
                self.may(by, Operation::Direct, Refusal::OwnerOnly)?;
                self.update(title.as_ref(), description.as_ref(), settings)
            }
            Command::SetLayout(_, layout) => {
                self.may(by, Operation::Arrange, Refusal::NotAllowed)?;
                Ok(self.with_settings(Settings { layout: *layout, ..self.view.settings.clone() }))
            }
            Command::Lock(_, locked) => {
                self.may(by, Operation::Arrange, Refusal::NotAllowed)?;
                Ok(self.with_settings(Settings { locked: *locked, ..self.view.settings.clone() }))
            }
            Command::Leave(_) if by.user_id == self.owner() => {
                self.while_live()?;
                Ok(vec![self.ended(now, EndReason::Owner)])
            }
            Command::Leave(_) => Ok(Vec::new()),
            Command::End(_) => {
                self.may(by, Operation::End, Refusal::OwnerOnly)?;
                let own = by.user_id == self.owner();
                Ok(vec![self.ended(now, if own { EndReason::Owner } else { EndReason::Operator })])
            }
        }
    }

    /// Answers a fact with what follows from it.
    #[must_use]
    pub fn hear(&self, now: At, fact: Fact) -> Vec<Event> {
        if !self.is_live() {
            return Vec::new();
        }
        match fact {
            Fact::HostConnected if self.view.host_grace_until.is_some() => vec![Event::HostBack],
            Fact::HostConnected => Vec::new(),
            Fact::HostDisconnected if self.view.host_grace_until.is_none() && self.host_seen => {
                vec![Event::HostLost { ends_at: now.plus_ms(HOST_GRACE_MS) }]
            }
            Fact::HostDisconnected => Vec::new(),
            Fact::Restarted => vec![Event::HostLost { ends_at: now.plus_ms(HOST_GRACE_MS) }],
            Fact::Clock => self.rung(now),
        }
    }

    /// Makes a decided event true.
    pub fn apply(&mut self, now: At, event: &Event) {
        match event {
            Event::Started { session } | Event::Updated { session } => {
                self.view.title.clone_from(&session.title);
                self.view.description.clone_from(&session.description);
                self.view.settings = session.settings.clone();
                self.view.effective_max_guests = session.effective_max_guests;
            }
            Event::HostLost { ends_at } => self.view.host_grace_until = Some(*ends_at),
            Event::HostBack => {
                self.host_seen = true;
                self.view.host_grace_until = None;
            }
            Event::Ended { .. } => {
                self.view.status = Status::Ended;
                self.view.ended_at = Some(now);
                self.view.host_grace_until = None;
            }
            Event::ViewerJoined { viewer_count, .. }
            | Event::ViewerLeft { viewer_count, .. }
            | Event::ViewersChanged { viewer_count, .. } => {
                self.view.viewer_count = *viewer_count;
                self.view.peak_viewers = self.view.peak_viewers.max(*viewer_count);
            }
        }
    }

    fn while_live(&self) -> Result<(), Refusal> {
        if self.is_live() { Ok(()) } else { Err(Refusal::Ended) }
    }

    /// Who may comes before what is: a stranger learns nothing from the answer.
    fn may(&self, by: &By, operation: Operation, otherwise: Refusal) -> Result<(), Refusal> {
        if by.anonymous {
            return Err(Refusal::SignInRequired);
        }
        if !allows(operation, by, self.view.settings.cohosts_manage_guests) {
            return Err(otherwise);
        }
        self.while_live()
    }

    fn update(
        &self,
        title: Option<&Title>,
        description: Option<&Description>,
        patch: &SettingsPatch,
    ) -> Result<Vec<Event>, Refusal> {
        let settings = patched(&self.view.settings, patch)?;
        let mut view = self.changed_view(settings);
        if let Some(title) = title {
            title.as_str().clone_into(&mut view.title);
        }
        if let Some(description) = description {
            description.as_str().clone_into(&mut view.description);
        }
        Ok(self.updated(view))
    }

    fn with_settings(&self, settings: Settings) -> Vec<Event> {
        self.updated(self.changed_view(settings))
    }

    fn changed_view(&self, settings: Settings) -> SessionView {
        let effective_max_guests = effective_max_guests(self.plan_guests_max, &settings);
        SessionView { effective_max_guests, settings, ..self.view.clone() }
    }

    /// What changes nothing is not told.
    fn updated(&self, session: SessionView) -> Vec<Event> {
        if session == self.view { Vec::new() } else { vec![Event::Updated { session }] }
    }

    fn ended(&self, now: At, reason: EndReason) -> Event {
        Event::Ended { reason, summary: self.summary(now) }
    }

    fn rung(&self, now: At) -> Vec<Event> {
        let due = self.deadline().is_some_and(|at| at <= now);
        let reason = if self.host_seen { EndReason::HostLost } else { EndReason::NeverConnected };
        if due { vec![self.ended(now, reason)] } else { Vec::new() }
    }
}
