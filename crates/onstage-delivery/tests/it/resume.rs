//! Would catch an event that is lost or told twice between snapshot, log and live, and a broken chain of `prev`.

use onstage_domain::samples;
use onstage_domain::stage::Role;
use proptest::prelude::*;
use serde_json::Value;

use crate::world::{Client, House, said, session, texts};

#[tokio::test]
async fn a_subscriber_hears_what_comes_after_its_snapshot() {
    let house = House::open().await;
    house.world.chat("before");
    let mut client = house.socket(1).await;
    client.subscribe(session(), None).await;
    let snapshot = client.next().await;
    assert_eq!(snapshot["seq"], 1);
    assert_eq!(snapshot["snapshot"]["me"]["role"], "viewer");
    house.world.chat("after");
    let events = client.events(1).await;
    assert_eq!(texts(&events), ["after"]);
    assert_eq!((events[0]["seq"].as_i64(), events[0]["prev"].as_i64()), (Some(2), Some(1)));
}

#[tokio::test]
async fn a_resumed_subscriber_hears_what_it_missed_then_caught_up_then_what_comes() {
    let house = House::open().await;
    for n in 1..=5 {
        house.world.chat(format!("{n}"));
    }
    let mut client = house.socket(1).await;
    client.subscribe(session(), Some(2)).await;
    let missed = client.events(3).await;
    assert_eq!(texts(&missed), ["3", "4", "5"]);
    assert_eq!(missed[0]["prev"], 2);
    assert_eq!(client.next().await["caught_up"], 5);
    house.world.chat("6");
    assert_eq!(texts(&client.events(1).await), ["6"]);
}

#[tokio::test]
async fn a_log_that_does_not_reach_back_answers_with_a_snapshot() {
    let house = House::open().await;
    for n in 1..=9 {
        house.world.chat(format!("{n}"));
    }
    house.world.forget_before(5);
    let mut client = house.socket(1).await;
    client.subscribe(session(), Some(2)).await;
    assert_eq!(client.next().await["resync"], true);
    assert_eq!(client.next().await["seq"], 9);
}

#[tokio::test]
async fn a_place_that_never_was_answers_with_a_snapshot() {
    let house = House::open().await;
    house.world.chat("1");
    let mut client = house.socket(1).await;
    client.subscribe(session(), Some(700)).await;
    assert_eq!(client.next().await["resync"], true);
    assert_eq!(client.next().await["seq"], 1);
}

