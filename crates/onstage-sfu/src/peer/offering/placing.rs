//! What a single peer gets: the tracks it wants on the m-lines that it offered, and what it has to offer more.

use std::collections::HashMap;

use str0m::Rtc;
use str0m::media::{Direction, Mid};

use super::{Catalogue, Offering, Slot, Stage, lane, rename_stream};
use crate::control::MediaKind;
use crate::egress::{Egress, Str0mEgress};
use crate::forward::Forwarder;
use crate::keys::TrackKey;
use crate::notice::MidTrack;
use crate::peer::Peer;
use crate::sdp::directions::with_directions;
use crate::sdp::{self, Msid, Section};

/// m-lines that a client has to add; none at all when it only has to offer again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Shortage {
    /// For sound.
    pub(crate) audios: u32,
    /// For pictures.
    pub(crate) videos: u32,
}

/// Why a client was asked to offer again. The same is never asked twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    unplaced: Vec<TrackKey>,
    free: Shortage,
    freeing: Shortage,
}

/// What became of an offer.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// The answer.
    pub(crate) sdp: String,
    /// The m-lines in use.
    pub(crate) mid_to_track: Vec<MidTrack>,
    /// Tracks that flow from now on, with their m-lines.
    pub(crate) flowing: Vec<(TrackKey, usize)>,
    /// Tracks whose m-line is gone.
    pub(crate) displaced: Vec<TrackKey>,
}

impl Shortage {
    fn of(kinds: impl Iterator<Item = MediaKind>) -> Self {
        let mut count = Self::default();
        for kind in kinds {
            let number = match kind {
                MediaKind::Audio => &mut count.audios,
                MediaKind::Video => &mut count.videos,
            };
            *number = number.saturating_add(1);
        }
        count
    }

    fn without(self, other: Self) -> Self {
        Self {
            audios: self.audios.saturating_sub(other.audios),
            videos: self.videos.saturating_sub(other.videos),
        }
    }
}

impl Slot {
    fn is_free(&self) -> bool {
        matches!(self.stage, Stage::Free | Stage::Fresh)
    }

    /// Whether the track on it was taken off since the last answer.
    fn is_freeing(&self) -> bool {
        self.stage == Stage::Agreed && self.track.is_none()
    }
}

impl Offering {
    /// Whether a single peer has offered: before that it will offer without being asked.
    pub(crate) fn has_been_answered(&self) -> bool {
        self.has_been_answered
    }

    /// What the client has to offer again for; `None` if nothing new has to move.
    pub(crate) fn ask(&mut self, catalogue: &Catalogue) -> Option<Shortage> {
        self.is_changed = false;
        let unplaced = self.unplaced(catalogue);
        let kinds = unplaced.iter().filter_map(|track| Some(catalogue.get(track)?.kind));
        let wanted = Shortage::of(kinds);
        let free = Shortage::of(self.slots.iter().filter(|slot| slot.is_free()).map(|slot| slot.kind));
        let freeing = Shortage::of(self.slots.iter().filter(|slot| slot.is_freeing()).map(|slot| slot.kind));
        if unplaced.is_empty() {
            self.asked = None;
            return None;
        }
        let ask = Some(Ask { unplaced, free, freeing });
        if self.asked == ask {
            return None;
        }
        self.asked = ask;
        Some(wanted.without(free).without(freeing))
    }

    fn unplaced(&self, catalogue: &Catalogue) -> Vec<TrackKey> {
        let is_unplaced = |track: &TrackKey| catalogue.contains_key(track) && self.slot_of(*track).is_none();
        self.wanted.iter().copied().filter(is_unplaced).collect()
    }

    /// The m-lines as the newest offer has them.
    fn note_lines(&mut self, receiving: &[(Mid, MediaKind)], rtc: &mut Rtc) -> Vec<TrackKey> {
        let mut displaced = Vec::new();
        for slot in &mut self.slots {
            if !receiving.iter().any(|(mid, _)| *mid == slot.mid) {
                slot.stage = Stage::Gone;
                slot.lane = None;
                if let Some(track) = slot.track.take() {
                    displaced.push(track);
                    rename_stream(rtc, slot.mid, slot.kind);
                }
            }
        }
        for (mid, kind) in receiving {
            match self.slots.iter_mut().find(|slot| slot.mid == *mid) {
                Some(slot) if slot.stage == Stage::Gone => slot.stage = Stage::Free,
                Some(_) => {}
                None => self.add_line(*mid, *kind),
            }
        }
        displaced
    }

    /// A new m-line takes the place of one that is gone for good: places of others must not move.
    fn add_line(&mut self, mid: Mid, kind: MediaKind) {
        let slot =
            Slot { mid, kind, stage: Stage::Fresh, track: None, lane: None, forwarder: Forwarder::new(kind) };
        match self.slots.iter_mut().find(|slot| slot.stage == Stage::Gone) {
            Some(gone) => *gone = slot,
            None => self.slots.push(slot),
        }
    }

