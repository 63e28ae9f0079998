//! A client of protocol v0 that speaks plain protobuf and plain WebRTC, so that a test sees every word.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Told;
use prost::Message as _;
use str0m::media::Mid;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::peer::Peer;
use super::{PATIENCE, Server};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a bot has seen so far.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub told: Vec<Told>,
    pub closed: Option<Option<u16>>,
    pub subscriber_up: bool,
    pub publisher_up: bool,
    /// Packets for each track sid.
    pub packets: HashMap<String, u64>,
    /// Packets that it has sent itself.
    pub sent: u64,
    pub data: Vec<proto::DataPacket>,
}

impl Seen {
    pub fn leave(&self) -> Option<(proto::DisconnectReason, proto::leave_request::Action)> {
        self.told.iter().find_map(|told| match told {
            Told::Leave(leave) => Some((leave.reason(), leave.action())),
            _ => None,
        })
    }

    pub fn own(&self) -> proto::ParticipantInfo {
        let join = self.told.iter().find_map(|told| match told {
            Told::Join(join) => join.participant.clone(),
            _ => None,
        });
        join.expect("a join")
    }

    pub fn published(&self) -> Option<proto::TrackInfo> {
        self.told.iter().rev().find_map(|told| match told {
            Told::TrackPublished(published) => published.track.clone(),
            _ => None,
        })
    }
}

enum Command {
    Ask(Box<Ask>),
    Offer(String),
    Data(Vec<u8>),
    DropSocket,
    Attach(Box<Socket>),
}

pub struct Bot {
    seen: watch::Receiver<Seen>,
    commands: mpsc::UnboundedSender<Command>,
}

