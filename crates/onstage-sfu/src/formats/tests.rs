//! Catches packets that leave under a payload type which means something else to the other side.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use str0m::format::FormatParams;
use str0m::media::Frequency;

use super::*;
use crate::control::{SoundOptions, TrackSource};

fn codecs(h264: &[(u8, bool, u32)]) -> CodecConfig {
    let mut codecs = CodecConfig::empty();
    codecs.enable_opus(true, true);
    codecs.enable_vp8(true);
    for (payload_type, is_fragmented, profile) in h264 {
        codecs.add_h264((*payload_type).into(), None, *is_fragmented, *profile);
    }
    codecs.enable_vp9(true);
    codecs
}

fn all(codecs: &CodecConfig) -> Vec<Pt> {
    codecs.params().iter().map(PayloadParams::pt).collect()
}

fn h264(mode: u8, profile_level_id: u32) -> Format {
    let format = FormatParams {
        packetization_mode: Some(mode),
        profile_level_id: Some(profile_level_id),
        ..FormatParams::default()
    };
    let spec =
        CodecSpec { codec: EngineCodec::H264, clock_rate: Frequency::NINETY_KHZ, channels: None, format };
    Format::of(&spec).unwrap()
}

#[test]
fn h264_leaves_as_what_it_is_or_as_near_as_can_be() {
    let codecs = codecs(&[(35, false, 0x42_e0_1f), (36, true, 0x42_e0_1f), (37, true, 0x64_00_1f)]);
    let payloads = Payloads::among(&codecs, &all(&codecs));
    let of = |format| payloads.of(format).map(|payload_type| *payload_type);
    assert_eq!(of(h264(1, 0x42_e0_34)), Some(36), "another level");
    assert_eq!(of(h264(0, 0x42_e0_1f)), Some(35));
    assert_eq!(of(h264(1, 0x64_00_28)), Some(37));
    assert_eq!(of(h264(1, 0x42_00_1f)), Some(36), "the nearest profile");
    let few = super::tests::codecs(&[(35, false, 0x42_e0_1f)]);
    assert_eq!(Payloads::among(&few, &all(&few)).of(h264(1, 0x42_e0_1f)), None, "it takes no fragments");
}

#[test]
fn who_has_no_codec_is_told_apart() {
    let codecs = codecs(&[]);
    let payloads = Payloads::among(&codecs, &[96.into(), 111.into()]);
    assert!(payloads.plays(Codec::Vp8) && payloads.plays(Codec::Red));
    assert!(!payloads.plays(Codec::H264) && !payloads.plays(Codec::Vp9));
    assert_eq!(payloads.of(Format::RED).map(|payload_type| *payload_type), Some(63));
    assert!(Payloads::among(&codecs, &[50.into()]).is_empty());
}

#[test]
fn arriving_packets_are_known_by_their_payload_type() {
    let codecs = codecs(&[(36, true, 0x42_e0_1f)]);
    assert_eq!(arriving(&codecs, 36.into()), Some(h264(1, 0x42_e0_1f)));
    assert_eq!(arriving(&codecs, 63.into()), Some(Format::RED));
    assert_eq!(arriving(&codecs, 111.into()), Some(Format::OPUS));
    assert_eq!(arriving(&codecs, 97.into()), None);
}

#[test]
fn the_announced_codec_is_preferred_and_else_the_offers_order() {
    let codecs = codecs(&[(36, true, 0x42_e0_1f)]);
    let agreed = all(&codecs);
    let mut description = TrackDescription {
        cid: String::new(),
        source: TrackSource::Camera,
        codec: Some(Codec::H264),
        sound: SoundOptions::default(),
        layers: Vec::new(),
        msid_stream: String::new(),
        msid_track: String::new(),
    };
    let order = |description: &TrackDescription, offered: &[u8]| {
        preferred(&codecs, &agreed, (offered, description))
            .into_iter()
            .map(|(format, _)| format.codec)
            .collect::<Vec<_>>()
    };
    let video = [98, 96, 36];
    assert_eq!(order(&description, &video)[..3], [Codec::H264, Codec::Vp9, Codec::Vp8]);
    description.codec = None;
    assert_eq!(order(&description, &video)[..3], [Codec::Vp9, Codec::Vp8, Codec::H264]);
    assert!(!order(&description, &[63, 111]).contains(&Codec::Red));
    description.sound.has_redundancy = true;
    assert_eq!(order(&description, &[111, 63])[..2], [Codec::Red, Codec::Opus]);
}

#[test]
fn reaches_formats_max() {
    let many: Vec<(u8, bool, u32)> = (0..20).map(|place| (35 + place, true, 0x42_e0_1f)).collect();
    let codecs = codecs(&many);
    let payloads = Payloads::among(&codecs, &all(&codecs));
    assert_eq!(payloads.0.iter().flatten().count(), FORMATS_MAX);
}
