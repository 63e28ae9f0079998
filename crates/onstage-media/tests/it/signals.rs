//! Offers that are answered on somebody's behalf, over real UDP: catches a connection that shows the wrong person, that is
//! seen as a person itself, that outlives its reason, or that puts somebody out.

use std::time::Duration;

use livekit_protocol::signal_response::Message as Told;
use onstage_domain::media::{MediaGrant, Seen, Source};
use onstage_domain::ports::{AnswerSignal, AnsweredSignal, Behalf, SignalOffer};
use onstage_domain::{Actor, Code, Problem, UserId, samples};
use str0m::media::{Direction, MediaKind};
use tokio_util::sync::CancellationToken;

use super::support::bot::Bot;
use super::support::peer::Peer;
use super::support::*;

const ASKER: u128 = 2;
/// As many as one person may have.
const MOST: usize = 50;

fn actor(number: u128) -> Actor {
    Actor { user_id: user(number), ..samples::actor(1) }
}

fn identity(number: u128) -> String {
    token(&user(number).to_string(), ROOM)
}

/// The asker and two others on stage.
async fn stage() -> Server {
    let server = Server::start(false).await;
    server.open().await;
    for number in 1..=3 {
        server.person(user(number), true, ALL).await;
    }
    server
}

/// One answered connection, seen from its client.
struct Answered {
    peer: Peer,
    connection: AnsweredSignal,
    ended: CancellationToken,
}

async fn ask(
    server: &Server,
    behalf: Behalf,
    sdp: &str,
) -> Result<(AnsweredSignal, CancellationToken), Problem> {
    let ended = CancellationToken::new();
    let told = ended.clone();
    let on_end = Box::new(move || told.cancel());
    let asker = &actor(ASKER);
    let offer = SignalOffer { session: session(), asker, behalf, sdp, on_end };
    Ok((server.media.answer(offer).await?, ended))
}

async fn answered(server: &Server, behalf: Behalf, lines: &[(MediaKind, Direction)]) -> Answered {
    let mut peer = Peer::new().await;
    let sdp = peer.offer_lines(lines);
    take(server, behalf, peer, &sdp).await
}

async fn take(server: &Server, behalf: Behalf, mut peer: Peer, sdp: &str) -> Answered {
    let (connection, ended) = ask(server, behalf, sdp).await.unwrap();
    peer.accept_answer(&connection.sdp);
    let mut answered = Answered { peer, connection, ended };
    answered.live("the connection", |peer| peer.connected).await;
    answered
}

impl Answered {
    /// Lives, and speaks if it can, until something holds.
    async fn live(&mut self, what: &str, mut holds: impl FnMut(&Peer) -> bool) {
        let living = async {
            while !holds(&self.peer) {
                let _ = tokio::time::timeout(Duration::from_millis(20), self.peer.turn()).await;
                self.peer.speak();
            }
        };
        tokio::time::timeout(PATIENCE, living).await.unwrap_or_else(|_| panic!("{what} never came"));
    }

    fn heard(&self) -> u64 {
        self.peer.got.values().sum()
    }

    async fn hears_more(&mut self) {
        let before = self.heard();
        self.live("sound", |peer| peer.got.values().sum::<u64>() > before + 10).await;
    }

    async fn is_ended(&self) {
        tokio::time::timeout(PATIENCE, self.ended.cancelled()).await.expect("the client is told of the end");
        assert!(!self.connection.line.is_open());
    }
}

/// An offer that sends a microphone and receives a sound on the same line.
async fn both_ways() -> (Peer, String) {
    let mut peer = Peer::new().await;
    let mut mid = None;
    let sdp = peer.offer_change(|api| {
        mid = Some(api.add_media(
            MediaKind::Audio,
            Direction::SendRecv,
            Some("s".into()),
            Some("mic".into()),
            None,
        ));
    });
    peer.sending = mid;
    (peer, sdp)
}

const ONE: [(MediaKind, Direction); 1] = [(MediaKind::Audio, Direction::RecvOnly)];
const TWO: [(MediaKind, Direction); 2] =
    [(MediaKind::Audio, Direction::RecvOnly), (MediaKind::Audio, Direction::RecvOnly)];

fn person(number: u128) -> Behalf {
    Behalf::Person(user(number))
}

/// Identities of everybody that a newcomer is told of.
async fn people(server: &Server) -> Vec<String> {
    let newcomer = Bot::join(server, &identity(9)).await;
    let told = newcomer.now().told;
    let join = told.into_iter().find_map(|told| match told {
        Told::Join(join) => Some(join),
        _ => None,
    });
    join.unwrap().other_participants.into_iter().map(|other| other.identity).collect()
}

