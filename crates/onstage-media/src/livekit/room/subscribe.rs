//! Who receives which track, and how large: what is desired, compared with what is.

use std::time::Instant;

use livekit_protocol as proto;
use onstage_sfu::{Control, MediaKind, PeerKey, Quality, TrackKey, Wish};

use super::{CHOICES_MAX, MemberKey, Room, TRACK_AWAITED_FOR};
use crate::clock::Moment;
use crate::livekit::messages;

impl Room {
    /// Brings one participant's subscriptions in line with what it wants.
    pub(super) fn subscribe_to_all(&mut self, key: MemberKey) {
        let published: Vec<(TrackKey, String, String)> = self
            .members
            .iter()
            .filter(|(other, _)| **other != key)
            .flat_map(|(_, owner)| owner.tracks.iter().map(move |track| (owner, track)))
            .filter(|(_, track)| track.published)
            .map(|(owner, track)| (track.key, track.sid().to_owned(), owner.sid.clone()))
            .collect();
        for (track, sid, owner_sid) in published {
            self.reconcile(key, track, (&sid, &owner_sid));
        }
    }

    /// Brings everybody's subscription to one track in line.
    pub(super) fn offer_to_all(&mut self, track: TrackKey) {
        let Some(owner) = self.owners.get(&track).copied() else { return };
        let Some(owner_sid) = self.members.get(&owner).map(|member| member.sid.clone()) else { return };
        let Some(sid) = self.sid_of(track) else { return };
        let others: Vec<MemberKey> = self.members.keys().copied().filter(|key| *key != owner).collect();
        for key in others {
            self.reconcile(key, track, (&sid, &owner_sid));
        }
    }

    fn reconcile(&mut self, key: MemberKey, track: TrackKey, (sid, owner_sid): (&str, &str)) {
        let allowed = self.may_receive(key, track, sid);
        let Some(member) = self.members.get_mut(&key) else { return };
        let peer = member.subscriber;
        let wanted = member.wants(sid);
        if wanted && !allowed && member.withheld.insert(track) {
            member.send(messages::subscription_permission(owner_sid, sid, false));
        } else if allowed {
            member.withheld.remove(&track);
        }
        match (wanted && allowed, member.subscribed.contains(&track)) {
            (true, false) => {
                member.subscribed.insert(track);
                member.send(messages::subscription_permission(owner_sid, sid, true));
                let adaptive = member.query.adaptive_stream;
                self.control(Control::Subscribe { peer, track });
                if adaptive {
                    // An adaptive client soon says what it shows; until then the smallest will do.
                    self.control(Control::SetWish { peer, track, wish: Wish::AtMost(Quality::Low) });
                }
            }
            (false, true) => {
                member.subscribed.remove(&track);
                self.control(Control::Unsubscribe { peer, track });
            }
            (true, true) | (false, false) => {}
        }
    }

    /// `subscription`: chosen or refused by name, remembered even for tracks that come later.
    pub(super) fn choose(&mut self, now: Moment, key: MemberKey, subscription: proto::UpdateSubscription) {
        let by_participant = subscription.participant_tracks.into_iter().flat_map(|tracks| tracks.track_sids);
        for sid in subscription.track_sids.into_iter().chain(by_participant) {
            self.remember(now, key, sid, subscription.subscribe);
        }
        self.subscribe_to_all(key);
    }

    /// One choice. What is chosen and not there is waited for.
    pub(super) fn remember(&mut self, now: Moment, key: MemberKey, sid: String, is_wanted: bool) {
        let is_there = self.track_named(&sid).is_some();
        let Some(member) = self.members.get_mut(&key) else { return };
        if member.choices.len() >= CHOICES_MAX && !member.choices.contains_key(&sid) {
            return;
        }
        if is_wanted && !is_there {
            member.awaited.entry(sid.clone()).or_insert(now.instant);
        } else {
            member.awaited.remove(&sid);
        }
        member.choices.insert(sid, is_wanted);
    }

    /// Chosen tracks that have not come for a long time: their choosers are told, once. The choice stands.
    pub(super) fn tell_missing(&mut self, now: Moment) {
        let is_due = |since: &Instant| now.instant.saturating_duration_since(*since) >= TRACK_AWAITED_FOR;
        let mut due = Vec::new();
        for (key, member) in &mut self.members {
            due.extend(member.awaited.extract_if(|_, since| is_due(since)).map(|(sid, _)| (*key, sid)));
        }
        for (key, track_sid) in due {
            if self.track_named(&track_sid).is_none() {
                let err = proto::SubscriptionError::SeTrackNotfound.into();
                let response = proto::SubscriptionResponse { track_sid, err };
                self.send_to(key, proto::signal_response::Message::SubscriptionResponse(response));
            }
        }
    }

    /// `track_setting`: what the client shows of its tracks.
    pub(super) fn wish(&mut self, key: MemberKey, settings: &proto::UpdateTrackSettings) {
        let wish = read_wish(settings);
        for sid in settings.track_sids.iter().take(CHOICES_MAX) {
            self.limit_frames(key, sid, settings.fps);
            self.set_wish(key, sid, wish);
        }
    }

    /// `fps`: pictures a second that the client shows; zero for all.
    fn limit_frames(&mut self, key: MemberKey, sid: &str, fps: u32) {
        let track = self.track_named(sid);
        let Some(member) = self.members.get(&key) else { return };
        let peer = member.subscriber;
        if let Some(track) = track.filter(|track| member.subscribed.contains(track)) {
            let frames_per_second_max = (fps > 0).then_some(fps);
            self.control(Control::LimitFrames { peer, track, frames_per_second_max });
        }
    }

