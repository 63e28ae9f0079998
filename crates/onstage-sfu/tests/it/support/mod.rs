//! A shard, bots, and the wire between them, in virtual time.

pub mod bot;
pub mod narrow;
pub mod picture;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use onstage_sfu::{
    Control, Input, LayerSize, NegotiatedTrack, Notice, Output, PeerKey, PeerOptions, PeerRole, Quality,
    Refusal, RoomKey, Shard, ShardConfig, SoundOptions, TrackDescription, TrackKey, TrackSource, Transport,
};

use bot::{Bot, Got};
use str0m::media::Mid;

pub const ROOM: RoomKey = RoomKey(1);
/// The id of offers that a bot makes because it was asked to.
const AGAIN: u32 = 8;
/// Time from one end of the wire to the other.
const LATENCY: Duration = Duration::from_millis(5);

/// A datagram under way.
#[derive(Debug, Clone)]
pub struct Datagram {
    pub at: Instant,
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub contents: Vec<u8>,
}

/// Decides whether a datagram arrives; `true` drops it.
pub type Loss = Box<dyn FnMut(&Datagram) -> bool>;

pub struct World {
    pub now: Instant,
    pub shard: Shard,
    pub bots: Vec<Bot>,
    pub notices: Vec<Notice>,
    /// Datagrams that left the shard, all of them.
    pub sent: u64,
    pub loss: Option<Loss>,
    /// More time on the way for each datagram.
    pub jitter: Option<Box<dyn FnMut() -> Duration>>,
    /// Ways to bots that carry only so much.
    pub narrow: HashMap<SocketAddr, narrow::Narrow>,
    wire: VecDeque<Datagram>,
    server: SocketAddr,
}

impl World {
    #[expect(clippy::disallowed_methods, reason = "virtual time starts somewhere")]
    pub fn new() -> Self {
        let now = Instant::now();
        let server: SocketAddr = "10.0.0.1:7882".parse().unwrap();
        let mut shard = Shard::new(ShardConfig { candidates: vec![server], tcp_candidates: Vec::new() }, now);
        shard.handle(now, Input::Control(Control::OpenRoom { room: ROOM })).unwrap();
        Self {
            now,
            shard,
            bots: Vec::new(),
            notices: Vec::new(),
            sent: 0,
            loss: None,
            jitter: None,
            narrow: HashMap::new(),
            wire: VecDeque::new(),
            server,
        }
    }

    pub fn tell(&mut self, control: Control) {
        self.try_tell(control).unwrap();
    }

    pub fn try_tell(&mut self, control: Control) -> Result<(), Refusal> {
        let outcome = self.shard.handle(self.now, Input::Control(control));
        self.pump();
        outcome
    }

    /// Opens a peer and a bot at its other end; bot and peer have the same number.
    pub fn open(&mut self, role: PeerRole) -> usize {
        self.open_with(role, PeerOptions::default())
    }

    pub fn open_with(&mut self, role: PeerRole, options: PeerOptions) -> usize {
        let index = self.bots.len();
        self.bots.push(Bot::new(index, self.now));
        self.tell(Control::OpenPeer { peer: key(index), room: ROOM, role, options });
        index
    }

    /// Announces tracks, then lets the bot offer them; returns what the shard made of it.
    pub fn publish(&mut self, bot: usize, tracks: &[(TrackKey, TrackSource)]) -> Vec<NegotiatedTrack> {
        for (track, source) in tracks {
            self.tell(Control::ExpectTrack {
                peer: key(bot),
                track: *track,
                description: description(bot, *track, *source),
            });
        }
        let additions: Vec<_> =
            tracks.iter().map(|(track, source)| (format!("cid{}", track.0), *source)).collect();
        let offer = self.bots[bot].offer(&additions);
        self.answer_from_shard(bot, offer)
    }

    /// Gives the shard an offer of a bot and the bot its answer.
    pub fn answer_from_shard(&mut self, bot: usize, offer: String) -> Vec<NegotiatedTrack> {
        self.tell(Control::AcceptOffer { peer: key(bot), offer_id: 7, sdp: offer });
        let (sdp, tracks, mid_to_track) = self
            .notices
            .iter()
            .rev()
            .find_map(|notice| match notice {
                Notice::Answer { peer, offer_id: 7, sdp, tracks, mid_to_track } if *peer == key(bot) => {
                    Some((sdp.clone(), tracks.clone(), mid_to_track.clone()))
                }
                _ => None,
            })
            .expect("an answer");
        self.bots[bot].mid_to_track = mid_to_track;
        self.bots[bot].accept_answer(&sdp);
        self.pump();
        tracks
    }

    pub fn subscribe(&mut self, bot: usize, track: TrackKey) {
        self.tell(Control::Subscribe { peer: key(bot), track });
    }

