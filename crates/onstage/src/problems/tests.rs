//! Would catch a code without a page, a page without a code, and a page that says nothing.

use std::collections::BTreeSet;

use onstage_domain::Code;

use super::{Pages, block};

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{}.md", code.name())).collect();
    let pages: BTreeSet<String> = Pages::iter().map(|name| name.into_owned()).collect();
    assert_eq!(pages, codes);
}

#[test]
fn every_page_says_what_it_means_and_what_to_do() {
    for code in Code::ALL {
        let file = Pages::get(&format!("{}.md", code.name())).unwrap();
        let text = String::from_utf8(file.data.into_owned()).unwrap();
        assert!(text.starts_with(&format!("# {}\n", code.title())), "{}: title", code.name());
        assert!(text.contains(&format!("`{}` · {}", code.name(), code.status())), "{}: code", code.name());
        assert!(text.contains("\n## What to do\n"), "{}: what to do", code.name());
    }
}

#[test]
fn text_of_a_page_is_never_markup() {
    assert_eq!(block("a <b> & `c`"), "<p>a &lt;b&gt; &amp; c</p>");
}
