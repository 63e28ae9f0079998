//! Would catch a house rule that no longer fails: each has a good and a bad example.

use super::*;
use crate::floors::Floors;

const FLOORS: &str = r#"
[thresholds]
function_lines_max = 3
function_arguments_max = 5
cognitive_complexity_max = 15
file_lines_warn = 4
file_lines_max = 6
[crates.onstage-domain]
floor = 0
ours = []
outside = ["serde"]
bans = []
[crates.onstage-sfu]
floor = 0
ours = []
outside = []
bans = []
[crates.onstage-server]
floor = 2
ours = ["onstage-domain"]
outside = ["axum"]
bans = []
[crates.onstage-media]
floor = 2
ours = []
outside = []
bans = []
[bans]
"#;

fn workspace(files: &[(&str, &str)]) -> Workspace {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Workspace::of(files, Floors::parse(FLOORS).unwrap())
}

/// What one rule says of some files, without the paths.
fn judge(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    rule(&workspace(files)).into_iter().map(|violation| violation.what).collect()
}

fn passes(rule: Rule, path: &str, text: &str) {
    assert_eq!(judge(rule, &[(path, text)]), Vec::<String>::new(), "{path}: {text}");
}

fn fails(rule: Rule, path: &str, text: &str) {
    assert_ne!(judge(rule, &[(path, text)]), Vec::<String>::new(), "{path}: {text}");
}

const SERVER: &str = "crates/onstage-server/Cargo.toml";

#[test]
fn a_crate_uses_only_its_lists() {
    let rule = floors::crates_use_only_what_is_below;
    passes(
        rule,
        SERVER,
        "[dependencies]\nonstage-domain.workspace = true\naxum = \"1\"\n[dev-dependencies]\nx = \"1\"",
    );
    fails(rule, SERVER, "[dependencies]\nreqwest.workspace = true");
    fails(rule, SERVER, "[build-dependencies]\ncc = \"1\"");
    fails(rule, SERVER, "[target.'cfg(unix)'.dependencies]\nnix = \"1\"");
    fails(rule, SERVER, "[dependencies]\naxum = { package = \"other\", version = \"1\" }");
    fails(rule, "crates/onstage-new/Cargo.toml", "[package]");
}

#[test]
fn a_crate_uses_nothing_beside_or_above() {
    let rule = floors::crates_use_only_what_is_below;
    let beside = judge(rule, &[(SERVER, "[dependencies]\nonstage-media.workspace = true")]);
    assert_eq!(beside, ["onstage-media is on floor 2, not below floor 2"]);
    let unlisted = judge(rule, &[(SERVER, "[dependencies]\nonstage-sfu.workspace = true")]);
    assert_eq!(unlisted, ["onstage-sfu is not on its list of our crates"]);
}

#[test]
fn build_scripts_and_macros_are_refused() {
    fails(floors::no_build_scripts, "crates/onstage-server/build.rs", "//! x");
    fails(floors::no_build_scripts, SERVER, "[lib]\nproc-macro = true");
    passes(floors::no_build_scripts, "crates/onstage-server/src/build.rs", "//! x");
}

#[test]
fn a_stale_clippy_config_is_named() {
    let floors = Floors::parse(FLOORS).unwrap();
    let fresh = clippy_text(&floors);
    let with = |text: &str| {
        judge(
            floors::clippy_configs_are_fresh,
            &[("floors.toml", FLOORS), (SERVER, ""), ("crates/onstage-server/clippy.toml", text)],
        )
    };
    assert_eq!(with(&fresh), Vec::<String>::new());
    assert_eq!(with("old"), ["crates/onstage-server/clippy.toml is stale: run `cargo xtask clippy-config`"]);
}

fn clippy_text(floors: &Floors) -> String {
    let configs = crate::clippy_config::expected(floors).unwrap();
    configs.into_iter().find(|(path, _)| path.contains("server")).unwrap().1
}

#[test]
fn a_slice_uses_only_slices_to_its_left() {
    for floor in ["domain", "server"] {
        let path = format!("crates/onstage-{floor}/src/stage/mod.rs");
        passes(slices::order, &path, "use crate::moderation::Block;");
        passes(slices::order, &path, "use crate::stage::Seat; use crate::{accounts, time::{chat, At}};");
        passes(slices::order, &path, "// crate::chat\nlet word = \"crate::chat\";");
        fails(slices::order, &path, "use crate::chat::Message;");
        fails(slices::order, &path, "use crate::{\n    accounts,\n    gifts::{self, Gift},\n};");
        fails(slices::order, &path, "fn f() { super::super::battles::start() }");
        fails(slices::order, &path, "use super::shop::Item;");
    }
    passes(slices::order, "crates/onstage-server/src/router.rs", "use crate::chat;");
    passes(slices::order, "crates/onstage-domain/src/stage/tests.rs", "use crate::chat::Message;");
}

