//! Would catch a page of the book that no longer says what the code does.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use onstage_dialects::live::chat_line;
use onstage_dialects::socket::words;
use onstage_dialects::v1::{VERBS, events_schema};
use onstage_domain::event::{Audience, Envelope, Event, Keep};
use onstage_domain::samples;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/book").join(name)).unwrap()
}

/// The cells of every table row of a page.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
        .map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

fn audience(event: &Event) -> &'static str {
    match event.audience() {
        Audience::Session => "everybody",
        Audience::User(_) => "one person",
        Audience::Managers => "those who manage guests",
        Audience::ManagersAnd(_) => "those who manage guests, and the person",
        Audience::Operators => "operators",
    }
}

/// What the schema says of an event: one description for program and book.
fn description(name: &str) -> String {
    let schema = events_schema();
    let shapes = schema["oneOf"].as_array().unwrap();
    let shape = shapes.iter().find(|shape| shape["properties"]["name"]["const"] == name).unwrap();
    shape["description"].as_str().unwrap().to_owned()
}

fn event_row(envelope: &Envelope) -> String {
    let event = &envelope.data;
    let name = event.name();
    let keep = match event.keep() {
        Keep::Kept => "kept",
        Keep::Ephemeral => "told once",
    };
    let live = if chat_line(envelope).is_some() { "a line of the history" } else { "–" };
    let socket = socket_words(envelope);
    format!("| `{name}` | {keep} | {} | {} | {live} | {socket} |", audience(event), description(name))
}

/// The types a socket of S3 is told an event by.
fn socket_words(envelope: &Envelope) -> String {
    let mut types: Vec<String> = Vec::new();
    for word in words(envelope, 0) {
        let frame: serde_json::Value = serde_json::from_str(&format!("{}}}", word.body)).unwrap();
        let kind = format!("`{}`", frame["type"].as_str().unwrap());
        if !types.contains(&kind) {
            types.push(kind);
        }
    }
    if types.is_empty() { "–".to_owned() } else { types.join(", ") }
}

#[test]
fn the_book_lists_every_event() {
    let text = page("events.md");
    let wanted: Vec<String> = samples::envelopes().iter().map(event_row).collect();
    let missing: Vec<&String> = wanted.iter().filter(|row| !text.contains(row.as_str())).collect();
    assert!(
        missing.is_empty(),
        "docs/book/events.md lacks:\n{}",
        missing.iter().fold(String::new(), |all, row| all + row + "\n")
    );
    assert_eq!(rows(&text).iter().filter(|row| row[0].contains('.')).count(), wanted.len());
}

#[test]
fn the_book_lists_every_command() {
    let text = page("dialects.md");
    for verb in VERBS {
        assert!(text.contains(&format!("`{}`", verb.name)), "docs/book/dialects.md lacks {}", verb.name);
    }
}

/// How many items each seed document promises.
const ITEMS: [(&str, usize); 5] = [("S0", 62), ("S1", 42), ("S2", 37), ("S3", 49), ("S4", 105)];

#[test]
fn the_book_lists_every_item_and_only_tests_that_exist() {
    let text = page("dialects.md");
    let rows = rows(&text);
    let mut tests = names_of_tests(&root().join("crates"), "rs", &name_of_function);
    for (folder, extension) in [("web/src", "ts"), ("web/src", "tsx"), ("e2e/tests", "ts")] {
        tests.extend(names_of_tests(&root().join(folder), extension, &title_of_test));
    }
    for (seed, count) in ITEMS {
        for n in 1..=count {
            let item = format!("{seed}-{n}");
            let row = rows.iter().find(|row| covers(&row[0], seed, n));
            let row = row.unwrap_or_else(|| panic!("docs/book/dialects.md lacks {item}"));
            let tested = row[1].trim_matches('`');
            assert!(
                tested == "later" || tested == "not a call" || tests.contains(tested),
                "{item}: no test {tested}"
            );
        }
    }
}

/// What is built: the whole of S1 and S3 but what belongs to media, money, clusters and other engines.
const BUILT: [(&str, &[(usize, usize)]); 2] = [
    ("S1", &[(1, 8), (10, 10), (12, 34), (36, 36), (39, 40)]),
    ("S3", &[(1, 30), (34, 40), (42, 42), (45, 48)]),
];

#[test]
fn nothing_that_is_built_is_put_off() {
    let text = page("dialects.md");
    let rows = rows(&text);
    for (seed, ranges) in BUILT {
        for n in ranges.iter().flat_map(|(from, to)| *from..=*to) {
            let row = rows.iter().find(|row| covers(&row[0], seed, n)).unwrap();
            assert_ne!(row[1], "later", "{seed}-{n}");
        }
    }
}

/// `S1-20`, or a range `S1-2 … S1-7`.
fn covers(cell: &str, seed: &str, n: usize) -> bool {
    let number = |text: &str| text.strip_prefix(seed)?.strip_prefix('-')?.parse::<usize>().ok();
    match cell.split_once(" … ") {
        Some((from, to)) => {
            matches!((number(from), number(to)), (Some(from), Some(to)) if (from..=to).contains(&n))
        }
        None => number(cell) == Some(n),
    }
}

/// What `name` finds in the lines of a folder's files of this kind.
fn names_of_tests(folder: &Path, extension: &str, name: &dyn Fn(&str) -> Option<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(names_of_tests(&path, extension, name));
        } else if path.extension().is_some_and(|kind| kind == extension) {
            let text = std::fs::read_to_string(path).unwrap();
            names.extend(text.lines().filter_map(|line| name(line.trim_start())));
        }
    }
    names
}

/// `fn name(`.
fn name_of_function(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("fn ")?;
    rest.split('(').next().map(str::to_owned)
}

/// `test('title', ` and `it('title', ` of the web app and the browsers.
fn title_of_test(line: &str) -> Option<String> {
    let rest = line.strip_prefix("test('").or_else(|| line.strip_prefix("it('"))?;
    rest.split("',").next().map(str::to_owned)
}
