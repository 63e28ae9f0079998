//! Catches a show that nobody could have opened, and words that the server would refuse.

use super::VIEWERS_MAX;
use super::audience::gather;
use super::lines::{CHAT, REACTIONS, TITLE, WISHES};
use crate::api::Door;
use crate::media::CAST;

#[test]
fn every_line_keeps_to_the_limits_of_the_contract() {
    assert!(TITLE.chars().count() <= 120);
    assert!(CHAT.iter().all(|line| (1..=500).contains(&line.chars().count())));
    assert!(WISHES.iter().all(|wish| (1..=200).contains(&wish.chars().count())));
    assert!(REACTIONS.iter().all(|kind| ["heart", "fire", "clap", "wow", "sad", "thumbs_up"].contains(kind)));
    assert_eq!(WISHES.len() + 1, CAST.len(), "every guest has a wish");
}

#[tokio::test]
async fn reaches_viewers_max() {
    // Nobody answers there, so the first one who cannot come ends the gathering, whatever the number.
    let door = Door::new("http://127.0.0.1:9").unwrap();
    assert!(gather(&door, "session", VIEWERS_MAX.saturating_add(1)).await.is_empty());
}
