//! What has to be asked of a cluster so that a participant is as an order wants it.

use livekit_protocol as proto;

use super::known::source_of;
use crate::livekit::permission::Permission;
use crate::livekit::room::{held_by_host, held_by_self};
use crate::orders::Person;

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Put out.
    Remove,
    /// Grant this and nothing else.
    Permit(Box<proto::ParticipantPermission>),
    /// Silence a track.
    Mute(String),
}

/// A client may undo a mute of the server, so what a host muted loses its permission: the cluster ends such tracks, and
/// the client publishes anew when the host gives the permission back. A person's own mute only silences: nobody opens
/// a microphone but its owner.
pub(super) fn steps(order: &Person, participant: &proto::ParticipantInfo) -> Vec<Step> {
    if !order.admitted {
        return vec![Step::Remove];
    }
    let mut permission = Permission::ordered(&order.grant);
    permission.microphone &= !order.grant.host_muted_audio;
    permission.screen_audio &= !order.grant.host_muted_audio;
    permission.camera &= !order.grant.host_muted_video;
    let mut wanted = permission.to_proto();
    wanted.hidden = permission.hidden;
    let mut steps = Vec::new();
    if participant.permission.as_ref().is_none_or(|granted| !is_same(granted, &wanted)) {
        steps.push(Step::Permit(Box::new(wanted)));
    }
    let held = participant.tracks.iter().filter(|track| !track.muted).filter(|track| {
        source_of(track)
            .is_some_and(|source| held_by_host(source, &order.grant) || held_by_self(source, &order.grant))
    });
    steps.extend(held.map(|track| Step::Mute(track.sid.clone())));
    steps
}

/// An empty list of sources means all of them, where publishing is allowed at all.
fn is_same(granted: &proto::ParticipantPermission, wanted: &proto::ParticipantPermission) -> bool {
    let sources = |permission: &proto::ParticipantPermission| {
        let mut sources = permission.can_publish_sources.clone();
        sources.sort_unstable();
        if permission.can_publish { sources } else { vec![-1] }
    };
    granted.can_subscribe == wanted.can_subscribe
        && granted.can_publish == wanted.can_publish
        && granted.can_publish_data == wanted.can_publish_data
        && granted.hidden == wanted.hidden
        && sources(granted) == sources(wanted)
}

#[cfg(test)]
mod tests;
