//! Would catch a word that is too long by one, a look-alike that slips past NFC, and a password in a log.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// Scalar values are counted, not bytes; blank counts as nothing.
fn reaches<T: PartialEq + std::fmt::Debug>(parse: fn(&str) -> Result<T, TextError>, min: usize, max: usize) {
    assert!(parse(&"é".repeat(max)).is_ok());
    assert_eq!(parse(&"é".repeat(max + 1)), Err(TextError::TooLong(max)));
    assert_eq!(parse("  ").err(), (min > 0).then_some(TextError::TooShort(min)));
}

#[test]
fn reaches_display_name_length_max() {
    reaches(DisplayName::parse, DISPLAY_NAME_LENGTH_MIN, DISPLAY_NAME_LENGTH_MAX);
}

#[test]
fn reaches_title_length_max() {
    reaches(Title::parse, TITLE_LENGTH_MIN, TITLE_LENGTH_MAX);
}

#[test]
fn reaches_description_length_max() {
    reaches(Description::parse, DESCRIPTION_LENGTH_MIN, DESCRIPTION_LENGTH_MAX);
}

#[test]
fn reaches_chat_length_max() {
    reaches(ChatText::parse, CHAT_LENGTH_MIN, CHAT_LENGTH_MAX);
}

#[test]
fn reaches_note_length_max() {
    reaches(Note::parse, NOTE_LENGTH_MIN, NOTE_LENGTH_MAX);
}

#[test]
fn reaches_handle_length_max() {
    assert!(Handle::parse(&"a".repeat(HANDLE_LENGTH_MAX)).is_ok());
    assert_eq!(Handle::parse(&"a".repeat(HANDLE_LENGTH_MAX + 1)), Err(TextError::TooLong(HANDLE_LENGTH_MAX)));
    assert_eq!(Handle::parse("ab"), Err(TextError::TooShort(HANDLE_LENGTH_MIN)));
}

#[test]
fn reaches_password_length_max() {
    assert!(Password::parse(&"p".repeat(PASSWORD_LENGTH_MAX)).is_ok());
    let long = Password::parse(&"p".repeat(PASSWORD_LENGTH_MAX + 1));
    assert_eq!(long.unwrap_err(), TextError::TooLong(PASSWORD_LENGTH_MAX));
    assert!(Password::parse(&"p".repeat(PASSWORD_LENGTH_MIN)).is_ok());
    let short = Password::parse(&"p".repeat(PASSWORD_LENGTH_MIN - 1));
    assert_eq!(short.unwrap_err(), TextError::TooShort(PASSWORD_LENGTH_MIN));
}

#[test]
fn a_password_is_not_trimmed_and_never_printed() {
    let password = Password::parse("  secret words  ").unwrap();
    assert_eq!(password.reveal(), "  secret words  ");
    assert!(!format!("{password:?}").contains("secret"));
}

#[test]
fn two_ways_to_write_a_letter_are_one() {
    assert_eq!(ChatText::parse("Cafe\u{301}").unwrap(), ChatText::parse("Café").unwrap());
}

#[test]
fn control_characters_are_dropped_and_line_breaks_stay() {
    assert_eq!(ChatText::parse("a\u{0}\u{1b}b\nc").unwrap().as_str(), "ab\nc");
    assert_eq!(ChatText::parse("\u{0}\u{7}"), Err(TextError::TooShort(1)));
}

#[test]
fn nothing_hides_in_a_name_or_a_title_and_nothing_turns_it_round() {
    let hidden = [
        "Ada\u{200B}",
        "A\u{200E}da",
        "A\u{200F}da",
        "\u{202E}adA",
        "A\u{202A}da",
        "A\u{2060}da",
        "A\u{2064}da",
        "A\u{2066}da",
        "A\u{2069}da",
        "\u{FEFF}Ada",
        "A\u{AD}da",
        "A\u{61C}da",
        "A\u{180E}da",
        "A\u{E0041}da",
        "A\nda",
        "A\u{7}da",
        "A\u{85}da",
        "A\u{2028}da",
    ];
    let misplaced = [
        "A\u{200D}da",
        "A\u{200C}da",
        "\u{200D}ада",
        "ада\u{200D}",
        "а\u{200D}да",
        "می\u{200C}",
        "می\u{200C}\u{200C}خواهم",
        "A\u{FE0F}da",
        "\u{FE0F}",
        "❤\u{FE0F}\u{FE0F}",
    ];
    let unseen = ["\u{200D}", "\u{200B}\u{200B}", "\u{3164}", "\u{115F}", "\u{FFA0}", "\u{2800}", "\u{34F}"];
    for text in hidden.into_iter().chain(misplaced).chain(unseen) {
        let codes = text.escape_unicode();
        assert_eq!(
            DisplayName::parse(text),
            Err(TextError::BadCharacters("characters that can be seen")),
            "{codes}"
        );
        assert!(Title::parse(text).is_err(), "{codes}");
    }
}

#[test]
fn names_of_every_script_and_emoji_stay() {
    for text in [
        " Ada Lovelace ",
        "O’Brien-Ñuñez 3",
        "Zoë",
        "Ада",
        "可可",
        "می\u{200C}خواهم",
        "क्\u{200D}ष",
        "ශ්\u{200D}රී",
        "שלום",
        "محمد",
        "한글",
        "Nguyễn",
        "👩\u{200D}👩\u{200D}👧",
        "🏳\u{FE0F}\u{200D}🌈",
        "❤\u{FE0F}\u{200D}🔥",
        "🧑🏽\u{200D}🚀",
        "1\u{FE0F}\u{20E3}",
        "👋🏽 hi ❤\u{FE0F}",
        "葛\u{FE00}",
        "🇳🇴",
    ] {
        assert!(DisplayName::parse(text).is_ok(), "{text}");
        assert!(Title::parse(text).is_ok(), "{text}");
    }
    assert!(ChatText::parse("a\u{200D}b\u{200B}").is_ok(), "what somebody says is their own affair");
}

#[test]
fn a_refused_text_points_to_its_field() {
    let error = TextError::BadCharacters("a-z").at("/handle");
    assert_eq!((error.pointer.as_str(), error.code.as_str()), ("/handle", "bad_characters"));
    assert_eq!(TextError::TooShort(3).at("/x").code, "too_short");
    assert_eq!(TextError::TooLong(3).at("/x").code, "too_long");
}

proptest! {
    #[test]
    fn parsing_twice_changes_nothing(raw in any::<String>()) {
        if let Ok(text) = ChatText::parse(&raw) {
            prop_assert_eq!(ChatText::parse(text.as_str()), Ok(text.clone()));
            prop_assert!((1..=500).contains(&text.as_str().chars().count()));
        }
    }

    #[test]
    fn a_handle_is_what_its_alphabet_says(raw in "[ -~]{0,40}") {
        let trimmed = raw.trim();
        let expected = (3..=30).contains(&trimmed.len())
            && trimmed.chars().all(|c| "abcdefghijklmnopqrstuvwxyz0123456789_".contains(c));
        prop_assert_eq!(Handle::parse(&raw).is_ok(), expected);
    }
}
