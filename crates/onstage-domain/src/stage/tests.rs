//! Would catch a seat given twice, a fiftieth guest, a microphone that somebody else opened, and an answer that came
//! too late and still counted.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "tests"
)]

mod hosts;
mod model;
mod seats;

use uuid::Uuid;

use super::*;
use crate::actor::By;
use crate::ids::{InvitationId, RequestId};
use crate::samples::{actor, session_id, session_with, user};
use crate::sessions::Settings;
use crate::text::Note;
use crate::time::At;

const START: At = At(1_000_000);

/// A stage with its owner (person 0) and persons 1 to `people` in the audience, all connected.
fn stage(people: u8, guests_max: u8, change: impl FnOnce(&mut Settings)) -> Stage {
    let mut house = House::of(&session_with(change));
    house.guests_max = guests_max;
    let mode = house.mode;
    let mut stage = Stage::new(house);
    let mut add = |view| stage.add(Person { view, connected: true, anonymous: false });
    add(owner(START, &actor(0), mode));
    for n in 1..=people {
        add(newcomer(START, &actor(n)));
    }
    stage
}

fn plain(people: u8) -> Stage {
    stage(people, 49, |_| {})
}

fn by(stage: &Stage, n: u8) -> By {
    stage.by(&actor(n))
}

fn request_id(n: u128) -> RequestId {
    RequestId::new(Uuid::from_u128(n))
}

fn invitation_id(n: u128) -> InvitationId {
    InvitationId::new(Uuid::from_u128(n))
}

/// Decides and applies.
fn act(stage: &mut Stage, now: At, n: u8, command: &Command) -> Result<Vec<Event>, Refusal> {
    act_with(stage, now, n, command, Uuid::nil())
}

fn act_with(
    stage: &mut Stage,
    now: At,
    n: u8,
    command: &Command,
    fresh: Uuid,
) -> Result<Vec<Event>, Refusal> {
    let events = stage.decide(now, &by(stage, n), command, fresh)?;
    assert!(events.len() <= crate::event::EVENTS_PER_COMMAND_MAX, "{command:?}");
    stage.apply_all(now, &events);
    Ok(events)
}

fn tell(stage: &mut Stage, now: At, fact: Fact) -> Vec<Event> {
    match fact {
        Fact::Connected(user) => stage.set_connected(user, true),
        Fact::Disconnected(user) => stage.set_connected(user, false),
        Fact::Published(..)
        | Fact::Unpublished(..)
        | Fact::SelfMuted { .. }
        | Fact::Left(_)
        | Fact::Restarted
        | Fact::Clock => {}
    }
    let events = stage.hear(now, fact);
    stage.apply_all(now, &events);
    events
}

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::name).collect()
}

fn ask(role: RequestedRole) -> Command {
    Command::Request {
        session: session_id(),
        role,
        message: Note::parse("please").unwrap(),
        seat_at_once: false,
    }
}

fn accept(id: u128) -> Command {
    Command::Accept { request: request_id(id), seat_at_once: false }
}

/// Asks and is let in, on stage at once.
fn seat(stage: &mut Stage, now: At, n: u8) {
    let id = 1000 + u128::from(n);
    act_with(stage, now, n, &ask(RequestedRole::Guest), Uuid::from_u128(id)).unwrap();
    act(stage, now, 0, &Command::Accept { request: request_id(id), seat_at_once: true }).unwrap();
}

fn make_cohost(stage: &mut Stage, n: u8) {
    seat(stage, START, n);
    act(stage, START, 0, &set_role(n, Role::Cohost)).unwrap();
}

fn set_role(n: u8, role: Role) -> Command {
    Command::SetRole { session: session_id(), user: user(n), role }
}

fn person(stage: &Stage, n: u8) -> ParticipantView {
    stage.participant(user(n)).unwrap()
}