#[tokio::test]
async fn who_asks_for_one_person_hears_that_person_alone_when_it_comes_and_when_it_comes_back() {
    let server = stage().await;
    let other = Bot::join(&server, &identity(3)).await;
    other.speak().await;
    let mut line = answered(&server, person(1), &TWO).await;
    let before = other.now().sent;
    line.live("time", |_| other.now().sent > before + 25).await;
    assert_eq!(line.heard(), 0, "somebody else was heard");
    let target = Bot::join(&server, &identity(1)).await;
    let track = target.speak().await;
    line.hears_more().await;
    assert_eq!(line.peer.got.len(), 1);
    // Nobody hears who is muted; afterwards the same line goes on.
    server.person(user(1), true, HOST_MUTED).await;
    target.until("the mute", |seen| seen.told.iter().any(|told| is_mute(told, &track.sid))).await;
    let (heard, sent) = (line.heard(), target.now().sent);
    line.live("time", |_| target.now().sent > sent + 25).await;
    assert!(line.heard() <= heard + 3, "a mute holds here as well");
    server.person(user(1), true, ALL).await;
    target.ask(livekit_protocol::signal_request::Message::Mute(livekit_protocol::MuteTrackRequest {
        sid: track.sid,
        muted: false,
    }));
    line.hears_more().await;
    assert_eq!(people(&server).await.len(), 2, "the connection is nobody");
}

fn is_mute(told: &Told, sid: &str) -> bool {
    matches!(told, Told::Mute(mute) if mute.sid == sid && mute.muted)
}

#[tokio::test]
async fn who_asks_the_server_hears_everybody_but_themselves() {
    let server = stage().await;
    let own = Bot::join(&server, &identity(ASKER)).await;
    own.speak().await;
    let mut line = answered(&server, Behalf::Stage, &TWO).await;
    let before = own.now().sent;
    line.live("time", |_| own.now().sent > before + 25).await;
    assert_eq!(line.heard(), 0, "nobody hears themselves");
    let others = [Bot::join(&server, &identity(1)).await, Bot::join(&server, &identity(3)).await];
    for bot in &others {
        bot.speak().await;
    }
    line.live("both", |peer| peer.got.len() == 2 && peer.got.values().all(|count| *count > 10)).await;
    assert_eq!(own.now().leave(), None, "the same person's other client stays");
}

#[tokio::test]
async fn the_first_connection_that_sends_is_the_person_and_the_next_ones_only_receive() {
    let server = stage().await;
    let listener = Bot::join(&server, &identity(4)).await;
    let (peer, sdp) = both_ways().await;
    let mut first = take(&server, person(1), peer, &sdp).await;
    server.seen(user(ASKER), Seen::Published { source: Source::Microphone }).await;
    first.live("being heard", |_| listener.now().packets.values().any(|count| *count > 10)).await;
    let (peer, sdp) = both_ways().await;
    let second = take(&server, person(3), peer, &sdp).await;
    assert!(second.connection.sdp.contains("a=sendonly"), "{}", second.connection.sdp);
    assert!(first.connection.sdp.contains("a=sendrecv"), "{}", first.connection.sdp);
    assert_eq!(people(&server).await, [user(ASKER).to_string()], "once");
    // By the same line the first one hears, and its client may come as itself: then it is that client.
    let target = Bot::join(&server, &identity(1)).await;
    target.speak().await;
    first.hears_more().await;
    let _own = Bot::join(&server, &identity(ASKER)).await;
    first.is_ended().await;
    assert!(second.connection.line.is_open());
}

#[tokio::test]
async fn where_the_connection_that_sends_ends_the_next_ones_offer_anew_and_take_over() {
    let server = stage().await;
    let (peer, sdp) = both_ways().await;
    let first = take(&server, person(1), peer, &sdp).await;
    let (peer, sdp) = both_ways().await;
    let second = take(&server, person(3), peer, &sdp).await;
    let watching = answered(&server, Behalf::Stage, &ONE).await;
    // The callee leaves, and the app closes its connection to them.
    tokio::time::timeout(PATIENCE, first.connection.line.end()).await.expect("an end");
    assert!(!first.ended.is_cancelled(), "who ends it is not told");
    second.is_ended().await;
    let listener = Bot::join(&server, &identity(4)).await;
    let (peer, sdp) = both_ways().await;
    let mut again = take(&server, person(3), peer, &sdp).await;
    again.live("being heard", |_| listener.now().packets.values().any(|count| *count > 10)).await;
    assert!(watching.connection.line.is_open(), "what never sent anything goes on");
}

