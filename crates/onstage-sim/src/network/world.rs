//! Plays a scenario: a shard, a publisher, a viewer, and the lines between them, from moment to moment.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use onstage_sfu::{
    Control, Input, LayerSize, Notice, Output, PeerKey, PeerOptions, PeerRole, Quality, RoomKey, Shard,
    ShardConfig, SoundOptions, TrackDescription, TrackKey, TrackSource, Transport, Wish,
};

use super::line::Line;
use super::outcome::{Outcome, Sample};
use super::publisher::{FRAME, Publisher, SOUND};
use super::scenario::{Scenario, Step};
use super::viewer::Viewer;
use crate::Fault;

const ROOM: RoomKey = RoomKey(1);
const HOST: PeerKey = PeerKey(1);
const GUEST: PeerKey = PeerKey(2);
const CAMERA: TrackKey = TrackKey(1);
const MICROPHONE: TrackKey = TrackKey(2);
/// Between two looks of the viewer at its way, and two samples.
const TICK: Duration = Duration::from_millis(100);
/// Time for both to connect on a good line.
const CONNECTS_WITHIN: Duration = Duration::from_secs(10);
const FOREVER: Duration = Duration::from_secs(3_600);

/// A datagram under way.
struct Datagram {
    source: SocketAddr,
    destination: SocketAddr,
    contents: Vec<u8>,
}

struct World<'a> {
    scenario: &'a Scenario,
    now: Instant,
    began: Instant,
    shard: Shard,
    server: SocketAddr,
    publisher: Publisher,
    viewer: Viewer,
    /// To and from the viewer; the publisher's way is good.
    down: Line,
    up: Line,
    host_lines: [Line; 2],
    under_way: BTreeMap<(Instant, u64), Datagram>,
    serial: u64,
    sample: Sample,
    samples: Vec<Sample>,
    marks: Vec<(f64, String)>,
    moves: u8,
    is_filming: bool,
}

/// Plays a scenario to its end.
pub fn play(scenario: &Scenario) -> Result<Outcome, Fault> {
    let mut world = World::open(scenario)?;
    world.run(CONNECTS_WITHIN, |world| world.is_ready())?;
    if !world.is_ready() {
        return Err(Fault::TimedOut("both to connect"));
    }
    world.began = world.now;
    world.is_filming = true;
    world.run(scenario.span, |_| false)?;
    Ok(world.outcome())
}

impl<'a> World<'a> {
    fn open(scenario: &'a Scenario) -> Result<Self, Fault> {
        let now = Instant::now();
        let address = |last: u8, port: u16| SocketAddr::from((Ipv4Addr::new(10, 0, 0, last), port));
        let server = address(1, 7882);
        let seed = scenario.seed;
        let is_audience = scenario.feedback == super::scenario::Feedback::Audience;
        let mut world = Self {
            scenario,
            now,
            began: now,
            shard: Shard::new(ShardConfig { candidates: vec![server], tcp_candidates: Vec::new() }, now),
            server,
            publisher: Publisher::new(address(2, 5002), now, seed)?,
            viewer: Viewer::new(address(3, 5003), now, CAMERA, is_audience)?,
            down: Line::new(seed ^ 0xd0),
            up: Line::new(seed ^ 0x0b),
            host_lines: [Line::new(seed ^ 0x41), Line::new(seed ^ 0x42)],
            under_way: BTreeMap::new(),
            serial: 0,
            sample: Sample::default(),
            samples: Vec::new(),
            marks: Vec::new(),
            moves: 0,
            is_filming: false,
        };
        world.introduce()?;
        Ok(world)
    }

    fn introduce(&mut self) -> Result<(), Fault> {
        self.tell(Control::OpenRoom { room: ROOM })?;
        let options = PeerOptions { feedback: self.scenario.feedback.profile(), ..PeerOptions::default() };
        for (peer, role) in [(HOST, PeerRole::Publisher), (GUEST, PeerRole::Subscriber)] {
            self.tell(Control::OpenPeer { peer, room: ROOM, role, options })?;
        }
        for (track, source) in [(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)] {
            self.tell(Control::ExpectTrack { peer: HOST, track, description: description(track, source) })?;
        }
        let sdp = self.publisher.offer("camera", "microphone")?;
        self.tell(Control::AcceptOffer { peer: HOST, offer_id: 1, sdp })?;
        for track in [CAMERA, MICROPHONE] {
            self.tell(Control::Subscribe { peer: GUEST, track })?;
        }
        Ok(())
    }

    fn tell(&mut self, control: Control) -> Result<(), Fault> {
        let told = self.shard.handle(self.now, Input::Control(control));
        told.map_err(|refusal| Fault::Media(refusal.to_string()))?;
        self.pump()
    }

