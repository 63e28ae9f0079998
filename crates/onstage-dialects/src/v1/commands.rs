//! Commands over the socket: `<slice>.<verb>`, each with the body of its REST call plus the ids of its path.

use std::str::FromStr;

use onstage_domain::problem::{Code, FieldError, Problem};
use onstage_domain::{
    Command, InvitationId, MessageId, Reply, RequestId, SessionId, UserId, accounts, chat, sessions, stage,
};
use serde_json::Value;

use super::body::{Body, FromReply, command_of, value_of};
use super::{
    AnsweredRequest, AskSeat, BanBody, ChangeMe, ChangeSession, CreateSession, EndedBody, EnforcedBody,
    InvitationBody, InvitationWithSeat, InviteBody, JoinBody, JoinSession, KickBody, LockBody, MeBody,
    MediaChoice, MessageBody, MuteAllBody, MuteBody, MutedBody, OwnMedia, PermissionsBody, PromptedBody,
    React, RequestBody, RoleBody, SeatBody, SeatedBody, SendMessage, SessionBody, SessionChanged,
    SetLayoutBody, SetPlanBody, TimeoutBody, UntilBody,
};

/// A command of the socket.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// `<slice>.<verb>`.
    pub name: &'static str,
    parse: fn(Value, UserId) -> Result<Command, Problem>,
    render: fn(Reply) -> Option<Value>,
}

impl Verb {
    /// The command, or everything that is wrong with `data`.
    pub fn parse(&self, data: Value, actor: UserId) -> Result<Command, Problem> {
        (self.parse)(data, actor)
    }

    /// The reply as the body its REST call answers; `true` where that is empty.
    pub fn render(&self, reply: Reply) -> Result<Value, Problem> {
        (self.render)(reply).ok_or_else(|| Problem::new(Code::Fault))
    }
}

/// The verb of that name.
#[must_use]
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// Ids that a REST call carries in its path and a socket command in `data`.
trait PathIds: Sized {
    fn take(data: &Value) -> Result<Self, Problem>;
}

fn named_id<T: FromStr>(data: &Value, name: &str) -> Result<T, Problem> {
    let wrong = |code: &str, detail: &str| {
        let (pointer, code, detail) = (format!("/{name}"), code.to_owned(), detail.to_owned());
        Problem::invalid(vec![FieldError { pointer, code, detail }])
    };
    let text = match data.get(name) {
        None | Some(Value::Null) => return Err(wrong("missing", "this field is needed")),
        Some(value) => value.as_str().ok_or_else(|| wrong("wrong_type", "use an id as text"))?,
    };
    text.parse().map_err(|_| wrong("not_an_id", "use an id as it was given to you"))
}

impl PathIds for () {
    fn take(_: &Value) -> Result<Self, Problem> {
        Ok(())
    }
}

macro_rules! path_ids {
    ($($id:ty = $name:literal),*) => {$(
        impl PathIds for $id {
            fn take(data: &Value) -> Result<Self, Problem> { named_id(data, $name) }
        }
    )*};
}
path_ids!(
    SessionId = "session_id",
    RequestId = "request_id",
    InvitationId = "invitation_id",
    UserId = "user_id"
);

impl PathIds for (SessionId, UserId) {
    fn take(data: &Value) -> Result<Self, Problem> {
        Ok((named_id(data, "session_id")?, named_id(data, "user_id")?))
    }
}

impl PathIds for (SessionId, MessageId) {
    fn take(data: &Value) -> Result<Self, Problem> {
        Ok((named_id(data, "session_id")?, named_id(data, "message_id")?))
    }
}

fn body<B: Body<Target: PathIds>>(data: Value, actor: UserId) -> Result<Command, Problem> {
    if !data.is_object() {
        return Err(Problem::because(Code::Unreadable, "data of a command is an object"));
    }
    let target = B::Target::take(&data)?;
    let body: B = serde_json::from_value(data)
        .map_err(|_| Problem::because(Code::Unreadable, "data of this command could not be read"))?;
    command_of(body, target, actor)
}

fn as_body<R: FromReply>(reply: Reply) -> Option<Value> {
    value_of(&R::from_reply(reply)?).ok()
}

