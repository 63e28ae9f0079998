//! What a receiving peer gets: its m-lines, the tracks on them, and a subscriber's one offer that may be in flight.

pub(crate) mod placing;

use std::collections::HashMap;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpApi, SdpPendingOffer};
use str0m::media::{Direction, Mid};
use str0m::{Rtc, RtcError};

use crate::control::{MediaKind, TrackDescription};
use crate::egress::{Egress, Lane, Str0mEgress};
use crate::formats::Payloads;
use crate::forward::Forwarder;
use crate::keys::TrackKey;
use crate::notice::{MidTrack, Refusal};
use crate::peer::data::CHANNELS;
use crate::peer::{Peer, colour};
use crate::sdp::{self, Msid};
use crate::track::Track;

/// How far an m-line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Offered with a track, not answered.
    Offered,
    /// Answered with a track.
    Agreed,
    /// Offered without, not answered.
    Leaving,
    /// Answered without: the next track of its kind takes it.
    Free,
    /// Offered by the client, and never used.
    Fresh,
    /// The client does not receive on it any more.
    Gone,
}

/// One media m-line on which a peer receives.
#[derive(Debug)]
pub(crate) struct Slot {
    mid: Mid,
    kind: MediaKind,
    stage: Stage,
    /// The track on it.
    pub(crate) track: Option<TrackKey>,
    /// Where its packets leave, once agreed.
    pub(crate) lane: Option<Lane>,
    /// Its numbering, which every track on it continues.
    pub(crate) forwarder: Forwarder,
}

impl Slot {
    /// Whether it is the m-line `mid`.
    pub(crate) fn is_at(&self, mid: Mid) -> bool {
        self.mid == mid
    }
}

/// An offer that waits for its answer.
struct InFlight {
    offer: Offer,
    pending: SdpPendingOffer,
}

/// An offer as the outside gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Its id.
    pub(crate) id: u32,
    /// Its text.
    pub(crate) sdp: String,
    /// The m-lines in use.
    pub(crate) mid_to_track: Vec<MidTrack>,
}

/// What one peer receives, and the offers for it.
#[derive(Default)]
pub(crate) struct Offering {
    /// Its m-lines; they never move.
    pub(crate) slots: Vec<Slot>,
    /// The tracks it subscribed to.
    pub(crate) wanted: Vec<TrackKey>,
    /// Whether a new offer is due.
    pub(crate) is_changed: bool,
    /// When the last offer was made.
    pub(crate) last_made: Option<Instant>,
    in_flight: Option<InFlight>,
    last_id: u32,
    has_channels: bool,
    has_been_answered: bool,
    is_restart_due: bool,
    /// What a single peer receives may change without another offer.
    pub(crate) are_lines_fixed: bool,
    /// What a single peer was last asked for.
    asked: Option<placing::Ask>,
}

impl std::fmt::Debug for Offering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offering")
            .field("slots", &self.slots.len())
            .field("wanted", &self.wanted)
            .field("in_flight", &self.in_flight.as_ref().map(|flight| flight.offer.id))
            .finish_non_exhaustive()
    }
}

/// A track as an offer describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    kind: MediaKind,
    msid: Msid,
}

/// The tracks that an offer may carry.
pub(crate) type Catalogue = HashMap<TrackKey, Listed>;

impl Listed {
    /// How an offer describes a track.
    pub(crate) fn of(track: &Track) -> Self {
        let TrackDescription { msid_stream, msid_track, .. } = &track.description;
        Self { kind: track.kind(), msid: Msid { stream: msid_stream.clone(), track: msid_track.clone() } }
    }
}

/// Why an answer did not go through.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AnswerFault {
    /// It was refused; the offer still waits.
    Refused(Refusal),
    /// It was half applied; the session cannot go on.
    Fatal(String),
}

impl Offering {
    /// Whether an offer waits for its answer.
    pub(crate) fn is_waiting(&self) -> bool {
        self.in_flight.is_some()
    }

    /// The offer that waits.
    pub(crate) fn waiting(&self) -> Option<&Offer> {
        self.in_flight.as_ref().map(|flight| &flight.offer)
    }

