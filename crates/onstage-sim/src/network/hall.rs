//! A hall: one shard, one host and many viewers without a network between them, and what the shard's work costs.
//!
//! Every viewer is a whole str0m session: checks of ICE, receiver reports, REMB or TWCC as negotiated, requests for the
//! share of packets that is lost. Protocols see virtual time; only the shard's own work is put on the clock, as CPU time
//! of this thread, so that a busy machine disturbs it little.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use onstage_sfu::{
    Control, Input, Notice, Output, PeerKey, PeerOptions, PeerRole, RoomKey, Shard, ShardConfig, TrackKey,
    TrackSource, Transmit, Transport,
};
use rustix::time::{ClockId, clock_gettime};
use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::{Event, rtp::Ssrc};

use super::dice::Dice;
use super::endpoint::Endpoint;
use super::publisher::{FRAME, Publisher, SOUND};
use super::scenario::Feedback;
use super::world::description;
use crate::Fault;

const ROOM: RoomKey = RoomKey(1);
const HOST: PeerKey = PeerKey(1);
const CAMERA: TrackKey = TrackKey(1);
const MICROPHONE: TrackKey = TrackKey(2);
/// Share of packets that do not arrive, so that they are asked for again.
const LOSS: f64 = 0.01;
/// Between two estimates of a viewer (`goog-remb`).
const ESTIMATE_EVERY: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(1);
/// Virtual time for everybody to connect.
const CONNECTS_WITHIN: Duration = Duration::from_secs(20);
/// Datagrams in one system call that the kernel cuts.
pub const RUN_DATAGRAMS: usize = 10;

/// What the shard's work came to.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    /// Datagrams with media that left for viewers.
    pub packets: u64,
    /// CPU time of the shard.
    pub cpu: Duration,
    /// From a picture's first packet in to the last viewer's packet out, key frames apart.
    pub delays: Vec<Duration>,
    /// The same, of key frames.
    pub key_delays: Vec<Duration>,
    /// How many runs of 1, 2, … equal datagrams to one viewer left together.
    pub runs: [u64; RUN_DATAGRAMS],
    /// Datagrams with feedback that came in.
    pub feedback: u64,
}

struct Guest {
    endpoint: Endpoint,
    peer: PeerKey,
    ssrc: Option<Ssrc>,
    has_offer: bool,
}

/// A shard with a host and viewers.
pub struct Hall {
    now: Instant,
    shard: Shard,
    server: SocketAddr,
    host: Publisher,
    guests: Vec<Guest>,
    by_address: HashMap<SocketAddr, usize>,
    feedback: Feedback,
    dice: Dice,
    estimated: Instant,
    began: Instant,
    to_shard: VecDeque<(SocketAddr, Vec<u8>)>,
    cost: Cost,
}

impl Hall {
    /// A hall with its host, who is connected.
    pub fn open(feedback: Feedback) -> Result<Self, Fault> {
        let now = Instant::now();
        let server = SocketAddr::from((Ipv4Addr::new(10, 0, 0, 1), 7882));
        let config = ShardConfig { candidates: vec![server], tcp_candidates: Vec::new() };
        let mut hall = Self {
            now,
            shard: Shard::new(config, now),
            server,
            host: Publisher::new(SocketAddr::from((Ipv4Addr::new(10, 0, 0, 2), 5_000)), now, 1)?,
            guests: Vec::new(),
            by_address: HashMap::new(),
            feedback,
            dice: Dice::new(1),
            estimated: now,
            began: now,
            to_shard: VecDeque::new(),
            cost: Cost::default(),
        };
        hall.tell(Control::OpenRoom { room: ROOM })?;
        let options = PeerOptions { feedback: feedback.profile(), ..PeerOptions::default() };
        hall.tell(Control::OpenPeer { peer: HOST, room: ROOM, role: PeerRole::Publisher, options })?;
        for (track, source) in [(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)] {
            hall.tell(Control::ExpectTrack { peer: HOST, track, description: description(track, source) })?;
        }
        let sdp = hall.host.offer("camera", "microphone")?;
        hall.tell(Control::AcceptOffer { peer: HOST, offer_id: 1, sdp })?;
        hall.settle(|hall| hall.host.endpoint.is_connected)?;
        Ok(hall)
    }

