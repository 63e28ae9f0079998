//! What S3's clients send.

use onstage_domain::chat::{Command as Chat, MessageKind, REACTION_COUNT_MAX, Reaction};
use onstage_domain::media::Media;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::stage::{Command as Stage, RequestedRole, Role};
use onstage_domain::text::{ChatText, Note};
use onstage_domain::{Command, SessionId, UserId};
use serde::Deserialize;
use serde_json::Value;

use crate::fields::{Field, Fields, Wrong, as_is, between, id, word};
use crate::v1::{FRAME_LENGTH_MAX, check_identity};
use crate::words::Vocabulary as _;

/// Longest `signal_type`, bytes; it is relayed as it came.
/// tidy: bounded by `reaches_signal_type_length_max`.
pub const SIGNAL_TYPE_LENGTH_MAX: usize = 64;
/// Longest `action` that an `error` repeats, bytes.
/// tidy: bounded by `reaches_action_length_max`.
pub(super) const ACTION_LENGTH_MAX: usize = 64;
/// `to_user_id` of a signal for the SFU.
pub(super) const SERVER: &str = "server";

/// What a client wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A heartbeat, answered `pong`.
    Ping,
    /// Any sign of life that wants no answer (`pong`).
    SignOfLife,
    /// To change something.
    Command(Command),
    /// To reach somebody's peer connection.
    Signal(Signal),
}

/// A WebRTC signal on its way (S3-11, S3-27); its words are the clients' own.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// For whom.
    pub to: SignalTarget,
    /// `offer`, `answer`, `ice_candidate`, …
    pub kind: String,
    /// As it came.
    pub data: Value,
}

/// Whom a signal is for, or from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalTarget {
    /// `server`: the SFU.
    Server,
    /// A person.
    Person(UserId),
}

/// A frame that was refused before anybody was asked; ten in a minute close the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionError {
    /// Its `action`, where that much could be read.
    pub action: Option<String>,
    /// Why.
    pub problem: Problem,
}

#[derive(Default, Deserialize)]
struct RawAction {
    action: Field<String>,
    #[serde(rename = "type")]
    kind: Field<String>,
    user_id: Field<Value>,
    from_user_id: Field<Value>,
    message: Field<String>,
    reaction: Field<String>,
    count: Field<i64>,
    request_type: Field<String>,
    target_user_id: Field<String>,
    approved: Field<bool>,
    action_type: Field<String>,
    reason: Field<String>,
    to_user_id: Field<String>,
    signal_type: Field<String>,
    signal_data: Field<Value>,
    audio_enabled: Field<bool>,
    video_enabled: Field<bool>,
}

/// Reads a frame of this person in this session.
pub fn parse_action(text: &str, session: SessionId, caller: UserId) -> Result<Action, ActionError> {
    if text.len() > FRAME_LENGTH_MAX {
        return Err(ActionError { action: None, problem: Problem::new(Code::TooLarge) });
    }
    let raw: RawAction = serde_json::from_str(text)
        .map_err(|_| ActionError { action: None, problem: Problem::new(Code::Unreadable) })?;
    let action = raw.action.value().filter(|action| action.len() <= ACTION_LENGTH_MAX).cloned();
    wish(raw, action.as_deref(), (session, caller)).map_err(|problem| ActionError { action, problem })
}

fn wish(raw: RawAction, action: Option<&str>, place: (SessionId, UserId)) -> Result<Action, Problem> {
    let (session, caller) = place;
    own(&raw.user_id, caller)?;
    own(&raw.from_user_id, caller)?;
    match action {
        Some("ping") => Ok(Action::Ping),
        Some("pong") => Ok(Action::SignOfLife),
        Some("chat") => chat(raw, session).map(Action::Command),
        Some("reaction") => react(raw, session).map(Action::Command),
        Some("request_guest") => request_guest(raw, session).map(Action::Command),
        Some("respond_guest") => respond_guest(raw, session).map(Action::Command),
        Some("participant_action") => participant_action(raw, session).map(Action::Command),
        Some("update_media_status") => own_media(raw, session).map(Action::Command),
        Some("webrtc_signal") => signal(raw).map(Action::Signal),
        None if raw.kind.value().is_some_and(|kind| kind == "pong") => Ok(Action::SignOfLife),
        Some(_) | None => Err(Problem::because(Code::UnknownCommand, "no action of this name is known")),
    }
}

/// Identity comes from the token; a frame that names somebody else is refused (K9).
fn own(claimed: &Field<Value>, caller: UserId) -> Result<(), Problem> {
    match claimed {
        Field::Absent => Ok(()),
        Field::Value(Value::String(claimed)) => check_identity(Some(claimed), caller),
        Field::Value(_) | Field::WrongType => Err(Problem::new(Code::IdentityMismatch)),
    }
}

fn chat(raw: RawAction, session: SessionId) -> Result<Command, Problem> {
    let mut fields = Fields::default();
    let text = fields.required("/message", raw.message, |raw: String| ChatText::parse(&raw));
    fields.finish(|| Some(Command::Chat(Chat::Send { session, text: text?, kind: MessageKind::Text })))
}

