//! Would catch a page of the book that no longer says what the code does.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use onstage_dialects::live::chat_line;
use onstage_dialects::v1::{VERBS, events_schema};
use onstage_domain::event::{Audience, Event, Keep};
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

fn event_row(event: &Event) -> String {
    let name = event.name();
    let keep = match event.keep() {
        Keep::Kept => "kept",
        Keep::Ephemeral => "told once",
    };
    let live = if chat_line(event).is_some() { "a line of the history" } else { "–" };
    format!("| `{name}` | {keep} | {} | {} | {live} |", audience(event), description(name))
}

#[test]
fn the_book_lists_every_event() {
    let text = page("events.md");
    let wanted: Vec<String> = samples::samples().iter().map(event_row).collect();
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
    let tests: BTreeSet<String> = names_of_tests(&root().join("crates"));
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

fn names_of_tests(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(names_of_tests(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            let functions = text.lines().filter_map(|line| line.trim_start().split_once("fn "));
            names.extend(functions.filter_map(|(_, rest)| rest.split('(').next().map(str::to_owned)));
        }
    }
    names
}
