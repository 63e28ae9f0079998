//! Catches a bad connection that its two ends do not hear of, words told twice, pauses that nobody explains, and orders to
//! publish in a codec that the publisher does not have.

use onstage_sfu::ConnectionQuality;

use super::*;

fn heard(told: &[Told]) -> Vec<(String, proto::ConnectionQuality, f32)> {
    told.iter()
        .filter_map(|message| match message {
            Told::ConnectionQuality(update) => Some(update.updates.clone()),
            _ => None,
        })
        .flatten()
        .map(|info| (info.participant_sid.clone(), info.quality(), info.score))
        .collect()
}

fn scores(stage: &Stage) -> Vec<u8> {
    let score = |seen: &Seen| match seen {
        Seen::Quality { score } => Some(*score),
        _ => None,
    };
    stage.facts.iter().filter_map(score).collect()
}

#[test]
fn the_worst_of_both_ways_is_told_to_the_person_and_to_who_receives_them_once() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut host = stage.join(&user(1).to_string());
    let mut viewer = stage.join(&user(2).to_string());
    let mut other = stage.join(&user(3).to_string());
    stage.publish(&mut host, camera("cam"));
    stage.say(&host, Asked::Offer(offer(1)));
    let (up, down) = (stage.publisher(&host), stage.subscriber(&host));
    host.told();
    viewer.told();
    other.told();
    stage.facts.clear();
    let word = |peer, quality, score_tenths| Notice::Quality { peer, quality, score_tenths };
    stage.notice(word(up, ConnectionQuality::Fair, 30));
    let expected = vec![(host.sid.clone(), proto::ConnectionQuality::Good, 3.0)];
    assert_eq!(heard(&host.told()), expected);
    assert_eq!(heard(&viewer.told()), expected);
    stage.notice(word(down, ConnectionQuality::Good, 38));
    assert_eq!(heard(&host.told()), [], "the other way is worse still");
    stage.notice(word(down, ConnectionQuality::Poor, 20));
    assert_eq!(heard(&viewer.told())[0].1, proto::ConnectionQuality::Poor);
    stage.notice(word(down, ConnectionQuality::Excellent, 45));
    stage.notice(word(up, ConnectionQuality::Excellent, 45));
    let told: Vec<_> = heard(&host.told()).into_iter().map(|(_, quality, _)| quality).collect();
    let words =
        [proto::ConnectionQuality::Poor, proto::ConnectionQuality::Good, proto::ConnectionQuality::Excellent];
    assert_eq!(told, words);
    assert_eq!(scores(&stage), [1, 0, 1, 2]);
    // A viewer's own way is nobody's business but the viewer's.
    viewer.told();
    other.told();
    stage.notice(word(stage.subscriber(&viewer), ConnectionQuality::Poor, 20));
    assert_eq!(heard(&viewer.told()).len(), 1);
    assert_eq!(heard(&other.told()), []);
}

#[test]
fn a_picture_that_is_held_back_and_its_return_are_told() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let mut viewer = stage.join("bob");
    let (track, sid) = stage.publish(&mut host, camera("cam"));
    let peer = stage.subscriber(&viewer);
    viewer.told();
    stage.notice(Notice::Starved { peer, track, is_starved: true });
    stage.notice(Notice::Starved { peer, track, is_starved: false });
    let states: Vec<_> = viewer
        .told()
        .into_iter()
        .filter_map(|message| match message {
            Told::StreamStateUpdate(update) => {
                Some((update.stream_states[0].track_sid.clone(), update.stream_states[0].state()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(states, [(sid.clone(), proto::StreamState::Paused), (sid, proto::StreamState::Active)]);
}

#[test]
fn who_allows_pauses_says_so_as_it_joins() {
    let mut stage = Stage::new(false);
    for (pair, expected) in [(None, false), (Some(("subscriber_allow_pause", "1")), true)] {
        stage.controls.clear();
        stage.knock("ann", pair.as_slice());
        let allowed = stage.controls.iter().find_map(|control| match control {
            Control::OpenPeer { options, .. } => Some(options.may_pause),
            _ => None,
        });
        assert_eq!(allowed, Some(expected));
    }
}

#[test]
fn layers_are_wished_in_the_codec_that_the_publisher_has() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let (track, _) = stage.publish(&mut host, camera("cam"));
    host.told();
    stage.notice(Notice::LayersWanted { track, best: Some(Quality::Low) });
    let told = host.told();
    let [Told::SubscribedQualityUpdate(update)] = told.as_slice() else { panic!("{told:?}") };
    let [codec] = update.subscribed_codecs.as_slice() else { panic!("{update:?}") };
    assert_eq!(codec.codec, "vp8", "lower case");
    let enabled: Vec<_> = codec.qualities.iter().map(|quality| quality.enabled).collect();
    assert_eq!(enabled, [true, false, false]);
}

#[test]
fn fewer_pictures_a_second_are_wished_and_all_of_them_again() {
    let mut stage = Stage::new(false);
    let viewer = stage.join("vic");
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, camera("cam"));
    let peer = stage.subscriber(&viewer);
    stage.controls.clear();
    for fps in [15, 0] {
        let settings = proto::UpdateTrackSettings {
            track_sids: vec![sid.clone()],
            fps,
            ..proto::UpdateTrackSettings::default()
        };
        stage.say(&viewer, Asked::TrackSetting(settings));
    }
    let limit = |frames_per_second_max| Control::LimitFrames { peer, track, frames_per_second_max };
    assert_eq!([&stage.controls[0], &stage.controls[2]], [&limit(Some(15)), &limit(None)]);
}
