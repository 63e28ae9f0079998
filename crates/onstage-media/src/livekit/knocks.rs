//! How often one network address may knock at the doors of media, and how many whom it sent may be on their way in.
//!
//! Counted before anything of a caller is read, because that costs less than a signature. A school or an office behind
//! one router comes all at once, and each of its people may have to come twice; who comes without end costs an address
//! for every twenty joins a second.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use onstage_domain::address::customer_of;

use super::admission::Refused;
use crate::pace::{Allowance, Buckets};
use crate::places::{NoPlace, Place, Places};

/// Joins of one address that come in at once.
pub(crate) const JOINS_AT_ONCE_PER_ADDRESS_MAX: u32 = 600;
/// Joins of one address in a second, once those are used up.
pub(crate) const JOINS_PER_SECOND_PER_ADDRESS_MAX: u32 = 20;
/// People from one address whose media has never been up. Each is gone after a minute at most.
pub(crate) const HALF_OPEN_PER_ADDRESS_MAX: usize = 600;
/// The same, from everywhere.
pub(crate) const HALF_OPEN_MAX: usize = 20_000;
/// Addresses that are remembered; above it those are forgotten that are allowed everything again, or all.
pub(crate) const KNOCKING_ADDRESSES_MAX: usize = 100_000;

const JOINS: Allowance = Allowance {
    at_once: JOINS_AT_ONCE_PER_ADDRESS_MAX,
    per_second: JOINS_PER_SECOND_PER_ADDRESS_MAX,
    remembered: KNOCKING_ADDRESSES_MAX,
};

/// Where a call comes from, as whoever knows the proxies in between says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalledFrom(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for CalledFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let said = parts.extensions.get::<Self>().copied();
        let connected = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| Self(info.0.ip()));
        Ok(said.or_else(connected).unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// The place of somebody whose media has not been up yet; none where nobody counts.
pub(crate) type HalfOpen = Option<Place<IpAddr>>;

/// Who knocked lately, and who is on the way in.
#[derive(Debug)]
pub(crate) struct Knocks {
    is_on: bool,
    joins: Buckets<IpAddr>,
    half_open: Places<IpAddr>,
    refused: AtomicU64,
}

impl Knocks {
    /// Nobody has come. Without limits nobody is ever too many.
    pub(crate) fn new(is_on: bool) -> Self {
        let half_open = Places::new(HALF_OPEN_MAX, HALF_OPEN_PER_ADDRESS_MAX);
        Self { is_on, joins: Buckets::new(JOINS), half_open, refused: AtomicU64::new(0) }
    }

    /// Counts somebody who wants in, or says that there are too many.
    pub(crate) fn knock(&self, from: CalledFrom, now: Instant) -> Result<HalfOpen, Refused> {
        if !self.is_on {
            return Ok(None);
        }
        let customer = customer_of(from.0);
        let is_in_time = self.joins.take(customer, now).is_ok();
        let place = if is_in_time { self.half_open.enter(customer).map(Some) } else { Err(NoPlace::Own) };
        place.map_err(|full| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            match full {
                NoPlace::Own => Refused { status: StatusCode::TOO_MANY_REQUESTS, text: "too many joins" },
                NoPlace::Total => Refused { status: StatusCode::SERVICE_UNAVAILABLE, text: "too many joins" },
            }
        })
    }

    /// How many were turned away since the start.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
