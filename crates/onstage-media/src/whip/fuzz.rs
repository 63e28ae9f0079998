//! Made-up fragments and offers: read, and laid over each other, as a session does.

use super::description::Offer;
use super::fragment::{Fragment, of_answer};
use super::{CANDIDATES_PER_PATCH_MAX, EDGE_LINES_MAX, Protocol};
use crate::fuzz::Reached;

/// Texts of one input, each ended by a zero.
const TEXTS: usize = 8;
/// The offer where the input has none that can be served.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n\
    a=ice-ufrag:abcd\r\na=ice-pwd:a password of theirs\r\na=sendrecv\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n";

/// Fragments under an offer. Read: what could be read; controls: restarts.
pub(crate) fn fragment(data: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let mut texts = data.split(|byte| *byte == 0).take(TEXTS).map(String::from_utf8_lossy);
    let first = texts.next().unwrap_or_default();
    let offers = [Protocol::Whip, Protocol::Whep].map(|protocol| (protocol, Offer::read(protocol, &first)));
    for (protocol, offer) in &offers {
        let Ok(offer) = offer else { continue };
        reached.read = reached.read.saturating_add(1);
        assert!(offer.tracks().len() <= EDGE_LINES_MAX, "no more than it has lines");
        assert_eq!(Offer::read(*protocol, &offer.sdp).as_ref(), Ok(offer), "it is kept as it came");
    }
    let mut offer = offers.into_iter().find_map(|(_, offer)| offer.ok());
    if offer.is_none() {
        offer = Offer::read(Protocol::Whip, OFFER).ok();
    }
    let Some(mut offer) = offer else { return reached };
    for text in texts {
        let Ok(fragment) = Fragment::read(&text) else { continue };
        reached.read = reached.read.saturating_add(1);
        assert!(fragment.candidates.len() <= CANDIDATES_PER_PATCH_MAX, "no more than are read");
        if !fragment.restarts(&offer.ufrag, &offer.password) {
            continue;
        }
        reached.controls = reached.controls.saturating_add(1);
        offer = offer.restarted(&fragment.ufrag, &fragment.password);
        assert!(!fragment.restarts(&offer.ufrag, &offer.password), "it is done once");
        assert!(
            !offer.sdp.lines().any(|line| line.starts_with("a=candidate:")),
            "candidates of before are gone"
        );
        let told = of_answer(&offer.sdp);
        let own = Fragment::read(&told);
        assert!(
            own.is_ok_and(|own| (own.ufrag, own.password) == (fragment.ufrag, fragment.password)),
            "{told}"
        );
    }
    reached
}
