//! The three mute facts at the gate: a host's, the person's, the client's own; and what the client is told.

use std::time::Instant;

use livekit_protocol as proto;
use onstage_domain::media::{Media, MediaGrant, Seen};
use onstage_sfu::{Control, TrackSource};

use super::track::{held_by_host, media_of};
use super::{MemberKey, OWN_WORD_STANDS, REMIND_MUTE_EVERY, Room, UNMUTE_BOUNCE};
use crate::clock::Moment;
use crate::livekit::messages;

impl Room {
    /// `mute` from the client. While a host holds the track the client's word changes nothing.
    pub(super) fn client_mute(&mut self, now: Moment, key: MemberKey, mute: &proto::MuteTrackRequest) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let grant = member.grant;
        let Some(track) = member.track_mut(&mute.sid) else { return };
        if mute.muted && track.bounce_until.take().is_some_and(|until| now.instant < until) {
            return;
        }
        if !mute.muted && held_by_host(track.source, &grant) {
            return self.remind_mute(now, key, &mute.sid);
        }
        track.client_muted = mute.muted;
        let (source, track) = (track.source, track.key);
        if !mute.muted {
            self.api.person_unmuted(track);
        }
        self.self_muted(now, key, source, mute.muted);
        self.move_gates(key);
    }

    /// A client that takes a host's mute back is told again, without an answer for every try.
    fn remind_mute(&mut self, now: Moment, key: MemberKey, sid: &str) {
        let Some(track) = self.members.get_mut(&key).and_then(|member| member.track_mut(sid)) else { return };
        let lately = |told| now.instant.saturating_duration_since(told) < REMIND_MUTE_EVERY;
        if !track.reminded.is_some_and(lately) {
            track.reminded = Some(now.instant);
            self.send_to(key, messages::mute(sid, true));
        }
    }

    /// A track that starts muted is the person's own word as well.
    pub(super) fn self_mute_at_publish(
        &mut self,
        now: Moment,
        key: MemberKey,
        source: TrackSource,
        muted: bool,
    ) {
        if muted {
            self.self_muted(now, key, source, true);
        }
    }

    /// Tells the stage when the person's word differs from what it knows, or will know once it has answered.
    pub(super) fn self_muted(&mut self, now: Moment, key: MemberKey, source: TrackSource, muted: bool) {
        let Some(media) = media_of(source) else { return };
        let Some(member) = self.members.get_mut(&key) else { return };
        let ordered = self_muted(&member.grant, media);
        let word = member.words.of(media);
        word.said = Some(now.instant);
        if word.unanswered.unwrap_or(ordered) == muted {
            return;
        }
        word.unanswered = Some(muted);
        let user = member.user;
        self.fact(now, user, Seen::SelfMuted { media, muted });
    }

    /// Brings the gates of one participant in line, and tells everybody if one moved.
    pub(super) fn move_gates(&mut self, key: MemberKey) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let grant = member.grant;
        let mut moved = Vec::new();
        let mut known = false;
        for track in &mut member.tracks {
            let open = track.passes(&grant);
            if track.info.muted == open {
                track.info.muted = !open;
                known |= track.published;
                moved.push(Control::SetGate { track: track.key, open });
            }
        }
        self.effects.controls.extend(moved);
        if known {
            self.announce(key);
        }
    }

    /// After a new order: mutes that came from elsewhere reach the client, so that its own button is right.
    pub(super) fn tell_mutes(&mut self, now: Moment, key: MemberKey, before: MediaGrant) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let after = member.grant;
        let mut told = Vec::new();
        for track in member.tracks.iter_mut().filter(|track| track.published) {
            let Some((was, is)) = held(track.source, &before, &after) else { continue };
            let fresh = |said: Instant| now.instant.saturating_duration_since(said) < OWN_WORD_STANDS;
            let spoke =
                media_of(track.source).and_then(|media| member.words.of(media).said).is_some_and(fresh);
            if is && !was && !track.client_muted {
                told.push(messages::mute(track.sid(), true));
            } else if was && !is && track.client_muted && !spoke && media_of(track.source).is_some() {
                track.client_muted = false;
                track.bounce_until = now.instant.checked_add(UNMUTE_BOUNCE);
                told.push(messages::mute(track.sid(), false));
            }
        }
        for message in told {
            self.send_to(key, message);
        }
    }

    /// An order that says what the client said last has answered it.
    pub(super) fn answer_self_mutes(&mut self, key: MemberKey) {
        let Some(member) = self.members.get_mut(&key) else { return };
        for media in [Media::Audio, Media::Video] {
            let ordered = self_muted(&member.grant, media);
            let word = member.words.of(media);
            word.unanswered = word.unanswered.filter(|said| *said != ordered);
        }
    }
}

fn self_muted(grant: &MediaGrant, media: Media) -> bool {
    match media {
        Media::Audio => grant.self_muted_audio,
        Media::Video => grant.self_muted_video,
    }
}

/// Whether anybody but the client itself holds a track, before and after an order; `None` for what orders do not mute.
fn held(source: TrackSource, before: &MediaGrant, after: &MediaGrant) -> Option<(bool, bool)> {
    let by_order = |grant: &MediaGrant| match source {
        TrackSource::Microphone | TrackSource::OtherAudio => grant.host_muted_audio || grant.self_muted_audio,
        TrackSource::Camera | TrackSource::OtherVideo => grant.host_muted_video || grant.self_muted_video,
        TrackSource::ScreenAudio => grant.host_muted_audio,
        TrackSource::Screen => false,
    };
    (source != TrackSource::Screen).then(|| (by_order(before), by_order(after)))
}
