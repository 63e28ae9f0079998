//! The scenarios: what the network does, when, and with which seed.

use std::time::Duration;

use onstage_sfu::FeedbackProfile;

use super::line::{Burst, Weather};

/// Who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// Says by REMB what its way carries.
    Audience,
    /// Reports each packet (TWCC).
    Stage,
}

impl Feedback {
    pub(super) fn profile(self) -> FeedbackProfile {
        match self {
            Self::Audience => FeedbackProfile::Audience,
            Self::Stage => FeedbackProfile::Stage,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::Stage => "stage",
        }
    }
}

/// Something that happens to the viewer's way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// The weather changes, on the way to the viewer.
    Weather(Weather),
    /// The narrow place on the way to the viewer lets so many bits through in a second.
    Rate(Option<f64>),
    /// Nothing passes either way any more, or again.
    Dark(bool),
    /// The viewer gets another address, as behind a NAT that forgot it.
    Move,
    /// The viewer wants no more than this layer (0, 1, 2).
    Wish(u8),
}

impl Step {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Weather(weather) if *weather == Weather::default() => "good weather".to_owned(),
            Self::Weather(_) => "bad weather".to_owned(),
            Self::Rate(Some(bits)) => format!("{:.0} kbit/s", bits / 1_000.0),
            Self::Rate(None) => "as fast as it likes".to_owned(),
            Self::Dark(true) => "nothing passes".to_owned(),
            Self::Dark(false) => "it passes again".to_owned(),
            Self::Move => "another address".to_owned(),
            Self::Wish(0) => "wants 180p".to_owned(),
            Self::Wish(1) => "wants 360p".to_owned(),
            Self::Wish(_) => "wants 720p".to_owned(),
        }
    }
}

/// One show on one network.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name, and the name of its plot.
    pub name: String,
    /// What happens, in a sentence.
    pub story: &'static str,
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// Who watches.
    pub feedback: Feedback,
    /// How long.
    pub span: Duration,
    /// What happens when.
    pub steps: Vec<(Duration, Step)>,
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn weather(weather: Weather) -> Vec<(Duration, Step)> {
    vec![(s(0), Step::Weather(weather))]
}

const CLEAR: Weather = Weather { loss: 0.0, burst: None, jitter: Duration::ZERO, reordered: 0.0 };

type Story = (&'static str, &'static str, u64, u64, Vec<(Duration, Step)>);

fn stories() -> Vec<Story> {
    let burst = Burst { begins: 0.004, ends: 0.15, loss: 0.7 };
    let wild = Weather { jitter: Duration::from_millis(40), reordered: 0.03, ..CLEAR };
    let wishes = (1..15).zip([0, 2, 1, 2].into_iter().cycle());
    let wishes = wishes.map(|(turn, layer)| (s(turn * 2), Step::Wish(layer))).collect();
    vec![
        ("clean", "Nothing is in the way.", 11, 60, Vec::new()),
        ("loss-5", "One packet of twenty is lost.", 5, 30, weather(Weather { loss: 0.05, ..CLEAR })),
        // A lost packet is asked for after a round trip, and its repair is lost as often: what is shown late for that
        // is not shown at all when the next frames came, so that about a quarter of the frames is missing.
        ("loss-20", "One packet of five is lost.", 20, 30, weather(Weather { loss: 0.20, ..CLEAR })),
        (
            "burst",
            "Losses come together: seven of ten packets for about seven packets.",
            7,
            30,
            weather(Weather { burst: Some(burst), ..CLEAR }),
        ),
        (
            "jitter",
            "Packets take up to 40 ms longer, and three of a hundred are overtaken.",
            40,
            30,
            weather(wild),
        ),
        (
            "rate-step",
            "5 Mbit/s become 300 kbit/s and 5 Mbit/s again.",
            300,
            60,
            vec![
                (s(0), Step::Rate(Some(5e6))),
                (s(10), Step::Rate(Some(3e5))),
                (s(30), Step::Rate(Some(5e6))),
            ],
        ),
        (
            "blackout",
            "Nothing passes for five seconds.",
            55,
            30,
            vec![(s(10), Step::Dark(true)), (s(15), Step::Dark(false))],
        ),
        (
            "new-address",
            "The viewer's address changes twice without a word.",
            77,
            40,
            vec![(s(10), Step::Move), (s(25), Step::Move)],
        ),
        ("switches", "The viewer wants another layer every two seconds.", 33, 32, wishes),
    ]
}

/// Every scenario, once for each kind of viewer.
#[must_use]
pub fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    for feedback in [Feedback::Audience, Feedback::Stage] {
        all.extend(stories().into_iter().map(|(name, story, seed, span, steps)| Scenario {
            name: format!("{name}-{}", feedback.word()),
            story,
            seed,
            feedback,
            span: s(span),
            steps,
        }));
    }
    all
}

/// A scenario by its name.
#[must_use]
pub fn find(name: &str) -> Option<Scenario> {
    all().into_iter().find(|scenario| scenario.name == name)
}
