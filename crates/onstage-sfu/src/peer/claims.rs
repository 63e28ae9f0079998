//! Whose a line and layer is: the stream under which a packet of it last proved genuine.
//!
//! The engine underneath believes the header of a packet before it looks at the seal: one forged packet from the right
//! address, which names a line and a layer, takes them from the stream that really sends them. Browsers name them in
//! their first packets only, so nothing would ever bring them back.

use std::collections::HashMap;

use str0m::rtp::Ssrc;

use crate::peer::{Peer, Source};

/// The streams that sent last, by what they send.
#[derive(Debug, Default)]
pub(crate) struct Claims(HashMap<Source, Ssrc>);

impl Claims {
    /// A packet of that stream proved genuine.
    pub(super) fn prove(&mut self, source: Source, ssrc: Ssrc) {
        if self.0.get(&source) != Some(&ssrc) {
            self.0.insert(source, ssrc);
        }
    }

    /// A new description may say otherwise.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Peer {
    /// Before a packet is handed in: what a forger has taken from its stream goes back.
    pub(super) fn hold_claim(&mut self, contents: &[u8]) {
        let Some(ssrc) = ssrc_of(contents) else { return };
        let Some(source) = self.sources.get(&ssrc).copied() else { return };
        if self.claims.0.get(&source) != Some(&ssrc) || self.rtc.media(source.mid).is_none() {
            return;
        }
        let mut api = self.rtc.direct_api();
        if api.stream_rx(&ssrc).is_some() {
            return;
        }
        let taken = api.stream_rx_by_mid(source.mid, source.rid).map(|stream| (stream.ssrc(), stream.rtx()));
        if let Some((forged, _)) = taken {
            api.remove_stream_rx(forged);
        }
        api.expect_stream_rx(ssrc, taken.and_then(|(_, repairs)| repairs), source.mid, source.rid);
    }
}

/// The SSRC of a media packet (RFC 3550 §5.1; RTCP by RFC 5761 §4).
fn ssrc_of(contents: &[u8]) -> Option<Ssrc> {
    match contents {
        [128..=191, 192..=223, ..] => None,
        [128..=191, _, _, _, _, _, _, _, ssrc @ ..] => {
            ssrc.first_chunk().map(|ssrc| u32::from_be_bytes(*ssrc).into())
        }
        _ => None,
    }
}
