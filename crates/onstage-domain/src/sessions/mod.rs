//! Shows: from going live to the end, with the host's grace and the numbers that remain.

mod events;
mod model;
mod rules;

pub use events::{EndReason, Event};
pub use model::{
    Format, HostView, Layout, Mode, SessionView, Settings, SettingsPatch, Status, SummaryView, Visibility,
};
pub use rules::{Command, NewSession};