#[tokio::test]
async fn what_the_stage_forbids_is_left_out_of_an_answer() {
    let server = stage().await;
    server.person(user(ASKER), true, MediaGrant::NOTHING).await;
    let target = Bot::join(&server, &identity(1)).await;
    target.speak().await;
    let (peer, sdp) = both_ways().await;
    let mut line = take(&server, person(1), peer, &sdp).await;
    line.hears_more().await;
    let sids = target.now().packets.len();
    assert_eq!(sids, 0, "nothing of who may not speak is forwarded");
}

#[tokio::test]
async fn a_connection_ends_with_its_line_its_person_and_its_session() {
    let server = stage().await;
    let dropped = answered(&server, person(1), &ONE).await;
    let Answered { connection, ended, .. } = dropped;
    tokio::time::timeout(PATIENCE, connection.line.end()).await.expect("an end");
    assert!(!ended.is_cancelled(), "who ends it is not told");
    let kicked = answered(&server, person(1), &ONE).await;
    server.person(user(ASKER), false, MediaGrant::NOTHING).await;
    kicked.is_ended().await;
    let mut again = Peer::new().await;
    let refused = ask(&server, person(1), &again.offer_lines(&ONE)).await;
    assert_eq!(refused.err().unwrap().code, Code::Blocked);
    server.person(user(ASKER), true, ALL).await;
    let over = answered(&server, person(1), &ONE).await;
    server.order(vec![room(false)]).await;
    over.is_ended().await;
    let refused = ask(&server, person(1), &again.offer_lines(&ONE)).await;
    assert_eq!(refused.err().unwrap().code, Code::SessionNotFound);
}

#[tokio::test]
async fn the_figures_count_people_and_not_their_further_connections() {
    let server = stage().await;
    let _own = Bot::join(&server, &identity(ASKER)).await;
    let _line = answered(&server, person(1), &ONE).await;
    assert_eq!(server.media.figures().await.unwrap().participants, 1);
}

#[tokio::test]
async fn the_same_connection_offers_again_with_another_line() {
    let server = stage().await;
    let bots = [Bot::join(&server, &identity(1)).await, Bot::join(&server, &identity(3)).await];
    for bot in &bots {
        bot.speak().await;
    }
    let mut line = answered(&server, Behalf::Stage, &ONE).await;
    line.hears_more().await;
    assert_eq!(line.peer.got.len(), 1);
    let sdp = line.peer.offer_lines(&ONE);
    assert!(line.connection.line.continues(&sdp), "the same peer connection");
    assert!(!line.connection.line.continues(&Peer::new().await.offer_lines(&ONE)), "another one");
    let answer = line.connection.line.offer(&sdp).await.unwrap();
    line.peer.accept_answer(&answer);
    line.live("the second line", |peer| peer.got.len() == 2).await;
}

#[tokio::test]
async fn what_is_no_offer_is_refused_by_its_code() {
    let server = stage().await;
    let nothing = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\n";
    let garbled = format!("{nothing}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=recvonly\r\n");
    for (sdp, code) in
        [("hello", Code::Unreadable), (nothing, Code::Invalid), (garbled.as_str(), Code::Invalid)]
    {
        assert_eq!(ask(&server, Behalf::Stage, sdp).await.err().unwrap().code, code, "{sdp}");
    }
    let stranger = SignalOffer {
        session: onstage_domain::SessionId::new(UserId::uuid(user(5))),
        asker: &actor(ASKER),
        behalf: Behalf::Stage,
        sdp: &Peer::new().await.offer_lines(&ONE),
        on_end: Box::new(|| {}),
    };
    assert_eq!(server.media.answer(stranger).await.err().unwrap().code, Code::SessionNotFound);
}

#[tokio::test]
async fn reaches_answered_per_person_max() {
    let server = stage().await;
    let mut held = Vec::new();
    for _ in 0..MOST {
        let sdp = Peer::new().await.offer_lines(&ONE);
        held.push(ask(&server, Behalf::Stage, &sdp).await.unwrap().0);
    }
    let sdp = Peer::new().await.offer_lines(&ONE);
    let refused = ask(&server, Behalf::Stage, &sdp).await.err().unwrap();
    assert_eq!((refused.code, refused.retry_after_ms), (Code::TooFast, None), "it is not the pace");
    held.pop().unwrap().line.end().await;
    // So many at once use up the pace as well.
    let one_more = async {
        let mut peer = Peer::new().await;
        while let Err(refused) = ask(&server, Behalf::Stage, &sdp).await {
            assert!(refused.retry_after_ms.is_some(), "one that ended counts no more");
            let _ = tokio::time::timeout(Duration::from_millis(100), peer.turn()).await;
        }
    };
    tokio::time::timeout(PATIENCE, one_more).await.expect("one that ended counts no more");
}
