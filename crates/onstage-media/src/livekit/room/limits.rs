//! Every bound of a room, by name.

use std::time::Duration;

/// People in one room.
pub(crate) const MEMBERS_MAX: usize = 4_000;
/// Tracks of one participant, announced ones included.
pub(crate) const TRACKS_MAX: usize = 8;
/// `add_track` requests that wait for a track of the same cid to end.
pub(crate) const QUEUED_TRACKS_MAX: usize = 8;
/// Candidates of a publisher that come before its offer.
pub(crate) const EARLY_CANDIDATES_MAX: usize = 32;
/// Tracks that a client has chosen or refused by name, known or not.
pub(crate) const CHOICES_MAX: usize = 512;
/// Entries of one list of who may receive a participant's tracks: nobody can name more people than there are.
pub(crate) const AUDIENCE_MAX: usize = MEMBERS_MAX;
/// Reliable packets that are kept for those whose connection was away.
pub(crate) const REPLAY_PACKETS_MAX: usize = 2_048;
/// Bytes of them.
pub(crate) const REPLAY_BYTES_MAX: usize = 1024 * 1024;
/// Names of packets of one sender that are remembered.
pub(crate) const NONCES_MAX: usize = 64;
/// Metadata and attributes that travel in a fresh token; longer ones stay here, because tokens travel in URLs.
pub(crate) const TOKEN_DESCRIPTION_BYTES_MAX: usize = 4 * 1024;
/// Layers of one track that are read.
pub(crate) const LAYERS_MAX: usize = 3;
/// Name of the stream that a client puts a track into; a longer one is not kept.
pub(crate) const STREAM_BYTES_MAX: usize = 128;
/// Bytes of data that one person may send in a second.
pub(crate) const DATA_BYTES_PER_SECOND_MAX: usize = 256 * 1024;
/// Data messages that one person may send in a second.
pub(crate) const DATA_MESSAGES_PER_SECOND_MAX: usize = 100;
/// Bytes of one `update`; more participants go into further messages.
pub(crate) const UPDATE_BYTES_MAX: usize = 128 * 1024;

/// Reliable packets are kept so long. Clients remember for longer what they received of each other.
pub(crate) const REPLAY_FOR: Duration = Duration::from_secs(20);
/// From the join to media, or the participant goes.
pub(crate) const JOIN_WITHIN: Duration = Duration::from_secs(60);
/// A participant without a socket whose media is gone as well stays so long.
pub(crate) const HOLD_WITHOUT_MEDIA: Duration = Duration::from_secs(20);
/// A participant without a socket whose media still flows stays so long.
pub(crate) const HOLD_WITHOUT_SIGNAL: Duration = Duration::from_secs(60);
/// A fresh token comes this often.
pub(crate) const TOKEN_EVERY: Duration = Duration::from_secs(300);
/// The number of people is told this often at most.
pub(crate) const COUNTS_EVERY: Duration = Duration::from_secs(5);
/// After a server unmute livekit-client first says "muted" again; that is swallowed for so long.
pub(crate) const UNMUTE_BOUNCE: Duration = Duration::from_secs(2);
/// After a client's own word about its mute no order unmutes it for so long: the order may be an answer to an earlier word.
pub(crate) const OWN_WORD_STANDS: Duration = Duration::from_secs(2);
/// A client that will not stay muted is told again, this often at most.
pub(crate) const REMIND_MUTE_EVERY: Duration = Duration::from_secs(1);
/// A track that was chosen by name and is not there is waited for so long; then its chooser is told.
pub(crate) const TRACK_AWAITED_FOR: Duration = Duration::from_secs(60);
/// A room without a session closes after so long without people.
pub(crate) const EMPTY_ROOM_STAYS: Duration = Duration::from_secs(300);
