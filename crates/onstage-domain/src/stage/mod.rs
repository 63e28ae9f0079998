//! Seats: who is up, who may speak, who asked, who was invited, who may never come back.

mod events;
mod model;
mod rules;

pub use events::{Event, LeaveReason};
pub use model::{
    InvitationState, InvitationView, ParticipantView, Permissions, PermissionsPatch, Presence, RequestState,
    RequestView, RequestedRole, Role,
};
pub use rules::Command;
