//! What the server says on the signalling socket, and what a bot does about it.

use std::time::{Duration, Instant};

use livekit_protocol::{self as lk, signal_request, signal_response};
use prost::Message as _;

use super::driver::Driver;
use super::outgoing::quality;
use super::peer::Peer;
use super::publisher::Publisher;
use super::report::{Ending, State};
use super::subscriber::Subscriber;
use crate::Fault;
use crate::media::{Film, Part, Voice};

impl Driver {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the protocol's enum: what a bot has no use for is passed over"
    )]
    pub(super) async fn message(
        &mut self,
        message: signal_response::Message,
        now: Instant,
    ) -> Result<(), Fault> {
        use signal_response::Message;
        match message {
            Message::Join(join) => self.joined(&join, now).await?,
            Message::Reconnect(_) => self.resumed().await?,
            Message::Offer(offer) => self.offered(&offer, now).await?,
            Message::Answer(answer) => self.answered(&answer, now).await?,
            Message::MediaSectionsRequirement(missing) => self.offer_more(&missing).await?,
            Message::Trickle(trickle) => self.trickled(&trickle)?,
            Message::Leave(leave) => self.told_to_leave(&leave),
            Message::Update(update) => {
                self.shared
                    .write(|report| update.participants.iter().for_each(|info| report.person_seen(info)));
            }
            Message::TrackPublished(published) => self.published(&published),
            Message::TrackUnpublished(track) => self.unpublished(&track.track_sid),
            Message::Mute(mute) => self.muted(&mute).await,
            Message::RequestResponse(response) => self.answered_request(&response),
            Message::SpeakersChanged(changed) => self.speakers_changed(&changed),
            Message::SubscribedQualityUpdate(update) => self.layers_wanted(&update),
            Message::RefreshToken(token) => self.token = token,
            other => tracing::trace!(?other, "nothing to do"),
        }
        Ok(())
    }

    async fn joined(&mut self, join: &lk::JoinResponse, now: Instant) -> Result<(), Fault> {
        let own = join.participant.clone().unwrap_or_default();
        self.sid.clone_from(&own.sid);
        self.ping_every = Duration::from_secs(u64::try_from(join.ping_interval).unwrap_or(5).clamp(1, 60));
        let mut subscriber = match self.subscriber.take_if(|_| self.options.is_single) {
            Some(single) => single,
            None => Subscriber::new(Peer::open(self.local, now).await?, self.options.keeps_pictures),
        };
        subscriber.peer.sink.clone_from(&self.options.sink);
        self.subscriber = Some(subscriber);
        self.publisher = None;
        self.shared.write(|report| {
            report.sid.clone_from(&own.sid);
            report.identity.clone_from(&own.identity);
            report.joins = report.joins.saturating_add(1);
            report.people.clear();
            report.speakers.clear();
            report.publishing = false;
            report.person_seen(&own);
            join.other_participants.iter().for_each(|info| report.person_seen(info));
            report.state = State::Joined;
        });
        let (film, voice) = (self.luggage.film.clone(), self.luggage.voice.clone());
        if film.is_some() || voice.is_some() {
            self.publish(film, voice, now).await?;
        }
        Ok(())
    }

    /// The session goes on: say what we have, and find a new way for the packets we send.
    async fn resumed(&mut self) -> Result<(), Fault> {
        self.shared.write(|report| {
            report.resumes = report.resumes.saturating_add(1);
            report.state = State::Connected;
        });
        let state = lk::SyncState {
            answer: self.subscriber.as_ref().and_then(|subscriber| subscriber.last_answer.clone()),
            subscription: Some(lk::UpdateSubscription {
                subscribe: !self.options.auto_subscribe,
                ..lk::UpdateSubscription::default()
            }),
            publish_tracks: self.publisher.as_ref().map(published_tracks).unwrap_or_default(),
            ..lk::SyncState::default()
        };
        self.link.send(signal_request::Message::SyncState(state)).await;
        self.send_offer(true).await?;
        for settings in self.looks.values() {
            self.link.send(signal_request::Message::TrackSetting(settings.clone())).await;
        }
        Ok(())
    }

    async fn offered(&mut self, offer: &lk::SessionDescription, now: Instant) -> Result<(), Fault> {
        let Some(subscriber) = &mut self.subscriber else { return Ok(()) };
        let answer = subscriber.offered(offer, now)?;
        self.link.send(signal_request::Message::Answer(answer)).await;
        Ok(())
    }

    async fn offer_more(&mut self, missing: &lk::MediaSectionsRequirement) -> Result<(), Fault> {
        let Some(single) = self.subscriber.as_mut().filter(|_| self.options.is_single) else {
            return Ok(());
        };
        let offer = single.offer_more(missing)?;
        self.link.send(signal_request::Message::Offer(offer)).await;
        Ok(())
    }

    async fn answered(&mut self, answer: &lk::SessionDescription, now: Instant) -> Result<(), Fault> {
        if let Some(single) = self.subscriber.as_mut().filter(|_| self.options.is_single) {
            return single.answered(answer, now);
        }
        let Some(publisher) = &mut self.publisher else { return Ok(()) };
        if publisher.answered(answer, now)? {
            self.send_offer(false).await?;
        }
        Ok(())
    }

    fn trickled(&mut self, trickle: &lk::TrickleRequest) -> Result<(), Fault> {
        let init: serde_json::Value = serde_json::from_str(&trickle.candidate_init).unwrap_or_default();
        let candidate = init.get("candidate").and_then(|text| text.as_str()).unwrap_or_default();
        if trickle.target == lk::SignalTarget::Subscriber as i32 || self.options.is_single {
            return self.subscriber.as_mut().map_or(Ok(()), |s| s.peer.remote_candidate(candidate));
        }
        self.publisher.as_mut().map_or(Ok(()), |p| p.peer.remote_candidate(candidate))
    }

    fn told_to_leave(&mut self, leave: &lk::LeaveRequest) {
        use lk::leave_request::Action;
        match Action::try_from(leave.action) {
            Ok(Action::Resume) => self.reopen(true, 0),
            Ok(Action::Reconnect) => {
                self.sid.clear();
                self.reopen(false, 0);
            }
            Ok(Action::Disconnect) | Err(_) => self.ended = Some(Ending::SentAway(leave.reason)),
        }
    }

    fn published(&mut self, published: &lk::TrackPublishedResponse) {
        let sid = published.track.as_ref().map(|track| track.sid.as_str()).unwrap_or_default();
        if let Some(publisher) = &mut self.publisher {
            publisher.published(&published.cid, sid);
        }
    }

    /// The server took a track of ours away.
    fn unpublished(&mut self, sid: &str) {
        let Some(publisher) = &mut self.publisher else { return };
        if publisher.camera.as_ref().is_some_and(|camera| camera.sid == sid) {
            self.luggage.film = None;
        }
        if publisher.microphone.as_ref().is_some_and(|microphone| microphone.sid == sid) {
            self.luggage.voice = None;
        }
        publisher.forget(sid);
    }

    fn answered_request(&mut self, response: &lk::RequestResponse) {
        let fine = [lk::request_response::Reason::Ok as i32, lk::request_response::Reason::Queued as i32];
        if !fine.contains(&response.reason) {
            self.shared.write(|report| report.refusals = report.refusals.saturating_add(1));
        }
    }

    /// The server mutes us. An honest client stops and says so.
    async fn muted(&mut self, mute: &lk::MuteTrackRequest) {
        if !self.options.obeys_mute {
            return;
        }
        if let Some(publisher) = &mut self.publisher {
            if let Some(camera) = publisher.camera.as_mut().filter(|camera| camera.sid == mute.sid) {
                camera.muted = mute.muted;
            }
            if let Some(microphone) = publisher.microphone.as_mut().filter(|m| m.sid == mute.sid) {
                microphone.muted = mute.muted;
            }
        }
        self.link.send(signal_request::Message::Mute(mute.clone())).await;
    }

    fn speakers_changed(&mut self, changed: &lk::SpeakersChanged) {
        self.shared.write(|report| {
            for speaker in &changed.speakers {
                if speaker.active {
                    report.speakers.insert(speaker.sid.clone(), speaker.level);
                } else {
                    report.speakers.remove(&speaker.sid);
                }
            }
        });
    }

    fn layers_wanted(&mut self, update: &lk::SubscribedQualityUpdate) {
        let vp8 = update.subscribed_codecs.iter().find(|codec| codec.codec.eq_ignore_ascii_case("vp8"));
        let Some(vp8) = vp8.filter(|_| self.options.obeys_dynacast) else { return };
        let qualities = &vp8.qualities;
        let camera = self.publisher.as_mut().and_then(|publisher| publisher.camera.as_mut());
        if let Some(camera) = camera.filter(|camera| camera.sid == update.track_sid) {
            let all = camera.film.layers.len() < 2 && qualities.iter().any(|quality| quality.enabled);
            camera.want_layers(|place| {
                all || qualities.iter().any(|q| q.quality == quality(place) && q.enabled)
            });
        }
    }

    pub(super) async fn publish(
        &mut self,
        film: Option<Film>,
        voice: Option<Voice>,
        now: Instant,
    ) -> Result<(), Fault> {
        let mut publisher = match self.publisher.take() {
            Some(publisher) => publisher,
            None => Publisher::new(self.local, now).await?,
        };
        let speaking = self.luggage.speaking;
        let requests = [
            voice.map(|voice| publisher.add_microphone(voice, speaking)),
            film.map(|film| publisher.add_camera(film)),
        ];
        self.publisher = Some(publisher);
        for request in requests.into_iter().flatten() {
            self.link.send(signal_request::Message::AddTrack(request)).await;
        }
        self.send_offer(false).await
    }

    async fn send_offer(&mut self, ice_restart: bool) -> Result<(), Fault> {
        let Some(publisher) = &mut self.publisher else { return Ok(()) };
        if let Some(offer) = publisher.offer(ice_restart)? {
            self.link.send(signal_request::Message::Offer(offer)).await;
        }
        Ok(())
    }

    pub(super) async fn unpublish(&mut self, source: lk::TrackSource) -> Result<(), Fault> {
        match source {
            lk::TrackSource::Camera => self.luggage.film = None,
            lk::TrackSource::Microphone => self.luggage.voice = None,
            lk::TrackSource::Unknown | lk::TrackSource::ScreenShare | lk::TrackSource::ScreenShareAudio => {}
        }
        let Some(publisher) = &mut self.publisher else { return Ok(()) };
        if let Some(offer) = publisher.unpublish(source)? {
            self.link.send(signal_request::Message::Offer(offer)).await;
        }
        Ok(())
    }

    /// Mutes one's own track and says so.
    pub(super) async fn mute(&mut self, source: lk::TrackSource, muted: bool) {
        let Some(publisher) = &mut self.publisher else { return };
        let sid = match source {
            lk::TrackSource::Camera => publisher.camera.as_mut().map(|camera| {
                camera.muted = muted;
                camera.sid.clone()
            }),
            lk::TrackSource::Microphone => publisher.microphone.as_mut().map(|microphone| {
                microphone.muted = muted;
                microphone.sid.clone()
            }),
            lk::TrackSource::Unknown | lk::TrackSource::ScreenShare | lk::TrackSource::ScreenShareAudio => {
                None
            }
        };
        if let Some(sid) = sid {
            self.link.send(signal_request::Message::Mute(lk::MuteTrackRequest { sid, muted })).await;
        }
    }

    /// Mouth and voice begin together; who is not to be heard does not move the mouth either.
    pub(super) fn speak(&mut self, speaking: bool) {
        let changed = self.luggage.speaking != speaking;
        self.luggage.speaking = speaking;
        let Some(publisher) = &mut self.publisher else { return };
        if let Some(microphone) = &mut publisher.microphone {
            microphone.speak(speaking);
        }
        if let Some(camera) = publisher.camera.as_mut().filter(|_| changed) {
            camera.act(if speaking { Part::Speaking } else { Part::Quiet });
        }
    }

    /// Waves, unless the mouth has something to do.
    pub(super) fn wave(&mut self) {
        let camera = self.publisher.as_mut().and_then(|publisher| publisher.camera.as_mut());
        if let Some(camera) = camera.filter(|_| !self.luggage.speaking) {
            camera.act(Part::Waving);
        }
    }

    pub(super) fn send_data(&mut self, payload: Vec<u8>) -> Result<(), Fault> {
        let user = lk::UserPacket { payload, ..lk::UserPacket::default() };
        let packet =
            lk::DataPacket { value: Some(lk::data_packet::Value::User(user)), ..lk::DataPacket::default() };
        let Some(publisher) = &mut self.publisher else { return Ok(()) };
        publisher.send_data(&packet.encode_to_vec())
    }
}

fn published_tracks(publisher: &Publisher) -> Vec<lk::TrackPublishedResponse> {
    let camera = publisher.camera.as_ref().map(|camera| (camera.cid.clone(), camera.sid.clone()));
    let microphone =
        publisher.microphone.as_ref().map(|microphone| (microphone.cid.clone(), microphone.sid.clone()));
    let track = |(cid, sid): (String, String)| lk::TrackPublishedResponse {
        cid,
        track: Some(lk::TrackInfo { sid, ..lk::TrackInfo::default() }),
    };
    camera.into_iter().chain(microphone).map(track).collect()
}
