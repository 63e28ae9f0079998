//! Properties, each against a tiny independent model.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::media::Media;

const PEOPLE: u8 = 6;

/// What may happen in a random show: who does what to whom.
#[derive(Clone, Copy, Debug)]
enum Step {
    Ask(u8),
    Answer(u8, u8, bool),
    AnswerPerson(u8, u8, bool),
    Cancel(u8),
    Invite(u8, u8),
    TakeInvitation(u8, bool),
    GoOn(u8),
    Down(u8),
    Mute(u8, u8, bool),
    Own(u8, bool),
    Kick(u8, u8),
    Role(u8, u8, Role),
    Demote(u8, u8),
    Drop(u8),
    Back(u8),
    Ring,
}

fn any_step() -> impl Strategy<Value = Step> {
    let one = || 0..=PEOPLE;
    let role = prop::sample::select(vec![Role::Cohost, Role::Guest, Role::Viewer]);
    prop_oneof![
        4 => one().prop_map(Step::Ask),
        4 => (one(), one(), any::<bool>()).prop_map(|(by, whom, yes)| Step::Answer(by, whom, yes)),
        4 => one().prop_map(|whom| Step::Answer(0, whom, true)),
        2 => (one(), one(), any::<bool>()).prop_map(|(by, whom, yes)| Step::AnswerPerson(by, whom, yes)),
        2 => (one(), any::<bool>()).prop_map(|(whom, yes)| Step::AnswerPerson(0, whom, yes)),
        1 => one().prop_map(Step::Cancel),
        2 => (one(), one()).prop_map(|(by, whom)| Step::Invite(by, whom)),
        2 => (one(), any::<bool>()).prop_map(|(who, yes)| Step::TakeInvitation(who, yes)),
        2 => one().prop_map(Step::GoOn),
        1 => one().prop_map(Step::Down),
        3 => (one(), one(), any::<bool>()).prop_map(|(by, whom, on)| Step::Mute(by, whom, on)),
        8 => (one(), any::<bool>()).prop_map(|(whom, on)| Step::Mute(0, whom, on)),
        3 => (one(), any::<bool>()).prop_map(|(who, on)| Step::Own(who, on)),
        1 => (one(), one()).prop_map(|(by, whom)| Step::Kick(by, whom)),
        2 => (one(), one(), role).prop_map(|(by, whom, role)| Step::Role(by, whom, role)),
        1 => (one(), one()).prop_map(|(by, whom)| Step::Demote(by, whom)),
        2 => one().prop_map(|whom| Step::Demote(0, whom)),
        1 => one().prop_map(Step::Drop),
        1 => one().prop_map(Step::Back),
        2 => Just(Step::Ring),
    ]
}

/// Plays one step; ids of requests and invitations are found in the stage, as a client would list them.
fn play(stage: &mut Stage, now: At, step: Step, fresh: u128) -> Vec<Event> {
    let session = session_id();
    let pending = |stage: &Stage, n: u8| {
        let mine = stage.pending_requests().into_iter().find(|request| request.user_id == user(n));
        mine.map_or_else(|| request_id(u128::MAX), |request| request.id)
    };
    let offered = |stage: &Stage, n: u8| {
        let mine = stage.pending_invitations().find(|invitation| invitation.user_id == user(n));
        mine.map_or_else(|| invitation_id(u128::MAX), |invitation| invitation.id)
    };
    let (who, command) = match step {
        Step::Ask(n) => (n, ask(RequestedRole::Guest)),
        Step::Answer(by, n, true) => {
            (by, Command::Accept { request: pending(stage, n), seat_at_once: n % 2 == 0 })
        }
        Step::Answer(by, n, false) => (by, Command::Decline(pending(stage, n))),
        Step::AnswerPerson(by, n, true) => {
            (by, Command::AcceptPerson { session, user: user(n), seat_at_once: n % 2 == 1 })
        }
        Step::AnswerPerson(by, n, false) => (by, Command::DeclinePerson { session, user: user(n) }),
        Step::Cancel(n) => (n, Command::CancelRequest(pending(stage, n))),
        Step::Invite(by, n) => (by, Command::Invite { session, user: user(n) }),
        Step::TakeInvitation(n, true) => {
            (n, Command::AcceptInvitation { invitation: offered(stage, n), seat_at_once: false })
        }
        Step::TakeInvitation(n, false) => (n, Command::DeclineInvitation(offered(stage, n))),
        Step::GoOn(n) => (n, Command::GoOnStage(session)),
        Step::Down(n) => (n, Command::StepDown(session)),
        Step::Mute(by, n, muted) => {
            (by, Command::Mute { session, user: user(n), media: Media::Audio, muted })
        }
        Step::Own(n, on) => {
            (n, Command::SetOwnMedia { session, audio_enabled: Some(on), video_enabled: None })
        }
        Step::Kick(by, n) => (by, Command::Kick { session, user: user(n), reason: None }),
        Step::Role(by, n, role) => (by, Command::SetRole { session, user: user(n), role }),
        Step::Demote(by, n) => (by, Command::Demote { session, user: user(n) }),
        Step::Drop(n) => return tell(stage, now, Fact::Disconnected(user(n))),
        Step::Back(n) => return tell(stage, now, Fact::Connected(user(n))),
        Step::Ring => return tell(stage, now, Fact::Clock),
    };
    act_with(stage, now, who, &command, Uuid::from_u128(fresh)).unwrap_or_default()
}

