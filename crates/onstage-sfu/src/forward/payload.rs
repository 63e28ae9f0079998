//! A payload, read once for all subscribers by its codec.

use std::sync::Arc;

use crate::forward::h264::KeyFrames;
use crate::forward::inserted::Inserted;
use crate::forward::redundancy::Newest;
use crate::forward::vp8::{Ids, Vp8Payload};
use crate::forward::{av1, redundancy, vp9};
use crate::notice::Codec;

/// What the reader of a stream remembers from packet to packet.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    newest_picture: Option<u16>,
    h264: KeyFrames,
    inserted: Inserted,
}

/// A payload that was read.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    /// Its bytes; empty if they make no sense: that closes the gap like padding.
    pub(crate) contents: Arc<[u8]>,
    /// As VP8, if that is what it is.
    pub(crate) vp8: Option<Vp8Payload>,
    /// Redundant audio without its older blocks.
    pub(crate) newest: Option<Newest>,
    /// Whether a key frame starts here.
    pub(crate) starts_key_frame: bool,
    /// What its decoder needs before it and its publisher has not sent again.
    pub(crate) preface: Option<Arc<[u8]>>,
}

impl Payload {
    fn plain(contents: Arc<[u8]>, starts_key_frame: bool) -> Self {
        Self { contents, vp8: None, newest: None, starts_key_frame, preface: None }
    }

    /// VP8's counters.
    pub(crate) fn ids(&self) -> Ids {
        self.vp8.as_ref().map_or_else(Ids::default, |vp8| vp8.ids)
    }
}

impl Reader {
    /// Reads the next payload of the stream.
    pub(crate) fn read(&mut self, codec: Codec, contents: Arc<[u8]>, timestamp: u32) -> Payload {
        match codec {
            Codec::Opus => Payload::plain(contents, false),
            Codec::Red => match redundancy::newest(&contents) {
                Some(newest) => Payload { newest: Some(newest), ..Payload::plain(contents, false) },
                None => Payload::plain(Arc::from([]), false),
            },
            Codec::Vp8 => self.read_vp8(contents),
            Codec::H264 => {
                let starts = self.h264.starts(&contents, timestamp);
                let preface = starts.then(|| self.h264.missing(timestamp)).flatten();
                Payload { preface, ..Payload::plain(contents, starts) }
            }
            Codec::Vp9 => {
                let starts = vp9::starts_key_frame(&contents);
                Payload::plain(contents, starts)
            }
            Codec::Av1 => {
                let starts = av1::starts_key_frame(&contents);
                Payload::plain(contents, starts)
            }
        }
    }

    /// The number under which a payload goes on, and the one of its preface. Where none can go before it, it has none.
    pub(crate) fn number(&mut self, number: u64, payload: &mut Payload) -> (u64, Option<(u64, Payload)>) {
        let preface = payload.preface.take();
        let (number, before) = self.inserted.number(number, preface.is_some());
        let preface = preface.zip(before).map(|(contents, before)| {
            payload.starts_key_frame = false;
            (before, Payload::plain(contents, true))
        });
        (number, preface)
    }

    fn read_vp8(&mut self, contents: Arc<[u8]>) -> Payload {
        let Some(vp8) = Vp8Payload::read(contents, self.newest_picture) else {
            return Payload::plain(Arc::from([]), false);
        };
        self.newest_picture = vp8.ids.picture.or(self.newest_picture);
        let starts_key_frame = vp8.starts_key_frame;
        Payload { vp8: Some(vp8.clone()), ..Payload::plain(vp8.contents, starts_key_frame) }
    }
}
