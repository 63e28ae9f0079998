//! What can be asked of chat.

use uuid::Uuid;

use crate::actor::{Actor, By};
use crate::chat::{Chat, Event, MessageKind, MessageView, Reaction, Recent, Written};
use crate::ids::{MessageId, SessionId};
use crate::moderation::{self, may_act_on};
use crate::permissions::{Operation, allows};
use crate::problem::{Code, FieldError, Problem};
use crate::text::ChatText;
use crate::time::At;

/// How far back the rate of a person's messages is looked at.
pub const CHAT_WINDOW_MS: i64 = 30_000;
/// Most messages of a person within the window.
pub const CHAT_PER_WINDOW_MAX: usize = 20;
/// Most messages of somebody who moderates chat within the window.
pub const CHAT_PER_WINDOW_MODERATOR_MAX: usize = 100;
/// How long the same words are not repeated.
pub const REPEAT_MS: i64 = 30_000;

/// Most reactions one call may carry.
pub const REACTION_COUNT_MAX: u32 = 20;

/// Words and hearts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Says something.
    Send {
        /// Where.
        session: SessionId,
        /// What.
        text: ChatText,
        /// Text or sticker.
        kind: MessageKind,
    },
    /// Takes a message away (author or moderator).
    Delete {
        /// Where.
        session: SessionId,
        /// Which.
        message: MessageId,
    },
    /// Reacts.
    React {
        /// Where.
        session: SessionId,
        /// With what.
        kind: Reaction,
        /// How often at once, 1–[`REACTION_COUNT_MAX`].
        count: u32,
    },
}

/// Why chat says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The show is over.
    #[error("The session has ended")]
    Ended,
    /// Without an account.
    #[error("Sign in to do this")]
    SignInRequired,
    /// Chat is off.
    #[error("Chat is switched off")]
    Off,
    /// Kinds that only the server makes (K20).
    #[error("Clients send text and stickers; {} messages are made by the server", .0.word())]
    ServerMade(MessageKind),
    /// Slow mode.
    #[error("Slow mode: wait {} s before the next message", .wait_ms.saturating_add(999).saturating_div(1000))]
    SlowMode {
        /// How long yet.
        wait_ms: i64,
    },
    /// Window full.
    #[error("Too many messages; wait a moment")]
    TooFast {
        /// How long yet.
        wait_ms: i64,
    },
    /// The same words a moment ago.
    #[error("The same message was sent a moment ago")]
    Repeated,
    /// No such message.
    #[error("There is no such message")]
    MessageNotFound,
    /// Neither the author nor a moderator.
    #[error("Your role does not allow this")]
    NotAllowed,
    /// The owner's words stay.
    #[error("Nobody can do this to the host")]
    OwnerUntouchable,
    /// Too many reactions at once, or none.
    #[error("Send 1 to {REACTION_COUNT_MAX} reactions at once")]
    BadCount,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Ended => Self::because(Code::SessionEnded, detail),
            Refusal::SignInRequired => Self::because(Code::SignInRequired, detail),
            Refusal::Off => Self::because(Code::ChatOff, detail),
            Refusal::ServerMade(_) => Self::because(Code::BadWord, detail),
            Refusal::SlowMode { wait_ms } => Self::because(Code::SlowMode, detail).retry_after_ms(wait_ms),
            Refusal::TooFast { wait_ms } => Self::because(Code::ChatTooFast, detail).retry_after_ms(wait_ms),
            Refusal::Repeated => Self::because(Code::Repeated, detail),
            Refusal::MessageNotFound => Self::because(Code::MessageNotFound, detail),
            Refusal::NotAllowed => Self::because(Code::NotAllowed, detail),
            Refusal::OwnerUntouchable => Self::because(Code::OwnerUntouchable, detail),
            Refusal::BadCount => Self::invalid(vec![FieldError {
                pointer: "/count".to_owned(),
                code: "out_of_range".to_owned(),
                detail,
            }]),
        }
    }
}

impl From<moderation::Refusal> for Refusal {
    fn from(refusal: moderation::Refusal) -> Self {
        match refusal {
            moderation::Refusal::SignInRequired => Self::SignInRequired,
            moderation::Refusal::OwnerUntouchable => Self::OwnerUntouchable,
            moderation::Refusal::NotAllowed
            | moderation::Refusal::Blocked { .. }
            | moderation::Refusal::TimedOut { .. }
            | moderation::Refusal::BadDuration => Self::NotAllowed,
        }
    }
}

/// Words on their way.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    /// The message's id.
    pub id: Uuid,
    /// What.
    pub text: &'a ChatText,
    /// Text or sticker.
    pub kind: MessageKind,
}

