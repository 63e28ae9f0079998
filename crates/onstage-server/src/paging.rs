//! Pages of lists: one row more than asked for tells whether there is a next page.

use onstage_domain::reply::{Listed, PAGE_LIMIT_MAX, Page};
use uuid::Uuid;

/// How many to read.
pub(crate) fn one_more(page: &Page) -> i64 {
    i64::from(page.limit.clamp(1, PAGE_LIMIT_MAX)).saturating_add(1)
}

/// The id to go on after; a cursor nobody gave out counts as none.
pub(crate) fn id_cursor(page: &Page) -> Option<Uuid> {
    page.cursor.as_deref().and_then(|cursor| cursor.parse().ok())
}

/// Cuts the surplus row off and says where the next page begins.
pub(crate) fn listed<T>(mut items: Vec<T>, page: &Page, key: impl Fn(&T) -> String) -> Listed<T> {
    let limit = usize::try_from(page.limit.clamp(1, PAGE_LIMIT_MAX)).unwrap_or(usize::MAX);
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = if has_more { items.last().map(key) } else { None };
    Listed { items, next_cursor, total: None }
}
