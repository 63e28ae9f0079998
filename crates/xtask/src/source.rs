//! One source file, and its code with comments and strings blanked out.

use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// A text file of the workspace.
pub(crate) struct SourceFile {
    /// Path from the workspace root, with `/`.
    pub(crate) path: String,
    /// As it is on disk.
    pub(crate) text: String,
    /// The same lines, with comments, strings and characters blanked (Rust and TypeScript only).
    pub(crate) code: String,
    test: bool,
}

impl SourceFile {
    /// Takes the text of a file apart.
    pub(crate) fn new(path: String, text: String) -> Self {
        let code = match extension(&path) {
            "rs" => mask(&text, &RUST),
            "ts" | "tsx" => mask(&text, &TYPESCRIPT),
            _ => String::new(),
        };
        let test = path.split('/').any(|part| ["tests", "benches", "e2e", "fuzz"].contains(&part))
            || path.ends_with("/tests.rs")
            || path.contains(".test.")
            || path.contains(".spec.");
        Self { path, text, code, test }
    }

    /// True for tests, benches and whatever a `#[cfg(test)] mod …;` declares.
    pub(crate) fn is_test(&self) -> bool {
        self.test
    }

    /// True for `.rs`.
    pub(crate) fn is_rust(&self) -> bool {
        extension(&self.path) == "rs"
    }

    /// True for `.ts` and `.tsx`.
    pub(crate) fn is_typescript(&self) -> bool {
        ["ts", "tsx"].contains(&extension(&self.path))
    }

    /// The crate it belongs to, and the path inside it.
    pub(crate) fn crate_and_path(&self) -> Option<(&str, &str)> {
        self.path.strip_prefix("crates/")?.split_once('/')
    }

    /// Lines of code with their numbers, from 1.
    pub(crate) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code.lines())
    }

    /// Every identifier in the code: its line, itself, and the code after it.
    pub(crate) fn words(&self) -> Vec<Word<'_>> {
        words(&self.code)
    }

    /// Paths (without `.rs`) of the modules that this file declares for tests only.
    pub(crate) fn test_module_places(&self) -> Vec<String> {
        if !self.is_rust() {
            return Vec::new();
        }
        let home = self.module_folder();
        self.words()
            .windows(2)
            .filter_map(|pair| match pair {
                [keyword, name] if keyword.text == "mod" && declared_for_tests(&self.code, keyword) => {
                    Some(format!("{home}/{}", name.text))
                }
                _ => None,
            })
            .collect()
    }

    /// Marks the file as a test when it lies at or below one of `places`.
    pub(crate) fn mark_test_below(&mut self, places: &BTreeSet<String>) {
        let stem = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        self.test |=
            places.iter().any(|place| stem.strip_prefix(place.as_str()).is_some_and(starts_at_a_boundary));
    }

    fn module_folder(&self) -> String {
        let stem = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        if ["mod", "lib", "main"].contains(&name) { folder.to_owned() } else { stem.to_owned() }
    }
}

/// An identifier in the code.
pub(crate) struct Word<'code> {
    /// Line number, from 1.
    pub(crate) line: usize,
    /// The identifier.
    pub(crate) text: &'code str,
    /// The code before it.
    pub(crate) before: &'code str,
    /// The code after it.
    pub(crate) after: &'code str,
}

fn starts_at_a_boundary(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// Looks back from `mod` over visibility and attributes, to the end of the item before.
fn declared_for_tests(code: &str, keyword: &Word<'_>) -> bool {
    let start = keyword.before.rfind([';', '{', '}']).map_or(0, |at| at.saturating_add(1));
    code.get(start..keyword.before.len()).is_some_and(|head| head.contains("#[cfg(test)]"))
        && keyword.after.trim_start().trim_start_matches(is_word).starts_with(';')
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Part of an identifier.
pub(crate) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Every identifier of `code`.
pub(crate) fn words(code: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut line = 1_usize;
    let mut at = 0_usize;
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let (text, after) = rest.split_at(length);
        if text.is_empty() {
            let letter = after.chars().next().unwrap_or_default();
            line = line.saturating_add(usize::from(letter == '\n'));
            at = at.saturating_add(letter.len_utf8());
        } else {
            found.push(Word { line, text, before: code.get(..at).unwrap_or_default(), after });
            at = at.saturating_add(length);
        }
    }
    found
}

/// What a language has that is not code: the length of one such thing at the start of a text.
type Opaque = fn(&str) -> Option<usize>;

const RUST: [Opaque; 5] = [line_comment, nested_comment, raw_string, quoted_string, character];
const TYPESCRIPT: [Opaque; 3] = [line_comment, plain_comment, script_string];

/// Blanks comments and strings, keeps every line break.
fn mask(text: &str, opaque: &[Opaque]) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside_word = false;
    while let Some(first) = rest.chars().next() {
        let raw_prefix = first == 'r' && inside_word;
        let length = if raw_prefix { None } else { opaque.iter().find_map(|length_of| length_of(rest)) };
        let (taken, left) = rest.split_at_checked(length.unwrap_or(first.len_utf8())).unwrap_or((rest, ""));
        match length {
            Some(_) => code.extend(taken.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' })),
            None => code.push_str(taken),
        }
        inside_word = is_word(first) && length.is_none();
        rest = left;
    }
    code
}

fn line_comment(text: &str) -> Option<usize> {
    text.starts_with("//").then(|| text.find('\n').unwrap_or(text.len()))
}

fn plain_comment(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("/*")?;
    Some(inside.find("*/").map_or(text.len(), |end| end.saturating_add(4)))
}

fn nested_comment(text: &str) -> Option<usize> {
    let mut rest = text.strip_prefix("/*")?;
    let mut depth = 1_usize;
    while depth > 0 {
        let next = rest.find(['*', '/'])?;
        rest = rest.get(next..)?;
        if let Some(after) = rest.strip_prefix("/*") {
            (depth, rest) = (depth.saturating_add(1), after);
        } else if let Some(after) = rest.strip_prefix("*/") {
            (depth, rest) = (depth.saturating_sub(1), after);
        } else {
            rest = rest.get(1..)?;
        }
    }
    Some(text.len().saturating_sub(rest.len()))
}

fn raw_string(text: &str) -> Option<usize> {
    let after_prefix = text.strip_prefix('r')?;
    let quoted = after_prefix.trim_start_matches('#');
    let hashes = after_prefix.len().saturating_sub(quoted.len());
    let inside = quoted.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at.saturating_add(end.len()));
    Some(text.len().saturating_sub(inside.len()).saturating_add(length))
}

fn quoted_string(text: &str) -> Option<usize> {
    text.starts_with('"').then(|| until_quote(text, '"'))
}

fn script_string(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|first| ['"', '\'', '`'].contains(first))?;
    // An apostrophe in the text of a page element is not a string: strings of one line only, unless a template.
    let length = until_quote(text, quote);
    let one_line = text.get(..length).is_some_and(|taken| quote == '`' || !taken.contains('\n'));
    one_line.then_some(length)
}

fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut letters = inside.chars();
    let first = letters.next()?;
    let literal = first == '\\' || letters.next() == Some('\'');
    literal.then(|| until_quote(text, '\''))
}

/// Length of a literal that starts and ends with `quote`, with backslash escapes.
fn until_quote(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return at.saturating_add(1);
        }
    }
    text.len()
}
