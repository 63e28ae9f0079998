//! Would catch a figure that is in the code and not on the page for operators, in the plots or in the alerts, and the
//! other way round.

use std::collections::BTreeSet;
use std::path::Path;

use onstage_domain::meters;
use serde_json::Value;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// Names of figures in a text; those of a duration's series count as the duration's.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter| !is_part(letter));
    let ours = words.filter(|word| word.starts_with("onstage_") || word.starts_with("process_"));
    let plain = |word: &str| {
        let ends = ["_bucket", "_sum", "_count"];
        ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).to_owned()
    };
    ours.map(plain).collect()
}

fn measured() -> BTreeSet<String> {
    meters::ALL.iter().map(|meter| meter.name.to_owned()).collect()
}

#[test]
fn every_name_is_there_once_and_says_its_kind() {
    assert_eq!(measured().len(), meters::ALL.len());
    for meter in meters::ALL {
        let is_total = meter.name.ends_with("_total");
        assert_eq!(is_total, meter.kind == meters::Kind::Counter, "{}", meter.name);
        assert!(meter.kind != meters::Kind::Duration || meter.name.ends_with("_seconds"), "{}", meter.name);
    }
}

#[test]
fn the_page_for_operators_lists_every_figure_and_no_other() {
    let page = read("docs/book/operations.md");
    let rows: BTreeSet<String> =
        page.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
    let expected: BTreeSet<String> = meters::ALL
        .iter()
        .map(|meter| {
            let labels: Vec<String> = meter.labels.iter().map(|label| format!("`{label}`")).collect();
            format!("| `{}` | {} | {} | {} |", meter.name, meter.kind.word(), labels.join(" "), meter.help)
        })
        .collect();
    let missing: Vec<&String> = expected.difference(&rows).collect();
    assert!(missing.is_empty(), "missing in docs/book/operations.md:\n{missing:#?}");
    let unknown: Vec<String> = named(&page).difference(&measured()).cloned().collect();
    assert!(unknown.is_empty(), "the page names figures that do not exist: {unknown:?}");
}

#[test]
fn plots_and_alerts_ask_for_figures_that_exist() {
    for path in ["deploy/grafana/onstage.json", "deploy/prometheus/alerts.yml"] {
        let unknown: Vec<String> = named(&read(path)).difference(&measured()).cloned().collect();
        assert!(unknown.is_empty(), "{path}: {unknown:?}");
    }
    let shown = named(&read("deploy/grafana/onstage.json"));
    let hidden: Vec<String> = measured().difference(&shown).cloned().collect();
    assert!(hidden.is_empty(), "no panel shows {hidden:?}");
}

#[test]
fn every_alert_has_its_part_of_the_page() {
    let (page, alerts) = (read("docs/book/operations.md"), read("deploy/prometheus/alerts.yml"));
    let names: Vec<&str> = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(names.len() > 5);
    for name in names {
        assert!(page.contains(&format!("\n### {name}\n")), "{name} has no part of its own");
        let anchor = format!("operations.md#{}", name.to_lowercase());
        assert!(alerts.contains(&anchor), "{name} does not say where to read on: {anchor}");
    }
}

#[test]
fn panels_have_a_title_a_unit_and_a_question() {
    let board: Value = serde_json::from_str(&read("deploy/grafana/onstage.json")).unwrap();
    let panels = board["panels"].as_array().unwrap();
    let rows: Vec<&str> = panels
        .iter()
        .filter(|panel| panel["type"] == "row")
        .filter_map(|row| row["title"].as_str())
        .collect();
    assert_eq!(rows, ["Show", "Sockets", "HTTP", "Media", "Machine"]);
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let title = panel["title"].as_str().unwrap();
        assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{title}: unit");
        assert!(panel["targets"].as_array().is_some_and(|targets| !targets.is_empty()), "{title}: questions");
    }
}
