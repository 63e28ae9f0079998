//! Would catch an alarm that rings early, twice, or never after it was moved.

use tokio::sync::mpsc;
use uuid::Uuid;

use super::*;
use crate::clock::HandClock;

fn alarm(number: u128) -> Alarm {
    Alarm::Stage(SessionId::new(Uuid::from_u128(number)))
}

#[test]
fn due_alarms_come_once_in_order() {
    let clock = AlarmClock::default();
    clock.set(alarm(1), Some(At(30)));
    clock.set(alarm(2), Some(At(10)));
    clock.set(alarm(3), Some(At(99)));
    clock.set(alarm(1), Some(At(20)));
    clock.set(alarm(4), Some(At(5)));
    clock.set(alarm(4), None);
    assert_eq!(clock.next(), Some(At(10)));
    assert_eq!(clock.take_due(At(9)), vec![]);
    assert_eq!(clock.take_due(At(30)), vec![alarm(2), alarm(1)]);
    assert_eq!(clock.take_due(At(30)), vec![]);
    assert_eq!(clock.next(), Some(At(99)));
}

#[tokio::test]
async fn rings_when_the_hand_gets_there() {
    let hand = HandClock::new(At(0));
    let alarms = Arc::new(AlarmClock::default());
    let (sender, mut rang) = mpsc::unbounded_channel();
    alarms.set(alarm(1), Some(At(100)));
    let (clock, runner) = (Arc::new(hand.clone()), Arc::clone(&alarms));
    let ring = move |alarm| {
        sender.send(alarm).unwrap();
        std::future::ready(())
    };
    let task = crate::tasks::spawn_named("alarms", async move { runner.run(clock, ring).await });
    hand.wind_ms(99);
    alarms.set(alarm(2), Some(At(50)));
    assert_eq!(rang.recv().await, Some(alarm(2)), "set into the past, rings at once; the other one waits");
    assert!(rang.try_recv().is_err());
    hand.wind_ms(1);
    assert_eq!(rang.recv().await, Some(alarm(1)));
    task.abort();
}
