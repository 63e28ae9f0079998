//! What a publisher offers: its m-lines matched with the tracks that were announced.

use str0m::change::SdpOffer;
use str0m::media::Mid;

use crate::control::{MediaKind, Quality, TrackDescription};
use crate::formats::preferred;
use crate::keys::TrackKey;
use crate::layers::QUALITIES;
use crate::notice::{Codec, NegotiatedTrack, Refusal};
use crate::peer::{Peer, colour};
use crate::sdp::{self, Section};
use crate::track::{Binding, Track};

impl Peer {
    /// Answers a publisher's offer; returns the answer and what the m-lines of the offer said.
    pub(crate) fn accept_offer(&mut self, text: &str) -> Result<(String, Vec<Section>), Refusal> {
        let sections = sdp::read(text)?;
        self.meanings.learn(text)?;
        let offer = SdpOffer::from_sdp_string(&colour::inward(text))
            .map_err(|error| Refusal::Sdp(error.to_string()))?;
        let answer =
            self.rtc.sdp_api().accept_offer(offer).map_err(|error| Refusal::Sdp(error.to_string()))?;
        self.forget_sources();
        Ok((answer.to_sdp_string(), sections))
    }

    /// How a track would sit on an m-line of the last offer; `None` if it cannot be received.
    pub(crate) fn binding(
        &self,
        section: &Section,
        (track, description): (TrackKey, &TrackDescription),
    ) -> Option<Binding> {
        let mid = Mid::from(section.mid.as_str());
        let kind = section.kind?;
        let media = self.rtc.media(mid).filter(|media| media.direction().is_receiving())?;
        let agreed = media.remote_pts();
        let order = preferred(self.rtc.codec_config(), agreed, (&section.payloads, description));
        let codec = order.first().map(|(format, _)| format.codec)?;
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

/// Which announced tracks the m-lines of an offer carry: by track id first, then, for browsers that make up their own
/// ids, the one of the kind that waits longest.
pub(crate) fn matched<'a>(
    free: &[&'a Section],
    expected: impl Iterator<Item = (TrackKey, &'a Track)>,
) -> Vec<(&'a Section, TrackKey)> {
    let mut expected: Vec<_> = expected.collect();
    let mut free = free.to_vec();
    let mut pairs = Vec::new();
    for is_by_id in [true, false] {
        free.retain(|section| {
            let fits = |(_, track): &(TrackKey, &Track)| {
                section.kind == Some(track.kind()) && (!is_by_id || track.description.cid == section.track_id)
            };
            let Some(place) = expected.iter().position(fits) else { return true };
            pairs.push((*section, expected.remove(place).0));
            false
        });
    }
    pairs
}

/// Whether an m-line of an offer still carries what is bound to it.
pub(crate) fn still_carries(sections: &[Section], binding: &Binding) -> bool {
    sections.iter().any(|section| section.is_sending && section.mid == binding.negotiated.mid)
}
