//! Which characters a name may have: none that cannot be seen, none that turns the text round.

use super::TextError;

const REFUSED: TextError = TextError::BadCharacters("characters that can be seen");

const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Refuses characters that hide, joiners and variation selectors where they join and vary nothing, and a name of which
/// nothing can be seen. Spaces at the ends are gone already.
pub(super) fn check(text: &str) -> Result<(), TextError> {
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let fits = match letter {
            ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER => {
                before.is_some_and(can_be_joined) && letters.peek().copied().is_some_and(can_be_joined)
            }
            _ if is_variation_selector(letter) => before.is_some_and(can_vary),
            _ => !is_hidden(letter),
        };
        if !fits {
            return Err(REFUSED);
        }
        before = Some(letter);
    }
    Ok(())
}

/// Controls, format characters that show nothing, and letters that are blank (Unicode 16, categories Cc, Cf, Zl, Zp,
/// and Default_Ignorable_Code_Point).
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

const fn is_variation_selector(letter: char) -> bool {
    matches!(letter, '\u{FE00}'..='\u{FE0F}')
}

/// Letters of scripts that are written with joiners, and what emoji are put together from.
const fn can_be_joined(letter: char) -> bool {
    matches!(letter,
        '\u{620}'..='\u{6D3}' | '\u{6FA}'..='\u{DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17B3}'
        | '\u{17B6}'..='\u{180A}' | '\u{1810}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}' | '\u{11000}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}' | '\u{FE0F}')
        || is_picture(letter)
}

/// What a variation selector is written after: pictures, keys of a keypad, and ideographs.
const fn can_vary(letter: char) -> bool {
    let key = matches!(letter, '0'..='9' | '#' | '*' | '\u{A9}' | '\u{AE}');
    let ideograph = matches!(letter, '\u{3000}'..='\u{303F}' | '\u{3297}' | '\u{3299}' | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}');
    key || ideograph || is_picture(letter)
}

const fn is_picture(letter: char) -> bool {
    matches!(letter, '\u{203C}' | '\u{2049}' | '\u{2100}'..='\u{27BF}' | '\u{2900}'..='\u{2BFF}'
        | '\u{1F000}'..='\u{1FAFF}')
}