    /// Lets time pass; bots answer offers by themselves.
    pub fn run(&mut self, span: Duration) {
        let end = self.now + span;
        self.pump();
        while let Some(next) = self.next_moment().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.deliver_due();
            self.shard.handle(self.now, Input::Clock).unwrap();
            for bot in &mut self.bots {
                bot.tell_time(self.now);
            }
            self.pump();
        }
        self.now = end;
    }

    /// Runs until something holds, at most `span`.
    pub fn run_until(&mut self, span: Duration, mut holds: impl FnMut(&Self) -> bool) {
        let end = self.now + span;
        while !holds(self) {
            assert!(self.now < end, "it did not come to pass in {span:?}");
            self.run(Duration::from_millis(10));
        }
    }

    /// Hands the shard a datagram from anywhere.
    pub fn inject(&mut self, source: SocketAddr, contents: &[u8]) {
        let destination = self.server;
        self.shard
            .handle(self.now, Input::Datagram { transport: Transport::Udp, source, destination, contents })
            .unwrap();
        self.pump();
    }

    fn next_moment(&self) -> Option<Instant> {
        let bots = self.bots.iter().filter_map(|bot| bot.deadline);
        let wire = self.wire.iter().map(|datagram| datagram.at);
        bots.chain(wire).chain(self.shard.timeout()).min()
    }

    fn deliver_due(&mut self) {
        while let Some(place) = self.wire.iter().position(|datagram| datagram.at <= self.now) {
            let datagram = self.wire.remove(place).unwrap();
            if self.loss.as_mut().is_some_and(|loss| loss(&datagram)) {
                continue;
            }
            let Datagram { source, destination, contents, .. } = datagram;
            if destination == self.server {
                self.shard
                    .handle(
                        self.now,
                        Input::Datagram {
                            transport: Transport::Udp,
                            source,
                            destination,
                            contents: &contents,
                        },
                    )
                    .unwrap();
            } else if let Some(bot) = self.bots.iter_mut().find(|bot| bot.address == destination) {
                bot.receive(self.now, source, &contents);
            }
        }
    }

    /// Moves everything that is ready onto the wire, and answers offers.
    pub fn pump(&mut self) {
        let mut jitter = self.jitter.take();
        let mut arrival =
            |now: Instant| now + LATENCY + jitter.as_mut().map(|more| more()).unwrap_or_default();
        while let Some(output) = self.shard.poll() {
            match output {
                Output::Transmit(transmit) => {
                    self.sent += 1;
                    let bytes = transmit.contents.len();
                    let passed = match self.narrow.get_mut(&transmit.destination) {
                        Some(narrow) => narrow.pass(bytes, self.now),
                        None => Some(self.now),
                    };
                    let Some(passed) = passed else { continue };
                    self.wire.push_back(Datagram {
                        at: arrival(passed),
                        source: transmit.source,
                        destination: transmit.destination,
                        contents: transmit.contents,
                    });
                }
                Output::Notice(notice) => {
                    self.answer_to_shard(&notice);
                    self.notices.push(notice);
                }
            }
        }
        for bot in &mut self.bots {
            for (destination, contents) in bot.take_sent() {
                self.wire.push_back(Datagram {
                    at: arrival(self.now),
                    source: bot.address,
                    destination,
                    contents,
                });
            }
        }
        self.jitter = jitter;
    }

    fn answer_to_shard(&mut self, notice: &Notice) {
        match notice {
            Notice::Offer { .. } => self.answer_offer(notice),
            Notice::SectionsNeeded { peer, audios, videos } => self.offer_again(*peer, *audios, *videos),
            Notice::Answer { peer, offer_id: AGAIN, sdp, mid_to_track, .. } => {
                let bot = &mut self.bots[usize::try_from(peer.0 - 1).unwrap()];
                bot.mid_to_track.clone_from(mid_to_track);
                bot.accept_answer(sdp);
            }
            _ => {}
        }
    }

    /// A single peer does what it is asked for.
    fn offer_again(&mut self, peer: PeerKey, audios: u32, videos: u32) {
        let bot = &mut self.bots[usize::try_from(peer.0 - 1).unwrap()];
        if bot.is_answering {
            let sdp = bot.offer_lines(audios, videos);
            let offer = Control::AcceptOffer { peer, offer_id: AGAIN, sdp };
            self.shard.handle(self.now, Input::Control(offer)).unwrap();
        }
    }

    fn answer_offer(&mut self, notice: &Notice) {
        let Notice::Offer { peer, offer_id, sdp, mid_to_track } = notice else { return };
        let bot = &mut self.bots[usize::try_from(peer.0 - 1).unwrap()];
        bot.offers.push(sdp.clone());
        bot.mid_to_track.clone_from(mid_to_track);
        if !bot.is_answering {
            return;
        }
        let sdp = bot.answer(sdp);
        let answer = Control::AcceptAnswer { peer: *peer, offer_id: *offer_id, sdp };
        self.shard.handle(self.now, Input::Control(answer)).unwrap();
    }

    pub fn has_notice(&self, wanted: impl Fn(&Notice) -> bool) -> bool {
        self.notices.iter().any(wanted)
    }
}