/// The model of seats: a plain map, moved by the public words alone.
#[derive(Default)]
struct Chart(BTreeMap<u8, crate::ids::UserId>);

impl Chart {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::GuestJoined { participant } => {
                let before = self.0.insert(participant.seat.unwrap(), participant.user_id);
                assert_eq!(before, None, "a seat was given twice");
            }
            Event::GuestLeft { participant, .. } => {
                let seats = self.0.len();
                self.0.retain(|_, sitter| *sitter != participant.user_id);
                assert_eq!(self.0.len() + 1, seats, "somebody without a seat left one");
            }
            Event::SeatChanged { participant } => {
                self.0.retain(|_, sitter| *sitter != participant.user_id);
                self.0.insert(participant.seat.unwrap(), participant.user_id);
            }
            _ => {}
        }
    }
}

proptest! {
    /// Whoever only hears the public events knows exactly who sits where; capacity is never exceeded.
    #[test]
    fn the_chart_of_seats_follows_from_what_is_told(
        capacity in 0_u8..4,
        steps in prop::collection::vec((0_i64..30_000, any_step()), 1..80),
    ) {
        let mut stage = stage(PEOPLE, capacity, |_| {});
        let (mut chart, mut now) = (Chart::default(), START);
        for (n, (wait, step)) in steps.into_iter().enumerate() {
            now = now.plus_ms(wait);
            for event in play(&mut stage, now, step, n as u128) {
                chart.hear(&event);
            }
            let staged: BTreeMap<_, _> =
                stage.staged().into_iter().map(|view| (view.seat.unwrap(), view.user_id)).collect();
            prop_assert_eq!(staged.get(&0), Some(&user(0)), "the owner keeps seat 0");
            let guests: BTreeMap<_, _> = staged.into_iter().filter(|(seat, _)| *seat != 0).collect();
            prop_assert_eq!(&guests, &chart.0);
            prop_assert!(guests.len() <= usize::from(capacity));
            prop_assert_eq!(usize::from(stage.guest_count()), guests.len());
        }
    }

    /// A host opens no microphone: it goes from off to on by the person's own hand, or by being given a seat.
    #[test]
    fn only_the_person_opens_a_microphone(steps in prop::collection::vec((0_i64..9_000, any_step()), 1..80)) {
        let mut stage = stage(PEOPLE, 4, |_| {});
        let mut now = START;
        for (n, (wait, step)) in steps.into_iter().enumerate() {
            now = now.plus_ms(wait);
            let open = |stage: &Stage| {
                let on = (0..=PEOPLE).map(|n| person(stage, n)).filter(|p| p.is_staged() && p.audio_enabled());
                on.map(|p| p.user_id).collect::<Vec<_>>()
            };
            let before = open(&stage);
            let events = play(&mut stage, now, step, n as u128);
            let own = |who| matches!(step, Step::Own(n, true) if user(n) == who);
            let seated = |who| events.iter().any(|event| {
                matches!(event, Event::GuestJoined { participant } if participant.user_id == who)
            });
            for who in open(&stage) {
                prop_assert!(before.contains(&who) || own(who) || seated(who), "{:?} opened {:?}", step, who);
                let view = stage.participant(who).unwrap();
                prop_assert!(!view.host_muted_audio && !view.self_muted_audio && view.may_speak);
            }
        }
    }

    /// An answered wish stays answered, and nobody waits twice.
    #[test]
    fn the_first_answer_stays(steps in prop::collection::vec((0_i64..9_000, any_step()), 1..80)) {
        let mut stage = stage(PEOPLE, 3, |_| {});
        let mut answered: BTreeMap<RequestId, RequestState> = BTreeMap::new();
        let mut now = START;
        for (n, (wait, step)) in steps.into_iter().enumerate() {
            now = now.plus_ms(wait);
            for event in play(&mut stage, now, step, n as u128) {
                if let Event::RequestClosed { request, .. } | Event::GuestApproved { request, .. } = event {
                    prop_assert_eq!(answered.insert(request.id, request.state), None);
                    prop_assert_ne!(request.state, RequestState::Pending);
                }
            }
            let waiting = stage.pending_requests();
            let mut who: Vec<_> = waiting.iter().map(|request| request.user_id).collect();
            who.sort();
            who.dedup();
            prop_assert_eq!(who.len(), waiting.len());
            let positions: Vec<_> = waiting.iter().filter_map(|request| request.position).collect();
            prop_assert_eq!(positions, (1..).take(waiting.len()).collect::<Vec<_>>());
            prop_assert!(waiting.iter().all(|request| !answered.contains_key(&request.id)));
            for view in (0..=PEOPLE).map(|n| person(&stage, n)) {
                prop_assert_eq!(view.hand_raised, waiting.iter().any(|request| request.user_id == view.user_id));
            }
        }
    }

    /// Answering a person is answering their request, and who may do the one may do the other.
    #[test]
    fn a_person_is_answered_as_their_request_is(
        steps in prop::collection::vec((0_i64..9_000, any_step()), 1..60),
        by in 0..=PEOPLE,
        whom in 0..=PEOPLE,
        at_once in any::<bool>(),
    ) {
        let mut stage = stage(PEOPLE, 3, |_| {});
        let mut now = START;
        for (n, (wait, step)) in steps.into_iter().enumerate() {
            now = now.plus_ms(wait);
            play(&mut stage, now, step, n as u128);
        }
        let mut waiting = stage.pending_requests().into_iter().filter(|request| request.user_id == user(whom));
        let request = waiting.next().map_or_else(|| request_id(u128::MAX), |request| request.id);
        let (session, doer) = (session_id(), self::by(&stage, by));
        let ask = |command: Command| stage.decide(now, &doer, &command, Uuid::nil());
        prop_assert_eq!(
            ask(Command::AcceptPerson { session, user: user(whom), seat_at_once: at_once }),
            ask(Command::Accept { request, seat_at_once: at_once })
        );
        prop_assert_eq!(
            ask(Command::DeclinePerson { session, user: user(whom) }),
            ask(Command::Decline(request))
        );
    }

    /// A demotion is one step down, and only the owner's hand takes it.
    #[test]
    fn a_demotion_is_one_step(steps in prop::collection::vec((0_i64..9_000, any_step()), 1..60), whom in 1..=PEOPLE) {
        let mut stage = stage(PEOPLE, 4, |_| {});
        let mut now = START;
        for (n, (wait, step)) in steps.into_iter().enumerate() {
            now = now.plus_ms(wait);
            play(&mut stage, now, step, n as u128);
        }
        let before = person(&stage, whom);
        for doer in 1..=PEOPLE {
            let refused = act(&mut stage.clone(), now, doer, &Command::Demote { session: session_id(), user: user(whom) });
            prop_assert_eq!(refused, Err(Refusal::OwnerOnly));
        }
        let answer = act(&mut stage, now, 0, &Command::Demote { session: session_id(), user: user(whom) });
        let after = person(&stage, whom);
        match before.role {
            Role::Cohost => prop_assert_eq!((after.role, after.seat), (Role::Guest, before.seat)),
            Role::Guest => prop_assert_eq!((after.role, after.seat), (Role::Viewer, None)),
            Role::Viewer => prop_assert_eq!((answer, after), (Err(Refusal::NotOnStage), before)),
            Role::Owner => unreachable!(),
        }
    }

    /// After every ring nothing is overdue, and a ring before the deadline changes nothing.
    #[test]
    fn the_deadline_is_exact(steps in prop::collection::vec((0_i64..50_000, any_step()), 1..60)) {
        let mut stage = stage(PEOPLE, 5, |_| {});
        let mut now = START;
        for (n, (wait, step)) in steps.into_iter().enumerate() {
            now = now.plus_ms(wait);
            play(&mut stage, now, step, n as u128);
            if let Some(due) = stage.deadline() {
                let mut early = stage.clone();
                if due > now {
                    prop_assert_eq!(tell(&mut early, due.plus_ms(-1), Fact::Clock), Vec::new());
                }
                prop_assert!(!tell(&mut early, due, Fact::Clock).is_empty());
            }
            while !tell(&mut stage, now, Fact::Clock).is_empty() {}
            prop_assert!(stage.deadline().is_none_or(|due| due > now));
        }
    }
}
