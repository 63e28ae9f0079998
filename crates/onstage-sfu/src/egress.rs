//! How packets leave for a subscriber: today through the session inside the peer, later past it.

use str0m::Rtc;
use str0m::rtp::{RtpWrite, Ssrc};

use crate::control::MediaKind;
use crate::formats::Payloads;
use crate::forward::{Packet, Placed};
use crate::limits::{RESEND_AGE_MAX, RESEND_VIDEO_PACKETS};

/// One RTP stream to a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lane {
    /// Audio or video.
    pub(crate) kind: MediaKind,
    /// The SSRC it is sent under.
    pub(crate) ssrc: Ssrc,
    /// The payload types that were agreed.
    pub(crate) payloads: Payloads,
    /// Percent of what is sent in a second above which nothing more is sent again.
    pub(crate) resent_percent_max: u8,
}

/// Something that seals and sends packets, and answers requests to resend.
pub(crate) trait Egress {
    /// Gets a lane ready.
    fn open(&mut self, lane: Lane);
    /// Sends a packet.
    fn push(&mut self, lane: Lane, packet: &Packet, placed: &Placed);
    /// From here on nothing that was sent on a lane is sent again.
    fn forget_sent(&mut self, lane: Lane);
}

/// Sends through str0m, which keeps a small cache of packets to resend.
pub(crate) struct Str0mEgress<'a>(pub(crate) &'a mut Rtc);

impl Egress for Str0mEgress<'_> {
    fn open(&mut self, lane: Lane) {
        self.forget_sent(lane);
    }

    fn push(&mut self, lane: Lane, packet: &Packet, placed: &Placed) {
        let mut api = self.0.direct_api();
        let Some(stream) = api.stream_tx(&lane.ssrc) else { return };
        let stamp = placed.stamp;
        let number = stamp.number.into();
        let mut write = RtpWrite::new(
            placed.payload_type,
            number,
            stamp.timestamp,
            placed.moment,
            placed.contents.clone(),
        )
        .marker(packet.marker)
        .ext_vals(packet.extensions.clone())
        .nackable(lane.kind == MediaKind::Video);
        if let Some(patch) = placed.patch {
            write = write.vp8_patch(patch);
        }
        stream.write_rtp(write);
    }

    fn forget_sent(&mut self, lane: Lane) {
        let packets = match lane.kind {
            // A sound that comes late is no use; nobody is offered to ask for it again.
            MediaKind::Audio => 1,
            MediaKind::Video => RESEND_VIDEO_PACKETS,
        };
        if let Some(stream) = self.0.direct_api().stream_tx(&lane.ssrc) {
            let share = f32::from(lane.resent_percent_max) / 100.0;
            stream.set_rtx_cache(packets, RESEND_AGE_MAX, Some(share));
        }
    }
}
