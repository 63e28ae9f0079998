//! One connection for both ways beside two: catches an answer without its tracks, lines that nobody asks for, and a
//! resume that loses the media.

use std::collections::HashMap;
use std::time::Instant;

use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Told;
use prost::Message as _;
use str0m::change::SdpApi;
use str0m::channel::ChannelConfig;
use str0m::media::{Direction, MediaKind};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::support::bot::{Bot, Socket};
use super::support::peer::Peer;
use super::support::*;

/// A client with one connection, moved on by whoever waits for something.
struct Single {
    socket: Socket,
    peer: Peer,
    told: Vec<Told>,
    /// Which track a line carries, by the last answer.
    mids: HashMap<String, String>,
    offers: u32,
}

fn layout(api: &mut SdpApi<'_>) {
    for label in ["_reliable", "_lossy"] {
        api.add_channel_with_config(ChannelConfig {
            label: label.to_owned(),
            ordered: label == "_reliable",
            ..ChannelConfig::default()
        });
    }
    api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
}

fn described(id: u32, sdp: String) -> proto::SessionDescription {
    proto::SessionDescription { r#type: "offer".into(), sdp, id, ..proto::SessionDescription::default() }
}

async fn socket(server: &Server, token: &str, request: &proto::JoinRequest) -> Socket {
    let wrapped = proto::WrappedJoinRequest {
        compression: proto::wrapped_join_request::Compression::None.into(),
        join_request: request.encode_to_vec(),
    };
    let request = base64::engine::general_purpose::URL_SAFE.encode(wrapped.encode_to_vec());
    let url = format!("ws://{}/rtc/v1?access_token={token}&join_request={request}", server.address);
    tokio_tungstenite::connect_async(url).await.unwrap().0
}

impl Single {
    /// Joins with its offer in the join, and waits for media.
    async fn join(server: &Server, token: &str) -> Self {
        let mut peer = Peer::new().await;
        let sdp = peer.offer_change(layout);
        let request =
            proto::JoinRequest { publisher_offer: Some(described(1, sdp)), ..proto::JoinRequest::default() };
        let socket = socket(server, token, &request).await;
        let mut single = Self { socket, peer, told: Vec::new(), mids: HashMap::new(), offers: 1 };
        single.until("media", |single| single.peer.connected).await;
        single
    }

    async fn say(&mut self, message: Ask) {
        let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        self.socket.send(Frame::Binary(bytes.into())).await.unwrap();
    }

    async fn offer(&mut self, change: impl FnOnce(&mut SdpApi<'_>)) {
        let sdp = self.peer.offer_change(change);
        self.offers += 1;
        let id = self.offers;
        self.say(Ask::Offer(described(id, sdp))).await;
    }

    /// Announces and offers a microphone, and speaks from then on.
    async fn speak(&mut self) -> proto::TrackInfo {
        self.say(Ask::AddTrack(proto::AddTrackRequest {
            cid: "mic".into(),
            source: proto::TrackSource::Microphone.into(),
            ..proto::AddTrackRequest::default()
        }))
        .await;
        let mut mid = None;
        let (stream, track) = (Some("s".into()), Some("mic".into()));
        self.offer(|api| {
            mid = Some(api.add_media(MediaKind::Audio, Direction::SendOnly, stream, track, None));
        })
        .await;
        self.peer.sending = mid;
        self.until("an answer", |single| single.told.iter().any(|told| is_answer(told, 2))).await;
        let published = self.told.iter().find_map(|told| match told {
            Told::TrackPublished(published) => published.track.clone(),
            _ => None,
        });
        published.expect("published before its answer")
    }

    /// Lives on until something holds.
    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "{what} never came: {:?}", self.told);
            self.turn().await;
        }
    }

    /// Lives on for as long as it is waited for.
    async fn live(&mut self) {
        loop {
            self.turn().await;
        }
    }

    async fn turn(&mut self) {
        let mut contents = vec![0_u8; 2_000];
        // Every 20 ms at the latest there is something to say.
        let due = self.peer.deadline.min(Instant::now() + std::time::Duration::from_millis(20));
        tokio::select! {
            frame = self.socket.next() => match frame {
                Some(Ok(Frame::Binary(bytes))) => self.hear(&bytes).await,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => panic!("the socket ended: {:?}", self.told),
            },
            Ok((length, from)) = self.peer.socket.recv_from(&mut contents) => {
                self.peer.receive(from, &contents[..length]);
            }
            () = tokio::time::sleep_until(due.into()) => {
                self.peer.speak();
                self.peer.tell_time();
            }
        }
    }

    async fn hear(&mut self, bytes: &[u8]) {
        let told = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
        self.told.push(told.clone());
        match told {
            Told::Answer(answer) => {
                assert_eq!(answer.id, self.offers, "the id of the offer");
                self.mids.clone_from(&answer.mid_to_track_id);
                self.peer.accept_answer(&answer.sdp);
            }
            Told::MediaSectionsRequirement(missing) => {
                self.offer(|api| {
                    for _ in 0..missing.num_audios {
                        api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
                    }
                    // An offer needs a change, also one that is asked for because of lines that are there.
                    api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
                })
                .await;
            }
            _ => {}
        }
    }

    /// Packets of a track so far.
    fn count(&self, sid: &str) -> u64 {
        let line = self.mids.iter().find(|(_, track)| *track == sid).map(|(mid, _)| mid.as_str());
        self.peer.got.iter().find(|(mid, _)| line == Some(&mid.to_string())).map_or(0, |(_, count)| *count)
    }

    async fn hears(&mut self, sid: &str, more: u64) {
        let before = self.count(sid);
        self.until("sound", |single| single.count(sid) >= before + more).await;
    }

    fn own_sid(&self) -> String {
        let join = self.told.iter().find_map(|told| match told {
            Told::Join(join) => join.participant.clone(),
            _ => None,
        });
        join.unwrap().sid
    }
}

