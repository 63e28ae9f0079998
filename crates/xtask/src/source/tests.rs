//! Would catch a rule that judges comments and strings, or that takes a test for product code.

use super::*;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile::new(path.to_owned(), text.to_owned())
}

fn rust(text: &str) -> String {
    file("crates/a/src/b.rs", text).code
}

#[test]
fn comments_are_blank_and_lines_stay() {
    assert_eq!(rust("a // unsafe\nb /* x\n/* y */ z */ c"), "a          \nb     \n             c");
}

#[test]
fn strings_are_blank() {
    assert!(!rust(r#"let a = "unsafe \" unsafe";"#).contains("unsafe"));
    assert!(!rust(r##"let a = r#"unsafe " unsafe"#;"##).contains("unsafe"));
    assert!(!rust(r#"let a = b"unsafe";"#).contains("unsafe"));
    assert!(rust(r#"let a = "x"; unsafe {}"#).contains("unsafe"));
}

#[test]
fn quotes_in_characters_do_not_open_a_string() {
    let code = rust("let q = '\"'; let e = '\\''; let l: &'static str = after;");
    assert!(code.contains("after"));
    assert!(code.contains("'static"));
    assert!(!code.contains('"'));
}

#[test]
fn an_unfinished_string_ends_with_the_file() {
    assert_eq!(rust("a \"b"), "a   ");
}

#[test]
fn apostrophes_in_a_page_do_not_hide_the_next_line() {
    let code = file("web/src/a.tsx", "<p>don't</p>\ncall('x', `y\nz`)").code;
    assert!(code.contains("call("));
    assert!(!code.contains('z'));
}

#[test]
fn words_know_their_lines() {
    let words: Vec<(usize, String)> = file("a.rs", "one two_2\n(three)")
        .words()
        .iter()
        .map(|word| (word.line, word.text.to_owned()))
        .collect();
    assert_eq!(words, [(1, "one".to_owned()), (1, "two_2".to_owned()), (2, "three".to_owned())]);
}

#[test]
fn tests_are_known_by_their_place() {
    for path in
        ["crates/a/tests/it/b.rs", "crates/a/src/b/tests.rs", "crates/a/benches/b.rs", "web/src/a.test.ts"]
    {
        assert!(file(path, "").is_test(), "{path}");
    }
    for path in ["crates/a/src/tests_of_time.rs", "crates/a/src/b.rs"] {
        assert!(!file(path, "").is_test(), "{path}");
    }
}

#[test]
fn a_module_declared_for_tests_is_a_test() {
    let home = file(
        "crates/a/src/lib.rs",
        "mod b;\n#[cfg(test)]\npub(crate) mod samples;\n#[cfg(test)] mod inline {}",
    );
    assert_eq!(home.test_module_places(), ["crates/a/src/samples"]);
    let places = home.test_module_places().into_iter().collect();
    for (path, test) in [
        ("crates/a/src/samples.rs", true),
        ("crates/a/src/samples/deep.rs", true),
        ("crates/a/src/samples_of_life.rs", false),
    ] {
        let mut other = file(path, "");
        other.mark_test_below(&places);
        assert_eq!(other.is_test(), test, "{path}");
    }
}
