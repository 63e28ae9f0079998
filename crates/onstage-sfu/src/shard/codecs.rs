//! What answers and offers prefer: the codec that a publisher announced, and what its sound may use.

use std::collections::{HashMap, HashSet};

use crate::control::MediaKind;
use crate::formats::preferred;
use crate::keys::{PeerKey, TrackKey};
use crate::notice::{MidTrack, Notice};
use crate::peer::colour;
use crate::sdp::Section;
use crate::sdp::codecs::{Preference, with_preferences};
use crate::shard::Shard;
use crate::track::Track;

impl Shard {
    /// An answer with the announced codecs first, and what each sound may use. Without an announcement the order is the
    /// offer's.
    pub(super) fn prefer_codecs(&self, key: PeerKey, answer: &str, sections: &[Section]) -> String {
        let Some(peer) = self.peers.get(&key) else { return answer.to_owned() };
        let published = peer.tracks.iter().filter_map(|track| {
            let track = self.tracks.get(track)?;
            let binding = track.binding.as_ref()?;
            let mid = &binding.negotiated.mid;
            let section = sections.iter().find(|section| section.mid == *mid)?;
            let agreed = peer.rtc.media(binding.mid)?.remote_pts();
            let order = preferred(peer.rtc.codec_config(), agreed, (&section.payloads, &track.description));
            let without = peer.rtc.codec_config().params().iter().filter_map(|param| param.red());
            let without = without.filter(|_| !track.description.sound.has_redundancy);
            let preference = Preference {
                order: order.into_iter().map(|(_, payload_type)| *payload_type).collect(),
                without: without.map(|payload_type| *payload_type).collect::<HashSet<u8>>(),
                opus: wanted_of_opus(track),
            };
            Some((mid.clone(), preference))
        });
        let preferences: HashMap<_, _> = published.collect();
        colour::outward(&with_preferences(answer, &preferences))
    }

    /// A description in which the m-lines that carry stereo to a peer say so.
    pub(super) fn announce_stereo(&self, text: &str, mid_to_track: &[MidTrack]) -> String {
        let is_stereo =
            |track: &TrackKey| self.tracks.get(track).is_some_and(|track| track.description.sound.is_stereo);
        let stereo = mid_to_track.iter().filter(|entry| is_stereo(&entry.track)).map(|entry| {
            let opus = vec!["sprop-stereo=1"];
            (entry.mid.clone(), Preference { opus, ..Preference::default() })
        });
        let stereo: HashMap<_, _> = stereo.collect();
        let text = colour::outward(text);
        if stereo.is_empty() { text } else { with_preferences(&text, &stereo) }
    }

    /// Whether a peer can play a track on an m-line of its; it is told if not.
    pub(super) fn can_play(&mut self, peer: PeerKey, key: TrackKey, slot: usize) -> bool {
        let codec = self.tracks.get(&key).and_then(|track| Some(track.binding.as_ref()?.negotiated.codec));
        let slot = self.peers.get(&peer).and_then(|peer| peer.offering.slots.get(slot));
        let payloads = slot.and_then(|slot| slot.lane).map(|lane| lane.payloads);
        let Some((codec, payloads)) = codec.zip(payloads) else { return true };
        let plays = payloads.plays(codec);
        if !plays {
            self.tell(Notice::Unplayable { peer, track: key, codec });
        }
        plays
    }
}

/// What we ask of a publisher's Opus.
fn wanted_of_opus(track: &Track) -> Vec<&'static str> {
    if track.kind() == MediaKind::Video {
        return Vec::new();
    }
    let sound = track.description.sound;
    let mut wanted = vec!["minptime=10", "useinbandfec=1"];
    wanted.extend(sound.is_stereo.then_some("stereo=1"));
    wanted.extend(sound.has_dtx.then_some("usedtx=1"));
    wanted
}