    /// Gives every wanted track a free m-line, as far as there are any; returns the places taken.
    fn fill(&mut self, catalogue: &Catalogue) -> Vec<usize> {
        let mut taken = Vec::new();
        for track in self.unplaced(catalogue) {
            let Some(listed) = catalogue.get(&track) else { continue };
            let is_fit = |slot: &Slot| slot.kind == listed.kind && slot.is_free();
            let Some(place) = self.slots.iter().position(is_fit) else { continue };
            if let Some(slot) = self.slots.get_mut(place) {
                slot.stage = Stage::Agreed;
                slot.track = Some(track);
                taken.push(place);
            }
        }
        taken
    }

    /// m-lines whose tracks change without another answer have names of their own: all in one stream, to play together.
    fn fixed_msids(&self) -> HashMap<String, Msid> {
        let lines = self.slots.iter().filter(|slot| slot.stage != Stage::Gone);
        let named = lines.map(|slot| {
            let track = format!("onstage-{}", slot.mid);
            (slot.mid.to_string(), Msid { stream: "onstage".to_owned(), track })
        });
        named.collect()
    }

    /// Which way media flows on the m-lines that carry nothing to the client.
    fn idle_directions(&self, sections: &[Section]) -> HashMap<String, Direction> {
        let idle = self.slots.iter().filter(|slot| slot.track.is_none()).filter_map(|slot| {
            let section = sections.iter().find(|section| slot.is_at(Mid::from(section.mid.as_str())))?;
            let direction = match (section.is_sending, slot.stage) {
                (true, _) => Direction::RecvOnly,
                // What was never used is answered as if it were, without a name: clients know it so from elsewhere.
                (false, Stage::Fresh) => Direction::SendOnly,
                (false, _) => Direction::Inactive,
            };
            section.is_receiving.then(|| (section.mid.clone(), direction))
        });
        idle.collect()
    }
}

impl Peer {
    /// Puts the wanted tracks on the m-lines of an offer that was just accepted.
    pub(crate) fn place(&mut self, catalogue: &Catalogue, sections: &[Section], answer: &str) -> Placed {
        let lines: Vec<_> = sections.iter().filter_map(|section| self.receiving_line(section)).collect();
        let offering = &mut self.offering;
        offering.has_been_answered = true;
        let displaced = offering.note_lines(&lines, &mut self.rtc);
        let taken = offering.fill(catalogue);
        for slot in offering.slots.iter_mut().filter(|slot| slot.is_freeing()) {
            slot.stage = Stage::Free;
            if !offering.are_lines_fixed {
                rename_stream(&mut self.rtc, slot.mid, slot.kind);
            }
        }
        offering.is_changed = true;
        let flowing = self.open_lanes(&taken);
        let used = self.offering.offered(catalogue);
        let sdp = if self.offering.are_lines_fixed {
            sdp::with_msids(answer, &self.offering.fixed_msids())
        } else {
            let msids = used.iter().map(|(mid, _, msid)| (mid.to_string(), msid.clone())).collect();
            let named = sdp::with_msids(answer, &msids);
            with_directions(&named, &self.offering.idle_directions(sections))
        };
        let mid_to_track = used
            .into_iter()
            .map(|(mid, track, msid)| MidTrack { mid: mid.to_string(), track, msid_track: msid.track })
            .collect();
        Placed { sdp, mid_to_track, flowing, displaced }
    }

    /// Puts the wanted tracks on the m-lines of a client that offers only once: under the SSRC that it knows.
    pub(crate) fn refill(&mut self, catalogue: &Catalogue) -> Vec<(TrackKey, usize)> {
        self.offering.is_changed = false;
        for slot in self.offering.slots.iter_mut().filter(|slot| slot.is_freeing()) {
            slot.stage = Stage::Free;
        }
        let taken = self.offering.fill(catalogue);
        self.open_lanes(&taken)
    }

    /// An m-line of the offer on which we may send.
    fn receiving_line(&self, section: &Section) -> Option<(Mid, MediaKind)> {
        let mid = Mid::from(section.mid.as_str());
        let kind = section.kind?;
        let media = self.rtc.media(mid)?;
        media.direction().is_sending().then_some((mid, kind))
    }

    fn open_lanes(&mut self, taken: &[usize]) -> Vec<(TrackKey, usize)> {
        let mut flowing = Vec::new();
        for place in taken {
            let Some(slot) = self.offering.slots.get_mut(*place) else { continue };
            slot.lane = lane(&mut self.rtc, slot.mid, slot.kind, self.repairs.percent_max());
            if let Some(lane) = slot.lane {
                Str0mEgress(&mut self.rtc).open(lane);
                flowing.extend(slot.track.map(|track| (track, *place)));
            }
        }
        flowing
    }
}