#[tokio::test]
async fn what_was_committed_but_never_told_is_read_from_the_log() {
    let house = House::open().await;
    let mut client = house.listener(1).await;
    house.world.chat("1");
    house.world.commit(said("2"));
    house.world.commit(said("3"));
    house.world.chat("4");
    assert_eq!(texts(&client.events(4).await), ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn what_happens_between_snapshot_and_live_is_heard() {
    let house = House::open().await;
    house.world.chat("1");
    house.world.run_away(true);
    let mut client = Checked::connect(&house, 1, None).await;
    client.read_to(4).await;
    assert_eq!(client.heard, [2, 3, 4]);
    let mut resumed = Checked::connect(&house, 2, Some(0)).await;
    let reached = house.world.last_seq();
    resumed.read_to(reached).await;
    assert_eq!(resumed.heard, (1..=reached).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_the_log_has_told_is_not_told_again_when_the_telling_comes_late() {
    let house = House::open().await;
    let _keeps_the_room_open = house.listener(2).await;
    house.world.chat("1");
    house.world.commit_for_later(said("2"));
    let mut client = Checked::connect(&house, 1, Some(0)).await;
    client.read_to(2).await;
    house.world.tell_late();
    house.world.chat("3");
    client.read_to(3).await;
    assert_eq!(client.heard, [1, 2, 3]);
}

/// What may happen while a client comes and goes.
#[derive(Clone, Debug)]
enum Step {
    /// Everybody may hear it.
    Public,
    /// Those who manage guests, and nobody else here.
    Managers,
    /// Told once.
    Ephemeral,
    /// Committed, told late or never.
    Silent,
    /// What was committed silently is told now.
    Late,
    /// From now on more happens during each reading, or no longer.
    Meanwhile(bool),
    /// The client reads everything there is.
    Read,
    /// The client goes, and later comes back with the place it has.
    Reconnect,
    /// The same on a socket that stays open.
    Resubscribe,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => Just(Step::Public),
        4 => Just(Step::Managers),
        2 => Just(Step::Ephemeral),
        2 => Just(Step::Silent),
        2 => Just(Step::Late),
        2 => any::<bool>().prop_map(Step::Meanwhile),
        3 => Just(Step::Read),
        2 => Just(Step::Reconnect),
        1 => Just(Step::Resubscribe),
    ];
    prop::collection::vec(step, 1..40)
}

/// A client that checks each event as the contract says, and remembers what it heard.
struct Checked {
    client: Client,
    last: i64,
    heard: Vec<i64>,
}

impl Checked {
    async fn connect(house: &House, n: u8, since: Option<i64>) -> Self {
        let mut client = house.socket(n).await;
        client.subscribe(session(), since).await;
        Self { client, last: since.unwrap_or(0), heard: Vec::new() }
    }

    fn take(&mut self, frame: &Value) {
        if frame["snapshot"].is_object() {
            self.last = frame["seq"].as_i64().unwrap();
        }
        if let Some(seq) = frame["caught_up"].as_i64() {
            self.last = self.last.max(seq);
        }
        for event in frame["events"].as_array().into_iter().flatten() {
            match event["seq"].as_i64() {
                None => {
                    assert_eq!(event["after"].as_i64(), Some(self.last), "an ephemeral event out of place")
                }
                Some(seq) => {
                    assert_eq!(event["prev"].as_i64(), Some(self.last), "the chain is broken at {seq}");
                    assert!(seq > self.last, "{seq} was told again");
                    self.heard.push(seq);
                    self.last = seq;
                }
            }
        }
    }

    /// Reads until it has heard this event.
    async fn read_to(&mut self, seq: i64) {
        while self.last < seq {
            let frame = self.client.next().await;
            self.take(&frame);
        }
    }
}

async fn play(role: Role, steps: Vec<Step>) {
    let house = House::open().await;
    house.world.set_role(1, role);
    let _keeps_the_room_open = house.listener(2).await;
    let mut client = Checked::connect(&house, 1, None).await;
    let first = client.client.next().await;
    client.take(&first);
    let since = client.last;
    for step in steps {
        client = take_step(&house, client, step).await;
    }
    house.world.run_away(false);
    client.read_to(house.world.chat("end")).await;
    // The model: the log itself, without what this person may not hear.
    let may_hear = |name: &str| role == Role::Cohost || name == "chat.sent";
    let entitled = house.world.kept().into_iter().filter(|(seq, name)| *seq > since && may_hear(name));
    assert_eq!(client.heard, entitled.map(|(seq, _)| seq).collect::<Vec<_>>());
}

async fn take_step(house: &House, mut client: Checked, step: Step) -> Checked {
    let named = |name: &str| samples::samples().into_iter().find(|event| event.name() == name).unwrap();
    match step {
        Step::Public => drop(house.world.publish(said("x"))),
        Step::Managers => drop(house.world.publish(named("stage.allowed_back"))),
        Step::Ephemeral => drop(house.world.publish(named("stage.quality"))),
        Step::Silent => house.world.commit_for_later(said("silent")),
        Step::Late => house.world.tell_late(),
        Step::Meanwhile(on) => house.world.run_away(on),
        // What was never told comes with the next thing that is.
        Step::Read => client.read_to(house.world.chat("flush")).await,
        Step::Reconnect => {
            let (heard, since) = (client.heard, client.last);
            drop(client.client);
            client = Checked::connect(house, 1, Some(since)).await;
            client.heard = heard;
        }
        Step::Resubscribe => {
            // Nothing is under way: what arrives before the answer would be asked for a second time.
            house.world.run_away(false);
            client.read_to(house.world.chat("flush")).await;
            client.client.subscribe(session(), Some(client.last)).await;
        }
    }
    client
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_everything_is_heard_once_and_in_order(steps in steps(), manages in any::<bool>()) {
        let role = if manages { Role::Cohost } else { Role::Viewer };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(role, steps));
    }
}

/// Many subscribers come while a storm of events is under way: each of them hears all that follows its snapshot.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribing_in_a_storm_loses_and_repeats_nothing() {
    const STORM: i64 = 2_000;
    let house = House::open().await;
    let world = house.world.clone();
    let storm = std::thread::spawn(move || {
        for n in 0..STORM {
            world.chat(format!("{n}"));
            if n % 16 == 0 {
                std::thread::yield_now();
            }
        }
    });
    for n in 1..20_u8 {
        let mut client = Checked::connect(&house, n, Some(0)).await;
        let reached = house.world.last_seq();
        client.read_to(reached).await;
        let all: Vec<i64> = (1..=client.last).collect();
        assert_eq!(client.heard, all);
    }
    storm.join().unwrap();
}
