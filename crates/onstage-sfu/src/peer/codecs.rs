//! The codecs that sessions offer and agree to.

use str0m::format::CodecConfig;

use crate::control::PeerRole;

/// H.264 as payload type, its repair, packetization mode, profile and level. The first is decoded by everybody.
const H264_OFFERED: [(u8, u8, bool, u32); 2] = [(108, 109, true, 0x42_e0_1f), (127, 121, true, 0x42_00_1f)];
/// What publishers may send besides, when they offer nothing else.
const H264_ACCEPTED: [(u8, u8, bool, u32); 5] = [
    (123, 119, true, 0x4d_00_1f),
    (112, 113, true, 0x64_0c_1f),
    (114, 115, true, 0x64_00_1f),
    (124, 120, false, 0x42_e0_1f),
    (125, 107, false, 0x42_00_1f),
];

/// Adds what a peer of this role may use, what everybody plays first.
pub(crate) fn add_codecs(codecs: &mut CodecConfig, role: PeerRole) {
    codecs.enable_opus(true, true);
    codecs.enable_vp8(true);
    let accepted = role.publishes().then_some(H264_ACCEPTED).into_iter().flatten();
    for (payload_type, repair, is_fragmented, profile) in H264_OFFERED.into_iter().chain(accepted) {
        codecs.add_h264(payload_type.into(), Some(repair.into()), is_fragmented, profile);
    }
    codecs.enable_vp9(true);
    codecs.enable_av1(true);
}