    /// The m-line of a track.
    pub(crate) fn slot_of(&self, track: TrackKey) -> Option<usize> {
        self.slots.iter().position(|slot| slot.track == Some(track))
    }

    /// Takes a track off its m-line.
    pub(crate) fn remove(&mut self, track: TrackKey) {
        self.wanted.retain(|wanted| *wanted != track);
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.track == Some(track)) {
            slot.track = None;
            self.is_changed = true;
        }
    }

    /// Gives up the offer in flight. Its new m-lines never were.
    fn abandon(&mut self, rtc: &Rtc) {
        if self.in_flight.take().is_some() {
            self.slots.retain(|slot| rtc.media(slot.mid).is_some());
            self.is_changed = true;
        }
    }

    fn offered(&self, catalogue: &Catalogue) -> Vec<(Mid, TrackKey, Msid)> {
        let in_use = |slot: &&Slot| matches!(slot.stage, Stage::Offered | Stage::Agreed);
        self.slots
            .iter()
            .filter(in_use)
            .filter_map(|slot| {
                let track = slot.track?;
                Some((slot.mid, track, catalogue.get(&track)?.msid.clone()))
            })
            .collect()
    }

    /// Our channels come before everything, so that theirs is the first m-line.
    fn add_channels(&mut self, api: &mut SdpApi<'_>) {
        if std::mem::replace(&mut self.has_channels, true) {
            return;
        }
        for channel in CHANNELS {
            api.add_channel_with_config(channel.config());
        }
    }

    /// m-lines without a track become inactive.
    fn free_unused(&mut self, api: &mut SdpApi<'_>) {
        for slot in self.slots.iter_mut().filter(|slot| slot.track.is_none()) {
            if matches!(slot.stage, Stage::Offered | Stage::Agreed) {
                api.set_direction(slot.mid, Direction::Inactive);
                slot.stage = Stage::Leaving;
            }
        }
    }

    /// Every wanted track gets an m-line: a free one of its kind, else a new one.
    fn place_wanted(&mut self, api: &mut SdpApi<'_>, catalogue: &Catalogue) {
        let unplaced: Vec<TrackKey> =
            self.wanted.iter().copied().filter(|track| self.slot_of(*track).is_none()).collect();
        for key in unplaced {
            let Some(Listed { kind, msid }) = catalogue.get(&key) else { continue };
            if let Some(slot) = self.free_slot(*kind) {
                api.set_direction(slot.mid, Direction::SendOnly);
                slot.stage = Stage::Offered;
                slot.track = Some(key);
                continue;
            }
            let (stream, name) = (Some(msid.stream.clone()), Some(msid.track.clone()));
            let mid = api.add_media(engine_kind(*kind), Direction::SendOnly, stream, name, None);
            self.slots.push(Slot {
                mid,
                kind: *kind,
                stage: Stage::Offered,
                track: Some(key),
                lane: None,
                forwarder: Forwarder::new(*kind),
            });
        }
    }

    fn send_off(
        &mut self,
        text: &str,
        pending: SdpPendingOffer,
        catalogue: &Catalogue,
        now: Instant,
    ) -> Offer {
        let offered = self.offered(catalogue);
        let msids = offered.iter().map(|(mid, _, msid)| (mid.to_string(), msid.clone())).collect();
        self.last_id = self.last_id.saturating_add(1);
        self.last_made = Some(now);
        let mid_to_track = offered
            .into_iter()
            .map(|(mid, track, msid)| MidTrack { mid: mid.to_string(), track, msid_track: msid.track })
            .collect();
        let offer = Offer { id: self.last_id, sdp: sdp::with_msids(text, &msids), mid_to_track };
        self.in_flight = Some(InFlight { offer: offer.clone(), pending });
        offer
    }

    /// A free m-line of a kind.
    fn free_slot(&mut self, kind: MediaKind) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.stage == Stage::Free && slot.kind == kind)
    }
}

impl Peer {
    /// Asks for an ICE restart with the next offer. The offer that waits, if any, comes back when nothing was ever
    /// answered: there is nothing to restart then.
    pub(crate) fn restart_ice(&mut self) -> Option<Offer> {
        if !self.offering.has_been_answered {
            return self.offering.waiting().cloned();
        }
        self.offering.abandon(&self.rtc);
        self.offering.is_restart_due = true;
        self.offering.is_changed = true;
        None
    }

