//! How many connections there may be at once, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections to one listener at the same time.
pub(crate) const CONNECTIONS_MAX: usize = 2_000;
/// Of these, from one address: a school or an office behind one router still fits.
pub(crate) const CONNECTIONS_PER_ADDRESS_MAX: usize = 128;

/// Counts who is connected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caps(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Pass {
    caps: Caps,
    address: IpAddr,
}

impl Caps {
    /// A place for a connection from there, if there is one.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Pass> {
        let mut counts = self.lock();
        if counts.total >= CONNECTIONS_MAX {
            return None;
        }
        let own = counts.by_address.entry(address).or_default();
        if *own >= CONNECTIONS_PER_ADDRESS_MAX {
            return None;
        }
        *own = own.saturating_add(1);
        counts.total = counts.total.saturating_add(1);
        Some(Pass { caps: self.clone(), address })
    }

    /// How many are connected.
    pub(crate) fn total(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut counts = self.caps.lock();
        counts.total = counts.total.saturating_sub(1);
        if let Some(own) = counts.by_address.get_mut(&self.address) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests;
