//! What is sent again to one peer, held against what is sent to it at all: whoever asks for everything again and again
//! gets a share, and costs no more than that.

use str0m::Rtc;

use crate::egress::{Egress, Lane, Str0mEgress};
use crate::limits::{RESENT_BURST_BYTES_MAX, RESENT_PER_SENT};
use crate::peer::Peer;

/// Media packets after which the payload types of repairs are looked up again; they change with a description only.
const LOOK_AGAIN_AFTER: u32 = 256;

/// How many bytes may be sent again. The engine underneath judges the share itself, but only every 50 ms: one burst of
/// requests in between would be answered whole.
#[derive(Debug, Default)]
pub(crate) struct Repairs {
    /// Bytes that may be sent again now.
    budget: usize,
    /// Payload types of repairs, one bit each.
    types: u128,
    packets: u32,
}

impl Repairs {
    /// Weighs a datagram that leaves; `false` when it is a repair too many.
    fn passes(&mut self, contents: &[u8], rtc: &Rtc) -> bool {
        // RTP, and not RTCP, which shares its first byte (RFC 5761 §4).
        let Some(kind) = payload_type(contents) else { return true };
        if self.packets.checked_rem(LOOK_AGAIN_AFTER) == Some(0) {
            self.types = types_of_repairs(rtc);
        }
        self.packets = self.packets.wrapping_add(1);
        if self.types & bit(kind) == 0 {
            let earned = contents.len().saturating_div(RESENT_PER_SENT);
            self.budget = self.budget.saturating_add(earned).min(RESENT_BURST_BYTES_MAX);
            return true;
        }
        match self.budget.checked_sub(contents.len()) {
            Some(left) => {
                self.budget = left;
                true
            }
            None => false,
        }
    }
}

impl Peer {
    /// Weighs a datagram that leaves. `false`: it does not, and what else was asked for is forgotten before it costs anything.
    pub(super) fn may_leave(&mut self, contents: &[u8]) -> bool {
        let passes = !self.role.receives() || self.repairs.passes(contents, &self.rtc);
        if !passes {
            let lanes: Vec<Lane> = self.offering.slots.iter().filter_map(|slot| slot.lane).collect();
            for lane in lanes {
                Str0mEgress(&mut self.rtc).forget_sent(lane);
            }
        }
        passes
    }
}

fn payload_type(contents: &[u8]) -> Option<u8> {
    match contents {
        [128..=191, 192..=223, ..] => None,
        [128..=191, second, ..] => Some(second & 0x7f),
        _ => None,
    }
}

fn types_of_repairs(rtc: &Rtc) -> u128 {
    let params = rtc.codec_config().params().iter();
    params.filter_map(|param| param.resend()).fold(0, |types, kind| types | bit(*kind))
}

fn bit(kind: u8) -> u128 {
    1_u128.wrapping_shl(u32::from(kind))
}
