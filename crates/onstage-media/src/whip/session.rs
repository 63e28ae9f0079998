//! One session: a member of a room whose client has no socket of LiveKit's. It says what a client with one would say.

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
use super::description::{Offer, receiving_only, unacceptable};
use super::sessions::Place;
use crate::livekit::admission::Admitted;
use crate::livekit::outgoing::{Frame, Outgoing, Waiting};
use crate::livekit::query::{Browser, JoinQuery, Opening};
use crate::livekit::room::{Arrival, ConnectionId, RoomInput};
use crate::livekit::room_task::RoomHandle;
use crate::livekit::socket::next_connection;
use crate::tasks::spawn_named;
use crate::whep::Picks;

/// Time for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What a session is told.
#[derive(Debug)]
pub(crate) enum Command {
    /// Candidates of the client.
    Trickle(Vec<String>),
    /// An offer under another name and password.
    Restart(String, Vec<String>, oneshot::Sender<Result<String, Problem>>),
    /// Another offer of the same client: other m-lines, other tracks, or another name and password.
    Offer(Box<Offer>, oneshot::Sender<Result<String, Problem>>),
}

/// The way to a session; it ends when nobody has one any more.
#[derive(Debug, Clone)]
pub(crate) struct Way(mpsc::Sender<Command>);

impl Way {
    pub(crate) fn new(commands: mpsc::Sender<Command>) -> Self {
        Self(commands)
    }

    /// Hands over candidates. A session that has just ended needs none.
    pub(crate) async fn trickle(&self, candidates: Vec<String>) {
        let _ = self.0.send(Command::Trickle(candidates)).await;
    }

    /// Restarts ICE; returns the answer.
    pub(super) async fn restart(&self, sdp: String, candidates: Vec<String>) -> Result<String, Problem> {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(Command::Restart(sdp, candidates, reply)).await;
        sent.map_err(|_| Problem::new(Code::NotFound))?;
        within(answer).await
    }