    fn is_ready(&self) -> bool {
        self.publisher.endpoint.is_connected
            && self.viewer.endpoint.is_connected
            && self.viewer.tracks.len() == 2
    }

    /// Seconds since the show began.
    fn at(&self) -> f64 {
        self.now.saturating_duration_since(self.began).as_secs_f64()
    }

    /// Lets time pass, until something holds or the span is over.
    fn run(&mut self, span: Duration, mut holds: impl FnMut(&Self) -> bool) -> Result<(), Fault> {
        let began = self.now;
        let mut diary = Diary::default();
        while self.now < began + span && !holds(self) {
            let next = self.next_moment().unwrap_or(self.now + FOREVER);
            let due = if self.is_filming { began + diary.next(&self.scenario.steps) } else { next };
            self.now = next.min(due).min(began + span).max(self.now);
            self.deliver()?;
            self.shard.handle(self.now, Input::Clock).map_err(|refusal| Fault::Media(refusal.to_string()))?;
            for endpoint in [&mut self.publisher.endpoint, &mut self.viewer.endpoint] {
                if endpoint.deadline.is_some_and(|deadline| deadline <= self.now) {
                    endpoint.tell_time(self.now)?;
                }
            }
            if self.is_filming {
                self.keep_diary(&mut diary)?;
            }
            self.pump()?;
        }
        Ok(())
    }

    fn next_moment(&self) -> Option<Instant> {
        let under_way = self.under_way.keys().next().map(|(at, _)| *at);
        let endpoints = [self.publisher.endpoint.deadline, self.viewer.endpoint.deadline];
        endpoints.into_iter().chain([under_way, self.shard.timeout()]).flatten().min()
    }

    /// Does what is due by the clock of the show.
    fn keep_diary(&mut self, diary: &mut Diary) -> Result<(), Fault> {
        let since = self.now.saturating_duration_since(self.began);
        while let Some((at, step)) = self.scenario.steps.get(diary.step).filter(|(at, _)| *at <= since) {
            diary.step += 1;
            self.marks.push((at.as_secs_f64(), step.words()));
            self.take(*step)?;
        }
        while diary.frame <= since {
            self.publisher.film(self.now, diary.frame)?;
            diary.frame += FRAME;
        }
        while diary.sound <= since {
            self.publisher.speak(self.now, diary.sound)?;
            diary.sound += SOUND;
        }
        if diary.tick <= since {
            diary.tick += TICK;
            self.viewer.tick(since.as_secs_f64())?;
            self.end_sample(since.as_secs_f64());
        }
        Ok(())
    }

    fn take(&mut self, step: Step) -> Result<(), Fault> {
        match step {
            Step::Weather(weather) => self.down.weather = weather,
            Step::Rate(rate) => self.down.bits_per_second = rate,
            Step::Dark(is_dark) => {
                self.down.is_dark = is_dark;
                self.up.is_dark = is_dark;
            }
            Step::Move => {
                self.moves += 1;
                self.viewer.endpoint.address = SocketAddr::from((Ipv4Addr::new(10, 0, 7, self.moves), 6_000));
            }
            Step::Wish(layer) => {
                let wish = Wish::AtMost(quality(layer));
                return self.tell(Control::SetWish { peer: GUEST, track: CAMERA, wish });
            }
        }
        Ok(())
    }

    fn end_sample(&mut self, at: f64) {
        let per_second = TICK.as_secs_f64() * 1_000.0;
        self.samples.push(Sample {
            at,
            sent_kbps: self.sample.sent_kbps / per_second,
            received_kbps: self.sample.received_kbps / per_second,
            line_kbps: self.down.bits_per_second.map(|bits| bits / 1_000.0),
            estimate_kbps: self.viewer.estimate.bits / 1_000.0,
        });
        self.sample = Sample::default();
    }

