//! Would catch an order that lets a kicked person back in, opens a muted microphone, or is forgotten after a restart.

use super::*;
use crate::media::MediaOrder;
use crate::person::ParticipantView;
use crate::samples::{envelopes, guest, session_id, user, viewer};

fn of(data: Event) -> Vec<MediaOrder> {
    let mut envelope = envelopes().remove(0);
    envelope.data = data;
    orders(&envelope)
}

fn admitted_of(order: &MediaOrder) -> Option<bool> {
    match order {
        MediaOrder::Person { admitted, .. } => Some(*admitted),
        MediaOrder::Session { .. } => None,
    }
}

#[test]
fn a_kick_denies_in_every_event_it_is_made_of() {
    let left = stage::Event::GuestLeft { participant: viewer(), reason: LeaveReason::Kicked };
    let kicked = stage::Event::Kicked {
        user_id: user(1),
        handle: String::new(),
        by: user(0),
        by_handle: String::new(),
        reason: None,
    };
    for event in [left, kicked] {
        let orders = of(Event::Stage(event));
        assert_eq!(orders.iter().map(admitted_of).collect::<Vec<_>>(), [Some(false)]);
    }
    let back = of(Event::Stage(stage::Event::AllowedBack {
        user_id: user(1),
        by: user(0),
        by_handle: String::new(),
    }));
    assert_eq!(admitted_of(&back[0]), Some(true));
}

#[test]
fn every_event_that_changes_a_seated_person_orders_their_grant() {
    for envelope in envelopes() {
        let text = serde_json::to_value(&envelope.data).unwrap();
        let orders = orders(&envelope);
        let name = envelope.data.name();
        let private_or_visual = ["stage.guest_approved", "stage.seat_changed"].contains(&name);
        let about_media = name.starts_with("stage.") && !private_or_visual;
        let carries_person = text["stage"]
            .as_object()
            .is_some_and(|event| event.values().any(|fields| fields.get("participant").is_some()));
        if about_media && carries_person {
            assert_eq!(orders.len(), 1, "{name}");
        }
        assert!(orders.len() <= if name == "session.started" { 2 } else { 1 }, "{name}");
    }
}

#[test]
fn a_muted_guest_is_ordered_muted() {
    let participant = ParticipantView { host_muted_audio: true, self_muted_audio: true, ..guest() };
    let event = stage::Event::CameBack { participant: participant.clone() };
    let expected = MediaOrder::Person {
        session: session_id(),
        user: user(1),
        admitted: true,
        grant: participant.grant(),
    };
    assert_eq!(of(Event::Stage(event)), [expected]);
    assert!(participant.grant().host_muted_audio);
}

#[test]
fn a_freed_seat_leaves_nothing_to_send() {
    let left = stage::Event::GuestLeft { participant: viewer(), reason: LeaveReason::Left };
    let [MediaOrder::Person { grant, admitted: true, .. }] = of(Event::Stage(left))[..] else {
        panic!("no order")
    };
    assert!(!(grant.may_speak || grant.may_show || grant.may_share));
}

#[test]
fn a_restart_replays_rooms_then_the_blocked_then_people() {
    let standing = Standing { session: session_id(), people: vec![guest(), viewer()], denied: vec![user(2)] };
    let told = desired(&[standing]);
    assert!(matches!(told[0], MediaOrder::Session { open: true, .. }));
    assert_eq!(told[1..].iter().map(admitted_of).collect::<Vec<_>>(), [Some(false), Some(true), Some(true)]);
}

#[test]
fn a_blocked_person_is_never_admitted_by_the_replay() {
    let standing = Standing { session: session_id(), people: vec![guest()], denied: vec![user(1)] };
    let told = desired(&[standing]);
    assert_eq!(told.iter().filter_map(admitted_of).collect::<Vec<_>>(), [false]);
}

#[test]
fn rooms_open_and_close_with_the_session() {
    let rooms: Vec<_> = envelopes()
        .iter()
        .flat_map(orders)
        .filter_map(|order| match order {
            MediaOrder::Session { open, room_name, .. } => Some((open, room_name)),
            MediaOrder::Person { .. } => None,
        })
        .collect();
    let name = room_name(session_id());
    assert_eq!(rooms, [(true, name.clone()), (false, name)]);
}

#[test]
fn the_owner_may_send_from_the_first_moment() {
    let started = &envelopes()[0];
    let [_, MediaOrder::Person { user: owner, admitted: true, grant, .. }] = orders(started)[..] else {
        panic!("no order for the owner")
    };
    assert_eq!((owner, grant.may_speak, grant.may_show), (user(0), true, true));
}
