//! What can be asked of a session.

use crate::ids::SessionId;
use crate::sessions::{Format, Layout, Mode, SettingsPatch, Visibility};
use crate::text::{Description, Title};

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
