//! How everything is served: routes, use cases, rows, the outbox. Knows no Socket.IO, no WebRTC, and not who listens.

mod accounts;
mod alarm_clock;
mod app;
mod attendance;
mod audit;
mod chat;
mod clock;
mod db;
mod dialects;
mod dice;
mod dispatch;
mod engine;
mod fault;
mod http;
mod idempotency;
mod listeners;
mod meters;
mod moderation;
mod outbox;
mod paging;
mod rates;
mod server;
mod sessions;
mod settings;
mod stage;
mod tasks;

pub use app::World;
pub use clock::{Clock, HandClock, SystemClock};
pub use db::Db;
pub use dice::{Dice, SystemDice};
pub use fault::Fault;
pub use http::{JSON_BODY_BYTES_MAX, REQUEST_DEADLINE, method_not_allowed, nothing_here, redacted};
pub use meters::Figures;
pub use server::{Admin, Server, openapi};
pub use settings::{Network, PasswordCost, Settings};
