//! Would catch a page limit that a client can talk past, and a query that is not read and not refused either.

use onstage_domain::Seq;
use onstage_domain::problem::{Code, Problem};

use super::ListQuery;

fn limit(text: &str) -> Option<u32> {
    let query = ListQuery { limit: Some(text.to_owned()), ..ListQuery::default() };
    query.page().ok().map(|page| page.limit)
}

fn cursor(text: &str) -> ListQuery {
    ListQuery { cursor: Some(text.to_owned()), ..ListQuery::default() }
}

fn pointers<T>(answer: Result<T, Problem>) -> Vec<String> {
    let problem = answer.err().unwrap();
    assert_eq!(problem.code, Code::Invalid);
    problem.errors.into_iter().map(|error| error.pointer).collect()
}

#[test]
fn reaches_page_limit_max() {
    assert_eq!(limit("201"), Some(200));
    assert_eq!(limit("99999999999999999999"), Some(200));
    assert_eq!([limit("0"), limit("-5"), limit("1")], [Some(1); 3]);
    assert_eq!(ListQuery::default().page().unwrap().limit, 50);
}

#[test]
fn what_cannot_be_read_is_refused_by_its_name() {
    for text in ["many", "", "1.5", "0x10"] {
        assert_eq!(limit(text), None, "{text}");
    }
    let query = ListQuery {
        limit: Some("many".to_owned()),
        since: Some("yesterday".to_owned()),
        ..cursor("nobody gave this out")
    };
    assert_eq!(pointers(query.page()), ["/limit", "/cursor"]);
    assert_eq!(pointers(query.counted_page()), ["/limit", "/cursor"]);
    assert_eq!(pointers(query.place()), ["/limit", "/cursor", "/since"]);
    let before_the_first = ListQuery { since: Some("-1".to_owned()), ..ListQuery::default() };
    assert_eq!(pointers(before_the_first.place()), ["/since"]);
}

#[test]
fn a_cursor_is_of_its_list() {
    let id = "0190a0d8-7c60-7000-8000-000000000001";
    assert_eq!(cursor(id).page().unwrap().cursor.as_deref(), Some(id));
    assert_eq!(cursor("20").counted_page().unwrap().cursor.as_deref(), Some("20"));
    assert_eq!(cursor("20").place().unwrap(), (Seq(20), 50));
    assert_eq!((pointers(cursor("20").page()), pointers(cursor(id).counted_page())).0, ["/cursor"]);
}
