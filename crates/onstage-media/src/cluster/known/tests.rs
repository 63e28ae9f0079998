//! Would catch facts that are doubled, told of the wrong stay, or never made up for when a webhook is lost.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use onstage_domain::media::Source;
use uuid::Uuid;

use super::*;

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn info(number: u128, stay: u32, tracks: &[(u32, bool)]) -> proto::ParticipantInfo {
    let tracks = tracks.iter().map(|(track, muted)| self::track(*track, *muted)).collect();
    proto::ParticipantInfo {
        identity: user(number).to_string(),
        sid: format!("PA_{number}_{stay}"),
        state: proto::participant_info::State::Active.into(),
        tracks,
        ..proto::ParticipantInfo::default()
    }
}

fn track(number: u32, muted: bool) -> proto::TrackInfo {
    proto::TrackInfo {
        sid: format!("TR_{number}"),
        source: proto::TrackSource::Microphone.into(),
        muted,
        ..proto::TrackInfo::default()
    }
}

fn event(
    name: &str,
    participant: proto::ParticipantInfo,
    track: Option<proto::TrackInfo>,
) -> proto::WebhookEvent {
    proto::WebhookEvent {
        event: name.to_owned(),
        participant: Some(participant),
        track,
        ..proto::WebhookEvent::default()
    }
}

const PUBLISHED: Seen = Seen::Published { source: Source::Microphone };
const UNPUBLISHED: Seen = Seen::Unpublished { source: Source::Microphone };

#[test]
fn a_webhook_that_comes_twice_is_told_once() {
    let mut known = Known::default();
    let joined = event("participant_joined", info(1, 1, &[]), None);
    assert_eq!(known.hear(&joined), [(user(1), Seen::Connected)]);
    assert_eq!(known.hear(&joined), []);
    let published = event("track_published", info(1, 1, &[]), Some(track(7, false)));
    assert_eq!(known.hear(&published), [(user(1), PUBLISHED)]);
    assert_eq!(known.hear(&published), []);
}

#[test]
fn the_late_end_of_an_earlier_stay_is_no_end() {
    let mut known = Known::default();
    known.hear(&event("participant_joined", info(1, 1, &[]), None));
    assert_eq!(known.hear(&event("participant_joined", info(1, 2, &[]), None)), [(user(1), Seen::Connected)]);
    assert_eq!(known.hear(&event("participant_left", info(1, 1, &[]), None)), []);
    assert_eq!(known.hear(&event("participant_left", info(1, 2, &[]), None)), [(user(1), Seen::Lost)]);
}

#[test]
fn a_look_makes_up_for_what_was_never_told() {
    let mut known = Known::default();
    known.hear(&event("participant_joined", info(1, 1, &[]), None));
    let news = known.look(&[info(2, 1, &[(7, false)])]);
    let told: BTreeSet<String> = news.iter().map(|news| format!("{news:?}")).collect();
    let wanted = [(user(1), Seen::Lost), (user(2), Seen::Connected), (user(2), PUBLISHED)];
    assert_eq!(told, wanted.iter().map(|news| format!("{news:?}")).collect());
    assert_eq!(known.look(&[info(2, 1, &[(7, false)])]), []);
    assert_eq!(known.look(&[info(2, 1, &[])]), [(user(2), UNPUBLISHED)]);
}

#[test]
fn a_persons_own_mute_is_seen_at_the_next_look_and_ours_is_not_taken_for_it() {
    let mut known = Known::default();
    known.look(&[info(1, 1, &[(7, false)])]);
    let muted = Seen::SelfMuted { media: Media::Audio, muted: true };
    assert_eq!(known.look(&[info(1, 1, &[(7, true)])]), [(user(1), muted)]);
    let unmuted = Seen::SelfMuted { media: Media::Audio, muted: false };
    assert_eq!(known.look(&[info(1, 1, &[(7, false)])]), [(user(1), unmuted)]);
    known.note_muted(user(1), "TR_7");
    assert_eq!(known.look(&[info(1, 1, &[(7, true)])]), []);
}

#[test]
fn whatever_is_lost_or_doubled_the_facts_end_where_the_room_is() {
    // A small generator: nothing here needs good dice, only many different orders.
    let mut seed = 0x2545_f491_u32;
    let mut dice = |sides: u32| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed % sides
    };
    for _ in 0..300 {
        let mut known = Known::default();
        // The model: who is there by the facts, and how many tracks each is said to have.
        let mut model: BTreeMap<UserId, i64> = BTreeMap::new();
        let mut room: Vec<proto::ParticipantInfo> = Vec::new();
        for step in 0..40 {
            let (number, stay) = (u128::from(dice(3)), dice(3));
            let name = ["participant_joined", "participant_left", "track_published", "track_unpublished"]
                [usize::try_from(dice(4)).unwrap()];
            let news = if step % 7 == 6 {
                room = (0..dice(3))
                    .map(|person| info(u128::from(person), dice(3), &[(dice(4), false)]))
                    .collect();
                known.look(&room)
            } else {
                known.hear(&event(name, info(number, stay, &[]), Some(track(dice(4), false))))
            };
            note(&mut model, news);
        }
        note(&mut model, known.look(&room));
        let there: BTreeMap<UserId, i64> =
            room.iter().map(|info| (info.identity.parse().unwrap(), 1)).collect();
        assert_eq!(model, there);
    }
}

fn note(model: &mut BTreeMap<UserId, i64>, news: News) {
    for (user, seen) in news {
        match seen {
            Seen::Connected => {
                model.insert(user, 0);
            }
            Seen::Lost => assert!(model.remove(&user).is_some(), "lost twice"),
            Seen::Published { .. } => *model.get_mut(&user).unwrap() += 1,
            Seen::Unpublished { .. } => *model.get_mut(&user).unwrap() -= 1,
            Seen::SelfMuted { .. } | Seen::Speaking { .. } | Seen::Quality { .. } => {}
        }
    }
}
