//! The vocabulary of S3: every `type` with its fields. Fields and types beyond the document's are marked *additive*;
//! its clients ignore what they do not know.

use onstage_domain::chat::MessageView;
use onstage_domain::stage::ParticipantView;
use onstage_domain::{MessageId, UserId};
use serde::Serialize;
use serde_json::Value;

use crate::live::{LiveRoleWord, Participant, RequestStatusWord};
use crate::problem::ProblemBody;
use crate::time::Time;
use crate::words::{EndReasonWord, MediaWord, MessageKindWord, RequestedRoleWord};

/// A person who came or went.
#[derive(Serialize)]
pub(super) struct Presence<'a> {
    pub(super) user_id: UserId,
    pub(super) username: &'a str,
    /// Of who came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<LiveRoleWord>,
    pub(super) viewer_count: u32,
    /// *Additive.*
    pub(super) timestamp: Time,
    /// *Additive*: the seat is kept for a while, or was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) reconnecting: bool,
}

/// Who did it to the reader.
#[derive(Clone, Copy, Serialize)]
pub(super) struct By<'a> {
    pub(super) by: UserId,
    pub(super) by_username: &'a str,
    pub(super) timestamp: Time,
}

/// What is heard and seen of a person now.
#[derive(Serialize)]
pub(super) struct MediaChanged<'a> {
    user_id: UserId,
    /// *Additive.*
    username: &'a str,
    /// *Additive.*
    role: LiveRoleWord,
    audio_enabled: bool,
    video_enabled: bool,
    /// *Additive.*
    screen_sharing: bool,
    /// *Additive.*
    timestamp: Time,
}

impl<'a> MediaChanged<'a> {
    pub(super) fn of(person: &'a ParticipantView, timestamp: Time) -> Self {
        Self {
            user_id: person.user_id,
            username: &person.handle,
            role: person.role.into(),
            audio_enabled: person.audio_enabled(),
            video_enabled: person.video_enabled(),
            screen_sharing: person.screen_sharing,
            timestamp,
        }
    }
}

/// A message.
#[derive(Serialize)]
pub(super) struct ChatMessage<'a> {
    id: MessageId,
    user_id: Option<UserId>,
    username: Option<&'a str>,
    message: &'a str,
    /// *Additive.*
    message_type: MessageKindWord,
    timestamp: Time,
    /// Of before the socket.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    history: bool,
}

impl<'a> ChatMessage<'a> {
    pub(super) fn of(view: &'a MessageView, history: bool) -> Self {
        Self {
            id: view.id,
            user_id: view.user_id,
            username: view.handle.as_deref(),
            message: &view.text,
            message_type: view.kind.into(),
            timestamp: view.created_at.into(),
            history,
        }
    }
}

/// Every type.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Told<'a> {
    CurrentParticipants {
        participants: Vec<Participant>,
        viewer_count: u32,
        seq: i64,
    },
    UserJoined(Presence<'a>),
    UserLeft(Presence<'a>),
    /// *Additive*: where many come and go.
    ViewerCount {
        viewer_count: u32,
        joined: u32,
        left: u32,
        timestamp: Time,
    },
    ChatMessage(ChatMessage<'a>),
    /// *Additive.*
    MessageDeleted {
        id: MessageId,
        by: UserId,
        timestamp: Time,
    },
    /// Without a person where many react; `count` is *additive*.
    Reaction {
        user_id: Option<UserId>,
        username: Option<&'a str>,
        reaction: &'static str,
        count: u32,
        timestamp: Time,
    },
    /// `message` and `request_type` are *additive*.
    GuestRequest {
        user_id: UserId,
        username: &'a str,
        message: &'a str,
        request_type: RequestedRoleWord,
        timestamp: Time,
    },
    /// *Additive*: nobody needs to answer any more. `status` in S1's words.
    GuestRequestClosed {
        user_id: UserId,
        username: &'a str,
        status: RequestStatusWord,
        timestamp: Time,
    },
    /// `null`: nobody had to.
    GuestApproved {
        approved_by: Option<UserId>,
        approved_by_username: Option<&'a str>,
        role: LiveRoleWord,
        timestamp: Time,
    },
    GuestRejected {
        rejected_by: Option<UserId>,
        rejected_by_username: Option<&'a str>,
        timestamp: Time,
    },
    /// From `role` on *additive*.
    GuestJoined {
        user_id: UserId,
        username: &'a str,
        timestamp: Time,
        role: LiveRoleWord,
        audio_enabled: bool,
        video_enabled: bool,
        viewer_count: u32,
    },
    ForceMuteAudio(By<'a>),
    ForceMuteVideo(By<'a>),
    /// *Additive*: nobody else opens a microphone or camera (K18).
    UnmuteRequested {
        media: MediaWord,
        #[serde(flatten)]
        by: By<'a>,
    },
    Kicked {
        #[serde(flatten)]
        by: By<'a>,
        reason: Option<&'a str>,
    },
    /// Also down.
    Promoted {
        new_role: LiveRoleWord,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by_username: Option<&'a str>,
        timestamp: Time,
    },
    ParticipantMediaChanged(MediaChanged<'a>),
    WebrtcSignal {
        signal_type: &'a str,
        from_user_id: &'a str,
        signal_data: &'a Value,
    },
    /// *Additive*: the show ends then unless the host comes back.
    HostLost {
        ends_at: Time,
        timestamp: Time,
    },
    /// *Additive.*
    HostBack {
        timestamp: Time,
    },
    /// `reason` is *additive*.
    SessionEnded {
        timestamp: Time,
        reason: EndReasonWord,
    },
    Pong {
        timestamp: Time,
    },
    Error {
        action: Option<&'a str>,
        code: &'static str,
        message: &'a str,
        problem: ProblemBody,
    },
}

impl Told<'_> {
    /// As a frame.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As a frame whose end is open: its place in the log follows.
    pub(super) fn body(&self) -> String {
        let mut text = self.text();
        let _brace = text.pop();
        text
    }
}
