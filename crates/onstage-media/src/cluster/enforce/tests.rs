//! Would catch a mute that the client can undo, a permission that stays, and calls for what already is.

use livekit_protocol as proto;
use onstage_domain::media::MediaGrant;

use super::*;

const ALL: MediaGrant =
    MediaGrant { may_speak: true, may_show: true, may_share: true, ..MediaGrant::NOTHING };

fn order(grant: MediaGrant) -> Person {
    Person { admitted: true, grant }
}

fn participant(permission: Option<proto::ParticipantPermission>, muted: bool) -> proto::ParticipantInfo {
    let track = |sid: &str, source: proto::TrackSource, kind: proto::TrackType| proto::TrackInfo {
        sid: sid.to_owned(),
        source: source.into(),
        r#type: kind.into(),
        muted,
        ..proto::TrackInfo::default()
    };
    proto::ParticipantInfo {
        permission,
        tracks: vec![
            track("mic", proto::TrackSource::Microphone, proto::TrackType::Audio),
            track("cam", proto::TrackSource::Camera, proto::TrackType::Video),
        ],
        ..proto::ParticipantInfo::default()
    }
}

/// What the cluster holds once it obeyed.
fn granted(order: &Person) -> proto::ParticipantPermission {
    let permits = steps(order, &participant(None, true)).into_iter().find_map(|step| match step {
        Step::Permit(permission) => Some(*permission),
        Step::Remove | Step::Mute(_) => None,
    });
    permits.unwrap()
}

#[test]
fn who_is_not_admitted_is_put_out_whatever_else_is_ordered() {
    let order = Person { admitted: false, grant: ALL };
    assert_eq!(steps(&order, &participant(None, false)), [Step::Remove]);
}

#[test]
fn what_is_so_already_is_not_asked_for() {
    for grant in [ALL, MediaGrant::NOTHING, MediaGrant { may_speak: true, ..MediaGrant::NOTHING }] {
        let order = order(grant);
        let there = participant(Some(granted(&order)), false);
        assert_eq!(steps(&order, &there), [], "{grant:?}");
    }
}

#[test]
fn a_hosts_mute_takes_the_permission_because_a_client_can_undo_a_mute() {
    let order = order(MediaGrant { host_muted_audio: true, ..ALL });
    let permission = granted(&order);
    let mic = i32::from(proto::TrackSource::Microphone);
    assert!(permission.can_publish);
    assert!(!permission.can_publish_sources.is_empty() && !permission.can_publish_sources.contains(&mic));
    assert_eq!(steps(&order, &participant(Some(permission), false)), [Step::Mute("mic".into())]);
}

#[test]
fn an_own_mute_silences_and_leaves_the_permission() {
    let order = order(MediaGrant { self_muted_video: true, ..ALL });
    let there = participant(Some(granted(&self::order(ALL))), false);
    assert_eq!(steps(&order, &there), [Step::Mute("cam".into())]);
    assert_eq!(steps(&order, &participant(Some(granted(&order)), true)), []);
}

#[test]
fn somebody_without_a_seat_may_only_watch() {
    let permission = granted(&order(MediaGrant::NOTHING));
    assert!(permission.can_subscribe && permission.hidden);
    assert!(!permission.can_publish && !permission.can_publish_data && !permission.can_update_metadata);
}
