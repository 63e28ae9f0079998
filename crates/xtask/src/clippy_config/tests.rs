//! Would catch a ban that floors.toml asks for and clippy never hears of.

use super::*;

const FLOORS: &str = r#"
[thresholds]
function_lines_max = 70
function_arguments_max = 5
cognitive_complexity_max = 15
file_lines_warn = 400
file_lines_max = 799
[crates.low]
floor = 0
ours = []
outside = []
bans = ["clock", "dice"]
[crates.free]
floor = 1
ours = []
outside = []
bans = []
[bans]
clock = [{ path = "std::time::Instant::now", reason = "told" }]
dice = [{ path = "rand::random", reason = "handed in" }]
"#;

#[test]
fn bans_of_a_crate_reach_its_clippy_config() {
    let configs = expected(&Floors::parse(FLOORS).unwrap()).unwrap();
    let text = |name: &str| configs.iter().find(|(path, _)| path.contains(name)).unwrap().1.clone();
    assert!(text("low").contains("{ path = \"std::time::Instant::now\", reason = \"told\" },"));
    assert!(
        text("low").contains("{ path = \"rand::random\", reason = \"handed in\", allow-invalid = true },")
    );
    assert!(!text("free").contains("disallowed-methods"));
    assert!(text("free").contains("too-many-lines-threshold = 70"));
}

#[test]
fn an_unknown_group_of_bans_is_named() {
    let floors = Floors::parse(&FLOORS.replace("\"dice\"]", "\"luck\"]")).unwrap();
    assert_eq!(expected(&floors).unwrap_err(), "floors.toml has no bans.luck");
}

#[test]
fn an_unknown_key_is_refused() {
    assert!(Floors::parse(&FLOORS.replace("outside = []\nbans = []", "outsiders = []\nbans = []")).is_err());
}
