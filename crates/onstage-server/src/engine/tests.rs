//! An engine that stands still: what waits for it is bounded, in order, and nobody waits with it.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use std::sync::Mutex;

use onstage_domain::media::MediaAccess;
use onstage_domain::ports::AccessRequest;
use onstage_domain::{Code, Problem, SessionId};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::*;

/// Notes what it is told, and carries out as much as it is let.
struct Stuck {
    told: Mutex<Vec<SessionId>>,
    carried: Mutex<usize>,
    let_go: Semaphore,
}

impl CarryOut for Stuck {
    fn carry_out(&self, orders: Vec<MediaOrder>) -> Pending<'_, bool> {
        self.told.lock().unwrap().extend(orders.iter().map(session_of));
        Box::pin(async {
            self.let_go.acquire().await.unwrap().forget();
            *self.carried.lock().unwrap() += 1;
            true
        })
    }

    fn access(&self, _: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        Err(Problem::new(Code::Fault))
    }
}

fn session_of(order: &MediaOrder) -> SessionId {
    match order {
        MediaOrder::Session { session, .. } | MediaOrder::Person { session, .. } => *session,
    }
}

fn session(number: usize) -> SessionId {
    SessionId::new(Uuid::from_u128(u128::try_from(number).unwrap()))
}

fn order(number: usize) -> Vec<MediaOrder> {
    vec![MediaOrder::Session { session: session(number), room_name: String::new(), open: true }]
}

fn stuck() -> (Arc<Stuck>, Engine) {
    let stuck =
        Arc::new(Stuck { told: Mutex::default(), carried: Mutex::default(), let_go: Semaphore::new(0) });
    let engine = Engine::start(stuck.clone());
    (stuck, engine)
}

/// Lets everybody else run until something holds.
async fn until(holds: impl Fn() -> bool) {
    let turns = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), turns).await.expect("it comes to pass");
}

#[tokio::test]
async fn reaches_orders_waiting_max() {
    let (stuck, engine) = stuck();
    // Its task does not run before the first wait.
    for number in 0..ORDERS_WAITING_MAX {
        engine.order(order(number), None);
    }
    let (done, acknowledged) = oneshot::channel();
    engine.order(order(ORDERS_WAITING_MAX), Some(done));
    assert!(!is_enforced(acknowledged).await, "said at once");
    stuck.let_go.add_permits(ORDERS_WAITING_MAX);
    until(|| *stuck.carried.lock().unwrap() == ORDERS_WAITING_MAX).await;
    let (done, acknowledged) = oneshot::channel();
    engine.order(order(7), Some(done));
    stuck.let_go.add_permits(1);
    assert!(acknowledged.await.unwrap(), "what comes later is carried out again");
}

#[tokio::test]
async fn reaches_orders_under_way_max() {
    let (stuck, engine) = stuck();
    let all = ORDERS_UNDER_WAY_MAX + 10;
    for number in 0..all {
        engine.order(order(number), None);
    }
    let told = || stuck.told.lock().unwrap().len();
    until(|| told() == ORDERS_UNDER_WAY_MAX).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(told(), ORDERS_UNDER_WAY_MAX, "the next ones wait");
    stuck.let_go.add_permits(all);
    until(|| *stuck.carried.lock().unwrap() == all).await;
    let expected: Vec<_> = (0..all).map(session).collect();
    assert_eq!(*stuck.told.lock().unwrap(), expected, "in their order");
}