    /// More viewers come, and are connected when this returns; the CPU time of the shard for all of them.
    pub fn fill(&mut self, count: usize) -> Result<Duration, Fault> {
        let before = self.cost.cpu;
        for _ in 0..count {
            self.admit()?;
        }
        self.settle(|hall| hall.guests.iter().all(|guest| guest.endpoint.is_connected && guest.has_offer))?;
        Ok(self.cost.cpu.saturating_sub(before))
    }

    fn admit(&mut self) -> Result<(), Fault> {
        let place = self.guests.len();
        let number = u16::try_from(place).map_err(|_| Fault::Missing("room"))?;
        let [high, low] = number.to_be_bytes();
        let address = SocketAddr::from((Ipv4Addr::new(10, 1, high, low), 6_000));
        let peer = PeerKey(u64::from(number) + 10);
        self.by_address.insert(address, place);
        let endpoint = Endpoint::new(address, self.now)?;
        self.guests.push(Guest { endpoint, peer, ssrc: None, has_offer: false });
        let options = PeerOptions { feedback: self.feedback.profile(), ..PeerOptions::default() };
        self.tell(Control::OpenPeer { peer, room: ROOM, role: PeerRole::Subscriber, options })?;
        for track in [CAMERA, MICROPHONE] {
            self.tell(Control::Subscribe { peer, track })?;
        }
        self.tell(Control::Negotiate { peer })
    }

    /// Films for so long, and says what the shard's work came to. `joins` more viewers come while it runs, one a turn.
    pub fn film(&mut self, span: Duration, joins: usize) -> Result<Cost, Fault> {
        self.cost = Cost::default();
        let (end, mut joins) = (self.now + span, joins);
        let (mut frame, mut sound) = (self.now, self.now);
        while self.now < end {
            if sound <= self.now {
                sound += SOUND;
                self.host.speak(self.now, self.now.duration_since(self.began))?;
            }
            if frame <= self.now {
                frame += FRAME;
                self.host.film(self.now, self.now.duration_since(self.began))?;
            }
            if joins > 0 {
                joins -= 1;
                self.admit()?;
            }
            self.step()?;
        }
        Ok(std::mem::take(&mut self.cost))
    }

    fn settle(&mut self, mut holds: impl FnMut(&Self) -> bool) -> Result<(), Fault> {
        let end = self.now + CONNECTS_WITHIN;
        while !holds(self) {
            if self.now > end {
                return Err(Fault::TimedOut("everybody to connect"));
            }
            self.step()?;
        }
        Ok(())
    }

    /// A millisecond: everybody is told the time, then the shard has its turn.
    fn step(&mut self) -> Result<(), Fault> {
        self.now += STEP;
        if self.host.endpoint.deadline.is_some_and(|deadline| deadline <= self.now) {
            self.host.endpoint.tell_time(self.now)?;
        }
        let estimates = self.now.duration_since(self.estimated) > ESTIMATE_EVERY;
        if estimates {
            self.estimated = self.now;
        }
        for guest in &mut self.guests {
            if estimates && self.feedback == Feedback::Audience {
                guest.estimate();
            }
            if estimates || guest.endpoint.deadline.is_some_and(|deadline| deadline <= self.now) {
                guest.endpoint.tell_time(self.now)?;
            }
        }
        self.collect();
        self.turn()
    }

    fn collect(&mut self) {
        for (_, contents) in self.host.endpoint.outbox.drain(..) {
            self.to_shard.push_back((self.host.endpoint.address, contents));
        }
        for guest in &mut self.guests {
            let address = guest.endpoint.address;
            self.cost.feedback += u64::try_from(guest.endpoint.outbox.len()).unwrap_or(0);
            self.to_shard.extend(guest.endpoint.outbox.drain(..).map(|(_, contents)| (address, contents)));
        }
    }

    /// A turn of the shard's thread, as its driver has it: everything in, then everything out.
    fn turn(&mut self) -> Result<(), Fault> {
        let before = self.key_frames_in();
        let (mut out, mut notices) = (Vec::new(), Vec::new());
        let began = thread_cpu();
        let had = self.to_shard.iter().any(|(source, _)| *source == self.host.endpoint.address);
        for (source, contents) in self.to_shard.drain(..) {
            let (transport, destination) = (Transport::Udp, self.server);
            // Datagrams are never refused.
            let _ = self
                .shard
                .handle(self.now, Input::Datagram { transport, source, destination, contents: &contents });
        }
        drain(&mut self.shard, &mut out, &mut notices);
        let passed = thread_cpu().saturating_sub(began);
        self.cost.cpu += passed;
        let media = out.iter().filter(|transmit| is_media(&transmit.contents)).count();
        if had && media > self.guests.len() {
            let is_key = self.key_frames_in() > before;
            if is_key { &mut self.cost.key_delays } else { &mut self.cost.delays }.push(passed);
        }
        let began = thread_cpu();
        let _ = self.shard.handle(self.now, Input::Clock);
        drain(&mut self.shard, &mut out, &mut notices);
        self.cost.cpu += thread_cpu().saturating_sub(began);
        self.count_runs(&out);
        for transmit in out {
            self.deliver(transmit)?;
        }
        notices.into_iter().try_for_each(|notice| self.hear(notice))
    }

