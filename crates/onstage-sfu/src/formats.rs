//! Payload formats as forwarding tells them apart, and the payload types that carry them on one connection.

use str0m::format::{Codec as EngineCodec, CodecConfig, CodecSpec, PayloadParams};
use str0m::media::Pt;

use crate::control::{MediaKind, TrackDescription};
use crate::notice::Codec;

/// Formats that one m-line can carry.
const FORMATS_MAX: usize = 12;

/// A codec with what of its `a=fmtp` changes the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Format {
    /// The codec.
    pub(crate) codec: Codec,
    /// H.264 and VP9: a number for the profile.
    profile: u8,
    /// H.264's packetization mode.
    mode: u8,
}

impl Format {
    /// Redundant audio.
    pub(crate) const RED: Self = Self { codec: Codec::Red, profile: 0, mode: 0 };
    /// Plain Opus.
    pub(crate) const OPUS: Self = Self { codec: Codec::Opus, profile: 0, mode: 0 };

    /// The format that the engine's description means; `None` for what is not forwarded.
    pub(crate) fn of(spec: &CodecSpec) -> Option<Self> {
        let codec = codec_of(spec.codec)?;
        let (profile, mode) = match codec {
            Codec::H264 => {
                let id = spec.format.profile_level_id.unwrap_or(0x42_00_0a);
                (h264_profile(id), spec.format.packetization_mode.unwrap_or(0))
            }
            Codec::Vp9 => (u8::try_from(spec.format.profile_id.unwrap_or(0)).unwrap_or(u8::MAX), 0),
            Codec::Opus | Codec::Red | Codec::Vp8 | Codec::Av1 => (0, 0),
        };
        Some(Self { codec, profile, mode })
    }

    /// Audio or video.
    pub(crate) fn kind(self) -> MediaKind {
        kind_of(self.codec)
    }

    /// Whether a decoder for `other` is worth a try: H.264 decoders take more than the profile they name, but none
    /// takes fragments (mode 1) where it only named whole units (mode 0).
    fn passes_as(self, other: Self) -> bool {
        self.codec == Codec::H264 && other.codec == Codec::H264 && self.mode <= other.mode
    }
}

/// Audio or video.
pub(crate) fn kind_of(codec: Codec) -> MediaKind {
    match codec {
        Codec::Opus | Codec::Red => MediaKind::Audio,
        Codec::Vp8 | Codec::H264 | Codec::Vp9 | Codec::Av1 => MediaKind::Video,
    }
}

fn codec_of(codec: EngineCodec) -> Option<Codec> {
    let known = [
        (EngineCodec::Opus, Codec::Opus),
        (EngineCodec::Vp8, Codec::Vp8),
        (EngineCodec::H264, Codec::H264),
        (EngineCodec::Vp9, Codec::Vp9),
        (EngineCodec::Av1, Codec::Av1),
    ];
    known.into_iter().find(|(engine, _)| *engine == codec).map(|(_, codec)| codec)
}

/// `profile_idc` and the constraint flags that make a profile of their own (RFC 6184 §8.1, table 5).
fn h264_profile(profile_level_id: u32) -> u8 {
    let [_, idc, flags, _] = profile_level_id.to_be_bytes();
    match (idc, flags) {
        (0x42, flags) if flags & 0x40 != 0 => 0,
        (0x4d, flags) if flags & 0x80 != 0 => 0,
        (0x42 | 0x58, _) => 1,
        (0x4d, _) => 2,
        (0x64, flags) if flags & 0x0c == 0x0c => 3,
        (0x64, _) => 4,
        (other, _) => other,
    }
}

/// What an m-line agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Payloads([Option<(Format, Pt)>; FORMATS_MAX]);

impl Payloads {
    /// The formats among the agreed payload types.
    pub(crate) fn among(codecs: &CodecConfig, agreed: &[Pt]) -> Self {
        let mut payloads = Self::default();
        let mut places = payloads.0.iter_mut();
        let agreed = codecs.params().iter().filter(|param| agreed.contains(&param.pt()));
        for entry in agreed.flat_map(formats_of) {
            let Some(place) = places.next() else { break };
            *place = Some(entry);
        }
        payloads
    }

    /// Whether nothing can be sent at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// The payload type under which a format leaves; `None` if the other side cannot play it.
    pub(crate) fn of(&self, format: Format) -> Option<Pt> {
        let known = || self.0.iter().flatten();
        let exact = known().find(|(known, _)| *known == format);
        let near = || {
            let fit = known().filter(|(known, _)| format.passes_as(*known));
            fit.min_by_key(|(known, _)| known.profile.abs_diff(format.profile))
        };
        exact.or_else(near).map(|(_, payload_type)| *payload_type)
    }

    /// Whether a codec can be played in any of its forms. Redundant audio counts where plain audio does: it is taken apart.
    pub(crate) fn plays(&self, codec: Codec) -> bool {
        let needed = if codec == Codec::Red { Codec::Opus } else { codec };
        self.0.iter().flatten().any(|(format, _)| format.codec == needed)
    }
}

/// The formats that one entry of the engine's list stands for.
fn formats_of(param: &PayloadParams) -> impl Iterator<Item = (Format, Pt)> {
    let plain = Format::of(&param.spec()).map(|format| (format, param.pt()));
    let redundant = param.red().map(|payload_type| (Format::RED, payload_type));
    plain.into_iter().chain(redundant)
}

/// What was agreed with a publisher, the announced codec first; without an announcement in the order of its offer.
/// Redundant audio only where it is wanted, and then before plain audio: only so do browsers send it.
pub(crate) fn preferred(
    codecs: &CodecConfig,
    agreed: &[Pt],
    (offered, description): (&[u8], &TrackDescription),
) -> Vec<(Format, Pt)> {
    let is_redundant = description.sound.has_redundancy;
    let first = match description.codec {
        Some(Codec::Red | Codec::Opus) | None if is_redundant => Some(Codec::Red),
        announced => announced,
    };
    let agreed = codecs.params().iter().filter(|param| agreed.contains(&param.pt()));
    let mut entries: Vec<(Format, Pt)> = agreed.flat_map(formats_of).collect();
    entries.retain(|(format, _)| is_redundant || format.codec != Codec::Red);
    entries.sort_by_key(|(format, payload_type)| {
        let is_other = first != Some(format.codec);
        let place = offered.iter().position(|offered| *offered == **payload_type).unwrap_or(usize::MAX);
        (is_other, if is_other { place } else { 0 })
    });
    entries
}

/// The format of a packet that came under a payload type.
pub(crate) fn arriving(codecs: &CodecConfig, payload_type: Pt) -> Option<Format> {
    let entries = codecs.params().iter().flat_map(formats_of);
    entries.into_iter().find(|(_, known)| *known == payload_type).map(|(format, _)| format)
}

#[cfg(test)]
mod tests;
