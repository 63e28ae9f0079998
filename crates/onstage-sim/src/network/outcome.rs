//! What became of a scenario, in figures that can be asked for and drawn.

use std::time::Duration;

/// A time in which the picture stood still.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freeze {
    /// The last frame before, in seconds.
    pub from: f64,
    /// The first frame after, in seconds.
    pub until: f64,
}

impl Freeze {
    /// In seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.until - self.from
    }
}

/// A tenth of a second of the way to the viewer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// When it ended, in seconds.
    pub at: f64,
    /// Thousands of bits in a second that left for the viewer.
    pub sent_kbps: f64,
    /// Thousands of bits in a second that arrived.
    pub received_kbps: f64,
    /// What the line carried then, if it was narrow.
    pub line_kbps: Option<f64>,
    /// What the viewer believed then.
    pub estimate_kbps: f64,
}

/// What came of the sound.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// Sounds that came.
    pub came: u32,
    first: Option<u32>,
    newest: u32,
    last_at: Option<f64>,
    /// The longest time without a new sound, and when it ended.
    pub longest_gap: (f64, f64),
}

impl Heard {
    pub(super) fn take(&mut self, at: f64, number: u32) {
        self.first.get_or_insert(number);
        self.came += 1;
        if number <= self.newest {
            return;
        }
        self.newest = number;
        self.silent_until(at);
        self.last_at = Some(at);
    }

    pub(super) fn silent_until(&mut self, at: f64) {
        if let Some(gap) = self.last_at.map(|last| at - last)
            && gap > self.longest_gap.0
        {
            self.longest_gap = (gap, at);
        }
    }

    /// Sounds that never came, as a share of all.
    #[must_use]
    pub fn missing_share(&self) -> f64 {
        let all = self.first.map_or(0, |first| self.newest - first + 1);
        1.0 - f64::from(self.came) / f64::from(all.max(1))
    }
}

/// What a viewer saw and heard of a scenario.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The scenario.
    pub name: String,
    /// What happens in it, in a sentence.
    pub story: String,
    /// Its seed.
    pub seed: u64,
    /// How long it was, in seconds.
    pub seconds: f64,
    /// Words at moments: what the network did.
    pub marks: Vec<(f64, String)>,
    /// Tenths of seconds.
    pub samples: Vec<Sample>,
    /// Each frame shown: when, and in which layer (0, 1, 2).
    pub frames: Vec<(f64, u8)>,
    /// Times in which the picture stood still.
    pub freezes: Vec<Freeze>,
    /// The sound.
    pub heard: Heard,
    /// How far the picture was behind its sound, in milliseconds, by the reports of both.
    pub skews: Vec<(f64, f64)>,
    /// Frames whose numbers promised a decoder what was not true.
    pub contradictions: u32,
    /// Key frames the viewer asked for, and the publisher was asked for.
    pub key_frames_asked: (u32, u32),
    /// Sessions that a fault of ours ended.
    pub faults: u64,
}

impl Outcome {
    /// The layer shown at a time.
    #[must_use]
    pub fn layer_at(&self, at: f64) -> Option<u8> {
        self.frames.iter().take_while(|(then, _)| *then <= at).last().map(|(_, layer)| *layer)
    }

    /// When a layer was first shown after a time.
    #[must_use]
    pub fn first_of_layer(&self, layer: u8, after: f64) -> Option<f64> {
        self.frames.iter().find(|(at, shown)| *at >= after && *shown == layer).map(|(at, _)| *at)
    }

    /// Seconds from a time to the next frame.
    #[must_use]
    pub fn recovery_after(&self, after: f64) -> Option<f64> {
        self.frames.iter().find(|(at, _)| *at >= after).map(|(at, _)| *at - after)
    }

    /// The longest freeze that touches a time span, in seconds.
    #[must_use]
    pub fn longest_freeze(&self, from: f64, until: f64) -> f64 {
        let touching = self.freezes.iter().filter(|freeze| freeze.until > from && freeze.from < until);
        touching.map(Freeze::seconds).fold(0.0, f64::max)
    }

    /// Seconds of all freezes.
    #[must_use]
    pub fn frozen(&self) -> f64 {
        self.freezes.iter().map(Freeze::seconds).fold(0.0, |all, seconds| all + seconds)
    }

    /// The largest distance of picture and sound, in milliseconds.
    #[must_use]
    pub fn worst_skew_ms(&self) -> Option<f64> {
        self.skews.iter().map(|(_, skew)| skew.abs()).reduce(f64::max)
    }

    /// Frames in a second, over all of it.
    #[must_use]
    pub fn frames_per_second(&self) -> f64 {
        f64::from(u32::try_from(self.frames.len()).unwrap_or(u32::MAX)) / self.seconds
    }

    /// How often the layer changed.
    #[must_use]
    pub fn switches(&self) -> usize {
        self.frames
            .iter()
            .zip(self.frames.iter().skip(1))
            .filter(|(before, after)| before.1 != after.1)
            .count()
    }

    /// A line for people.
    #[must_use]
    pub fn summary(&self) -> String {
        let skew = self.worst_skew_ms().map_or("–".to_owned(), |skew| format!("{skew:.1} ms"));
        format!(
            "{:<24} frames/s {:>4.1} · freezes {:>2} ({:.2} s, longest {:.2} s) · switches {} · \
             layer at the end {} · sounds lost {:.1} % (gap {:.2} s) · skew {skew} · key frames {}/{}",
            self.name,
            self.frames_per_second(),
            self.freezes.len(),
            self.frozen(),
            self.longest_freeze(0.0, self.seconds),
            self.switches(),
            self.layer_at(self.seconds).map_or("–".to_owned(), |layer| layer.to_string()),
            self.heard.missing_share() * 100.0,
            self.heard.longest_gap.0,
            self.key_frames_asked.0,
            self.key_frames_asked.1,
        )
    }
}

/// A measured number as a whole one.
pub(super) fn whole(number: f64) -> u64 {
    Duration::try_from_secs_f64(number).map_or(0, |whole| whole.as_secs())
}
