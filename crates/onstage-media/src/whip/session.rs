//! One session: a member of a room whose client speaks HTTP. It says what a client with a socket would say.

use std::time::Duration;

use livekit_protocol as proto;
use livekit_protocol::request_response::{Reason, Request};
use livekit_protocol::signal_request::Message as Asked;
use livekit_protocol::signal_response::Message;
use onstage_domain::{Code, Problem};
use onstage_sfu::MediaKind;
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};

use super::Protocol;
use super::description::{Offer, unacceptable};
use super::sessions::Place;
use crate::livekit::outgoing::{Frame, Outgoing, Waiting};
use crate::livekit::query::{Browser, JoinQuery, Opening};
use crate::livekit::room::{Arrival, ConnectionId, RoomInput};
use crate::livekit::room_task::RoomHandle;
use crate::livekit::socket::next_connection;
use crate::livekit::tokens::Bearer;
use crate::tasks::spawn_named;
use crate::whep::Picks;

/// Time for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What a session is told.
#[derive(Debug)]
pub(super) enum Command {
    /// Candidates of the client.
    Trickle(Vec<String>),
    /// An offer under another name and password.
    Restart(String, Vec<String>, oneshot::Sender<Result<String, Problem>>),
}

/// The way to a session; it ends when nobody has one any more.
#[derive(Debug, Clone)]
pub(super) struct Way(mpsc::Sender<Command>);

impl Way {
    pub(super) fn new(commands: mpsc::Sender<Command>) -> Self {
        Self(commands)
    }

    /// Hands over candidates. A session that has just ended needs none.
    pub(super) async fn trickle(&self, candidates: Vec<String>) {
        let _ = self.0.send(Command::Trickle(candidates)).await;
    }

    /// Restarts ICE; returns the answer.
    pub(super) async fn restart(&self, sdp: String, candidates: Vec<String>) -> Result<String, Problem> {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(Command::Restart(sdp, candidates, reply)).await;
        sent.map_err(|_| Problem::new(Code::NotFound))?;
        within(answer).await
    }
}

async fn within<T>(answer: oneshot::Receiver<Result<T, Problem>>) -> Result<T, Problem> {
    match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) | Err(_) => Err(Problem::new(Code::TryLater)),
    }
}

/// What a client gets for its offer.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) answer: String,
    pub(super) ice_servers: Vec<proto::IceServer>,
}

/// Joins the room and waits for the answer.
pub(super) async fn open(
    (protocol, user_agent): (Protocol, &str),
    (room, bearer): (RoomHandle, Bearer),
    offer: Offer,
    place: Place,
) -> Result<Opened, Problem> {
    let connection = next_connection();
    let (outgoing, waiting) = Outgoing::new();
    let query = JoinQuery {
        single: true,
        watches: protocol == Protocol::Whep,
        full_ice: Browser::read("", user_agent) == Browser::Firefox,
        ..JoinQuery::default()
    };
    let tracks = if protocol == Protocol::Whip { offer.tracks() } else { Vec::new() };
    let description = described(offer.sdp.clone());
    let opening = Opening { tracks, offer: Some(description), ..Opening::default() };
    let arrival = Arrival { connection, outgoing, bearer, query, opening };
    if !room.send(RoomInput::Arrive(Box::new(arrival))).await {
        return Err(Problem::new(Code::SessionNotFound));
    }
    let (opened, outcome) = oneshot::channel();
    let picks = Picks::new(offer.receiving(MediaKind::Audio), offer.receiving(MediaKind::Video));
    let session = Session {
        room,
        connection,
        picks: (protocol == Protocol::Whep).then_some(picks),
        ice_servers: Vec::new(),
        opened: Some(opened),
        restarted: None,
    };
    spawn_named("http media session", session.run(waiting, place));
    within(outcome).await
}

fn described(sdp: String) -> proto::SessionDescription {
    proto::SessionDescription {
        r#type: "offer".to_owned(),
        sdp,
        id: 1,
        ..proto::SessionDescription::default()
    }
}

type Reply<T> = Option<oneshot::Sender<Result<T, Problem>>>;

struct Session {
    room: RoomHandle,
    connection: ConnectionId,
    picks: Option<Picks>,
    ice_servers: Vec<proto::IceServer>,
    opened: Reply<Opened>,
    restarted: Reply<String>,
}

