//! One connection for everything, as LiveKit's newer clients have it: the bot offers lines, the server answers.

use std::net::IpAddr;
use std::time::Instant;

use livekit_protocol as lk;
use str0m::change::{SdpAnswer, SdpApi};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid};

use super::peer::Peer;
use super::publisher::{add_channels, description};
use super::subscriber::Subscriber;
use crate::Fault;

/// Lines of each kind in the first offer, as livekit-client has them.
const LINES_AT_FIRST: u32 = 3;

impl Subscriber {
    /// A connection of a bot that watches, and its first offer.
    pub(super) async fn single(
        local: IpAddr,
        now: Instant,
        keeps_pictures: bool,
    ) -> Result<(Self, lk::SessionDescription), Fault> {
        let mut subscriber = Self::new(Peer::open_wordy(local, now).await?, keeps_pictures);
        let offer = subscriber.offer(|api| {
            add_lines(api, MediaKind::Audio, LINES_AT_FIRST);
            add_lines(api, MediaKind::Video, LINES_AT_FIRST);
            add_channels(api);
        })?;
        Ok((subscriber, offer))
    }

    /// A connection of somebody who calls a person, and its offer.
    pub(super) fn calling(peer: Peer, sounds: u32, pictures: u32) -> Result<(Self, String), Fault> {
        let mut subscriber = Self::new(peer, true);
        let offer = subscriber.offer(|api| {
            add_lines(api, MediaKind::Audio, sounds);
            add_lines(api, MediaKind::Video, pictures);
        })?;
        Ok((subscriber, offer.sdp))
    }

    /// The server misses lines, or asks for an offer without missing any; str0m makes none without a change.
    pub(super) fn offer_more(
        &mut self,
        missing: &lk::MediaSectionsRequirement,
    ) -> Result<lk::SessionDescription, Fault> {
        let (audios, videos) = (missing.num_audios, missing.num_videos);
        self.offer(|api| {
            add_lines(api, MediaKind::Audio, audios);
            add_lines(api, MediaKind::Video, if audios == 0 { videos.max(1) } else { videos });
        })
    }

    fn offer(&mut self, change: impl FnOnce(&mut SdpApi<'_>)) -> Result<lk::SessionDescription, Fault> {
        let made = self.peer.change(|rtc| {
            let mut api = rtc.sdp_api();
            change(&mut api);
            Ok(api.apply())
        })?;
        let (offer, pending) = made.ok_or(Fault::Missing("offer"))?;
        self.pending = Some(pending);
        self.offers = self.offers.wrapping_add(1);
        Ok(description("offer", offer.to_sdp_string(), self.offers))
    }

    /// The server's answer: which track comes on which line.
    pub(super) fn answered(&mut self, answer: &lk::SessionDescription, now: Instant) -> Result<(), Fault> {
        let Some(pending) = self.pending.take_if(|_| answer.id == self.offers) else { return Ok(()) };
        let sdp = SdpAnswer::from_sdp_string(&answer.sdp).map_err(|error| Fault::Media(error.to_string()))?;
        self.peer.change(|rtc| Ok(rtc.sdp_api().accept_answer(pending, sdp)?))?;
        self.peer.described(now)?;
        self.map_lines(&answer.mid_to_track_id);
        self.ask_what_came_early()
    }

    /// Pictures overtake the answer that says whose they are, and only their first one stands by itself.
    fn ask_what_came_early(&mut self) -> Result<(), Fault> {
        let videos: Vec<Mid> = self
            .tracks_by_mid
            .iter()
            .filter(|(_, (_, is_video))| *is_video)
            .map(|(mid, _)| mid.as_str().into())
            .collect();
        self.peer.change(|rtc| {
            for mid in videos {
                if let Some(stream) = rtc.direct_api().stream_rx_by_mid(mid, None) {
                    stream.request_keyframe(KeyframeRequestKind::Pli);
                }
            }
            Ok(())
        })
    }
}

fn add_lines(api: &mut SdpApi<'_>, kind: MediaKind, count: u32) {
    for _ in 0..count {
        api.add_media(kind, Direction::RecvOnly, None, None, None);
    }
}
