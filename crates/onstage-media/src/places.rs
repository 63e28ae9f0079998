//! Places that are counted in all and by whose they are; a place that is dropped is free again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many places for everybody together, and so many for each.
#[derive(Debug)]
pub(crate) struct Places<K: Eq + Hash>(Arc<Inner<K>>);

#[derive(Debug)]
struct Inner<K> {
    total_max: usize,
    own_max: usize,
    counts: Mutex<Counts<K>>,
}

#[derive(Debug)]
struct Counts<K> {
    total: usize,
    by_key: HashMap<K, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// This one has enough.
    Own,
    /// There are enough.
    Total,
}

/// A place; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Place<K: Eq + Hash> {
    places: Places<K>,
    key: K,
}

impl<K: Eq + Hash> Places<K> {
    /// All of them are free.
    pub(crate) fn new(total_max: usize, own_max: usize) -> Self {
        let counts = Mutex::new(Counts { total: 0, by_key: HashMap::new() });
        Self(Arc::new(Inner { total_max, own_max, counts }))
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, Counts<K>> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone> Places<K> {
    /// One more for that key.
    pub(crate) fn enter(&self, key: K) -> Result<Place<K>, NoPlace> {
        let mut counts = self.lock();
        if counts.total >= self.0.total_max {
            return Err(NoPlace::Total);
        }
        let own = counts.by_key.get(&key).copied().unwrap_or_default();
        if own >= self.0.own_max {
            return Err(NoPlace::Own);
        }
        counts.by_key.insert(key.clone(), own.saturating_add(1));
        counts.total = counts.total.saturating_add(1);
        drop(counts);
        Ok(Place { places: self.clone(), key })
    }
}

/// Another handle to the same places.
impl<K: Eq + Hash> Clone for Places<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut counts = self.places.lock();
        counts.total = counts.total.saturating_sub(1);
        if let Some(own) = counts.by_key.get_mut(&self.key) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                counts.by_key.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests;