/// Nothing to say beyond yes, whatever came back.
fn yes(_: Reply) -> Option<Value> {
    Some(Value::Bool(true))
}

/// `name, parse, render` of a command with a body.
macro_rules! with_body {
    ($name:literal, $body:ty, $reply:ty) => {
        Verb { name: $name, parse: body::<$body>, render: as_body::<$reply> }
    };
}

/// `name, ids → command, render` of a command that is nothing but its ids.
macro_rules! with_ids {
    ($name:literal, $make:expr, $render:expr) => {
        Verb { name: $name, parse: |data, _| PathIds::take(&data).map($make), render: $render }
    };
}

/// Every command.
pub const VERBS: &[Verb] = &[
    with_body!("accounts.rename", ChangeMe, MeBody),
    with_ids!("accounts.delete_me", |()| Command::Accounts(accounts::Command::DeleteMe), yes),
    with_body!("accounts.set_plan", SetPlanBody, MeBody),
    with_body!("accounts.ban", BanBody, MeBody),
    with_body!("sessions.create", CreateSession, SessionBody),
    with_body!("sessions.update", ChangeSession, SessionBody),
    with_body!("sessions.join", JoinSession, JoinBody),
    with_ids!("sessions.leave", |id| Command::Sessions(sessions::Command::Leave(id)), yes),
    with_ids!("sessions.end", |id| Command::Sessions(sessions::Command::End(id)), as_body::<EndedBody>),
    with_body!("sessions.layout", SetLayoutBody, SessionChanged),
    with_body!("sessions.lock", LockBody, SessionChanged),
    with_body!("stage.request", AskSeat, RequestBody),
    with_ids!("stage.cancel_request", |id| Command::Stage(stage::Command::CancelRequest(id)), yes),
    with_ids!("stage.accept", accept_request, as_body::<AnsweredRequest>),
    with_ids!("stage.decline", |id| Command::Stage(stage::Command::Decline(id)), as_body::<AnsweredRequest>),
    with_body!("stage.invite", InviteBody, InvitationBody),
    with_ids!("stage.accept_invitation", accept_invitation, as_body::<InvitationWithSeat>),
    with_ids!("stage.decline_invitation", decline_invitation, as_body::<InvitationWithSeat>),
    with_ids!("stage.go_on_stage", |id| Command::Stage(stage::Command::GoOnStage(id)), as_body::<SeatedBody>),
    with_ids!("stage.step_down", |id| Command::Stage(stage::Command::StepDown(id)), as_body::<SeatedBody>),
    with_body!("stage.media", OwnMedia, SeatedBody),
    with_body!("stage.mute", MuteBody, MutedBody),
    with_body!("stage.ask_unmute", MediaChoice, PromptedBody),
    with_body!("stage.mute_all", MuteAllBody, SessionChanged),
    with_body!("stage.kick", KickBody, EnforcedBody),
    with_ids!("stage.allow_back", allow_back, as_body::<EnforcedBody>),
    with_body!("stage.role", RoleBody, SeatedBody),
    with_body!("stage.permissions", PermissionsBody, SeatedBody),
    with_body!("stage.seat", SeatBody, SeatedBody),
    with_body!("moderation.timeout", TimeoutBody, UntilBody),
    with_body!("chat.send", SendMessage, MessageBody),
    with_ids!("chat.delete", delete_message, yes),
    Verb { name: "chat.react", parse: body::<React>, render: yes },
];

/// A v1 approval holds the seat until "go on stage".
const fn accept_request(request: RequestId) -> Command {
    Command::Stage(stage::Command::Accept { request, seat_at_once: false })
}

const fn accept_invitation(invitation: InvitationId) -> Command {
    Command::Stage(stage::Command::AcceptInvitation { invitation, seat_at_once: false })
}

const fn decline_invitation(invitation: InvitationId) -> Command {
    Command::Stage(stage::Command::DeclineInvitation(invitation))
}

const fn allow_back((session, user): (SessionId, UserId)) -> Command {
    Command::Stage(stage::Command::AllowBack { session, user })
}

const fn delete_message((session, message): (SessionId, MessageId)) -> Command {
    Command::Chat(chat::Command::Delete { session, message })
}

#[cfg(test)]
mod tests;
