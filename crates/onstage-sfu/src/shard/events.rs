//! What sessions report, turned into packets and notices.

use std::time::Duration;

use str0m::media::KeyframeRequest;
use str0m::rtp::RtpPacket;
use str0m::{Event, IceConnectionState};

use crate::alarms::Alarm;
use crate::control::{DataChannel, MediaKind};
use crate::formats;
use crate::keys::{PeerKey, TrackKey};
use crate::limits::{ARRIVALS_MAX, DISCONNECTED_FOR_MAX, SPEAKERS_WINDOW};
use crate::notice::Notice;
use crate::shard::Shard;
use crate::shard::budget::Measure;
use crate::shard::looks::{Way, percent};
use crate::time::after;
use crate::track::About;

/// Losses of a peer that was elsewhere are reported for so long.
const LOSS_EXCUSED_FOR: Duration = Duration::from_secs(4);

impl Shard {
    /// Digests one event of a peer's session.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the engine's events grow; the rest is of no consequence here"
    )]
    pub(super) fn event(&mut self, key: PeerKey, event: Event) {
        match event {
            Event::RtpPacket(packet) => self.rtp(key, packet),
            Event::Connected => self.connected(key),
            Event::IceConnectionStateChange(state) => self.ice_changed(key, state),
            Event::KeyframeRequest(request) => self.key_frame_request(key, &request),
            Event::ChannelOpen(id, label) => {
                let channel = self.peers.get_mut(&key).and_then(|peer| peer.channels.note_open(id, &label));
                if channel == Some(DataChannel::Reliable) {
                    self.tell(Notice::DataOpen { peer: key });
                    self.mark_dirty(key);
                }
            }
            Event::ChannelClose(id) => {
                if let Some(peer) = self.peers.get_mut(&key) {
                    peer.channels.note_closed(id);
                }
            }
            Event::ChannelData(message) => {
                let channel = self.peers.get(&key).and_then(|peer| peer.channels.of(message.id));
                if let Some(channel) = channel {
                    self.tell(Notice::DataReceived { peer: key, channel, contents: message.data });
                }
            }
            Event::EgressBitrateEstimate(kind) => self.estimated(key, &kind),
            Event::PeerStats(stats) => {
                self.begin_look(key, (stats.egress_loss_fraction, stats.ingress_loss_fraction), stats.rtt);
                self.measured(
                    key,
                    &Measure {
                        estimate: stats.bwe_tx.map(|estimate| estimate.as_u64()),
                        round_trip: stats.rtt,
                        lost_percent: stats.egress_loss_fraction.map_or(0, percent),
                    },
                );
            }
            Event::MediaEgressStats(stats) => {
                self.note_stream(key, (Way::ToIt, stats.mid), stats.loss, stats.rtt);
            }
            Event::MediaIngressStats(stats) => {
                self.note_stream(key, (Way::FromIt, stats.mid), stats.loss, stats.rtt);
            }
            _ => {}
        }
    }

    fn connected(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.has_connected = true;
        self.alarms.disarm(Alarm::Connect(key));
        self.tell(Notice::PeerConnected { peer: key });
        let subscribed = self.peers.get(&key).map(|peer| peer.offering.wanted.clone()).unwrap_or_default();
        for track in subscribed {
            let receivers =
                self.tracks.get(&track).map(|track| track.receivers.as_slice()).unwrap_or_default();
            if let Some(receiver) = receivers.iter().find(|receiver| receiver.peer == key).copied() {
                self.hand_out_recent(receiver, track);
            }
            self.chase_key_frames(track);
        }
    }

    fn ice_changed(&mut self, key: PeerKey, state: IceConnectionState) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if state == IceConnectionState::Disconnected {
            if peer.has_connected && peer.disconnected_since.is_none() {
                peer.disconnected_since = Some(now);
                self.alarms.arm(after(now, DISCONNECTED_FOR_MAX), Alarm::Gone(key));
                self.tell(Notice::PeerDisconnected { peer: key });
            }
        } else if state.is_connected() && peer.disconnected_since.take().is_some() {
            self.alarms.disarm(Alarm::Gone(key));
            self.tell(Notice::PeerConnected { peer: key });
        }
    }

    fn rtp(&mut self, key: PeerKey, rtp: RtpPacket) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let Some(source) = peer.source(rtp.header.ssrc) else { return };
        let found = peer.tracks.iter().copied().find(|track| {
            let binding = self.tracks.get(track).and_then(|track| track.binding.as_ref());
            binding.is_some_and(|binding| binding.mid == source.mid)
        });
        let Some(track_key) = found else { return };
        let Some(track) = self.tracks.get_mut(&track_key) else { return };
        let level = rtp.header.ext_vals.audio_level;
        let Some(format) = formats::arriving(peer.rtc.codec_config(), rtp.header.payload_type) else {
            return;
        };
        let about = About { format, made: peer.clock.made(&rtp, format.kind()) };
        let Some(arrival) = track.arrive(source.rid.as_deref(), rtp, about, &mut self.next_stream) else {
            return;
        };
        if arrival.is_new_layer {
            let layers = track.layers_seen();
            self.tell(Notice::TrackStarted { track: track_key, layers });
            self.chase_key_frames(track_key);
            self.mark_receivers(track_key);
        }
        self.note_level(track_key, level);
        for packet in arrival.preface.into_iter().chain([arrival.packet]) {
            if self.arrivals.len() >= ARRIVALS_MAX {
                self.fan_out();
            }
            self.arrivals.push_back((track_key, packet));
        }
    }

    /// Notes the loudness of a packet. What the gate stops is not speech.
    fn note_level(&mut self, key: TrackKey, level: Option<i8>) {
        let Some(track) = self.tracks.get_mut(&key) else { return };
        let (true, MediaKind::Audio, Some(level)) = (track.is_open, track.kind(), level) else { return };
        if track.description.source.is_voice() {
            track.meter.note(level.unsigned_abs());
            self.alarms.arm(after(self.now, SPEAKERS_WINDOW), Alarm::Speakers(track.room));
        }
    }

    /// A subscriber lost the picture.
    fn key_frame_request(&mut self, key: PeerKey, request: &KeyframeRequest) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let Some(slot) = peer.offering.slots.iter_mut().find(|slot| slot.is_at(request.mid)) else { return };
        let Some(track) = slot.track else { return };
        slot.forwarder.selector().note_broken();
        self.chase_key_frames(track);
    }

    /// A subscriber lost all pictures: what was under way to it went nowhere.
    pub(super) fn renew_pictures(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| peer.role.receives()) else { return };
        peer.budget.excused_until = Some(after(self.now, LOSS_EXCUSED_FOR));
        let mut tracks = Vec::new();
        for slot in &mut peer.offering.slots {
            slot.forwarder.selector().note_broken();
            tracks.extend(slot.track);
        }
        for track in tracks {
            self.chase_key_frames(track);
        }
    }
}