fn is_answer(told: &Told, id: u32) -> bool {
    matches!(told, Told::Answer(answer) if answer.id == id)
}

async fn stage() -> (Server, Bot, proto::TrackInfo) {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let speaker = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let track = speaker.speak().await;
    (server, speaker, track)
}

#[tokio::test]
async fn the_first_answer_carries_what_runs() {
    let (server, _speaker, track) = stage().await;
    let mut viewer = Single::join(&server, &token(&user(2).to_string(), ROOM)).await;
    assert!(matches!(&viewer.told[0], Told::Join(join) if !join.subscriber_primary), "{:?}", viewer.told);
    let first = viewer.told.iter().find(|told| matches!(told, Told::Answer(_)));
    let Some(Told::Answer(first)) = first else { panic!("no answer") };
    assert!(first.mid_to_track_id.values().any(|sid| *sid == track.sid), "no second round is needed");
    viewer.hears(&track.sid, 25).await;
}

#[tokio::test]
async fn what_starts_later_is_offered_for_and_heard() {
    let server = Server::start(false).await;
    server.open().await;
    for number in [1, 3] {
        server.person(user(number), true, ALL).await;
    }
    let mut viewer = Single::join(&server, &token(&user(2).to_string(), ROOM)).await;
    let one = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let two = Bot::join(&server, &token(&user(3).to_string(), ROOM)).await;
    let (first, second) = (one.speak().await, two.speak().await);
    viewer.until("both tracks", |viewer| viewer.mids.len() == 2).await;
    viewer.hears(&first.sid, 10).await;
    viewer.hears(&second.sid, 10).await;
    let missing: u32 = viewer
        .told
        .iter()
        .map(|told| match told {
            Told::MediaSectionsRequirement(missing) => missing.num_audios,
            _ => 0,
        })
        .sum();
    assert_eq!(missing, 1, "one line was there from the start");
}

#[tokio::test]
async fn who_speaks_by_one_connection_is_heard_by_two() {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    let mut speaker = Single::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let track = speaker.speak().await;
    tokio::select! {
        () = speaker.live() => {}
        () = viewer.hears(&track.sid, 25) => {}
    }
    let packet = proto::DataPacket { sequence: 1, ..proto::DataPacket::default() };
    assert!(speaker.peer.send_data(&packet.encode_to_vec()), "the channel is open");
    let heard = tokio::select! {
        () = speaker.live() => unreachable!(),
        seen = viewer.until("data", |seen| !seen.data.is_empty()) => seen,
    };
    assert_eq!(heard.data[0].participant_identity, user(1).to_string());
}

#[tokio::test]
async fn a_dropped_socket_resumes_with_the_same_media() {
    let (server, speaker, track) = stage().await;
    let bearer = token(&user(2).to_string(), ROOM);
    let mut viewer = Single::join(&server, &bearer).await;
    viewer.hears(&track.sid, 10).await;
    let request = proto::JoinRequest {
        reconnect: true,
        participant_sid: viewer.own_sid(),
        ..proto::JoinRequest::default()
    };
    viewer.socket = socket(&server, &bearer, &request).await;
    viewer.told.clear();
    viewer.until("the first word", |viewer| !viewer.told.is_empty()).await;
    assert!(matches!(viewer.told[0], Told::Reconnect(_)), "{:?}", viewer.told);
    viewer.say(Ask::SyncState(proto::SyncState::default())).await;
    viewer.offer(|api| drop(api.ice_restart(true))).await;
    viewer.until("the answer", |viewer| viewer.told.iter().any(|told| matches!(told, Told::Answer(_)))).await;
    assert!(viewer.mids.values().any(|sid| *sid == track.sid), "{:?}", viewer.mids);
    viewer.hears(&track.sid, 25).await;
    let packet = proto::DataPacket { sequence: 1, ..proto::DataPacket::default() };
    speaker.send_data(&packet);
    viewer.until("data", |viewer| !viewer.peer.data.is_empty()).await;
}
