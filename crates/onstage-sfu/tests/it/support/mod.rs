//! A shard, bots, and the wire between them, in virtual time.

pub mod bot;
pub mod picture;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use onstage_sfu::{
    Control, Input, LayerSize, NegotiatedTrack, Notice, Output, PeerKey, PeerOptions, PeerRole, Quality, Refusal,
    RoomKey, Shard, ShardConfig, TrackDescription, TrackKey, TrackSource,
};

use bot::Bot;

pub const ROOM: RoomKey = RoomKey(1);
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
    wire: VecDeque<Datagram>,
    server: SocketAddr,
}

impl World {
    pub fn new() -> Self {
        let now = Instant::now();
        let server: SocketAddr = "10.0.0.1:7882".parse().unwrap();
        let mut shard = Shard::new(ShardConfig { candidates: vec![server] }, now);
        shard.handle(now, Input::Control(Control::OpenRoom { room: ROOM })).unwrap();
        Self {
            now,
            shard,
            bots: Vec::new(),
            notices: Vec::new(),
            sent: 0,
            loss: None,
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
        let (sdp, tracks) = self
            .notices
            .iter()
            .rev()
            .find_map(|notice| match notice {
                Notice::Answer { peer, offer_id: 7, sdp, tracks } if *peer == key(bot) => {
                    Some((sdp.clone(), tracks.clone()))
                }
                _ => None,
            })
            .expect("an answer");
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
        self.shard.handle(self.now, Input::Datagram { source, destination, contents }).unwrap();
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
                    .handle(self.now, Input::Datagram { source, destination, contents: &contents })
                    .unwrap();
            } else if let Some(bot) = self.bots.iter_mut().find(|bot| bot.address == destination) {
                bot.receive(self.now, source, &contents);
            }
        }
    }

    /// Moves everything that is ready onto the wire, and answers offers.
    pub fn pump(&mut self) {
        while let Some(output) = self.shard.poll() {
            match output {
                Output::Transmit(transmit) => {
                    self.sent += 1;
                    self.wire.push_back(Datagram {
                        at: self.now + LATENCY,
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
                    at: self.now + LATENCY,
                    source: bot.address,
                    destination,
                    contents,
                });
            }
        }
    }

    fn answer_to_shard(&mut self, notice: &Notice) {
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
        layers: vec![
            layer(Quality::Low, 320, 180),
            layer(Quality::Medium, 640, 360),
            layer(Quality::High, 1280, 720),
        ],
        msid_stream: format!("PA_{bot}|TR_{}", track.0),
        msid_track: format!("TR_{}", track.0),
    }
}
