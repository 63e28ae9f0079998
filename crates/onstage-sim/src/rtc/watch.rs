//! What a receiver saw of one track: packets, holes, pictures, key frames, repetitions, and when.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::media::{Mark, vp8};

/// Pictures remembered one by one, when a test asks for it.
pub const PICTURES_KEPT_MAX: usize = 8_192;

/// Half of the range of 15-bit picture ids: what is further ahead is behind.
const PICTURE_ID_HALF: u16 = vp8::PICTURE_ID_MODULUS / 2;

/// One packet as WebRTC hands it over (repetitions of a number are already dropped).
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// When.
    pub at: Instant,
    /// Extended sequence number.
    pub number: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// The last packet of a picture.
    pub marker: bool,
    /// Contents.
    pub payload: &'a [u8],
}

/// A picture that arrived whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenPicture {
    /// When its last packet came.
    pub at: Instant,
    /// Picture id.
    pub picture_id: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// Whether it is a key frame.
    pub key: bool,
    /// Width of the last key frame.
    pub width: u16,
    /// Its mark, if it has one.
    pub mark: Option<Mark>,
}

/// Why a decoder could not use a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Another picture began before its last packet.
    Cut,
    /// A packet of it is missing or came out of order.
    Hole {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        came: u64,
    },
    /// Pictures before it are missing, or no key frame has come yet.
    Before,
}

/// Counters of one received track.
#[derive(Debug, Clone, Default)]
pub struct TrackWatch {
    /// Packets.
    pub packets: u64,
    /// Bytes of payload.
    pub bytes: u64,
    /// Pictures that a decoder could have shown: whole, and without a hole since a key frame.
    pub pictures: u64,
    /// Key frames among them.
    pub key_frames: u64,
    /// Picture ids that did not grow: a decoder would have got something twice.
    pub repeated: u64,
    /// Pictures whose RTP timestamp did not grow.
    pub backwards: u64,
    /// Pictures that a decoder could not use: a hole before or within.
    pub broken: u64,
    /// Pictures that a key frame cut short: layers may come interleaved, and a switch happens where the key frame
    /// begins. A decoder drops them and goes on.
    pub cut: u64,
    /// The last broken one, and why.
    pub last_broken: Option<(SeenPicture, Broken)>,
    /// Width of the last key frame.
    pub width: u16,
    /// The first packet.
    pub first_at: Option<Instant>,
    /// The last packet.
    pub last_at: Option<Instant>,
    /// The first picture that a decoder could show.
    pub first_picture_at: Option<Instant>,
    /// The longest time between two pictures.
    pub longest_gap: Duration,
    /// Every picture, if kept.
    pub kept: VecDeque<SeenPicture>,
    missing_before: u64,
    run: Option<Run>,
    open: Option<Open>,
    last_picture: Option<SeenPicture>,
    chain_whole: bool,
    keeps_pictures: bool,
}

/// Numbers of one SSRC.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: u64,
    highest: u64,
    received: u64,
}

impl Run {
    fn missing(&self) -> u64 {
        self.highest.saturating_sub(self.first).saturating_add(1).saturating_sub(self.received)
    }
}

/// A picture whose packets are still coming.
#[derive(Debug, Clone, Copy)]
struct Open {
    next_number: u64,
    picture: SeenPicture,
}

impl TrackWatch {
    /// Also remembers every picture (for tests).
    #[must_use]
    pub fn keeping_pictures(keeps_pictures: bool) -> Self {
        Self { keeps_pictures, ..Self::default() }
    }

