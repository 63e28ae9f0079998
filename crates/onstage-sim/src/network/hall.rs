//! A hall: one shard, one host and many viewers without a network between them, and what the shard's work costs.
//!
//! Every viewer is a whole str0m session: checks of ICE, receiver reports, REMB or TWCC as negotiated, requests for the
//! share of packets that is lost. Protocols see virtual time; only the shard's own work is put on the clock, as CPU time
//! of this thread, so that a busy machine disturbs it little. The shard has turns as its driver gives them: it takes
//! what has come by the time it is free, sends everything, and looks again.

mod cost;

use std::collections::{HashMap, VecDeque};
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

pub use cost::{Cost, RUN_DATAGRAMS};
use cost::{is_dtls, is_media, stamp};

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
/// Between two packets of one picture: 1.2 kB at 100 Mbit/s, as a browser sends them back to back.
const APART: Duration = Duration::from_micros(100);
/// Datagrams that the driver takes before it sends.
const DATAGRAMS_A_TURN: usize = 512;
/// Handshakes that it takes before it looks at its socket again.
const HANDSHAKES_A_TURN: usize = 2;
/// A shard that can not keep up is not followed further than this.
const LATE_AT_MOST: Duration = Duration::from_millis(20);
/// Virtual time for everybody to connect.
const CONNECTS_WITHIN: Duration = Duration::from_secs(20);
/// A datagram on its way to the shard.
struct Coming {
    source: SocketAddr,
    at: Instant,
    contents: Vec<u8>,
    /// The timestamp of a packet that viewers get.
    watched: Option<[u8; 4]>,
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
    from_guests: VecDeque<Coming>,
    from_host: VecDeque<Coming>,
    /// Handshakes and messages, which the driver puts off.
    later: VecDeque<Coming>,
    /// When the shard is done with what it took up.
    free: Instant,
    /// The streams of the host that viewers get.
    watched: Vec<Ssrc>,
    /// The timestamp of the last key frame among them.
    key_frame: Option<[u8; 4]>,
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
            from_guests: VecDeque::new(),
            from_host: VecDeque::new(),
            later: VecDeque::new(),
            free: now,
            watched: Vec::new(),
            key_frame: None,
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
        hall.watched = hall.host.best_streams();
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
        self.free = self.free.clamp(self.now, self.now + LATE_AT_MOST);
        while self.turn()? {}
        self.ring()
    }

    fn collect(&mut self) {
        let last = self.from_host.back().map_or(self.now, |coming| coming.at + APART).max(self.now);
        let (mut at, source) = (last, self.host.endpoint.address);
        for (_, contents) in self.host.endpoint.outbox.drain(..) {
            let watched = stamp(&contents).filter(|(ssrc, _)| self.watched.contains(ssrc)).map(|(_, at)| at);
            self.from_host.push_back(Coming { source, at, contents, watched });
            at += APART;
        }
        for guest in &mut self.guests {
            let (source, at) = (guest.endpoint.address, self.now);
            self.cost.feedback += u64::try_from(guest.endpoint.outbox.len()).unwrap_or(0);
            let outbox = guest.endpoint.outbox.drain(..);
            self.from_guests.extend(outbox.map(|(_, contents)| Coming {
                source,
                at,
                contents,
                watched: None,
            }));
        }
    }

    /// A turn of the shard's thread, as its driver has it: what has come goes in, then everything out. `false`: nothing
    /// comes before this step is over.
    fn turn(&mut self) -> Result<bool, Fault> {
        if self.from_guests.is_empty() && self.later.is_empty() {
            let Some(next) = self.from_host.front() else { return Ok(false) };
            self.free = self.free.max(next.at);
        }
        if self.free >= self.now + STEP {
            return Ok(false);
        }
        let taken = self.take();
        let (mut out, mut notices) = (Vec::new(), Vec::new());
        let began = thread_cpu();
        for coming in &taken {
            self.hand_in(coming);
        }
        drain(&mut self.shard, &mut out, &mut notices);
        self.spent(thread_cpu().saturating_sub(began));
        for coming in &taken {
            let Some(timestamp) = coming.watched else { continue };
            let is_key = self.key_frame == Some(timestamp);
            let delays = if is_key { &mut self.cost.key_delays } else { &mut self.cost.delays };
            delays.push(self.free.saturating_duration_since(coming.at));
        }
        self.give_out(out, notices)?;
        self.handshakes()?;
        Ok(true)
    }

    fn handshakes(&mut self) -> Result<(), Fault> {
        let count = self.later.len().min(HANDSHAKES_A_TURN);
        let taken: Vec<Coming> = self.later.drain(..count).collect();
        let (mut out, mut notices) = (Vec::new(), Vec::new());
        let began = thread_cpu();
        for coming in &taken {
            self.hand_in(coming);
        }
        drain(&mut self.shard, &mut out, &mut notices);
        self.spent(thread_cpu().saturating_sub(began));
        self.give_out(out, notices)
    }

    fn hand_in(&mut self, coming: &Coming) {
        let Coming { source, contents, watched, .. } = coming;
        let before = watched.map(|_| self.key_frames_in());
        let (source, transport, destination) = (*source, Transport::Udp, self.server);
        // Datagrams are never refused.
        let _ = self.shard.handle(self.now, Input::Datagram { transport, source, destination, contents });
        if before.is_some_and(|before| self.key_frames_in() > before) {
            self.key_frame = *watched;
        }
    }

    /// What a thread that is free now finds in its socket.
    fn take(&mut self) -> Vec<Coming> {
        let count = self.from_guests.len().min(DATAGRAMS_A_TURN);
        let came = self.from_guests.drain(..count);
        let (later, mut taken): (Vec<_>, Vec<_>) = came.partition(|coming| is_dtls(&coming.contents));
        self.later.extend(later);
        while taken.len() < DATAGRAMS_A_TURN
            && let Some(coming) = self.from_host.pop_front_if(|coming| coming.at <= self.free)
        {
            taken.push(coming);
        }
        taken
    }

    /// The clock of the shard, when it is due.
    fn ring(&mut self) -> Result<(), Fault> {
        let (mut out, mut notices) = (Vec::new(), Vec::new());
        let began = thread_cpu();
        if self.shard.timeout().is_some_and(|due| due <= self.now) {
            // The clock is never refused.
            let _ = self.shard.handle(self.now, Input::Clock);
            drain(&mut self.shard, &mut out, &mut notices);
        }
        self.spent(thread_cpu().saturating_sub(began));
        self.give_out(out, notices)
    }

    /// The shard's thread was busy for so long.
    fn spent(&mut self, cpu: Duration) {
        self.cost.cpu += cpu;
        self.free = self.free.max(self.now) + cpu;
    }

    fn give_out(&mut self, out: Vec<Transmit>, notices: Vec<Notice>) -> Result<(), Fault> {
        self.cost.count_runs(&out);
        for transmit in out {
            self.deliver(transmit)?;
        }
        notices.into_iter().try_for_each(|notice| self.hear(notice))
    }

    fn key_frames_in(&self) -> u64 {
        self.shard.track_counters(CAMERA).map_or(0, |counters| counters.key_frames_in)
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
        self.spent(thread_cpu().saturating_sub(began));
        told.map_err(|refusal| Fault::Media(refusal.to_string()))?;
        self.give_out(out, notices)
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

/// CPU time of this thread.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
