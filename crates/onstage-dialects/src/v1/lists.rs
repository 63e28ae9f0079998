//! Pages of lists: `?limit&cursor` in, `{items, next_cursor}` out.

use std::str::FromStr;

use onstage_domain::Seq;
use onstage_domain::problem::Problem;
use onstage_domain::reply::{Listed, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fields::{Field, Fields, Wrong};
use crate::words::RequestStateWord;

/// The query of every list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 1–200, 50 when absent; larger wishes are clamped.
    #[param(value_type = Option<u32>)]
    pub limit: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Requests only: a state.
    #[param(ignore)]
    pub state: Option<String>,
    /// Log only: events after this `seq`.
    #[param(ignore)]
    pub since: Option<String>,
    /// Messages only: older than this moment or message.
    #[param(ignore)]
    pub before: Option<String>,
}

/// `?state` of requests, for the description: [`ListQuery`] reads it.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StateParam {
    /// Only those in this state.
    #[param(value_type = Option<RequestStateWord>)]
    pub state: Option<String>,
}

/// `?since` of the log, for the description: [`ListQuery`] reads it.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SinceParam {
    /// Only events after this `seq`.
    #[param(value_type = Option<i64>)]
    pub since: Option<String>,
}

/// `?before` of messages, for the description: [`ListQuery`] reads it.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BeforeParam {
    /// Only messages older than this message or this RFC 3339 moment.
    pub before: Option<String>,
}

impl ListQuery {
    /// A page of a list that goes on after an id.
    pub fn page(&self) -> Result<Page, Problem> {
        self.page_after::<Uuid>()
    }

    /// A page of a list that goes on after so many.
    pub fn counted_page(&self) -> Result<Page, Problem> {
        self.page_after::<usize>()
    }

    /// The place in the log, from its beginning when absent, and how many events.
    pub fn place(&self) -> Result<(Seq, u32), Problem> {
        let mut fields = Fields::default();
        let limit = self.read_limit(&mut fields);
        let after = fields.optional("/cursor", field(self.cursor.as_ref()), read_seq);
        let since = fields.optional("/since", field(self.since.as_ref()), read_seq);
        fields.finish(|| Some((after.or(since).unwrap_or(Seq(0)), limit)))
    }

    fn page_after<T: FromStr>(&self) -> Result<Page, Problem> {
        let mut fields = Fields::default();
        let limit = self.read_limit(&mut fields);
        let cursor = fields.optional("/cursor", field(self.cursor.as_ref()), read_cursor::<T>);
        fields.finish(|| Some(Page { cursor, limit }))
    }

    fn read_limit(&self, fields: &mut Fields) -> u32 {
        fields.optional("/limit", field(self.limit.as_ref()), read_limit).unwrap_or(PAGE_LIMIT_DEFAULT)
    }
}

fn field(text: Option<&String>) -> Field<String> {
    text.cloned().map_or(Field::Absent, Field::Value)
}

fn wrong(detail: &str) -> Wrong {
    Wrong::Other("wrong_type", detail.to_owned())
}

/// Within bounds, however large the wish.
fn read_limit(text: String) -> Result<u32, Wrong> {
    let wish: i128 = text.parse().map_err(|_| wrong("use a number from 1 to 200"))?;
    Ok(u32::try_from(wish.clamp(1, i128::from(PAGE_LIMIT_MAX))).unwrap_or(PAGE_LIMIT_MAX))
}

/// Stays text: what is inside is the list's own affair.
fn read_cursor<T: FromStr>(text: String) -> Result<String, Wrong> {
    let known = text.parse::<T>().is_ok();
    if known { Ok(text) } else { Err(wrong("use next_cursor of the page before, or leave it out")) }
}

fn read_seq(text: String) -> Result<Seq, Wrong> {
    let seq = text.parse::<i64>().ok().filter(|seq| *seq >= 0);
    seq.map(Seq).ok_or_else(|| wrong("use the seq of an event, a number from 0"))
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PageBody<T> {
    /// The page.
    pub items: Vec<T>,
    /// Where the next page begins; `null` on the last.
    pub next_cursor: Option<String>,
    /// How many in all, where counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// Renders every item of a page.
#[must_use]
pub fn page<V, B: From<V>>(listed: Listed<V>) -> PageBody<B> {
    PageBody {
        items: listed.items.into_iter().map(B::from).collect(),
        next_cursor: listed.next_cursor,
        total: listed.total,
    }
}

#[cfg(test)]
mod tests;
