//! Three layers, what they look like, and which of them fits a wish.

use crate::control::{LayerSize, Quality, Wish};

/// One value for each layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PerLayer<T> {
    low: T,
    medium: T,
    high: T,
}

impl<T> PerLayer<T> {
    /// The value of one layer.
    pub(crate) fn of(&self, quality: Quality) -> &T {
        match quality {
            Quality::Low => &self.low,
            Quality::Medium => &self.medium,
            Quality::High => &self.high,
        }
    }

    /// The value of one layer, to change it.
    pub(crate) fn of_mut(&mut self, quality: Quality) -> &mut T {
        match quality {
            Quality::Low => &mut self.low,
            Quality::Medium => &mut self.medium,
            Quality::High => &mut self.high,
        }
    }

    /// The same for each layer.
    pub(crate) fn each<U>(&self, mut make: impl FnMut(Quality, &T) -> U) -> PerLayer<U> {
        PerLayer {
            low: make(Quality::Low, &self.low),
            medium: make(Quality::Medium, &self.medium),
            high: make(Quality::High, &self.high),
        }
    }
}

/// All layers, smallest first.
pub(crate) const QUALITIES: [Quality; 3] = [Quality::Low, Quality::Medium, Quality::High];

/// Sizes of the layers of a track.
pub(crate) type Sizes = PerLayer<Option<(u32, u32)>>;

/// Reads the sizes of a description.
pub(crate) fn sizes(layers: &[LayerSize]) -> Sizes {
    let mut sizes = Sizes::default();
    for layer in layers {
        *sizes.of_mut(layer.quality) = Some((layer.width, layer.height));
    }
    sizes
}

/// The layers for which `usable` holds, smallest first.
pub(crate) fn list(usable: &PerLayer<bool>) -> Vec<Quality> {
    QUALITIES.into_iter().filter(|quality| *usable.of(*quality)).collect()
}

/// The layer for a wish: the smallest usable one that is large enough, else the largest usable one.
pub(crate) fn best_for(wish: Wish, usable: &PerLayer<bool>, sizes: &Sizes) -> Option<Quality> {
    let mut usable = QUALITIES.into_iter().filter(|quality| *usable.of(*quality));
    match wish {
        Wish::Nothing => None,
        Wish::AtMost(limit) => {
            let smallest = usable.next()?;
            Some(usable.rfind(|quality| *quality <= limit).unwrap_or(smallest))
        }
        Wish::Size { width, height } => {
            let mut best = None;
            for quality in usable {
                best = Some(quality);
                if sizes.of(quality).is_some_and(|size| is_large_enough(size, (width, height))) {
                    break;
                }
            }
            best
        }
    }
}

/// Compares the shorter side of the picture and forgives a tenth: tiles are a few pixels off the sizes of layers.
fn is_large_enough(layer: (u32, u32), wished: (u32, u32)) -> bool {
    let (have, want) = if layer.0 < layer.1 { (layer.0, wished.0) } else { (layer.1, wished.1) };
    u64::from(have).saturating_mul(10) >= u64::from(want).saturating_mul(9)
}

#[cfg(test)]
mod tests;