pub fn key(bot: usize) -> PeerKey {
    PeerKey(u64::try_from(bot).unwrap() + 1)
}

pub fn description(bot: usize, track: TrackKey, source: TrackSource) -> TrackDescription {
    let layer = |quality, width, height| LayerSize { quality, width, height };
    TrackDescription {
        cid: format!("cid{}", track.0),
        source,
        codec: None,
        sound: SoundOptions::default(),
        layers: vec![
            layer(Quality::Low, 320, 180),
            layer(Quality::Medium, 640, 360),
            layer(Quality::High, 1280, 720),
        ],
        msid_stream: format!("PA_{bot}|TR_{}", track.0),
        msid_track: format!("TR_{}", track.0),
    }
}

/// Time between two frames.
pub const FRAME: Duration = Duration::from_millis(33);
pub const CAMERA: TrackKey = TrackKey(1);
pub const MICROPHONE: TrackKey = TrackKey(2);

/// A host with camera (0) and microphone (1), and viewers of both, all connected.
pub fn stage(viewers: usize) -> (World, usize, Vec<usize>) {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewers: Vec<_> = (0..viewers).map(|_| world.open(PeerRole::Subscriber)).collect();
    world.publish(host, &[(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)]);
    for viewer in &viewers {
        world.subscribe(*viewer, CAMERA);
        world.subscribe(*viewer, MICROPHONE);
    }
    let watched = viewers.clone();
    world.run_until(Duration::from_secs(5), |world| {
        world.bots.iter().all(|bot| bot.is_connected)
            && watched.iter().all(|viewer| world.bots[*viewer].mid_to_track.len() == 2)
    });
    (world, host, viewers)
}

impl World {
    /// Films for a while: each layer in `layers`, three packets a frame, and sound beside it.
    pub fn film(&mut self, host: usize, layers: &[usize], span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.bots[host].tell_time(self.now);
            for layer in layers {
                self.bots[host].send_frame(0, *layer, 3);
            }
            if self.bots[host].outgoing.len() > 1 {
                self.bots[host].send_sound(1, 30);
            }
            self.run(FRAME);
        }
    }

    /// The mid under which a viewer has a track now.
    pub fn mid_of(&self, viewer: usize, track: TrackKey) -> Mid {
        let found = self.bots[viewer].mid_to_track.iter().find(|entry| entry.track == track);
        Mid::from(found.expect("the track is offered").mid.as_str())
    }

    /// What a viewer got of a track.
    pub fn got(&self, viewer: usize, track: TrackKey) -> Vec<Got> {
        let mid = self.mid_of(viewer, track);
        self.bots[viewer].got.iter().filter(|got| got.mid == mid).cloned().collect()
    }
}

/// What a decoder needs of a whole stream: it starts with a key frame, and nothing is missing.
pub fn assert_one_stream(got: &[Got]) {
    let mut got = got.to_vec();
    got.sort_by_key(|got| got.number);
    assert!(!got.is_empty(), "nothing came");
    assert!(got[0].number < 65_536, "SRTP's roll-over count starts at zero");
    assert!(got[0].marks.unwrap().is_key_frame, "it starts with a key frame");
    for pair in got.windows(2) {
        assert_eq!(pair[1].number, pair[0].number + 1, "numbers follow each other");
        assert_follows(&pair[0], &pair[1]);
    }
}

/// What a decoder needs of what came, wherever something is missing: nothing twice, and neighbours that fit.
pub fn assert_no_contradiction(got: &[Got]) {
    let mut got = got.to_vec();
    got.sort_by_key(|got| got.number);
    for pair in got.windows(2) {
        assert!(pair[1].number > pair[0].number, "{} came twice", pair[0].number);
        if pair[1].number == pair[0].number + 1 {
            assert_follows(&pair[0], &pair[1]);
        }
    }
}

/// VP8 ids that step by one, time that does not run back, and each change of layer at a key frame.
fn assert_follows(before: &Got, after: &Got) {
    let (first, second) = (before.marks.unwrap(), after.marks.unwrap());
    let step = after.timestamp.wrapping_sub(before.timestamp);
    assert!(step < 1 << 30, "time does not run back");
    if second.is_first_of_frame {
        assert_eq!(second.picture, (first.picture + 1) & 0x7fff, "picture ids follow each other");
        assert_eq!(second.tl0, first.tl0.wrapping_add(1), "TL0PICIDX follows");
        assert!(step > 0, "each frame has its time");
    } else {
        assert_eq!((second.picture, second.frame), (first.picture, first.frame), "frames are whole");
    }
    if second.layer != first.layer {
        assert!(second.is_key_frame, "layers change at key frames");
    }
    if second.is_key_frame {
        assert_eq!(second.key, (first.key + 1) & 0x1f, "KEYIDX follows");
    }
}
