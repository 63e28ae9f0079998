//! What happens to a session.

use serde::{Deserialize, Serialize};

use crate::event::{Audience, Keep};
use crate::person::ParticipantView;
use crate::sessions::{SessionView, SummaryView};
use crate::time::At;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The owner said so.
    Owner,
    /// An operator said so.
    Operator,
    /// The host did not come back in time.
    HostLost,
    /// Nobody ever connected.
    NeverConnected,
}

/// Facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It is live.
    Started {
        /// The session.
        session: SessionView,
    },
    /// Title, switches, layout or lock changed.
    Updated {
        /// After the change.
        session: SessionView,
    },
    /// No connection of the host is left.
    HostLost {
        /// When it ends unless they come back.
        ends_at: At,
    },
    /// The host is back.
    HostBack,
    /// Over.
    Ended {
        /// Why.
        reason: EndReason,
        /// Numbers.
        summary: SummaryView,
    },
    /// A viewer came (few viewers).
    ViewerJoined {
        /// Who.
        participant: ParticipantView,
        /// Present and not seated.
        viewer_count: u32,
    },
    /// A viewer went (few viewers).
    ViewerLeft {
        /// Who.
        participant: ParticipantView,
        /// Present and not seated.
        viewer_count: u32,
    },
    /// Many came and went (one per window).
    ViewersChanged {
        /// Came.
        joined: u32,
        /// Went.
        left: u32,
        /// Present and not seated.
        viewer_count: u32,
    },
}

impl Event {
    /// `session.…`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "session.started",
            Self::Updated { .. } => "session.updated",
            Self::HostLost { .. } => "session.host_lost",
            Self::HostBack => "session.host_back",
            Self::Ended { .. } => "session.ended",
            Self::ViewerJoined { .. } => "session.viewer_joined",
            Self::ViewerLeft { .. } => "session.viewer_left",
            Self::ViewersChanged { .. } => "session.viewers_changed",
        }
    }

    /// Everybody.
    #[must_use]
    #[expect(clippy::unused_self, reason = "the same question for every slice")]
    pub const fn audience(&self) -> Audience {
        Audience::Session
    }

    /// Presence of viewers is ephemeral.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        match self {
            Self::Started { .. }
            | Self::Updated { .. }
            | Self::HostLost { .. }
            | Self::HostBack
            | Self::Ended { .. } => Keep::Kept,
            Self::ViewerJoined { .. } | Self::ViewerLeft { .. } | Self::ViewersChanged { .. } => {
                Keep::Ephemeral
            }
        }
    }
}
