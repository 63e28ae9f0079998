//! What may stand only in certain places: openings, unit tests, unsafe code, str0m types, machine paths.

use super::Violation;
use crate::source::{SourceFile, Word};
use crate::workspace::Workspace;

const UNSAFE_PLACE: &str = "crates/onstage-media/src/net";
const STR0M_PLACES: [&str; 2] = ["crates/onstage-sfu/", "crates/onstage-sim/"];

/// Paths of one machine and names of one network's hosts; written in halves, so that this file passes.
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
const REGISTRY_HOSTS: [&str; 8] = [
    concat!("arti", "factory"),
    concat!("registry.", "npmjs"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("files.", "pythonhosted"),
    concat!("pypi.", "org"),
    concat!("proxy.", "golang.org"),
    concat!("deb.", "debian.org"),
];

/// Every file opens with one `//!` sentence.
pub(super) fn openings(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .rust()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| Violation::new("opening", file, 1, "a file opens with `//!` and one sentence"))
        .collect()
}

/// A module inside a file is not where unit tests live: they have `tests.rs` beside the code.
pub(super) fn unit_tests_have_their_own_file(workspace: &Workspace) -> Vec<Violation> {
    workspace.rust().flat_map(inline_test_modules).collect()
}

fn inline_test_modules(file: &SourceFile) -> Vec<Violation> {
    file.words()
        .windows(2)
        .filter_map(|pair| match pair {
            [keyword, name]
                if keyword.text == "mod"
                    && (name.text == "test" || name.text == "tests")
                    && name.after.trim_start().starts_with('{') =>
            {
                Some(Violation::new("tests", file, keyword.line, "unit tests live in their own tests.rs"))
            }
            _ => None,
        })
        .collect()
}

/// Unsafe code has one address.
pub(super) fn unsafe_code(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .rust()
        .filter(|file| !file.path.starts_with(UNSAFE_PLACE))
        .flat_map(|file| word_lines(file, |word| word.text == "unsafe").map(move |line| (file, line)))
        .map(|(file, line)| {
            Violation::new("unsafe", file, line, format!("unsafe code lives in {UNSAFE_PLACE} only"))
        })
        .collect()
}

/// What the SFU is made of does not leave it; a test may stand at the far end of the wire.
pub(super) fn str0m_types(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .rust()
        .filter(|file| !file.is_test())
        .filter(|file| !STR0M_PLACES.iter().any(|place| file.path.starts_with(place)))
        .flat_map(|file| word_lines(file, is_str0m).map(move |line| (file, line)))
        .map(|(file, line)| {
            Violation::new("str0m", file, line, "str0m types stay in onstage-sfu and onstage-sim")
        })
        .collect()
}

/// The crate or a sibling, as the root of a path; not a function that has it in its name.
fn is_str0m(word: &Word<'_>) -> bool {
    let named = word.text == "str0m" || word.text.starts_with("str0m_");
    named && (word.after.starts_with("::") || word.before.ends_with("use "))
}

fn word_lines(file: &SourceFile, wanted: impl Fn(&Word<'_>) -> bool) -> impl Iterator<Item = usize> {
    file.words().into_iter().filter(wanted).map(|word| word.line).collect::<Vec<_>>().into_iter()
}

/// Nothing in the tree names a folder of one machine or a host of one network.
pub(super) fn machine_paths(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .files
        .iter()
        .flat_map(|file| (1..).zip(file.text.lines()).map(move |(line, text)| (file, line, text)))
        .filter_map(|(file, line, text)| {
            let host = REGISTRY_HOSTS.iter().find(|host| text.contains(**host));
            let path = MACHINE_PATHS.iter().find(|path| starts_a_path(text, path));
            let name = host.or(path)?;
            Some(Violation::new(
                "machine",
                file,
                line,
                format!("names {name}, which exists on one machine only"),
            ))
        })
        .collect()
}

/// True when `path` stands in `text` as the start of a path, not in its middle (`features/home/` is ours).
fn starts_a_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-~@*}>".contains(letter))
    })
}
