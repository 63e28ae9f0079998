//! The connection a bot receives on: the server offers, the bot answers and counts.

use std::collections::HashMap;
use std::time::Instant;

use livekit_protocol as lk;
use str0m::Event;
use str0m::change::{SdpOffer, SdpPendingOffer};
use str0m::rtp::{RtpPacket, Ssrc};

use super::peer::Peer;
use super::publisher::description;
use super::report::{Report, Shared, State};
use super::watch::{Arrival, TrackWatch};
use crate::Fault;

pub(super) struct Subscriber {
    pub(super) peer: Peer,
    keeps_pictures: bool,
    /// Track sid and whether it is video, by m-line.
    pub(super) tracks_by_mid: HashMap<String, (String, bool)>,
    tracks_by_ssrc: HashMap<Ssrc, (String, bool)>,
    ssrc_by_track: HashMap<String, Ssrc>,
    /// The offer of a single connection that is not answered, and how many there were.
    pub(super) pending: Option<SdpPendingOffer>,
    pub(super) offers: u32,
    /// The answer given last, for `sync_state`.
    pub(super) last_answer: Option<lk::SessionDescription>,
}

impl Subscriber {
    pub(super) fn new(peer: Peer, keeps_pictures: bool) -> Self {
        Self {
            peer,
            keeps_pictures,
            tracks_by_mid: HashMap::new(),
            tracks_by_ssrc: HashMap::new(),
            ssrc_by_track: HashMap::new(),
            pending: None,
            offers: 0,
            last_answer: None,
        }
    }

    /// Takes an offer; the answer to send.
    pub(super) fn offered(
        &mut self,
        offer: &lk::SessionDescription,
        now: Instant,
    ) -> Result<lk::SessionDescription, Fault> {
        let sdp = SdpOffer::from_sdp_string(&offer.sdp).map_err(|error| Fault::Media(error.to_string()))?;
        let answer = self.peer.change(|rtc| Ok(rtc.sdp_api().accept_offer(sdp)?))?;
        self.peer.described(now)?;
        self.map_lines(&offer.mid_to_track_id);
        let answer = description("answer", answer.to_sdp_string(), offer.id);
        self.last_answer = Some(answer.clone());
        Ok(answer)
    }

    /// A line may carry another track than before, on another SSRC.
    pub(super) fn map_lines(&mut self, named: &HashMap<String, String>) {
        self.tracks_by_ssrc.clear();
        self.tracks_by_mid.clear();
        for (mid, sid) in named {
            let media = self.peer.rtc().media(mid.as_str().into());
            let video = media.is_some_and(|media| media.kind().is_video());
            self.tracks_by_mid.insert(mid.clone(), (sid.clone(), video));
        }
    }

    /// What the connection had to say: mostly packets.
    pub(super) fn take_events(&mut self, now: Instant, shared: &Shared) -> Result<(), Fault> {
        if self.peer.events.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(&mut self.peer.events);
        // Which track an SSRC carries is asked before the report is locked: asking is a change for str0m.
        for event in &events {
            if let Event::RtpPacket(packet) = event {
                self.learn(packet.header.ssrc, shared)?;
            }
        }
        shared.write(|report| events.iter().for_each(|event| self.count(now, event, report)));
        Ok(())
    }

    fn learn(&mut self, ssrc: Ssrc, shared: &Shared) -> Result<(), Fault> {
        if self.tracks_by_ssrc.contains_key(&ssrc) {
            return Ok(());
        }
        let mid = self.peer.change(|rtc| Ok(rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid())))?;
        let Some(track) = mid.and_then(|mid| self.tracks_by_mid.get(&*mid)).cloned() else { return Ok(()) };
        let before = self.ssrc_by_track.insert(track.0.clone(), ssrc);
        if before.is_some_and(|before| before != ssrc) {
            shared.write(|report| {
                if let Some(watch) = report.tracks.get_mut(&track.0) {
                    watch.new_stream();
                }
            });
        }
        self.tracks_by_ssrc.insert(ssrc, track);
        Ok(())
    }

    fn count(&self, now: Instant, event: &Event, report: &mut Report) {
        if let Event::RtpPacket(packet) = event {
            self.count_packet(now, packet, report);
        } else if let Event::ChannelData(_) = event {
            report.data_received = report.data_received.saturating_add(1);
        } else if matches!(event, Event::Connected) && report.state == State::Joined {
            report.state = State::Connected;
        }
    }

    fn count_packet(&self, now: Instant, packet: &RtpPacket, report: &mut Report) {
        let Some((sid, video)) = self.tracks_by_ssrc.get(&packet.header.ssrc) else { return };
        let arrival = Arrival {
            at: now,
            number: *packet.seq_no,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            payload: &packet.payload,
        };
        if let Some(watch) = report.tracks.get_mut(sid) {
            watch.arrived(arrival, *video);
        } else {
            let mut watch = TrackWatch::keeping_pictures(self.keeps_pictures);
            watch.arrived(arrival, *video);
            report.tracks.insert(sid.clone(), watch);
        }
    }
}
