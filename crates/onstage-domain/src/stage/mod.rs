//! Seats: who is up, who may speak, who asked, who was invited, who may never come back.

mod events;
mod model;
mod rules;

pub use events::{Event, LeaveReason};
pub use model::{
    House, InvitationState, InvitationView, ParticipantView, Permissions, PermissionsPatch, Person, Presence,
    RequestState, RequestView, RequestedRole, Role, Stage, newcomer, owner,
};
pub use rules::{
    Command, Fact, HELD_MS, INVITATION_MS, INVITATIONS_PENDING_MAX, RECONNECTING_MS, REQUESTS_PENDING_MAX,
    Refusal, SEAT_MAX, SEAT_MIN,
};

#[cfg(test)]
mod tests;
