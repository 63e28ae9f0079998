//! Every bound of a shard, by name.

use std::time::Duration;

/// Rooms on one shard.
pub const ROOMS_MAX: usize = 4_096;
/// Peers on one shard.
pub const PEERS_MAX: usize = 8_192;
/// Tracks of one publisher, expected ones included.
pub const TRACKS_PER_PEER_MAX: usize = 16;
/// Tracks that one subscriber is sent.
pub const SUBSCRIPTIONS_PER_PEER_MAX: usize = 128;
/// m-lines in one offer or answer that we read.
pub const MEDIA_LINES_MAX: usize = 160;
/// Bytes of one session description that we read.
pub const SDP_BYTES_MAX: usize = 512 * 1024;
/// Remote candidates of one peer over its life.
pub const REMOTE_CANDIDATES_MAX: usize = 64;
/// Addresses that one peer has spoken from.
pub const ADDRESSES_PER_PEER_MAX: usize = 16;
/// SSRCs of one publisher over its life.
pub const SSRCS_PER_PEER_MAX: usize = 256;
/// Bytes of one data message, either way.
pub const DATA_MESSAGE_BYTES_MAX: usize = 65_536;
/// Reliable messages waiting for one peer's channel.
pub const DATA_WAITING_MAX: usize = 256;
/// Data channels of one publisher.
pub const DATA_CHANNELS_MAX: usize = 8;
/// Packets that wait for the fan-out of this turn.
pub const ARRIVALS_MAX: usize = 4_096;
/// Datagrams and notices that wait to be polled; above it datagrams are dropped (notices never).
pub const OUTPUTS_MAX: usize = 131_072;
/// Packets that the engine keeps for retransmission per video stream sent to a subscriber.
pub const RESEND_VIDEO_PACKETS: usize = 256;
/// Age of packets kept for retransmission.
pub const RESEND_AGE_MAX: Duration = Duration::from_secs(1);
/// Packets since the last key frame that a layer keeps for who joins.
pub const RECENT_PACKETS_MAX: usize = 240;
/// Age of a key frame that is still handed to who joins.
pub const RECENT_FOR_MAX: Duration = Duration::from_secs(1);
/// Percent of resent bytes in a second above which resending to a subscriber pauses.
pub const RESENT_PERCENT_MAX: u8 = 15;
/// The same for a subscriber who reports that much is lost.
pub const RESENT_LOSSY_PERCENT_MAX: u8 = 34;
/// Thousandths of a byte sent again that a byte sent for the first time earns: keeps the resent ones below `RESENT_PERCENT_MAX`.
pub const RESENT_PER_MILLE: u64 = 166;
/// The same for who reports the heaviest loss: keeps the resent ones below `RESENT_LOSSY_PERCENT_MAX`.
pub const RESENT_LOSSY_PER_MILLE_MAX: u64 = 500;
/// Bytes that are sent again at once: what one lost key frame takes.
pub const RESENT_BURST_BYTES_MAX: usize = 65_536;
/// Repairs too many, one after another, after which everything that was asked for is forgotten.
pub const RESENT_REFUSED_MAX: u32 = 64;
/// Paced packets that one session sends in one turn; the rest follows a moment later.
pub const PACED_A_TURN_MAX: usize = 256;
/// Steps in which one session is emptied before it counts as broken.
pub const POLLS_MAX: usize = 1_000_000;
/// Names by which checks find one peer (one per ICE restart).
pub const UFRAGS_PER_PEER_MAX: usize = 8;
/// Ranges of source numbers that a munger remembers for late packets.
pub const RANGES_MAX: usize = 64;

/// Quiet time before a subscriber's offer.
pub const NEGOTIATION_QUIET: Duration = Duration::from_millis(10);
/// Least time between two offers to one subscriber.
pub const NEGOTIATION_EVERY: Duration = Duration::from_millis(150);
/// Time for the answer to our offer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Time for a peer to connect once it was opened.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(60);
/// Time that ICE may stay silent before the peer ends.
pub const DISCONNECTED_FOR_MAX: Duration = Duration::from_secs(20);
/// Least time between two key-frame requests for the lowest layer.
pub const KEY_FRAME_EVERY_LOW: Duration = Duration::from_millis(500);
/// Least time between two key-frame requests for the other layers.
pub const KEY_FRAME_EVERY: Duration = Duration::from_secs(1);
/// Time that a subscriber holds out for the wished layer before it takes another.
pub const LAYER_PATIENCE: Duration = Duration::from_secs(1);
/// A layer without a packet for so long is taken for dead.
pub const LAYER_SILENT_AFTER: Duration = Duration::from_millis(1_500);
/// Time that a switch of layers waits for the end of the picture under way.
pub const PICTURE_END_WITHIN: Duration = Duration::from_millis(60);
/// Demand for a smaller best layer is told after so long.
pub const DYNACAST_DOWN_AFTER: Duration = Duration::from_secs(5);
/// Nobody subscribed: the publisher is told so only this long after its track was negotiated.
pub const DYNACAST_FIRST_OFF_AFTER: Duration = Duration::from_secs(10);
/// Least time between two looks at what one peer is sent.
pub const BUDGET_EVERY: Duration = Duration::from_millis(300);
/// The same when the way to it has collapsed.
pub const COLLAPSE_EVERY: Duration = Duration::from_millis(50);
/// Pictures are held back for so long after that.
pub const COLLAPSE_DRAINS_FOR: Duration = Duration::from_millis(100);
/// An address belongs to its peer for so long after it last proved to be its own.
pub const ADDRESS_HELD_FOR: Duration = Duration::from_secs(10);
/// The window of the loudness measure.
pub const SPEAKERS_WINDOW: Duration = Duration::from_millis(400);
