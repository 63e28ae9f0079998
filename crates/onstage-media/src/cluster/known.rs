//! What is known of a room in the cluster, and which facts follow when a webhook or a look at the room says more.

use std::collections::HashMap;

use livekit_protocol as proto;
use onstage_domain::UserId;
use onstage_domain::media::{Media, Seen};
use onstage_sfu::TrackSource;

use crate::livekit::room::{media_of, source_of as fact_source};

/// A participant as the cluster last told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Participant {
    sid: String,
    tracks: HashMap<String, Track>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Track {
    source: TrackSource,
    muted: bool,
}

/// Everybody in one room. What was told already is no news, so webhooks may be lost, doubled or late.
#[derive(Debug, Default)]
pub(super) struct Known {
    people: HashMap<UserId, Participant>,
}

/// Somebody, and what was seen of them.
pub(super) type News = Vec<(UserId, Seen)>;

impl Known {
    /// How many people there are.
    pub(super) fn present(&self) -> usize {
        self.people.len()
    }

    /// A webhook of the room. What names nobody of ours is nothing to us.
    pub(super) fn hear(&mut self, event: &proto::WebhookEvent) -> News {
        let Some(info) = &event.participant else {
            return if event.event == "room_finished" { self.everybody_left() } else { News::new() };
        };
        let Ok(user) = info.identity.parse::<UserId>() else { return News::new() };
        match event.event.as_str() {
            "participant_joined" => self.joined(user, info),
            "participant_left" | "participant_connection_aborted" => self.left(user, &info.sid),
            "track_published" => self.published(user, info, event.track.as_ref()),
            "track_unpublished" => self.unpublished(user, event.track.as_ref()),
            _ => News::new(),
        }
    }

    /// Everybody that the cluster lists: who is not there has left.
    pub(super) fn look(&mut self, listed: &[proto::ParticipantInfo]) -> News {
        let mut news = News::new();
        let present: HashMap<UserId, &proto::ParticipantInfo> = listed
            .iter()
            .filter(|info| info.state() == proto::participant_info::State::Active)
            .filter_map(|info| Some((info.identity.parse().ok()?, info)))
            .collect();
        let gone: Vec<UserId> =
            self.people.keys().copied().filter(|user| !present.contains_key(user)).collect();
        for user in gone {
            self.people.remove(&user);
            news.push((user, Seen::Lost));
        }
        for (user, info) in present {
            news.extend(self.joined(user, info));
            news.extend(self.compare(user, info));
        }
        news
    }

    fn everybody_left(&mut self) -> News {
        self.people.drain().map(|(user, _)| (user, Seen::Lost)).collect()
    }

    /// A new sid under the same identity replaces the old one; its tracks begin anew.
    fn joined(&mut self, user: UserId, info: &proto::ParticipantInfo) -> News {
        if self.people.get(&user).is_some_and(|known| known.sid == info.sid) {
            return News::new();
        }
        self.people.insert(user, Participant { sid: info.sid.clone(), tracks: HashMap::new() });
        vec![(user, Seen::Connected)]
    }

    /// The end of an earlier stay is no news once a later one has begun.
    fn left(&mut self, user: UserId, sid: &str) -> News {
        if self.people.get(&user).is_none_or(|known| known.sid != sid) {
            return News::new();
        }
        self.people.remove(&user);
        vec![(user, Seen::Lost)]
    }

    fn published(
        &mut self,
        user: UserId,
        info: &proto::ParticipantInfo,
        track: Option<&proto::TrackInfo>,
    ) -> News {
        let mut news = self.joined(user, info);
        let Some(participant) = self.people.get_mut(&user).filter(|known| known.sid == info.sid) else {
            return news;
        };
        let Some((track, source)) = track.and_then(|track| Some((track, source_of(track)?))) else {
            return news;
        };
        let entry = Track { source, muted: track.muted };
        if participant.tracks.insert(track.sid.clone(), entry).is_none() {
            news.push((user, Seen::Published { source: fact_source(source) }));
        }
        news
    }

    fn unpublished(&mut self, user: UserId, track: Option<&proto::TrackInfo>) -> News {
        let gone = track.and_then(|track| self.people.get_mut(&user)?.tracks.remove(&track.sid));
        gone.map(|track| (user, Seen::Unpublished { source: fact_source(track.source) }))
            .into_iter()
            .collect()
    }

    fn compare(&mut self, user: UserId, info: &proto::ParticipantInfo) -> News {
        let Some(participant) = self.people.get_mut(&user) else { return News::new() };
        let listed: HashMap<String, Track> = info
            .tracks
            .iter()
            .filter_map(|track| {
                Some((track.sid.clone(), Track { source: source_of(track)?, muted: track.muted }))
            })
            .collect();
        let mut news = News::new();
        for (sid, known) in &participant.tracks {
            if !listed.contains_key(sid) {
                news.push((user, Seen::Unpublished { source: fact_source(known.source) }));
            }
        }
        for (sid, track) in &listed {
            match participant.tracks.get(sid) {
                None => news.push((user, Seen::Published { source: fact_source(track.source) })),
                Some(known) if known.muted != track.muted => news.extend(
                    media_of(track.source)
                        .map(|media: Media| (user, Seen::SelfMuted { media, muted: track.muted })),
                ),
                Some(_) => {}
            }
        }
        participant.tracks = listed;
        news
    }

    /// Notes a mute that we asked for, so that it does not come back as the person's own.
    pub(super) fn note_muted(&mut self, user: UserId, track_sid: &str) {
        if let Some(track) =
            self.people.get_mut(&user).and_then(|participant| participant.tracks.get_mut(track_sid))
        {
            track.muted = true;
        }
    }
}

/// What a track of the cluster is to us; data tracks and the like are nothing.
pub(super) fn source_of(track: &proto::TrackInfo) -> Option<TrackSource> {
    let kind = track.r#type();
    match (track.source(), kind) {
        (proto::TrackSource::Camera, _) => Some(TrackSource::Camera),
        (proto::TrackSource::Microphone, _) => Some(TrackSource::Microphone),
        (proto::TrackSource::ScreenShare, _) => Some(TrackSource::Screen),
        (proto::TrackSource::ScreenShareAudio, _) => Some(TrackSource::ScreenAudio),
        (proto::TrackSource::Unknown, proto::TrackType::Audio) => Some(TrackSource::OtherAudio),
        (proto::TrackSource::Unknown, proto::TrackType::Video) => Some(TrackSource::OtherVideo),
        (proto::TrackSource::Unknown, proto::TrackType::Data) => None,
    }
}

#[cfg(test)]
mod tests;