#[test]
fn a_slice_has_the_files_everybody_looks_for() {
    passes(slices::file_names, "crates/onstage-domain/src/chat/rules.rs", "");
    passes(slices::file_names, "crates/onstage-server/src/chat/store/rows.rs", "");
    passes(slices::file_names, "crates/onstage-server/src/helpers/any.rs", "");
    fails(slices::file_names, "crates/onstage-domain/src/chat/store.rs", "");
    fails(slices::file_names, "crates/onstage-server/src/chat/manager.rs", "");
}

#[test]
fn long_files_fail_and_longish_ones_are_listed() {
    passes(sizes::files, "crates/a/src/b.rs", "1\n2\n3\n4\n5\n6\n");
    fails(sizes::files, "crates/a/src/b.rs", "1\n2\n3\n4\n5\n6\n7\n");
    passes(sizes::files, "web/src/generated/b.ts", "1\n2\n3\n4\n5\n6\n7\n");
    fails(sizes::files, "web/src/b.tsx", "1\n2\n3\n4\n5\n6\n7\n");
    assert_eq!(warnings(&workspace(&[("a.rs", "1\n2\n3\n4\n5\n"), ("b.rs", "1\n")])), ["a.rs: 5 lines"]);
}

#[test]
fn long_functions_fail() {
    passes(sizes::functions, "a.rs", "fn a() {\n1;\n2;\n\n// 3\n4;\n}\nfn b() {\n1;\n2;\n3;\n}");
    fails(sizes::functions, "a.rs", "fn a() {\n1;\n2;\n{\n4;\n}\n}");
    passes(sizes::functions, "a.rs", "trait T { fn a(x: [u8; 4]);\nfn b();\nfn c();\nfn d();\nfn e(); }");
}

#[test]
fn a_file_opens_with_a_sentence() {
    passes(places::openings, "a.rs", "//! Why this is here.\n");
    fails(places::openings, "a.rs", "use std::fmt;\n//! Late.\n");
    fails(places::openings, "a.rs", "//!\n");
}

#[test]
fn unit_tests_live_in_their_own_file() {
    passes(places::unit_tests_have_their_own_file, "a.rs", "#[cfg(test)]\nmod tests;");
    fails(places::unit_tests_have_their_own_file, "a.rs", "#[cfg(test)]\nmod tests {\n}");
}

#[test]
fn unsafe_code_has_one_address() {
    passes(places::unsafe_code, "crates/onstage-media/src/net/batch.rs", "unsafe { f() }");
    passes(places::unsafe_code, "crates/onstage-media/src/lib.rs", "#![deny(unsafe_code)] // unsafe");
    fails(places::unsafe_code, "crates/onstage-media/src/lib.rs", "unsafe { f() }");
}

#[test]
fn str0m_stays_in_the_sfu() {
    passes(places::str0m_types, "crates/onstage-sfu/src/lib.rs", "use str0m::Rtc;");
    passes(places::str0m_types, "crates/onstage-sim/src/lib.rs", "use str0m::Rtc;");
    passes(places::str0m_types, "crates/onstage-media/tests/it/peer.rs", "use str0m::Rtc;");
    fails(places::str0m_types, "crates/onstage-media/src/lib.rs", "use str0m::Rtc;");
    fails(places::str0m_types, "crates/onstage-media/src/lib.rs", "str0m_proto::x()");
}

#[test]
fn machine_paths_are_found() {
    fails(places::machine_paths, "README.md", concat!("see /wo", "rk/main"));
    fails(places::machine_paths, "web/package-lock.json", concat!("https://registry.", "npmjs.org/a"));
    fails(places::machine_paths, "a.sh", concat!("cd \"/ro", "ot/x\""));
    passes(places::machine_paths, "web/src/App.tsx", "import { Home } from './features/home/Home'");
    passes(places::machine_paths, "a.md", "on the network/work/share");
}

const LIMIT: &str = "crates/a/src/queue.rs";

