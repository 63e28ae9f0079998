//! Catches a show that nobody could have opened, words that the server would refuse, and a chat that repeats itself.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::audience::Audience;
use super::lines::{ASIDES, CHAT, Deck, HOST, NAMES, REACTIONS, TITLE, UNDERSTUDIES, WISHES};
use super::script::Beat;
use super::{VIEWERS_MAX, below};
use crate::api::Door;
use crate::media::CAST;

#[test]
fn every_line_keeps_to_the_limits_of_the_contract() {
    assert!(TITLE.chars().count() <= 120);
    assert!(CHAT.iter().chain(&ASIDES).all(|line| (1..=500).contains(&line.chars().count())));
    assert!(WISHES.iter().all(|wish| (1..=200).contains(&wish.chars().count())));
    assert!(REACTIONS.iter().all(|kind| ["heart", "fire", "clap", "wow", "sad", "thumbs_up"].contains(kind)));
}

#[test]
fn nobody_is_called_like_anybody_else() {
    let understudies = UNDERSTUDIES.iter().flat_map(|(first, second)| [*first, *second]);
    let names: Vec<&str> = understudies.chain(NAMES).chain([HOST]).collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    for (face, (first, _)) in CAST.iter().zip(UNDERSTUDIES) {
        assert_eq!(face.name, first, "everybody has somebody who comes in their place");
    }
}

#[test]
fn every_line_comes_once_before_any_comes_again() {
    for lines in [&CHAT[..], &ASIDES[..]] {
        let mut deck = Deck::new(lines);
        let drawn: HashSet<&str> = lines.iter().map(|_| deck.draw()).collect();
        assert_eq!(drawn.len(), lines.len());
    }
}

#[test]
fn a_beat_comes_when_it_is_time_and_not_again_at_once() {
    let (now, every) = (Instant::now(), Duration::from_secs(10));
    let mut beat = Beat::new(now, every);
    assert!(!beat.comes(now + Duration::from_secs(9)));
    assert!(beat.comes(now + every));
    assert!(!beat.comes(now + every + Duration::from_secs(9)), "at least once its time apart");
    assert!(beat.comes(now + every * 3), "at most twice");
    beat.hurry(now + every * 3);
    assert!(beat.comes(now + every * 3));
}

#[test]
fn a_number_below_nothing_is_nought() {
    assert_eq!((below(0), below(1)), (0, 0));
    assert!((0..100).all(|_| below(7) < 7));
}

#[tokio::test]
async fn reaches_viewers_max() {
    assert!(Audience::new(0).is_full(), "nobody is waited for");
    let mut audience = Audience::new(VIEWERS_MAX.saturating_add(1));
    assert_eq!(audience.wanted(), VIEWERS_MAX);
    // Nobody answers there, so the first one who cannot come ends the gathering.
    let door = Door::new("http://127.0.0.1:9").unwrap();
    audience.arrive(&door, "session").await;
    assert!(audience.is_full() && audience.anyone().is_none());
}
