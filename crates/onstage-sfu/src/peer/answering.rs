//! What a publisher offers: its m-lines matched with the tracks that were announced.

use str0m::change::SdpOffer;
use str0m::media::Mid;

use crate::control::{MediaKind, Quality};
use crate::keys::TrackKey;
use crate::layers::QUALITIES;
use crate::notice::{Codec, NegotiatedTrack, Refusal};
use crate::peer::Peer;
use crate::sdp::{self, Section};
use crate::track::{Binding, Track, codec_of};

impl Peer {
    /// Answers a publisher's offer; returns the answer and what the m-lines of the offer said.
    pub(crate) fn accept_offer(&mut self, text: &str) -> Result<(String, Vec<Section>), Refusal> {
        let sections = sdp::read(text)?;
        let offer = SdpOffer::from_sdp_string(text).map_err(|error| Refusal::Sdp(error.to_string()))?;
        let answer =
            self.rtc.sdp_api().accept_offer(offer).map_err(|error| Refusal::Sdp(error.to_string()))?;
        self.forget_sources();
        Ok((answer.to_sdp_string(), sections))
    }

    /// How a track would sit on an m-line of the last offer; `None` if it cannot be received.
    pub(crate) fn binding(&self, section: &Section, track: TrackKey) -> Option<Binding> {
        let mid = Mid::from(section.mid.as_str());
        let kind = section.kind?;
        let media = self.rtc.media(mid).filter(|media| media.direction().is_receiving())?;
        let agreed = media.remote_pts();
        let codec = self
            .rtc
            .codec_config()
            .params()
            .iter()
            .filter(|param| agreed.contains(&param.pt()))
            .find_map(|param| codec_of(param.spec().codec))?;
        let negotiated = NegotiatedTrack {
            mid: section.mid.clone(),
            track,
            kind,
            sdp_cid: section.track_id.clone(),
            codec,
            layers: announced(kind, codec, &section.rids),
        };
        Some(Binding { mid, negotiated, rids: section.rids.clone() })
    }
}

fn announced(kind: MediaKind, _codec: Codec, rids: &[String]) -> Vec<Quality> {
    if kind == MediaKind::Audio || rids.is_empty() {
        return vec![Quality::Low];
    }
    let mut layers: Vec<Quality> = rids
        .iter()
        .enumerate()
        .filter_map(|(place, rid)| match rid.as_str() {
            "q" => Some(Quality::Low),
            "h" => Some(Quality::Medium),
            "f" => Some(Quality::High),
            _ => QUALITIES.get(place).copied(),
        })
        .collect();
    layers.sort_unstable();
    layers.dedup();
    layers
}

/// The announced track that an m-line carries: by its track id, else the one that waits longest among its kind.
pub(crate) fn expected_on<'a>(
    section: &Section,
    expected: impl Iterator<Item = (TrackKey, &'a Track)> + Clone,
) -> Option<TrackKey> {
    let mut of_kind = expected.filter(|(_, track)| section.kind == Some(track.kind()));
    let by_id = of_kind.clone().find(|(_, track)| track.description.cid == section.track_id);
    by_id.or_else(|| of_kind.next()).map(|(key, _)| key)
}

/// Whether an m-line of an offer still carries what is bound to it.
pub(crate) fn still_carries(sections: &[Section], binding: &Binding) -> bool {
    sections.iter().any(|section| section.is_sending && section.mid == binding.negotiated.mid)
}
