//! Takes out of a text what may belong to a person: quoted values, queries, addresses, and whatever looks like a token.

/// Stands for what was taken out.
const GONE: &str = "…";
/// Letters and digits in a row above which a word counts as a secret or an id.
const PLAIN_WORD_LETTERS: usize = 24;

/// The text without them.
pub(super) fn scrubbed(text: &str) -> String {
    let unquoted = without_quotes(text);
    let words: Vec<String> = unquoted.split(' ').map(word).collect();
    words.join(" ")
}

/// Values that a program prints stand between double quotes; an open quote reaches to the end.
fn without_quotes(text: &str) -> String {
    let parts = text.split('"').enumerate();
    parts.map(|(place, part)| if place % 2 == 0 { part.to_owned() } else { format!("\"{GONE}\"") }).collect()
}

fn word(word: &str) -> String {
    let plain = word.split_once('?').map_or(word, |(before, _)| before);
    let plain = if plain.len() < word.len() { format!("{plain}?{GONE}") } else { plain.to_owned() };
    if plain.contains('@') || is_secret(&plain) { GONE.to_owned() } else { plain }
}

/// Long runs with digits in them: tokens, keys, ids, hashes. Paths of code have `::`, `/` and `_` between short words.
fn is_secret(word: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let mut runs = word.split(|letter| !is_letter(letter));
    runs.any(|run| run.len() > PLAIN_WORD_LETTERS || run.starts_with("eyJ"))
}
