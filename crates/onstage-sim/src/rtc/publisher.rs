//! The connection a bot sends on: it offers, the server answers.

use std::net::IpAddr;
use std::time::Instant;

use livekit_protocol as lk;
use str0m::change::{SdpAnswer, SdpApi, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::{Event, Rtc};

use super::outgoing::{Camera, Due, Microphone, RIDS, camera_request, microphone_request};
use super::peer::Peer;
use super::report::Shared;
use crate::Fault;
use crate::media::{Film, Voice};

pub(super) struct Publisher {
    pub(super) peer: Peer,
    pub(super) camera: Option<Camera>,
    pub(super) microphone: Option<Microphone>,
    connected: bool,
    offer_id: u32,
    pending: Option<SdpPendingOffer>,
    wants_offer: bool,
    /// Lines that are out of use with the next offer.
    retired: Vec<Mid>,
    reliable: Option<ChannelId>,
}

impl Publisher {
    pub(super) async fn new(local: IpAddr, now: Instant) -> Result<Self, Fault> {
        Ok(Self {
            peer: Peer::open(local, now).await?,
            camera: None,
            microphone: None,
            connected: false,
            offer_id: 0,
            pending: None,
            wants_offer: false,
            retired: Vec::new(),
            reliable: None,
        })
    }

    /// Adds a camera; what to tell the server.
    pub(super) fn add_camera(&mut self, film: Film) -> lk::AddTrackRequest {
        let camera = Camera::new(new_cid(), film);
        let request = camera_request(&camera);
        self.camera = Some(camera);
        request
    }

    /// Adds a microphone; what to tell the server.
    pub(super) fn add_microphone(&mut self, voice: Voice, speaking: bool) -> lk::AddTrackRequest {
        let microphone = Microphone::new(new_cid(), voice, speaking);
        let request = microphone_request(&microphone);
        self.microphone = Some(microphone);
        request
    }

    /// An offer with everything that is not negotiated yet; `None` while another one is in flight.
    pub(super) fn offer(&mut self, ice_restart: bool) -> Result<Option<lk::SessionDescription>, Fault> {
        if self.pending.is_some() && !ice_restart {
            self.wants_offer = true;
            return Ok(None);
        }
        let (camera, microphone, reliable) = (&mut self.camera, &mut self.microphone, &mut self.reliable);
        let retired = std::mem::take(&mut self.retired);
        let made = self.peer.change(|rtc| {
            let mut api = rtc.sdp_api();
            if reliable.is_none() {
                *reliable = Some(add_channels(&mut api));
            }
            for mid in retired {
                api.set_direction(mid, Direction::Inactive);
            }
            if let Some(microphone) = microphone.as_mut().filter(|microphone| microphone.mid.is_none()) {
                microphone.mid = Some(add_media(&mut api, MediaKind::Audio, &microphone.cid, None));
            }
            if let Some(camera) = camera.as_mut().filter(|camera| camera.mid.is_none()) {
                let layers = simulcast(camera.film.layers.len());
                camera.mid = Some(add_media(&mut api, MediaKind::Video, &camera.cid, layers));
            }
            if ice_restart {
                api.ice_restart(true);
            }
            Ok(api.apply())
        })?;
        let Some((offer, pending)) = made else { return Ok(None) };
        self.pending = Some(pending);
        self.offer_id = self.offer_id.wrapping_add(1);
        Ok(Some(description("offer", offer.to_sdp_string(), self.offer_id)))
    }

    /// Takes the camera's or microphone's line out of use.
    pub(super) fn unpublish(
        &mut self,
        source: lk::TrackSource,
    ) -> Result<Option<lk::SessionDescription>, Fault> {
        let mid = match source {
            lk::TrackSource::Camera => self.camera.take().and_then(|camera| camera.mid),
            lk::TrackSource::Microphone => self.microphone.take().and_then(|microphone| microphone.mid),
            lk::TrackSource::Unknown | lk::TrackSource::ScreenShare | lk::TrackSource::ScreenShareAudio => {
                None
            }
        };
        let Some(mid) = mid else { return Ok(None) };
        self.retired.push(mid);
        self.offer(false)
    }

    /// The server's answer. True when another offer is due.
    pub(super) fn answered(&mut self, answer: &lk::SessionDescription, now: Instant) -> Result<bool, Fault> {
        if answer.id != 0 && answer.id != self.offer_id {
            return Ok(false);
        }
        let Some(pending) = self.pending.take() else { return Ok(false) };
        let sdp = SdpAnswer::from_sdp_string(&answer.sdp).map_err(|error| Fault::Media(error.to_string()))?;
        self.peer.change(|rtc| Ok(rtc.sdp_api().accept_answer(pending, sdp)?))?;
        self.peer.described(now)?;
        Ok(std::mem::take(&mut self.wants_offer))
    }

    /// The server named a track of ours.
    pub(super) fn published(&mut self, cid: &str, sid: &str) {
        if let Some(camera) = self.camera.as_mut().filter(|camera| camera.cid == cid) {
            sid.clone_into(&mut camera.sid);
        }
        if let Some(microphone) = self.microphone.as_mut().filter(|microphone| microphone.cid == cid) {
            sid.clone_into(&mut microphone.sid);
        }
    }

    /// Stops a track that the server took away.
    pub(super) fn forget(&mut self, sid: &str) {
        self.camera.take_if(|camera| camera.sid == sid);
        self.microphone.take_if(|microphone| microphone.sid == sid);
    }

    pub(super) fn deadline(&self) -> Instant {
        let camera = self.camera.as_ref().and_then(Camera::next_at);
        let microphone = self.microphone.as_ref().and_then(Microphone::next_at);
        let media = camera.into_iter().chain(microphone).filter(|_| self.connected).min();
        media.map_or(self.peer.deadline, |at| at.min(self.peer.deadline))
    }

    /// Sends what is due.
    pub(super) fn on_time(&mut self, now: Instant, shared: &Shared) -> Result<(), Fault> {
        self.peer.on_time(now)?;
        if !self.connected {
            return Ok(());
        }
        let rtc = self.peer.rtc();
        let pictures = self.camera.as_mut().map(|camera| camera.due(now, rtc)).unwrap_or_default();
        let sound = self.microphone.as_mut().and_then(|microphone| microphone.due(now, rtc));
        let mut sent = 0_u64;
        for due in pictures.into_iter().chain(sound) {
            self.peer.change(|rtc| {
                write(rtc, due);
                Ok(())
            })?;
            sent = sent.saturating_add(1);
        }
        if sent > 0 {
            // They wait in str0m until it is told the time; then the layers leave interleaved, as from a browser.
            self.peer.tell_time(now)?;
            shared.write(|report| report.packets_sent = report.packets_sent.saturating_add(sent));
        }
        Ok(())
    }

    /// What the connection had to say.
    pub(super) fn take_events(&mut self, now: Instant, shared: &Shared) {
        while let Some(event) = self.peer.events.pop_front() {
            if let Event::Connected = event {
                self.connected = true;
                shared.write(|report| report.publishing = true);
            } else if let Event::KeyframeRequest(request) = event {
                self.want_key(request.mid, request.rid);
                shared.write(|report| report.key_frames_asked = report.key_frames_asked.saturating_add(1));
            }
        }
        if self.connected {
            self.start_media(now);
        }
    }

    fn want_key(&mut self, mid: Mid, rid: Option<Rid>) {
        if let Some(camera) = self.camera.as_mut().filter(|camera| camera.mid == Some(mid)) {
            camera.want_key(rid);
        }
    }

    fn start_media(&mut self, now: Instant) {
        if let Some(camera) = &mut self.camera {
            camera.start(now);
        }
        if let Some(microphone) = &mut self.microphone {
            microphone.start(now);
        }
    }

    /// Sends a reliable message, if the channel is open.
    pub(super) fn send_data(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Some(id) = self.reliable else { return Ok(()) };
        self.peer.change(|rtc| {
            if let Some(mut channel) = rtc.channel(id) {
                channel.write(true, bytes)?;
            }
            Ok(())
        })
    }
}

fn write(rtc: &mut Rtc, due: Due) {
    let mut direct = rtc.direct_api();
    if let Some(stream) = direct.stream_tx_by_mid(due.mid, due.rid) {
        stream.write_rtp(due.write);
    }
}

pub(super) fn add_channels(api: &mut SdpApi<'_>) -> ChannelId {
    let unreliable = |label: &str| ChannelConfig {
        label: label.to_owned(),
        ordered: false,
        reliability: Reliability::MaxRetransmits { retransmits: 0 },
        ..ChannelConfig::default()
    };
    api.add_channel_with_config(unreliable("_lossy"));
    api.add_channel("_reliable".to_owned())
}

fn add_media(api: &mut SdpApi<'_>, kind: MediaKind, cid: &str, simulcast: Option<Simulcast>) -> Mid {
    api.add_media(kind, Direction::SendOnly, Some("camera".to_owned()), Some(cid.to_owned()), simulcast)
}

fn simulcast(layers: usize) -> Option<Simulcast> {
    if layers < 2 {
        return None;
    }
    let send = RIDS.iter().take(layers).map(|rid| SimulcastLayer::new(rid)).collect();
    Some(Simulcast { send, recv: Vec::new() })
}

pub(super) fn description(kind: &str, sdp: String, id: u32) -> lk::SessionDescription {
    lk::SessionDescription { r#type: kind.to_owned(), sdp, id, ..lk::SessionDescription::default() }
}

fn new_cid() -> String {
    uuid::Uuid::now_v7().to_string()
}
