//! Ways to a remote address other than the shard's own socket: a TCP connection, or an allocation of the relay.

use std::collections::HashMap;
use std::net::SocketAddr;

use onstage_sfu::{Transmit, Transport};
use tokio::sync::mpsc;

/// Lanes of one shard: more than connections and allocations together can be.
pub(crate) const LANES_MAX: usize = 8_192;
/// Frames that wait for one lane. Pictures leave the last quarter to sound and checks.
pub(crate) const LANE_FRAMES_MAX: usize = 256;
/// Datagrams from all lanes that wait for one shard; what comes above it is lost, as in a socket's buffer.
pub(crate) const CARRIED_WAITING_MAX: usize = 4_096;
/// Streams of pictures that one lane tells apart.
pub(crate) const PICTURES_MAX: usize = 256;
/// No packet of sound is longer.
const SOUND_BYTES_MAX: usize = 700;

/// What leaves a shard by a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The advertised address it leaves from.
    pub(crate) local: SocketAddr,
    /// Its bytes.
    pub(crate) contents: Vec<u8>,
}

/// The shard's end of a lane. Dropping the other end closes it.
pub(crate) type Lane = mpsc::Sender<Frame>;

/// Both ends of a new lane.
pub(crate) fn lane() -> (Lane, mpsc::Receiver<Frame>) {
    mpsc::channel(LANE_FRAMES_MAX)
}

/// What comes to a shard by lanes.
#[derive(Debug)]
pub(crate) enum Carried {
    /// From now on datagrams to `remote` leave by this lane.
    Open {
        /// What carries them.
        transport: Transport,
        /// The other end.
        remote: SocketAddr,
        /// Where they go.
        lane: Lane,
    },
    /// A datagram.
    Datagram {
        /// What carried it.
        transport: Transport,
        /// The other end.
        remote: SocketAddr,
        /// The address it came to.
        local: SocketAddr,
        /// Its bytes.
        contents: Vec<u8>,
    },
}

/// All lanes of one shard.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    by_remote: HashMap<(Transport, SocketAddr), Outlet>,
    dropped: u64,
}

#[derive(Debug)]
struct Outlet {
    lane: Lane,
    pictures: Pictures,
}

impl Lanes {
    /// Takes a lane in; a new one to the same remote end replaces the old one.
    pub(super) fn open(&mut self, transport: Transport, remote: SocketAddr, lane: Lane) {
        if self.by_remote.len() >= LANES_MAX {
            self.by_remote.retain(|_, outlet| !outlet.lane.is_closed());
        }
        if self.by_remote.len() < LANES_MAX {
            self.by_remote.insert((transport, remote), Outlet { lane, pictures: Pictures::default() });
        }
    }

    /// Whether a lane leads there. What claims to come from there by the socket is forged.
    pub(super) fn leads_to(&self, remote: SocketAddr) -> bool {
        !self.by_remote.is_empty() && self.by_remote.contains_key(&(Transport::Udp, remote))
    }

    /// Sends by a lane. What no lane leads to comes back, for the socket.
    pub(super) fn send(&mut self, transmit: Transmit) -> Option<Transmit> {
        if self.by_remote.is_empty() && transmit.transport == Transport::Udp {
            return Some(transmit);
        }
        let key = (transmit.transport, transmit.destination);
        let Some(outlet) = self.by_remote.get_mut(&key) else {
            let is_lost = transmit.transport == Transport::Tcp;
            self.dropped = self.dropped.saturating_add(u64::from(is_lost));
            return (!is_lost).then_some(transmit);
        };
        let has_room = outlet.pictures.lets_pass(&transmit.contents, outlet.lane.capacity());
        let frame = Frame { local: transmit.source, contents: transmit.contents };
        let sent = if has_room { outlet.lane.try_send(frame).is_ok() } else { false };
        self.dropped = self.dropped.saturating_add(u64::from(!sent));
        if !sent && outlet.lane.is_closed() {
            self.by_remote.remove(&key);
        }
        None
    }

    /// Datagrams that found no room or no lane.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// What a slow lane leaves out: whole frames of pictures, until there is room again. The receiver then asks for a key frame.
#[derive(Debug, Default)]
struct Pictures {
    /// Streams that carry pictures, and the timestamp of the frame that is being left out.
    cut: HashMap<u32, Option<u32>>,
}

impl Pictures {
    fn lets_pass(&mut self, contents: &[u8], room: usize) -> bool {
        let Some((stream, timestamp)) = media(contents) else { return room > 0 };
        if contents.len() > SOUND_BYTES_MAX && !self.cut.contains_key(&stream) {
            if self.cut.len() >= PICTURES_MAX {
                self.cut.clear();
            }
            self.cut.insert(stream, None);
        }
        let Some(cut) = self.cut.get_mut(&stream) else { return room > 0 };
        let wanted = if cut.is_some() { LANE_FRAMES_MAX / 2 } else { LANE_FRAMES_MAX / 4 };
        if *cut == Some(timestamp) || room <= wanted {
            *cut = Some(timestamp);
            return false;
        }
        *cut = None;
        true
    }
}

/// SSRC and timestamp of an RTP packet (RFC 3550 §5.1); `None` for everything else (RFC 7983, RFC 5761).
fn media(contents: &[u8]) -> Option<(u32, u32)> {
    let [first, second, _, _, time @ .., _, _, _, _] = contents.get(..12)? else { return None };
    let is_report = (64..=95).contains(&(second & 0x7f));
    if !(128..=191).contains(first) || is_report {
        return None;
    }
    let stream = contents.get(8..12)?.try_into().ok()?;
    Some((u32::from_be_bytes(stream), u32::from_be_bytes(time.try_into().ok()?)))
}

#[cfg(test)]
mod tests;