impl Chat {
    /// Decides a message.
    pub fn send(&self, now: At, author: (&Actor, &By), words: &Words<'_>) -> Result<Event, Refusal> {
        let (actor, by) = author;
        self.may_take_part(by)?;
        if !self.enabled {
            return Err(Refusal::Off);
        }
        match words.kind {
            MessageKind::Text | MessageKind::Sticker => {}
            MessageKind::System | MessageKind::Gift => return Err(Refusal::ServerMade(words.kind)),
        }
        self.not_too_soon(now)?;
        self.not_repeated(now, words.text)?;
        self.not_too_many(now, by)?;
        Ok(Event::Sent {
            message: MessageView {
                id: MessageId::new(words.id),
                session_id: self.session,
                user_id: Some(actor.user_id),
                handle: Some(actor.handle.clone()),
                display_name: Some(actor.display_name.clone()),
                text: words.text.as_str().to_owned(),
                kind: words.kind,
                created_at: now,
            },
        })
    }

    /// Decides whether a message goes: its author may, and who moderates and stands above the author.
    pub fn delete(by: &By, written: Option<&Written>) -> Result<Event, Refusal> {
        if by.anonymous {
            return Err(Refusal::SignInRequired);
        }
        let own = written.is_some_and(|written| written.author.user_id == by.user_id);
        if !own && !allows(Operation::ModerateChat, by, true) {
            return Err(written.map_or(Refusal::MessageNotFound, |_| Refusal::NotAllowed));
        }
        let written = written.ok_or(Refusal::MessageNotFound)?;
        if !own {
            may_act_on(by, Operation::ModerateChat, written.author, true)?;
        }
        Ok(Event::Deleted { message_id: written.id, by: by.user_id })
    }

    /// Decides reactions.
    pub fn react(&self, author: (&Actor, &By), kind: Reaction, count: u32) -> Result<Event, Refusal> {
        let (actor, by) = author;
        self.may_take_part(by)?;
        if !(1..=REACTION_COUNT_MAX).contains(&count) {
            return Err(Refusal::BadCount);
        }
        Ok(Event::Reacted { user_id: actor.user_id, handle: actor.handle.clone(), kind, count })
    }

    /// Makes a decided event true.
    pub fn apply(&mut self, now: At, event: &Event) {
        match event {
            Event::Sent { message } => self.recent.push(Recent { at: now, text: message.text.clone() }),
            // What was deleted still counts: deleting is no way around the limits.
            Event::Deleted { .. } | Event::Reacted { .. } | Event::Reactions { .. } => {}
        }
    }

    fn may_take_part(&self, by: &By) -> Result<(), Refusal> {
        if !allows(Operation::TakePart, by, true) {
            return Err(Refusal::SignInRequired);
        }
        if self.live { Ok(()) } else { Err(Refusal::Ended) }
    }

    fn not_too_soon(&self, now: At) -> Result<(), Refusal> {
        // Of two that come at once the one decided second may carry the earlier time.
        if self.slow_mode_s == 0 {
            return Ok(());
        }
        let slow_ms = i64::from(self.slow_mode_s).saturating_mul(1000);
        let free_at = self.recent.iter().map(|recent| recent.at.plus_ms(slow_ms)).max();
        match free_at {
            Some(at) if now < at => Err(Refusal::SlowMode { wait_ms: at.since_ms(now) }),
            Some(_) | None => Ok(()),
        }
    }

    fn not_repeated(&self, now: At, text: &ChatText) -> Result<(), Refusal> {
        let fresh = |recent: &&Recent| now < recent.at.plus_ms(REPEAT_MS);
        let same = self.recent.iter().filter(fresh).any(|recent| recent.text == text.as_str());
        if same { Err(Refusal::Repeated) } else { Ok(()) }
    }

    fn not_too_many(&self, now: At, by: &By) -> Result<(), Refusal> {
        if !self.limits {
            return Ok(());
        }
        let moderates = allows(Operation::ModerateChat, by, true);
        let most = if moderates { CHAT_PER_WINDOW_MODERATOR_MAX } else { CHAT_PER_WINDOW_MAX };
        match window_free_at(self.recent.iter().map(|recent| recent.at), now, most) {
            Some(at) => Err(Refusal::TooFast { wait_ms: at.since_ms(now) }),
            None => Ok(()),
        }
    }
}

/// `None`: there is room in the window now. Otherwise when there will be: as its oldest surplus message leaves it.
fn window_free_at(sent: impl Iterator<Item = At>, now: At, most: usize) -> Option<At> {
    let mut inside: Vec<At> =
        sent.map(|at| at.plus_ms(CHAT_WINDOW_MS)).filter(|leaves| now < *leaves).collect();
    inside.sort_unstable();
    inside.iter().rev().nth(most.saturating_sub(1)).copied()
}