fn react(raw: RawAction, session: SessionId) -> Result<Command, Problem> {
    let mut fields = Fields::default();
    let kind = fields.required("/reaction", raw.reaction, reaction);
    let count = fields.optional("/count", raw.count, between(1, i64::from(REACTION_COUNT_MAX))).unwrap_or(1);
    fields.finish(|| Some(Command::Chat(Chat::React { session, kind: kind?, count })))
}

/// A word of the catalogue, or its emoji: with or without the sign for "in colour", in any tone of skin (K19).
fn reaction(text: String) -> Result<Reaction, Wrong> {
    let plain = |text: &str| text.trim().chars().filter(|sign| !shades(*sign)).collect::<String>();
    let shown = plain(&text);
    let drawn = Reaction::ALL.iter().copied().find(|kind| plain(kind.emoji()) == shown);
    drawn.or_else(|| Reaction::read(&text)).ok_or_else(|| {
        let known: Vec<&str> = Reaction::ALL.iter().map(|kind| kind.emoji()).collect();
        Wrong::UnknownWord(format!("use one of: {}", known.join(" ")))
    })
}

/// U+FE0F and the five tones of skin.
const fn shades(sign: char) -> bool {
    matches!(sign, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

fn request_guest(raw: RawAction, session: SessionId) -> Result<Command, Problem> {
    let mut fields = Fields::default();
    let role = fields.optional("/request_type", raw.request_type, word).unwrap_or(RequestedRole::Guest);
    let message = fields.optional("/message", raw.message, |raw: String| Note::parse(&raw));
    fields.finish(|| {
        let message = message.or_else(|| Note::parse("").ok())?;
        Some(Command::Stage(Stage::Request { session, role, message, seat_at_once: true }))
    })
}

fn respond_guest(raw: RawAction, session: SessionId) -> Result<Command, Problem> {
    let mut fields = Fields::default();
    let user = fields.required("/target_user_id", raw.target_user_id, id);
    let approved = fields.required("/approved", raw.approved, as_is);
    fields.finish(|| {
        let (user, approved) = (user?, approved?);
        Some(Command::Stage(if approved {
            Stage::AcceptPerson { session, user, seat_at_once: true }
        } else {
            Stage::DeclinePerson { session, user }
        }))
    })
}

/// S1's words and three of S3's own (`shapes.md` §6).
const ACTION_TYPES: &str =
    "mute, mute_audio, mute_video, unmute, unmute_audio, unmute_video, kick, promote, promote_cohost, demote";

fn participant_action(raw: RawAction, session: SessionId) -> Result<Command, Problem> {
    let mut fields = Fields::default();
    let user = fields.required("/target_user_id", raw.target_user_id, id);
    let reason = fields.optional("/reason", raw.reason, |raw: String| Note::parse(&raw));
    let make = fields.required("/action_type", raw.action_type, action_of);
    fields.finish(|| Some(Command::Stage(make?(session, user?, reason))))
}

type MakeCommand = fn(SessionId, UserId, Option<Note>) -> Stage;

fn action_of(word: String) -> Result<MakeCommand, Wrong> {
    Ok(match word.as_str() {
        "mute" | "mute_audio" => |session, user, _| mute(session, user, (Media::Audio, true)),
        "mute_video" => |session, user, _| mute(session, user, (Media::Video, true)),
        "unmute" | "unmute_audio" => |session, user, _| mute(session, user, (Media::Audio, false)),
        "unmute_video" => |session, user, _| mute(session, user, (Media::Video, false)),
        "kick" => |session, user, reason| Stage::Kick { session, user, reason },
        "promote" | "promote_cohost" => {
            |session, user, _| Stage::SetRole { session, user, role: Role::Cohost }
        }
        "demote" => |session, user, _| Stage::Demote { session, user },
        _ => return Err(Wrong::UnknownWord(format!("use one of: {ACTION_TYPES}"))),
    })
}

const fn mute(session: SessionId, user: UserId, (media, muted): (Media, bool)) -> Stage {
    Stage::Mute { session, user, media, muted }
}

fn own_media(raw: RawAction, session: SessionId) -> Result<Command, Problem> {
    let mut fields = Fields::default();
    let audio_enabled = fields.optional("/audio_enabled", raw.audio_enabled, as_is);
    let video_enabled = fields.optional("/video_enabled", raw.video_enabled, as_is);
    fields.finish(|| Some(Command::Stage(Stage::SetOwnMedia { session, audio_enabled, video_enabled })))
}

fn signal(raw: RawAction) -> Result<Signal, Problem> {
    let mut fields = Fields::default();
    let to = fields.required("/to_user_id", raw.to_user_id, target);
    let kind = fields.required("/signal_type", raw.signal_type, signal_type);
    let data = fields.optional("/signal_data", raw.signal_data, as_is).unwrap_or(Value::Null);
    fields.finish(|| Some(Signal { to: to?, kind: kind?, data }))
}

fn target(text: String) -> Result<SignalTarget, Wrong> {
    if text == SERVER { Ok(SignalTarget::Server) } else { id(text).map(SignalTarget::Person) }
}

fn signal_type(text: String) -> Result<String, Wrong> {
    if text.is_empty() || text.len() > SIGNAL_TYPE_LENGTH_MAX {
        return Err(Wrong::OutOfRange(format!("use 1 to {SIGNAL_TYPE_LENGTH_MAX} bytes")));
    }
    Ok(text)
}
