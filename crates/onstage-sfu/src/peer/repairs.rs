//! What is sent again to one peer, held against what is sent to it at all: whoever asks for everything again and again
//! gets a share, and costs no more than that.

use str0m::Rtc;

use crate::egress::{Egress, Lane, Str0mEgress};
use crate::limits::{
    RESENT_BURST_BYTES_MAX, RESENT_LOSSY_PER_MILLE_MAX, RESENT_LOSSY_PERCENT_MAX, RESENT_PER_MILLE,
    RESENT_PERCENT_MAX, RESENT_REFUSED_MAX,
};
use crate::peer::Peer;

/// Media packets after which the payload types of repairs are looked up again; they change with a description only.
const LOOK_AGAIN_AFTER: u32 = 256;
/// Of what is lost so much may be sent again: repairs are lost too, and some are asked for twice.
const REPAIRED_PERCENT: u64 = 175;
/// Points of percent by which a loss that is no longer reported counts less from one report to the next.
const FORGOTTEN_PERCENT: u64 = 2;
/// Percent of loss left over by repairs that says that they were too few.
const LEFT_FROM_PERCENT: u64 = 2;
/// Percent of loss from which a paced session is sent more again, and below which it no longer is.
const LOSSY_FROM_PERCENT: u64 = 8;
const LOSSY_UNTIL_PERCENT: u64 = 3;
/// So many reports in a row without it.
const CALM_REPORTS: u32 = 50;

/// How many bytes may be sent again. The engine underneath judges the share itself, but only every 50 ms: one burst of
/// requests in between would be answered whole. Where it paces, that burst is paced too and needs no other judge; and
/// there what fills its probes looks like repairs, which would then be missed as lost.
#[derive(Debug)]
pub(crate) struct Repairs {
    /// Whether the engine paces.
    is_paced: bool,
    /// What the engine allows, in percent.
    percent_max: u8,
    /// Thousandths of a byte that may be sent again now.
    budget: u64,
    /// Thousandths of a byte that each byte sent for the first time earns.
    earned: u64,
    /// Bytes sent for the first time and again since the last report.
    since_report: (u64, u64),
    /// The loss of late, less from report to report: it seems gone as soon as enough is sent again.
    lost_percent: u64,
    /// Reports of a paced session without heavy loss, one after another.
    calm: u32,
    /// Repairs that were too many, one after another.
    refused: u32,
    /// Payload types of repairs, one bit each.
    types: u128,
    packets: u32,
}

impl Default for Repairs {
    fn default() -> Self {
        Self {
            is_paced: false,
            percent_max: RESENT_LOSSY_PERCENT_MAX,
            budget: 0,
            earned: RESENT_PER_MILLE,
            since_report: (0, 0),
            lost_percent: 0,
            calm: 0,
            refused: 0,
            types: 0,
            packets: 0,
        }
    }
}

/// What a peer lost without repairs, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost {
    /// What counts against its way: nothing as long as repairs make up for it.
    pub(crate) of_way: u64,
    /// What people are told.
    pub(crate) told: u64,
}

/// What becomes of a datagram that is about to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weighed {
    Passes,
    /// A repair too many.
    Refused,
    /// So many repairs too many that nobody asked for them in good faith.
    Flood,
}

impl Repairs {
    /// Those of a session that paces.
    pub(crate) fn paced() -> Self {
        Self { is_paced: true, percent_max: RESENT_PERCENT_MAX, ..Self::default() }
    }

    /// Percent of what is sent that the engine may send again.
    pub(crate) fn percent_max(&self) -> u8 {
        self.percent_max
    }

    /// Weighs a datagram that leaves.
    fn weigh(&mut self, contents: &[u8], rtc: &Rtc) -> Weighed {
        // RTP, and not RTCP, which shares its first byte (RFC 5761 §4).
        let Some(kind) = payload_type(contents) else { return Weighed::Passes };
        if self.packets.checked_rem(LOOK_AGAIN_AFTER) == Some(0) {
            self.types = types_of_repairs(rtc);
        }
        self.packets = self.packets.wrapping_add(1);
        self.judge(contents.len(), self.types & bit(kind) != 0)
    }

