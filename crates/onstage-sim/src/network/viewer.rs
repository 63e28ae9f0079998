//! Somebody who watches: takes what comes, judges it as a decoder would, and asks for key frames and less when it must.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use onstage_sfu::{MidTrack, TrackKey};
use str0m::Event;
use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::media::{KeyframeRequestKind, Mid};
use str0m::rtp::{RtpPacket, Ssrc};

use super::endpoint::Endpoint;
use super::estimate::Estimate;
use super::outcome::Heard;
use super::picture::{Part, read_sound};
use super::show::{Packet, Show, Shown};
use crate::Fault;

/// Seconds without a decodable frame after which a browser asks for a key frame, once it has shown something and before.
const ASKS_AFTER_S: f64 = 3.0;
const ASKS_FIRST_AFTER_S: f64 = 0.2;

pub(super) struct Viewer {
    pub(super) endpoint: Endpoint,
    pub(super) tracks: HashMap<Mid, TrackKey>,
    camera: TrackKey,
    pub(super) show: Show,
    pub(super) heard: Heard,
    pub(super) estimate: Estimate,
    /// Whether it says what its way carries (the audience does).
    tells_estimate: bool,
    /// Each frame shown, and how far its sound was from it.
    pub(super) frames: Vec<Shown>,
    pub(super) skews: Vec<(f64, f64)>,
    sound_offset: Option<f64>,
    picture_ssrc: Option<Ssrc>,
    newest_picture_number: u64,
    last_asked: f64,
    pub(super) key_frames_asked: u32,
}

impl Viewer {
    pub(super) fn new(
        address: SocketAddr,
        now: Instant,
        camera: TrackKey,
        tells_estimate: bool,
    ) -> Result<Self, Fault> {
        Ok(Self {
            endpoint: Endpoint::new(address, now)?,
            tracks: HashMap::new(),
            camera,
            show: Show::default(),
            heard: Heard::default(),
            estimate: Estimate::new(),
            tells_estimate,
            frames: Vec::new(),
            skews: Vec::new(),
            sound_offset: None,
            picture_ssrc: None,
            newest_picture_number: 0,
            last_asked: 0.0,
            key_frames_asked: 0,
        })
    }

    pub(super) fn answer(&mut self, sdp: &str, mid_to_track: &[MidTrack]) -> Result<String, Fault> {
        let offer = SdpOffer::from_sdp_string(sdp).map_err(|error| Fault::Media(error.to_string()))?;
        let answer = self.endpoint.rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
        self.tracks = mid_to_track.iter().map(|entry| (Mid::from(entry.mid.as_str()), entry.track)).collect();
        self.endpoint.drain()?;
        Ok(answer)
    }

    /// Looks at everything that came.
    pub(super) fn look(&mut self, at: f64) {
        while let Some(event) = self.endpoint.events.pop_front() {
            let Event::RtpPacket(packet) = event else { continue };
            let ssrc = packet.header.ssrc;
            let mid = self.endpoint.rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid());
            let Some(track) = mid.and_then(|mid| self.tracks.get(&mid)) else { continue };
            if *track == self.camera {
                self.picture(at, &packet);
            } else {
                self.sound(at, &packet);
            }
        }
    }

    fn picture(&mut self, at: f64, packet: &RtpPacket) {
        let Some(part) = Part::read(&packet.payload) else { return };
        self.picture_ssrc = Some(packet.header.ssrc);
        if *packet.seq_no > self.newest_picture_number {
            self.newest_picture_number = *packet.seq_no;
            self.estimate.delayed(at, at - f64::from(part.stamp.captured) / 10_000.0);
        }
        let arrived = Packet {
            number: *packet.seq_no,
            timestamp: packet.header.timestamp,
            is_last: packet.header.marker,
            part,
        };
        for shown in self.show.take(at, arrived) {
            self.frames.push(shown);
            let offset = offset(packet, shown.timestamp, 90_000.0, shown.captured);
            if let (Some(picture), Some(sound)) = (offset, self.sound_offset) {
                self.skews.push((at, (picture - sound) * 1_000.0));
            }
        }
    }

    fn sound(&mut self, at: f64, packet: &RtpPacket) {
        let Some((number, captured)) = read_sound(&packet.payload) else { return };
        self.heard.take(at, number);
        let captured = f64::from(captured) / 10_000.0;
        self.sound_offset = offset(packet, packet.header.timestamp, 48_000.0, captured).or(self.sound_offset);
    }

    /// What a browser does from time to time.
    pub(super) fn tick(&mut self, at: f64) -> Result<(), Fault> {
        let told = self.estimate.tick(at).filter(|_| self.tells_estimate);
        let last = self.show.last.map(|shown| shown.at);
        let patience = if last.is_some() { ASKS_AFTER_S } else { ASKS_FIRST_AFTER_S };
        let asks = at - last.unwrap_or(0.0) > patience && at - self.last_asked > patience;
        let Some(ssrc) = self.picture_ssrc.filter(|_| asks || told.is_some()) else { return Ok(()) };
        if let Some(stream) = self.endpoint.rtc.direct_api().stream_rx(&ssrc) {
            if asks {
                self.last_asked = at;
                self.key_frames_asked += 1;
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
            if let Some(bits) = told {
                stream.request_remb(Bitrate::bps(super::outcome::whole(bits)));
            }
        }
        let now = self.endpoint.now;
        self.endpoint.tell_time(now)
    }
}

/// Seconds by which the sender's clock, as its reports give it, is off from when this was recorded.
fn offset(packet: &RtpPacket, timestamp: u32, per_second: f64, captured: f64) -> Option<f64> {
    let report = packet.last_sender_info?;
    let wall: SystemTime = report.ntp_time;
    let reported = u32::try_from(report.rtp_time.numer() & u64::from(u32::MAX)).ok()?;
    let ahead = f64::from(timestamp.wrapping_sub(reported).cast_signed()) / per_second;
    Some(wall.duration_since(UNIX_EPOCH).ok()?.as_secs_f64() + ahead - captured)
}