    fn deliver(&mut self) -> Result<(), Fault> {
        while let Some(entry) = self.under_way.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let Datagram { source, destination, contents } = entry.remove();
            if destination == self.server {
                let input =
                    Input::Datagram { transport: Transport::Udp, source, destination, contents: &contents };
                let handed = self.shard.handle(self.now, input);
                handed.map_err(|refusal| Fault::Media(refusal.to_string()))?;
            } else if destination == self.viewer.endpoint.address {
                let at = self.at();
                self.sample.received_kbps += bits(contents.len());
                self.viewer.estimate.arrived(at, contents.len());
                self.viewer.endpoint.receive(self.now, source, &contents)?;
                self.viewer.look(at);
            } else if destination == self.publisher.endpoint.address {
                self.publisher.endpoint.receive(self.now, source, &contents)?;
            }
        }
        Ok(())
    }

    /// Moves everything that is ready onto the lines, and answers what the shard says.
    fn pump(&mut self) -> Result<(), Fault> {
        while let Some(output) = self.shard.poll() {
            match output {
                Output::Transmit(transmit) => {
                    let is_host = transmit.destination == self.publisher.endpoint.address;
                    let line = if is_host { &mut self.host_lines[0] } else { &mut self.down };
                    if !is_host {
                        self.sample.sent_kbps += bits(transmit.contents.len());
                    }
                    let arrival = line.carry(self.now, transmit.contents.len());
                    let (source, destination) = (transmit.source, transmit.destination);
                    self.post(arrival, Datagram { source, destination, contents: transmit.contents });
                }
                Output::Notice(notice) => self.hear(notice)?,
            }
        }
        for place in 0..2 {
            let is_host = place == 0;
            let endpoint = if is_host { &mut self.publisher.endpoint } else { &mut self.viewer.endpoint };
            let source = endpoint.address;
            for (destination, contents) in std::mem::take(&mut endpoint.outbox) {
                let line = if is_host { &mut self.host_lines[1] } else { &mut self.up };
                let arrival = line.carry(self.now, contents.len());
                self.post(arrival, Datagram { source, destination, contents });
            }
        }
        Ok(())
    }

    fn post(&mut self, arrival: Option<Instant>, datagram: Datagram) {
        let Some(arrival) = arrival else { return };
        self.serial += 1;
        self.under_way.insert((arrival, self.serial), datagram);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a plain person has no use for the rest")]
    fn hear(&mut self, notice: Notice) -> Result<(), Fault> {
        match notice {
            Notice::Answer { sdp, .. } => self.publisher.accept(&sdp),
            Notice::Offer { peer, offer_id, sdp, mid_to_track } => {
                let sdp = self.viewer.answer(&sdp, &mid_to_track)?;
                let answer = Input::Control(Control::AcceptAnswer { peer, offer_id, sdp });
                self.shard.handle(self.now, answer).map_err(|refusal| Fault::Media(refusal.to_string()))
            }
            Notice::LayersWanted { best, .. } => {
                self.publisher.want(match best {
                    None => 0,
                    Some(Quality::Low) => 1,
                    Some(Quality::Medium) => 2,
                    Some(Quality::High) => 3,
                });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn outcome(mut self) -> Outcome {
        let seconds = self.scenario.span.as_secs_f64();
        self.viewer.show.end(seconds);
        self.viewer.heard.silent_until(seconds);
        Outcome {
            name: self.scenario.name.clone(),
            story: self.scenario.story.to_owned(),
            seed: self.scenario.seed,
            seconds,
            marks: self.marks,
            samples: self.samples,
            frames: self.viewer.frames.iter().map(|shown| (shown.at, shown.layer)).collect(),
            freezes: self.viewer.show.freezes,
            heard: self.viewer.heard,
            skews: self.viewer.skews,
            contradictions: self.viewer.show.contradictions,
            key_frames_asked: (self.viewer.key_frames_asked, self.publisher.key_frames_asked),
            faults: self.shard.counters().faults,
        }
    }
}

/// When the next thing of each kind is due, since the show began.
#[derive(Default)]
struct Diary {
    step: usize,
    frame: Duration,
    sound: Duration,
    tick: Duration,
}

impl Diary {
    fn next(&self, steps: &[(Duration, Step)]) -> Duration {
        let step = steps.get(self.step).map_or(FOREVER, |(at, _)| *at);
        step.min(self.frame).min(self.sound).min(self.tick)
    }
}

fn bits(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) * 8.0
}

fn quality(layer: u8) -> Quality {
    match layer {
        0 => Quality::Low,
        1 => Quality::Medium,
        _ => Quality::High,
    }
}

pub(super) fn description(track: TrackKey, source: TrackSource) -> TrackDescription {
    let layer = |quality, width, height| LayerSize { quality, width, height };
    let is_camera = source == TrackSource::Camera;
    TrackDescription {
        cid: if is_camera { "camera" } else { "microphone" }.to_owned(),
        source,
        codec: None,
        sound: SoundOptions::default(),
        layers: if is_camera {
            vec![
                layer(Quality::Low, 320, 180),
                layer(Quality::Medium, 640, 360),
                layer(Quality::High, 1280, 720),
            ]
        } else {
            Vec::new()
        },
        msid_stream: format!("PA_host|TR_{}", track.0),
        msid_track: format!("TR_{}", track.0),
    }
}