    /// Offers again; returns the answer.
    pub(crate) async fn offer(&self, offer: Offer) -> Result<String, Problem> {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(Command::Offer(Box::new(offer), reply)).await;
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
pub(crate) struct Opened {
    pub(crate) answer: String,
    pub(super) ice_servers: Vec<proto::IceServer>,
}

/// How somebody comes in.
pub(crate) struct Entering {
    pub(crate) query: JoinQuery,
    /// What it would send.
    pub(crate) tracks: Vec<proto::AddTrackRequest>,
    /// What it is given; without, nothing.
    pub(crate) picks: Option<Picks>,
    /// Whoever may not send all of it gets no session; otherwise what is not permitted is left out.
    pub(crate) needs_all: bool,
    /// Called when an answered session ends, unless nobody has a way to it any more.
    pub(crate) on_end: Option<Box<dyn FnOnce() + Send>>,
}

/// Joins the room and waits for the answer.
pub(super) async fn open(
    (protocol, user_agent): (Protocol, &str),
    admitted: Admitted,
    offer: Offer,
    place: Place,
) -> Result<Opened, Problem> {
    let query = JoinQuery {
        single: true,
        watches: protocol == Protocol::Whep,
        fixes_lines: protocol == Protocol::Whep,
        full_ice: Browser::read("", user_agent) == Browser::Firefox,
        ..JoinQuery::default()
    };
    let tracks = if protocol == Protocol::Whip { offer.tracks() } else { Vec::new() };
    let picks = Picks::new(offer.receiving(MediaKind::Audio), offer.receiving(MediaKind::Video));
    let picks = (protocol == Protocol::Whep).then_some(picks);
    let entering = Entering { query, tracks, picks, needs_all: true, on_end: None };
    let Place { commands, lease, .. } = place;
    enter(admitted, offer, entering, (commands, lease)).await
}

/// Joins a room. The lease is held until the room has been told of the end.
pub(crate) async fn enter<L: Send + 'static>(
    admitted: Admitted,
    offer: Offer,
    entering: Entering,
    (commands, lease): (mpsc::Receiver<Command>, L),
) -> Result<Opened, Problem> {
    let Admitted { room, bearer, half_open } = admitted;
    let Entering { query, tracks, picks, needs_all, on_end } = entering;
    let connection = next_connection();
    let (outgoing, waiting) = Outgoing::new();
    let cids = cids(&tracks);
    let sender = (!tracks.is_empty()).then(|| bearer.identity.clone());
    let description = described(offer.sdp.clone());
    let opening = Opening { tracks, offer: Some(description), ..Opening::default() };
    let arrival = Arrival { connection, outgoing, bearer, query, opening, half_open };
    if !room.send(RoomInput::Arrive(Box::new(arrival))).await {
        return Err(Problem::new(Code::SessionNotFound));
    }
    let (opened, outcome) = oneshot::channel();
    let session = Session {
        room,
        connection,
        picks,
        needs_all,
        sender,
        cids,
        was_answered: false,
        ice_servers: Vec::new(),
        opened: Some(opened),
        restarted: None,
    };
    spawn_named("media session", async move {
        if session.run(waiting, commands).await
            && let Some(on_end) = on_end
        {
            on_end();
        }
        drop(lease);
    });
    within(outcome).await
}

fn cids(tracks: &[proto::AddTrackRequest]) -> Vec<String> {
    tracks.iter().map(|track| track.cid.clone()).collect()
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
    needs_all: bool,
    /// As whom it sends; nothing is taken from it otherwise.
    sender: Option<String>,
    /// Tracks of the last offer.
    cids: Vec<String>,
    was_answered: bool,
    ice_servers: Vec<proto::IceServer>,
    opened: Reply<Opened>,
    restarted: Reply<String>,
}

impl Session {
    /// Returns whether it ended by itself after it had been answered.
    async fn run(mut self, mut waiting: Waiting, mut commands: mpsc::Receiver<Command>) -> bool {
        let slow = waiting.slow();
        let mut is_needed = true;
        loop {
            let goes_on = tokio::select! {
                frame = waiting.recv() => match frame {
                    Some(Frame::Message(bytes)) => match proto::SignalResponse::decode(bytes) {
                        Ok(proto::SignalResponse { message: Some(message) }) => self.hear(message).await,
                        Ok(_) | Err(_) => true,
                    },
                    Some(Frame::Close) | None => false,
                },
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => {
                        is_needed = false;
                        false
                    }
                },
                () = slow.cancelled() => false,
            };
            if !goes_on {
                break;
            }
        }
        self.say(Asked::Leave(proto::LeaveRequest::default())).await;
        self.room.send(RoomInput::Gone(self.connection)).await;
        is_needed && self.was_answered
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
                let own = join.participant.map(|own| own.identity);
                self.sender = self.sender.take().filter(|sender| own.as_ref() == Some(sender));
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
        self.was_answered = true;
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
        let is_denied = self.needs_all && is_about_track && response.reason() == Reason::NotAllowed;
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
            Command::Offer(offer, reply) => {
                self.restarted = Some(reply);
                self.offer_again(*offer).await;
            }
        }
        true
    }

    async fn offer_again(&mut self, offer: Offer) {
        let tracks = if self.sender.is_some() { offer.tracks() } else { Vec::new() };
        let known = std::mem::replace(&mut self.cids, cids(&tracks));
        for track in tracks.into_iter().filter(|track| !known.contains(&track.cid)) {
            self.say(Asked::AddTrack(track)).await;
        }
        if let Some(picks) = &mut self.picks {
            picks.resize(offer.receiving(MediaKind::Audio), offer.receiving(MediaKind::Video));
        }
        let sdp = if self.sender.is_some() { offer.sdp } else { receiving_only(&offer.sdp) };
        self.say(Asked::Offer(described(sdp))).await;
        self.look(|_| {}).await;
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