    fn key_frames_in(&self) -> u64 {
        self.shard.track_counters(CAMERA).map_or(0, |counters| counters.key_frames_in)
    }

    fn count_runs(&mut self, out: &[Transmit]) {
        let mut rest = out;
        while let Some(first) = rest.first() {
            let fits = |next: &&Transmit| {
                next.destination == first.destination && next.contents.len() == first.contents.len()
            };
            let equal = rest.iter().take(RUN_DATAGRAMS).take_while(fits).count().max(1);
            let is_longer = rest.get(equal).is_some_and(|next| {
                equal < RUN_DATAGRAMS
                    && next.destination == first.destination
                    && next.contents.len() < first.contents.len()
            });
            let length = equal + usize::from(is_longer);
            if let Some(count) = self.cost.runs.get_mut(length - 1) {
                *count += 1;
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn deliver(&mut self, transmit: Transmit) -> Result<(), Fault> {
        let Transmit { source, destination, contents, .. } = transmit;
        if destination == self.host.endpoint.address {
            return self.host.endpoint.receive(self.now, source, &contents);
        }
        let is_media = is_media(&contents);
        self.cost.packets += u64::from(is_media);
        if is_media && self.dice.happens(LOSS) {
            return Ok(());
        }
        let place = self.by_address.get(&destination).copied();
        let Some(guest) = place.and_then(|place| self.guests.get_mut(place)) else { return Ok(()) };
        guest.endpoint.receive(self.now, source, &contents)?;
        while let Some(event) = guest.endpoint.events.pop_front() {
            if let Event::RtpPacket(packet) = event {
                guest.ssrc = Some(packet.header.ssrc);
            }
        }
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "plain people have no use for the rest")]
    fn hear(&mut self, notice: Notice) -> Result<(), Fault> {
        match notice {
            Notice::Answer { sdp, .. } => self.host.accept(&sdp),
            Notice::Offer { peer, offer_id, sdp, .. } => {
                let Some(guest) = self.guests.iter_mut().find(|guest| guest.peer == peer) else {
                    return Ok(());
                };
                let offer = SdpOffer::from_sdp_string(&sdp).map_err(|e| Fault::Media(e.to_string()))?;
                let sdp = guest.endpoint.rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
                guest.endpoint.drain()?;
                guest.has_offer = true;
                self.tell(Control::AcceptAnswer { peer, offer_id, sdp })
            }
            _ => Ok(()),
        }
    }

    fn tell(&mut self, control: Control) -> Result<(), Fault> {
        let (mut out, mut notices) = (Vec::new(), Vec::new());
        let began = thread_cpu();
        let told = self.shard.handle(self.now, Input::Control(control));
        drain(&mut self.shard, &mut out, &mut notices);
        self.cost.cpu += thread_cpu().saturating_sub(began);
        told.map_err(|refusal| Fault::Media(refusal.to_string()))?;
        for transmit in out {
            self.deliver(transmit)?;
        }
        notices.into_iter().try_for_each(|notice| self.hear(notice))
    }
}

impl Guest {
    fn estimate(&mut self) {
        let mut api = self.endpoint.rtc.direct_api();
        if let Some(stream) = self.ssrc.and_then(|ssrc| api.stream_rx(&ssrc)) {
            stream.request_remb(Bitrate::mbps(5));
        }
    }
}

fn drain(shard: &mut Shard, out: &mut Vec<Transmit>, notices: &mut Vec<Notice>) {
    while let Some(output) = shard.poll() {
        match output {
            Output::Transmit(transmit) => out.push(transmit),
            Output::Notice(notice) => notices.push(notice),
        }
    }
}

/// RTP, and not RTCP, which shares its first byte.
fn is_media(contents: &[u8]) -> bool {
    match contents {
        [128..=191, second, ..] => !(192..=223).contains(second),
        _ => false,
    }
}

/// CPU time of this thread.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