    /// Numbers that never came, over all streams of this track.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.missing_before.saturating_add(self.run.as_ref().map_or(0, Run::missing))
    }

    /// The track goes on with another SSRC, so numbers begin anew.
    pub fn new_stream(&mut self) {
        self.missing_before = self.missing();
        self.run = None;
        self.open = None;
        self.last_picture = None;
        self.chain_whole = false;
    }

    /// Counts one packet.
    pub fn arrived(&mut self, arrival: Arrival<'_>, video: bool) {
        self.packets = self.packets.saturating_add(1);
        self.bytes = self.bytes.saturating_add(u64::try_from(arrival.payload.len()).unwrap_or(0));
        self.first_at.get_or_insert(arrival.at);
        self.last_at = Some(arrival.at);
        self.count_number(arrival.number);
        if video && let Some(part) = vp8::read(arrival.payload) {
            self.part_arrived(arrival, part);
        }
    }

    fn count_number(&mut self, number: u64) {
        let run = self.run.get_or_insert(Run { first: number, highest: number, received: 0 });
        run.first = run.first.min(number);
        run.highest = run.highest.max(number);
        run.received = run.received.saturating_add(1);
    }

    fn part_arrived(&mut self, arrival: Arrival<'_>, part: vp8::Part<'_>) {
        if part.starts {
            self.cut_by_key_frame(arrival.number, part);
            self.lose_open_picture(arrival.number);
            self.open = Some(self.begin_picture(arrival, part));
        }
        let Some(open) = &mut self.open else {
            self.chain_whole = false;
            return;
        };
        if open.next_number != arrival.number {
            self.lose_open_picture(arrival.number);
            return;
        }
        open.next_number = arrival.number.saturating_add(1);
        if arrival.marker {
            let picture = SeenPicture { at: arrival.at, ..open.picture };
            self.open = None;
            self.finish_picture(picture);
        }
    }

    fn begin_picture(&mut self, arrival: Arrival<'_>, part: vp8::Part<'_>) -> Open {
        let key_size = part.key_size();
        if let Some((width, _)) = key_size {
            self.width = width;
        }
        let picture = SeenPicture {
            at: arrival.at,
            picture_id: part.picture_id.unwrap_or_default(),
            timestamp: arrival.timestamp,
            key: key_size.is_some(),
            width: self.width,
            mark: Mark::read(part.body),
        };
        Open { next_number: arrival.number, picture }
    }

    fn cut_by_key_frame(&mut self, number: u64, part: vp8::Part<'_>) {
        let next_in_line = |open: &mut Open| open.next_number == number;
        if part.key_size().is_some() && self.open.take_if(next_in_line).is_some() {
            self.cut = self.cut.saturating_add(1);
        }
    }

    fn lose_open_picture(&mut self, came: u64) {
        if let Some(open) = self.open.take() {
            let expected = open.next_number;
            let why = if came == expected { Broken::Cut } else { Broken::Hole { expected, came } };
            self.count_broken(open.picture, why);
            self.chain_whole = false;
        }
    }

    fn count_broken(&mut self, picture: SeenPicture, why: Broken) {
        self.broken = self.broken.saturating_add(1);
        self.last_broken = Some((picture, why));
    }

    fn finish_picture(&mut self, picture: SeenPicture) {
        let grown = self.last_picture.map(|last| ahead(last.picture_id, picture.picture_id));
        match grown {
            None | Some(1) => {}
            Some(0 | PICTURE_ID_HALF..) => self.repeated = self.repeated.saturating_add(1),
            Some(_) => self.chain_whole = false,
        }
        if self.last_picture.is_some_and(|last| !is_later(last.timestamp, picture.timestamp)) {
            self.backwards = self.backwards.saturating_add(1);
        }
        if picture.key {
            self.chain_whole = true;
            self.key_frames = self.key_frames.saturating_add(1);
        }
        if self.chain_whole {
            self.show(picture)
        } else {
            self.count_broken(picture, Broken::Before)
        }
        self.last_picture = Some(picture);
    }

    fn show(&mut self, picture: SeenPicture) {
        self.pictures = self.pictures.saturating_add(1);
        self.first_picture_at.get_or_insert(picture.at);
        if let Some(last) = self.last_picture {
            self.longest_gap = self.longest_gap.max(picture.at.saturating_duration_since(last.at));
        }
        if self.keeps_pictures {
            if self.kept.len() == PICTURES_KEPT_MAX {
                self.kept.pop_front();
            }
            self.kept.push_back(picture);
        }
    }
}

/// How far one picture id is ahead of another, in 15 bits.
fn ahead(from: u16, to: u16) -> u16 {
    to.wrapping_sub(from) % vp8::PICTURE_ID_MODULUS
}

fn is_later(from: u32, to: u32) -> bool {
    let distance = to.wrapping_sub(from);
    distance != 0 && distance < 0x8000_0000
}