    /// Makes the offer for what is wanted now; `None` if nothing has to be said.
    pub(crate) fn make_offer(&mut self, catalogue: &Catalogue, now: Instant) -> Option<Offer> {
        let Self { rtc, offering, .. } = self;
        let mut api = rtc.sdp_api();
        offering.is_changed = false;
        offering.add_channels(&mut api);
        offering.free_unused(&mut api);
        offering.place_wanted(&mut api, catalogue);
        if std::mem::take(&mut offering.is_restart_due) {
            api.ice_restart(true);
        }
        let (offer, pending) = api.apply()?;
        Some(offering.send_off(&offer.to_sdp_string(), pending, catalogue, now))
    }

    /// Takes the answer to the offer in flight; returns the tracks that flow from now on, with their m-lines.
    pub(crate) fn accept_answer(
        &mut self,
        id: u32,
        text: &str,
    ) -> Result<Vec<(TrackKey, usize)>, AnswerFault> {
        sdp::read(text).and_then(|_| self.meanings.learn(text)).map_err(AnswerFault::Refused)?;
        let answer = SdpAnswer::from_sdp_string(&colour::inward(text))
            .map_err(|error| AnswerFault::Refused(Refusal::Sdp(error.to_string())))?;
        let waiting = self.offering.in_flight.take_if(|flight| id == 0 || id == flight.offer.id);
        let Some(InFlight { pending, .. }) = waiting else {
            return Err(AnswerFault::Refused(Refusal::StaleAnswer));
        };
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .map_err(|error: RtcError| AnswerFault::Fatal(error.to_string()))?;
        self.offering.has_been_answered = true;
        Ok(self.settle_slots())
    }

    fn settle_slots(&mut self) -> Vec<(TrackKey, usize)> {
        let mut flowing = Vec::new();
        for (index, slot) in self.offering.slots.iter_mut().enumerate() {
            match slot.stage {
                Stage::Agreed | Stage::Free | Stage::Fresh | Stage::Gone => {}
                Stage::Leaving => {
                    slot.stage = Stage::Free;
                    rename_stream(&mut self.rtc, slot.mid, slot.kind);
                }
                Stage::Offered => {
                    slot.stage = Stage::Agreed;
                    slot.lane = lane(&mut self.rtc, slot.mid, slot.kind, self.repairs.percent_max());
                    if let Some(lane) = slot.lane {
                        Str0mEgress(&mut self.rtc).open(lane);
                        flowing.extend(slot.track.map(|track| (track, index)));
                    }
                }
            }
        }
        flowing
    }
}

/// The next track on an m-line leaves under another SSRC: a browser that knows the SSRC from before decodes what
/// comes under it, but shows it nowhere.
fn rename_stream(rtc: &mut Rtc, mid: Mid, kind: MediaKind) {
    let mut api = rtc.direct_api();
    let Some(known) = api.stream_tx_by_mid(mid, None).map(|stream| stream.ssrc()) else { return };
    api.remove_stream_tx(known);
    let ssrc = api.new_ssrc();
    let repair = (kind == MediaKind::Video).then(|| api.new_ssrc());
    api.declare_stream_tx(ssrc, repair, mid, None);
}

/// Where packets of an m-line leave; `None` if the other side will not have them.
fn lane(rtc: &mut Rtc, mid: Mid, kind: MediaKind, resent_percent_max: u8) -> Option<Lane> {
    let media = rtc.media(mid)?;
    if !media.direction().is_sending() {
        return None;
    }
    let agreed = media.remote_pts().to_vec();
    let payloads = Payloads::among(rtc.codec_config(), &agreed);
    if payloads.is_empty() {
        return None;
    }
    let ssrc = rtc.direct_api().stream_tx_by_mid(mid, None)?.ssrc();
    Some(Lane { kind, ssrc, payloads, resent_percent_max })
}

fn engine_kind(kind: MediaKind) -> str0m::media::MediaKind {
    match kind {
        MediaKind::Audio => str0m::media::MediaKind::Audio,
        MediaKind::Video => str0m::media::MediaKind::Video,
    }
}
