//! Pages of lists: `?limit&cursor` in, `{items, next_cursor}` out.

use onstage_domain::Seq;
use onstage_domain::reply::{Listed, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// How many, within bounds; what is no number is as if absent.
    #[must_use]
    pub fn limit(&self) -> u32 {
        let wished = self.limit.as_deref().and_then(|text| text.parse::<i64>().ok());
        wished.map_or(PAGE_LIMIT_DEFAULT, |limit| {
            u32::try_from(limit.clamp(1, i64::from(PAGE_LIMIT_MAX))).unwrap_or(PAGE_LIMIT_DEFAULT)
        })
    }

    /// As the core asks for it.
    #[must_use]
    pub fn page(&self) -> Page {
        Page { cursor: self.cursor.clone(), limit: self.limit() }
    }

    /// The place in the log; from its beginning when absent or unreadable.
    #[must_use]
    pub fn since(&self) -> Seq {
        Seq(self.since.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0))
    }
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