    /// Nothing of this track for now.
    pub(super) fn wish_nothing(&mut self, key: MemberKey, sid: &str) {
        self.set_wish(key, sid, Wish::Nothing);
    }

    fn set_wish(&mut self, key: MemberKey, sid: &str, wish: Wish) {
        let track = self.track_named(sid);
        let Some(member) = self.members.get(&key) else { return };
        let peer = member.subscriber;
        if let Some(track) = track.filter(|track| member.subscribed.contains(track)) {
            self.control(Control::SetWish { peer, track, wish });
        }
    }

    /// The live track of that sid.
    fn track_named(&self, sid: &str) -> Option<TrackKey> {
        let owners = self.owners.values().filter_map(|owner| self.members.get(owner));
        owners.into_iter().find_map(|owner| owner.track(sid)).map(|track| track.key)
    }

    /// The subscriber answered an offer with this track; its publisher hears of the first.
    pub(super) fn subscribed(&mut self, peer: PeerKey, track: TrackKey) {
        self.tell_stream_state(peer, track, proto::StreamState::Active);
        let Some(owner) = self.owners.get(&track).and_then(|owner| self.members.get_mut(owner)) else {
            return;
        };
        let Some(known) = owner.track_by_key(track) else { return };
        if !std::mem::replace(&mut known.told_subscribed, true) {
            let track_sid = known.sid().to_owned();
            owner
                .send(proto::signal_response::Message::TrackSubscribed(proto::TrackSubscribed { track_sid }));
        }
    }

    /// A picture begins to flow, or is held back.
    pub(super) fn tell_stream_state(&self, peer: PeerKey, track: TrackKey, state: proto::StreamState) {
        let Some(owner) = self.owners.get(&track).and_then(|owner| self.members.get(owner)) else { return };
        let video =
            owner.tracks.iter().find(|known| known.key == track && known.source.kind() == MediaKind::Video);
        if let (Some(video), Some(key)) = (video, self.peers.get(&peer)) {
            let state = proto::StreamStateInfo {
                participant_sid: owner.sid.clone(),
                track_sid: video.sid().to_owned(),
                state: state.into(),
            };
            let update = proto::StreamStateUpdate { stream_states: vec![state] };
            self.send_to(*key, proto::signal_response::Message::StreamStateUpdate(update));
        }
    }

    /// A client knows no codec in which a track comes.
    pub(super) fn unplayable(&self, peer: PeerKey, track: TrackKey) {
        let Some(key) = self.peers.get(&peer) else { return };
        let Some(owner) = self.owners.get(&track).and_then(|owner| self.members.get(owner)) else { return };
        let Some(known) = owner.tracks.iter().find(|known| known.key == track) else { return };
        let err = proto::SubscriptionError::SeCodecUnsupported.into();
        let response = proto::SubscriptionResponse { track_sid: known.sid().to_owned(), err };
        self.send_to(*key, proto::signal_response::Message::SubscriptionResponse(response));
    }

    /// Nobody can be subscribed to a track that is gone.
    pub(super) fn forget_track(&mut self, track: TrackKey) {
        self.owners.remove(&track);
        for member in self.members.values_mut() {
            member.subscribed.remove(&track);
            member.withheld.remove(&track);
        }
    }

    /// The best layer that anyone wants of a track, told to its publisher.
    pub(super) fn layers_wanted(&self, track: TrackKey, best: Option<Quality>) {
        let Some(owner) = self.owners.get(&track).and_then(|owner| self.members.get(owner)) else { return };
        let Some(known) = owner.tracks.iter().find(|known| known.key == track) else { return };
        #[expect(deprecated, reason = "the list of layers without codecs is the one we keep")]
        let single = known.info.layers.len() <= 1;
        let qualities: Vec<proto::SubscribedQuality> = [Quality::Low, Quality::Medium, Quality::High]
            .into_iter()
            .map(|quality| proto::SubscribedQuality {
                quality: to_proto(quality).into(),
                enabled: best.is_some_and(|best| single || quality <= best),
            })
            .collect();
        let codec = known.info.mime_type.split('/').next_back().unwrap_or_default();
        #[expect(deprecated, reason = "older clients read the list without codecs")]
        let update = proto::SubscribedQualityUpdate {
            track_sid: known.sid().to_owned(),
            subscribed_qualities: qualities.clone(),
            subscribed_codecs: vec![proto::SubscribedCodec { codec: codec.to_ascii_lowercase(), qualities }],
        };
        owner.send(proto::signal_response::Message::SubscribedQualityUpdate(update));
    }
}

fn read_wish(settings: &proto::UpdateTrackSettings) -> Wish {
    if settings.disabled {
        return Wish::Nothing;
    }
    if settings.width > 0 && settings.height > 0 {
        return Wish::Size { width: settings.width, height: settings.height };
    }
    match proto::VideoQuality::try_from(settings.quality) {
        Ok(proto::VideoQuality::Low) => Wish::AtMost(Quality::Low),
        Ok(proto::VideoQuality::Medium) => Wish::AtMost(Quality::Medium),
        Ok(proto::VideoQuality::Off) => Wish::Nothing,
        Ok(proto::VideoQuality::High) | Err(_) => Wish::AtMost(Quality::High),
    }
}

fn to_proto(quality: Quality) -> proto::VideoQuality {
    match quality {
        Quality::Low => proto::VideoQuality::Low,
        Quality::Medium => proto::VideoQuality::Medium,
        Quality::High => proto::VideoQuality::High,
    }
}
