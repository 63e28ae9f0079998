//! Recorded clients speak to our room: what each is told in each step of the script is what a LiveKit 1.13.5 server told
//! it, in that order and with those fields, but for a short list. The shard is played by hand, so that only our own
//! words are judged.

mod player;
mod shard;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::player::{Player, Said};

/// Differences in all, those of order and those of fields, by their reasons.
const DIFFERENCES_MAX: usize = 15;

/// Words whose moment the media and the clock choose, on both sides: their fields are compared, not their place.
const BY_THE_CLOCK: [(&str, &str); 5] = [
    ("connectionQuality", "each few seconds, by what was measured"),
    ("speakersChanged", "by loudness"),
    ("subscribedQualityUpdate", "by what the shard aggregates; delayed on both sides"),
    ("roomUpdate", "counters are batched for five seconds; its place in a resume is tested by hand"),
    ("streamStateUpdate", "with the first picture; theirs never says it to single connections"),
];

/// Layout, step, person (`*` is anything), and how the order may differ there.
const ORDER: [(&str, &str, &str, May, &str); 6] = [
    ("*", "*", "*", May::Sooner("update"), AT_ONCE),
    ("*", "*", "*", May::Less("trickle"), "our candidates stand in the descriptions"),
    (
        "*",
        "*",
        "*",
        May::Earlier("answer"),
        "the publisher hears the answer before the others hear of its sound",
    ),
    (
        "*",
        "*",
        "*",
        May::Earlier("refreshToken"),
        "theirs races with the first offer; both orders were recorded",
    ),
    ("v0", "carol*joins*", "carol", May::Later("offer"), "our first offer holds the tracks already"),
    (
        "v1",
        "carol*joins*",
        "carol",
        May::Less("mediaSectionsRequirement"),
        "the first answer carries everything",
    ),
];

const AT_ONCE: &str = "a newcomer's state is told at once, not after three seconds";

/// What that server says and we do not, by the end of its path. The same reason is the same difference.
const FIELDS: [(&str, &str); 5] = [
    ("state=JOINED", AT_ONCE),
    ("turnPassword", "a secret that is nobody's business"),
    ("numPublishers", "who is replaced goes first, and is counted no more"),
    ("agentProtocol", "there are no agents"),
    ("ssrc", "SSRCs are rewritten on their way; no client reads them"),
];

/// Enumerations, whose values are compared.
const ENUMERATIONS: [&str; 15] = [
    "state",
    "type",
    "source",
    "quality",
    "reason",
    "action",
    "kind",
    "videoLayerMode",
    "err",
    "capabilities[]",
    "audioFeatures[]",
    "disconnectReason",
    "backupCodecPolicy",
    "encryption",
    "edition",
];

/// How our order may differ from the recorded one.
#[derive(Debug, Clone, Copy)]
enum May {
    Less(&'static str),
    Earlier(&'static str),
    Later(&'static str),
    /// In this step although theirs says it in a later one, or earlier in the same.
    Sooner(&'static str),
}

const RECORDINGS: [(&str, &str); 4] = [
    ("v0", include_str!("../../../../tests/fixtures/v0-session.json")),
    ("v0", include_str!("../../../../tests/fixtures/v0-reconnect.json")),
    ("v1", include_str!("../../../../tests/fixtures/v1-session.json")),
    ("v1", include_str!("../../../../tests/fixtures/v1-reconnect.json")),
];

/// First occurrences in order, without the words that the clock makes.
fn order<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for word in words {
        let by_the_clock = BY_THE_CLOCK.iter().any(|(clock, _)| *clock == word);
        if !by_the_clock && !order.iter().any(|known| known == word) {
            order.push(word.to_owned());
        }
    }
    order
}

fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    let pieces: Vec<&str> = pattern.split('*').collect();
    if pieces.len() == 1 {
        return pattern == text;
    }
    pieces.iter().enumerate().all(|(at, piece)| match rest.find(piece) {
        Some(place) if at > 0 || place == 0 => {
            rest = &rest[place + piece.len()..];
            at + 1 < pieces.len() || piece.is_empty() || rest.is_empty()
        }
        _ => false,
    })
}

/// The recorded order after one allowed difference, if there is one.
fn allow(theirs: &[String], may: May, ours: &[String]) -> Option<Vec<String>> {
    let place = |words: &[String], word: &str| words.iter().position(|known| known == word);
    let mut changed = theirs.to_vec();
    match may {
        May::Less(word) => {
            place(ours, word).is_none().then_some(())?;
            changed.remove(place(theirs, word)?);
        }
        May::Sooner(word) if place(theirs, word).is_none() => {
            changed.insert(place(ours, word)?.min(theirs.len()), word.to_owned());
        }
        May::Earlier(word) | May::Later(word) | May::Sooner(word) => {
            let (was, is) = (place(theirs, word)?, place(ours, word)?.min(theirs.len() - 1));
            (matches!(may, May::Later(_)) == (is > was) && is != was).then_some(())?;
            let word = changed.remove(was);
            changed.insert(is, word);
        }
    }
    Some(changed)
}

/// How many words are not part of the longest order that both have.
fn distance(one: &[String], other: &[String]) -> usize {
    let mut common = vec![vec![0; other.len() + 1]; one.len() + 1];
    for (row, left) in one.iter().enumerate() {
        for (column, right) in other.iter().enumerate() {
            let longest = common[row][column + 1].max(common[row + 1][column]);
            common[row + 1][column + 1] = if left == right { common[row][column] + 1 } else { longest };
        }
    }
    one.len() + other.len() - 2 * common[one.len()][other.len()]
}

/// Every path of a value, with what stands there if that is a word of the protocol.
fn walk(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    let last = path.rsplit('.').next().unwrap_or_default();
    match value {
        Value::Object(_) if ["midToTrackId", "attributes"].contains(&last) => {
            paths.insert(format!("{path}{{}}"));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| walk(value, &format!("{path}.{name}"), paths))
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, &format!("{path}[]"), paths)),
        Value::String(word) if ENUMERATIONS.contains(&last) => {
            paths.insert(format!("{path}={word}"));
        }
        Value::Bool(yes) => {
            paths.insert(format!("{path}={yes}"));
        }
        Value::Null | Value::Number(_) | Value::String(_) => {
            paths.insert(path.to_owned());
        }
    }
}