    fn judge(&mut self, bytes: usize, is_repair: bool) -> Weighed {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if !is_repair {
            let earned = bytes.saturating_mul(self.earned);
            let most = u64::try_from(RESENT_BURST_BYTES_MAX).unwrap_or(u64::MAX).saturating_mul(1_000);
            self.budget = self.budget.saturating_add(earned).min(most);
            self.refused = 0;
            self.since_report.0 = self.since_report.0.saturating_add(bytes);
            return Weighed::Passes;
        }
        if let Some(left) = self.budget.checked_sub(bytes.saturating_mul(1_000)) {
            self.budget = left;
            self.since_report.1 = self.since_report.1.saturating_add(bytes);
            return Weighed::Passes;
        }
        self.refused = self.refused.saturating_add(1);
        if self.refused > RESENT_REFUSED_MAX { Weighed::Flood } else { Weighed::Refused }
    }

    /// What the other side says that it lost, in percent; returns what it lost without repairs, as far as its way is
    /// concerned and as far as people are told. Who loses much is sent more again, up to a limit: whoever claims to lose what came is also given smaller
    /// layers for it, and so gets less in all.
    fn note_loss(&mut self, reported_percent: u64) -> Lost {
        if self.is_paced {
            self.note_paced_loss(reported_percent);
            return Lost { of_way: reported_percent, told: reported_percent };
        }
        // Some count what was repaired as received, and report what is left.
        let (first, again) = std::mem::take(&mut self.since_report);
        let repaired = again.saturating_mul(100).checked_div(first.saturating_add(again)).unwrap_or_default();
        let is_short = reported_percent >= LEFT_FROM_PERCENT;
        let lost = reported_percent.saturating_add(if is_short { repaired } else { 0 }).min(100);
        self.lost_percent = lost.max(self.lost_percent.saturating_sub(FORGOTTEN_PERCENT));
        let arrives = 100_u64.saturating_sub(self.lost_percent).max(1);
        // Of 100 bytes `lost` have to be sent again, of these again `lost` of 100, and so on.
        let needed =
            self.lost_percent.saturating_mul(REPAIRED_PERCENT).saturating_mul(10).checked_div(arrives);
        self.earned = needed.unwrap_or_default().clamp(RESENT_PER_MILLE, RESENT_LOSSY_PER_MILLE_MAX);
        Lost { of_way: lost, told: reported_percent.max(repaired) }
    }

    /// The engine forgets what it sent when its share changes, so that it changes seldom.
    fn note_paced_loss(&mut self, lost_percent: u64) {
        self.calm = if lost_percent < LOSSY_UNTIL_PERCENT { self.calm.saturating_add(1) } else { 0 };
        if lost_percent >= LOSSY_FROM_PERCENT {
            self.percent_max = RESENT_LOSSY_PERCENT_MAX;
        } else if self.calm >= CALM_REPORTS {
            self.percent_max = RESENT_PERCENT_MAX;
        }
    }
}

impl Peer {
    /// Weighs a datagram that leaves. `false`: it does not. When far too much is asked for, the rest of it is forgotten
    /// before it costs anything.
    pub(super) fn may_leave(&mut self, contents: &[u8]) -> bool {
        if !self.role.receives() || self.repairs.is_paced {
            return true;
        }
        let weighed = self.repairs.weigh(contents, &self.rtc);
        if weighed == Weighed::Flood {
            self.forget_sent();
        }
        weighed == Weighed::Passes
    }

    /// What the other side says that it lost, in percent; returns what it lost without repairs, as far as is known.
    pub(crate) fn note_loss(&mut self, reported_percent: u64) -> Lost {
        let before = self.repairs.percent_max;
        let lost = self.repairs.note_loss(reported_percent);
        let percent_max = self.repairs.percent_max;
        if percent_max == before {
            return lost;
        }
        for slot in &mut self.offering.slots {
            if let Some(lane) = &mut slot.lane {
                lane.resent_percent_max = percent_max;
            }
        }
        self.forget_sent();
        lost
    }

    /// From here on nothing that was sent is sent again.
    pub(crate) fn forget_sent(&mut self) {
        let lanes: Vec<Lane> = self.offering.slots.iter().filter_map(|slot| slot.lane).collect();
        for lane in lanes {
            Str0mEgress(&mut self.rtc).forget_sent(lane);
        }
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

#[cfg(test)]
mod tests;
