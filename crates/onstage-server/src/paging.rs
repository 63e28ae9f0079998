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

/// A page of a list that is whole in memory; the cursor counts items.
pub(crate) fn by_offset<T>(items: Vec<T>, page: &Page) -> Listed<T> {
    let limit = usize::try_from(page.limit.clamp(1, PAGE_LIMIT_MAX)).unwrap_or(usize::MAX);
    let offset: usize = page.cursor.as_deref().and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let total = items.len();
    let items: Vec<T> = items.into_iter().skip(offset).take(limit).collect();
    let end = offset.saturating_add(items.len());
    let next_cursor = (end < total && !items.is_empty()).then(|| end.to_string());
    Listed { items, next_cursor, total: u64::try_from(total).ok() }
}