/// The socket alone.
pub async fn connect(server: &Server, token: &str, more: &str) -> Result<Socket, u16> {
    let url = format!("ws://{}/rtc?access_token={token}&protocol=17{more}", server.address);
    match tokio_tungstenite::connect_async(url).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

impl Bot {
    /// Joins and waits until its subscriber is up.
    pub async fn join(server: &Server, token: &str) -> Self {
        let bot = Self::start(connect(server, token, "").await.unwrap()).await;
        bot.until("media", |seen| seen.subscriber_up).await;
        bot
    }

    pub async fn start(socket: Socket) -> Self {
        let (told, seen) = watch::channel(Seen::default());
        let (commands, orders) = mpsc::unbounded_channel();
        let life = Life {
            socket: Some(socket),
            subscriber: Peer::new().await,
            publisher: Peer::new().await,
            mids: HashMap::new(),
            counted: HashMap::new(),
            packets: HashMap::new(),
            speaking: false,
            told,
        };
        tokio::spawn(life.run(orders));
        Self { seen, commands }
    }

    pub fn ask(&self, ask: Ask) {
        self.commands.send(Command::Ask(Box::new(ask))).ok().unwrap();
    }

    /// Announces and offers a microphone, and speaks into it from then on.
    pub async fn speak(&self) -> proto::TrackInfo {
        self.ask(Ask::AddTrack(proto::AddTrackRequest {
            cid: "mic".into(),
            source: proto::TrackSource::Microphone.into(),
            ..proto::AddTrackRequest::default()
        }));
        self.until("track_published", |seen| seen.published().is_some()).await;
        self.commands.send(Command::Offer("mic".into())).ok().unwrap();
        self.until("the publisher", |seen| seen.publisher_up).await;
        self.now().published().unwrap()
    }

    pub fn send_data(&self, packet: &proto::DataPacket) {
        self.commands.send(Command::Data(packet.encode_to_vec())).ok().unwrap();
    }

    pub fn drop_socket(&self) {
        self.commands.send(Command::DropSocket).ok().unwrap();
    }

    /// Goes on with a new socket and the same PeerConnections; what was told before is forgotten.
    pub fn attach(&self, socket: Socket) {
        self.commands.send(Command::Attach(Box::new(socket))).ok().unwrap();
    }

    /// Waits until it has sent so many more packets: the clock of tests that wait for silence.
    pub async fn says(&self, more: u64) {
        let before = self.now().sent;
        self.until("its own sound", |seen| seen.sent >= before + more).await;
    }

    pub fn now(&self) -> Seen {
        self.seen.borrow().clone()
    }

    pub async fn until(&self, what: &str, holds: impl FnMut(&Seen) -> bool) -> Seen {
        let mut seen = self.seen.clone();
        let found = tokio::time::timeout(PATIENCE, seen.wait_for(holds)).await;
        found.unwrap_or_else(|_| panic!("{what} never came: {:?}", self.now())).unwrap().clone()
    }

    /// Waits for so many more packets of a track.
    pub async fn hears(&self, sid: &str, more: u64) {
        let before = self.count(sid);
        self.until("sound", |seen| seen.packets.get(sid).copied().unwrap_or_default() >= before + more).await;
    }

    pub fn count(&self, sid: &str) -> u64 {
        self.now().packets.get(sid).copied().unwrap_or_default()
    }
}

struct Life {
    socket: Option<Socket>,
    subscriber: Peer,
    publisher: Peer,
    mids: HashMap<String, String>,
    counted: HashMap<Mid, u64>,
    packets: HashMap<String, u64>,
    speaking: bool,
    told: watch::Sender<Seen>,
}

impl Life {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Command>) {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        let (mut down, mut up) = (vec![0_u8; 2_000], vec![0_u8; 2_000]);
        loop {
            let due = self.subscriber.deadline.min(self.publisher.deadline).max(Instant::now());
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                frame = next(&mut self.socket) => self.frame(frame).await,
                Ok((length, from)) = self.subscriber.socket.recv_from(&mut down) => self.subscriber.receive(from, &down[..length]),
                Ok((length, from)) = self.publisher.socket.recv_from(&mut up) => self.publisher.receive(from, &up[..length]),
                _ = tick.tick() => if self.speaking { self.publisher.speak() },
                () = tokio::time::sleep_until(due.into()) => {
                    self.subscriber.tell_time();
                    self.publisher.tell_time();
                }
            }
            self.report();
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Ask(ask) => self.say(*ask).await,
            Command::Offer(cid) => {
                let sdp = self.publisher.offer(&cid);
                self.speaking = true;
                self.say(Ask::Offer(proto::SessionDescription {
                    r#type: "offer".into(),
                    sdp,
                    id: 1,
                    ..Default::default()
                }))
                .await;
            }
            Command::Data(contents) => assert!(self.publisher.send_data(&contents), "the channel is open"),
            Command::DropSocket => self.socket = None,
            Command::Attach(socket) => {
                self.told.send_modify(|seen| seen.told.clear());
                self.socket = Some(*socket);
            }
        }
    }

    async fn say(&mut self, message: Ask) {
        let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        if let Some(socket) = &mut self.socket {
            let _ = socket.send(Frame::Binary(bytes.into())).await;
        }
    }

    async fn frame(&mut self, frame: Option<Frame>) {
        match frame {
            Some(Frame::Binary(bytes)) => {
                let told = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
                self.told.send_modify(|seen| seen.told.push(told.clone()));
                self.react(told).await;
            }
            Some(Frame::Close(close)) => {
                let code = close.map(|close| close.code.into());
                self.told.send_modify(|seen| seen.closed = Some(code));
                self.socket = None;
            }
            Some(_) => {}
            None => {
                self.told.send_modify(|seen| seen.closed = seen.closed.or(Some(None)));
                self.socket = None;
            }
        }
    }

    async fn react(&mut self, told: Told) {
        match told {
            Told::Offer(offer) => {
                self.mids = offer.mid_to_track_id;
                let sdp = self.subscriber.answer(&offer.sdp);
                self.say(Ask::Answer(proto::SessionDescription {
                    r#type: "answer".into(),
                    sdp,
                    id: offer.id,
                    ..Default::default()
                }))
                .await;
            }
            Told::Answer(answer) => {
                assert_eq!(answer.id, 1, "the id of the offer");
                self.publisher.accept_answer(&answer.sdp);
            }
            _ => {}
        }
    }

    fn report(&mut self) {
        // A line may carry another track tomorrow: what came is counted for the track it carries now.
        for (mid, count) in &self.subscriber.got {
            let counted = self.counted.entry(*mid).or_default();
            if let Some(sid) = self.mids.get(&mid.to_string()) {
                *self.packets.entry(sid.clone()).or_default() += count - *counted;
            }
            *counted = *count;
        }
        let packets = self.packets.clone();
        let data: Vec<proto::DataPacket> = self
            .subscriber
            .data
            .drain(..)
            .map(|(_, bytes)| proto::DataPacket::decode(bytes.as_slice()).unwrap())
            .collect();
        let (down, up, sent) = (self.subscriber.connected, self.publisher.connected, self.publisher.sent);
        self.told.send_if_modified(|seen| {
            let changed = seen.packets != packets
                || seen.sent != sent
                || !data.is_empty()
                || seen.subscriber_up != down
                || seen.publisher_up != up;
            seen.packets = packets;
            seen.data.extend(data);
            seen.sent = sent;
            (seen.subscriber_up, seen.publisher_up) = (down, up);
            changed
        });
    }
}

/// The next frame; never, once the socket is gone.
async fn next(socket: &mut Option<Socket>) -> Option<Frame> {
    match socket {
        Some(socket) => socket.next().await.and_then(Result::ok),
        None => std::future::pending().await,
    }
}