fn fields_of<'a>(said: impl IntoIterator<Item = &'a Said>) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    said.into_iter().for_each(|said| walk(&said.body, "", &mut paths));
    paths.into_iter().map(|path| path.trim_start_matches('.').to_owned()).collect()
}

/// What comparing has found so far.
#[derive(Default)]
struct Findings {
    /// Which differences were needed.
    order: BTreeSet<usize>,
    fields: BTreeSet<usize>,
    /// What no difference explains.
    left: Vec<String>,
    compared: usize,
    words: BTreeSet<String>,
    theirs: BTreeSet<String>,
}

impl Findings {
    /// One person in one step.
    fn compare(&mut self, place: (&str, &str, &str), theirs: &[(String, BTreeSet<String>)], ours: &[Said]) {
        self.compared += 1;
        self.compare_order(place, theirs, ours);
        for (word, wanted) in theirs {
            self.theirs.insert(format!("{} {word}", place.0));
            let said: Vec<&Said> = ours.iter().filter(|said| said.word == *word).collect();
            if said.is_empty() {
                continue;
            }
            self.words.insert(format!("{} {word}", place.0));
            let has = fields_of(said);
            for path in wanted.difference(&has) {
                let lower = path.to_ascii_lowercase();
                let named = FIELDS.iter().position(|(end, _)| lower.ends_with(&end.to_ascii_lowercase()));
                match named {
                    Some(number) => drop(self.fields.insert(number)),
                    None => self.left.push(format!("{place:?} {word}: {path} is missing")),
                }
            }
        }
    }

    fn compare_order(
        &mut self,
        (layout, step, who): (&str, &str, &str),
        theirs: &[(String, BTreeSet<String>)],
        ours: &[Said],
    ) {
        let mut theirs = order(theirs.iter().map(|(word, _)| word.as_str()));
        let ours = order(ours.iter().map(|said| said.word.as_str()));
        for (number, (of, at, person, may, _)) in ORDER.iter().enumerate() {
            let applies = fits(of, layout) && fits(at, step) && fits(person, who) && theirs != ours;
            if let Some(changed) = applies.then(|| allow(&theirs, *may, &ours)).flatten()
                && distance(&changed, &ours) < distance(&theirs, &ours)
            {
                theirs = changed;
                self.order.insert(number);
            }
        }
        if theirs != ours {
            self.left.push(format!("{layout} {step:?} {who}: theirs {theirs:?} ours {ours:?}"));
        }
    }
}

/// The words of a person in a step, each with its fields: both are kept apart in a recording, because fields repeat.
fn words_of(recording: &Value, told: &Value) -> Vec<(String, BTreeSet<String>)> {
    let words: Vec<(String, usize)> = serde_json::from_value(told.clone()).unwrap();
    let fields = |shape: usize| serde_json::from_value(recording["shapes"][shape].clone()).unwrap();
    words.into_iter().map(|(word, shape)| (word, fields(shape))).collect()
}

fn play(layout: &str, text: &str, findings: &mut Findings) {
    let recording: Value = serde_json::from_str(text).unwrap();
    let mut player = Player::new(&recording, layout == "v1");
    for phase in recording["phases"].as_array().unwrap() {
        let step = phase["step"].as_str().unwrap();
        player.told.clear();
        phase["says"].as_array().unwrap().iter().for_each(|event| player.play(event));
        player.wait();
        let told: BTreeMap<String, Value> = serde_json::from_value(phase["told"].clone()).unwrap();
        let everybody: BTreeSet<&String> = told.keys().chain(player.told.keys()).collect();
        for who in everybody {
            let theirs = words_of(&recording, told.get(who).unwrap_or(&json!([])));
            let ours = player.told.get(who).map_or(&[][..], Vec::as_slice);
            findings.compare((layout, step, who), &theirs, ours);
        }
    }
}

#[test]
fn recorded_clients_are_told_the_same_in_the_same_order_with_the_same_fields() {
    let mut findings = Findings::default();
    for (layout, text) in RECORDINGS {
        play(layout, text, &mut findings);
    }
    assert!(findings.left.is_empty(), "{:#?}", findings.left);
    assert!(findings.compared > 120, "{} steps of people were compared", findings.compared);
    let unseen: Vec<&String> =
        findings.theirs.difference(&findings.words).filter(|word| !word.ends_with(" trickle")).collect();
    assert!(unseen.is_empty(), "never compared: {unseen:?}");
    for (number, difference) in ORDER.iter().enumerate() {
        assert!(findings.order.contains(&number), "no difference any more: {difference:?}");
    }
    for (number, difference) in FIELDS.iter().enumerate() {
        assert!(findings.fields.contains(&number), "no difference any more: {difference:?}");
    }
    let order = ORDER.iter().map(|(.., reason)| *reason);
    let named = BY_THE_CLOCK.iter().chain(&FIELDS).map(|(_, reason)| *reason);
    let reasons: BTreeSet<&str> = order.chain(named).collect();
    assert!(reasons.len() <= DIFFERENCES_MAX, "{} differences", reasons.len());
}