impl Session {
    async fn run(mut self, mut waiting: Waiting, mut place: Place) {
        let slow = waiting.slow();
        loop {
            let goes_on = tokio::select! {
                frame = waiting.recv() => match frame {
                    Some(Frame::Message(bytes)) => match proto::SignalResponse::decode(bytes) {
                        Ok(proto::SignalResponse { message: Some(message) }) => self.hear(message).await,
                        Ok(_) | Err(_) => true,
                    },
                    Some(Frame::Close) | None => false,
                },
                command = place.commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => false,
                },
                () = slow.cancelled() => false,
            };
            if !goes_on {
                break;
            }
        }
        self.say(Asked::Leave(proto::LeaveRequest::default())).await;
        self.room.send(RoomInput::Gone(self.connection)).await;
    }

    async fn say(&self, message: Asked) {
        self.room.send(RoomInput::Signal(self.connection, Box::new(message))).await;
    }

    /// One word of the room; false ends the session.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "words of the protocol that need a socket are left out"
    )]
    async fn hear(&mut self, message: Message) -> bool {
        match message {
            Message::Join(join) => {
                self.ice_servers = join.ice_servers;
                self.look(|picks| picks.note(join.other_participants)).await;
            }
            Message::Update(update) => self.look(|picks| picks.note(update.participants)).await,
            Message::SpeakersChanged(changed) => self.look(|picks| picks.hear(changed.speakers)).await,
            Message::Answer(answer) => self.answered(answer.sdp),
            Message::RequestResponse(response) => return !self.is_refused(&response),
            Message::Leave(leave) => {
                self.fail(&farewell(leave.reason()));
                return false;
            }
            _ => {}
        }
        true
    }

    /// A new answer belongs to whoever waits for one.
    fn answered(&mut self, answer: String) {
        // Whoever waited may have gone.
        if let Some(reply) = self.opened.take() {
            let ice_servers = std::mem::take(&mut self.ice_servers);
            let _ = reply.send(Ok(Opened { answer, ice_servers }));
        } else if let Some(reply) = self.restarted.take() {
            let _ = reply.send(Ok(answer));
        }
    }

    fn fail(&mut self, problem: &Problem) {
        if let Some(reply) = self.opened.take() {
            let _ = reply.send(Err(problem.clone()));
        }
        if let Some(reply) = self.restarted.take() {
            let _ = reply.send(Err(problem.clone()));
        }
    }

    /// Who may not publish what was offered does not get half a session.
    fn is_refused(&mut self, response: &proto::RequestResponse) -> bool {
        let is_about_track = matches!(response.request, Some(Request::AddTrack(_)));
        let is_denied = is_about_track && response.reason() == Reason::NotAllowed;
        if is_denied {
            self.fail(&Problem::new(Code::NotPermitted));
        }
        is_denied
    }

    async fn obey(&mut self, command: Command) -> bool {
        match command {
            Command::Trickle(candidates) => self.trickle(candidates).await,
            Command::Restart(sdp, candidates, reply) => {
                self.restarted = Some(reply);
                self.say(Asked::Offer(described(sdp))).await;
                self.trickle(candidates).await;
            }
        }
        true
    }

    async fn trickle(&self, candidates: Vec<String>) {
        for candidate in candidates {
            let candidate_init = serde_json::json!({ "candidate": candidate }).to_string();
            let target = proto::SignalTarget::Publisher.into();
            self.say(Asked::Trickle(proto::TrickleRequest { candidate_init, target, r#final: false })).await;
        }
    }

    /// Something that a viewer could see has changed.
    async fn look(&mut self, note: impl FnOnce(&mut Picks)) {
        let Some(picks) = &mut self.picks else { return };
        note(picks);
        let (dropped, taken) = picks.changes();
        for (track_sids, subscribe) in [(dropped, false), (taken, true)] {
            if !track_sids.is_empty() {
                let chosen = proto::UpdateSubscription { track_sids, subscribe, ..Default::default() };
                self.say(Asked::Subscription(chosen)).await;
            }
        }
    }
}

/// Why the room did not want the session.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol has many reasons, of which three mean something here"
)]
fn farewell(reason: proto::DisconnectReason) -> Problem {
    match reason {
        proto::DisconnectReason::ParticipantRemoved => Problem::new(Code::Blocked),
        proto::DisconnectReason::StateMismatch => unacceptable("The offer could not be answered."),
        _ => Problem::new(Code::TryLater),
    }
}
