//! What is true: ids, time, words, events and the rules of every slice; no clock, no dice, no outside world.

pub mod accounts;
pub mod actor;
pub mod address;
pub mod chat;
pub mod event;
pub mod ids;
pub mod media;
pub mod meters;
pub mod moderation;
pub mod orders;
pub mod permissions;
pub mod person;
pub mod ports;
pub mod problem;
pub mod reply;
#[doc(hidden)]
pub mod samples;
pub mod sessions;
pub mod stage;
pub mod text;
pub mod time;
mod words;

pub use actor::{Actor, By, Identity};
pub use event::{Audience, Envelope, Event, Keep, Place};
pub use ids::{
    EventId, FactId, FamilyId, IdempotencyKey, InvitationId, MessageId, RequestId, Seq, SessionId, UserId,
};
pub use problem::{Code, FieldError, Problem};
pub use reply::{Command, Query, Reply};
pub use time::At;