#[test]
fn each_limit_is_reached() {
    let with = |limit: &str, test: &str| {
        judge(limits::each_is_reached, &[(LIMIT, limit), ("crates/a/src/queue/tests.rs", test)])
    };
    let good = Vec::<String>::new();
    assert_eq!(with("pub const QUEUE_MAX: usize = 2;", "#[test]\nfn reaches_queue_max() {}"), good);
    assert_eq!(
        with(
            "const TRIES_LIMIT: u8 = 2;",
            "#[tokio::test(start_paused = true)]\nasync fn reaches_tries_limit() {}"
        ),
        good
    );
    assert_eq!(
        with(
            "/// `tidy: bounded by full_house`.\npub const SEATS_MAX: u8 = 2;",
            "#[test]\nfn full_house() {}"
        ),
        good
    );
    assert_eq!(with("pub const WINDOW_MS: u64 = 2;", ""), good);
    assert_eq!(
        with("pub const QUEUE_MAX: usize = 2;", ""),
        ["QUEUE_MAX needs a test `reaches_queue_max` that reaches it"]
    );
    assert_ne!(with("pub const QUEUE_MAX: usize = 2;", "fn reaches_queue_max() {}"), good);
    assert_ne!(with("text!(Title, TITLE_LENGTH_MIN = 1, TITLE_LENGTH_MAX = 120);", ""), good);
    assert_eq!(with("let full = items.len() == QUEUE_MAX; match n { QUEUE_MAX => 1 }", ""), good);
    assert_ne!(with("pub const QUEUE_MAX: usize = 2;", "// #[test]\n// fn reaches_queue_max() {}"), good);
    assert_ne!(
        with("/// tidy: bounded by nobody\npub(crate) const SEATS_MAX: u8 = 2;", "#[test]\nfn full() {}"),
        good
    );
}

#[test]
fn tests_do_not_sleep() {
    fails(bans::sleeping_tests, "crates/a/tests/it/b.rs", "tokio::time::sleep(SECOND).await;");
    fails(bans::sleeping_tests, "crates/a/src/tests.rs", "std::thread::sleep(SECOND);");
    fails(bans::sleeping_tests, "e2e/tests/a.spec.ts", "await page.waitForTimeout(100)");
    passes(bans::sleeping_tests, "crates/a/src/tests.rs", "tokio::time::advance(SECOND).await; // sleep(1)");
    passes(bans::sleeping_tests, "crates/a/src/lib.rs", "tokio::time::sleep(SECOND).await;");
}

#[test]
fn every_test_runs() {
    fails(bans::skipped_tests, "crates/a/src/tests.rs", "#[ignore]\nfn a() {}");
    fails(bans::skipped_tests, "crates/a/src/tests.rs", "#[ignore = \"slow\"]\nfn a() {}");
    fails(bans::skipped_tests, "web/src/a.test.ts", "it.only('x', f)");
    fails(bans::skipped_tests, "e2e/a.spec.ts", "test.skip(true)");
    passes(bans::skipped_tests, "crates/a/src/lib.rs", "rows.skip(1) // #[ignore]");
}

#[test]
fn doors_say_why() {
    let rule = doors::reasons;
    passes(rule, "a.rs", "#[expect(clippy::panic, reason = \"a broken build\")]\nfn a() {}");
    passes(rule, "a.rs", "#[expect(\n    clippy::panic,\n    reason = \"a broken build\"\n)]\nfn a() {}");
    passes(rule, "a.rs", "option.expect(\"x\"); allow(1);");
    fails(rule, "a.rs", "#[expect(clippy::panic)]\nfn a() {}");
    fails(rule, "a.rs", "#![allow(clippy::panic)]\n");
    fails(rule, "a.rs", "#[expect(clippy::panic, reason = \"\")]\nfn a() {}");
}

#[test]
fn only_tests_allow() {
    let door = "#![allow(clippy::panic, reason = \"tests\")]";
    passes(doors::allow_is_for_tests, "crates/a/src/tests.rs", door);
    fails(doors::allow_is_for_tests, "crates/a/src/lib.rs", door);
}

#[test]
fn a_hard_case_names_a_test_that_exists() {
    let with = |proof: &str| {
        let rows: String = (2..=17).map(|case| format!("| {case} | x | later: payments |\n")).collect();
        let table = format!("| no. | case | proof |\n|---|---|---|\n{rows}{proof}\n");
        let test = "//! x\n#[test]\nfn sixty_approvals() {}";
        judge(proofs::hard_cases, &[("docs/hard-cases.md", &table), ("crates/a/tests/it/stage.rs", test)])
    };
    assert_eq!(with("| 1 | x | `crates/a/tests/it/stage.rs: sixty_approvals` |"), Vec::<String>::new());
    assert_eq!(with(""), ["case 1 has no row"]);
    assert_eq!(with("| 1 | x | soon |"), ["case 1: names no test and no later work"]);
    assert_eq!(with("| 1 | x | `crates/a/b.rs: gone` |"), ["case 1: there is no crates/a/b.rs"]);
    assert_eq!(
        with("| 1 | x | `crates/a/tests/it/stage.rs: sixty` |"),
        ["case 1: crates/a/tests/it/stage.rs has no test `sixty`"]
    );
}

#[test]
fn violations_name_their_place() {
    let found = violations(&workspace(&[("crates/onstage-sfu/src/lib.rs", "//! Sfu.\n\nunsafe {}\n")]));
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["crates/onstage-sfu/src/lib.rs:3: [unsafe] unsafe code lives in crates/onstage-media/src/net only"]
    );
}
