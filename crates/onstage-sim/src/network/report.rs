//! Puts drawings of outcomes into a folder, with a page that shows all of them.

use std::fmt::Write as _;
use std::path::Path;

use super::outcome::Outcome;
use super::plot::svg;

const PAGE_HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Onstage on bad networks</title>\
<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
padding:0 1rem}img{width:100%}figure{margin:2rem 0}figcaption{font-size:13px;opacity:.75}</style>\
<h1>Onstage on bad networks</h1><p>One publisher, one viewer, one shard, in virtual time; each run is told by its seed.</p>\n";

/// Writes `index.html` and a drawing for each outcome.
pub fn write_report(folder: &Path, outcomes: &[Outcome]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut page = PAGE_HEAD.to_owned();
    for outcome in outcomes {
        let file = format!("{}.svg", outcome.name);
        std::fs::write(folder.join(&file), svg(outcome))?;
        let (name, summary) = (&outcome.name, outcome.summary());
        // Writing to a string cannot fail.
        let _written = writeln!(
            page,
            "<figure id=\"{name}\"><img src=\"{file}\" alt=\"{}\"><figcaption>{summary}</figcaption></figure>",
            outcome.story
        );
    }
    std::fs::write(folder.join("index.html"), page)
}
