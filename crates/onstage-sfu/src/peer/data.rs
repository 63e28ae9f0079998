//! The data channels of one peer.

use std::collections::VecDeque;
use std::sync::Arc;

use str0m::Rtc;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};

use crate::control::DataChannel;
use crate::limits::{DATA_CHANNELS_MAX, DATA_WAITING_MAX};

/// The channels of LiveKit's protocol, in the order in which we open them.
pub(crate) const CHANNELS: [DataChannel; 3] =
    [DataChannel::Reliable, DataChannel::Lossy, DataChannel::DataTrack];

impl DataChannel {
    /// Its label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Reliable => "_reliable",
            Self::Lossy => "_lossy",
            Self::DataTrack => "_data_track",
        }
    }

    fn of_label(label: &str) -> Option<Self> {
        CHANNELS.into_iter().find(|channel| channel.label() == label)
    }

    /// How we open it.
    pub(crate) fn config(self) -> ChannelConfig {
        let is_reliable = self == Self::Reliable;
        ChannelConfig {
            label: self.label().to_owned(),
            ordered: is_reliable,
            reliability: if is_reliable {
                Reliability::Reliable
            } else {
                Reliability::MaxRetransmits { retransmits: 0 }
            },
            ..ChannelConfig::default()
        }
    }
}

/// The open channels of a peer, and reliable messages that wait for room.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    open: Vec<(ChannelId, DataChannel)>,
    waiting: VecDeque<Arc<[u8]>>,
}

impl Channels {
    /// Notes an open channel; says which of the three it is, if it is one and there is room.
    pub(crate) fn note_open(&mut self, id: ChannelId, label: &str) -> Option<DataChannel> {
        let channel = DataChannel::of_label(label)?;
        if self.open.len() >= DATA_CHANNELS_MAX {
            return None;
        }
        self.open.retain(|(other, _)| *other != id);
        self.open.push((id, channel));
        Some(channel)
    }

    /// Notes that a channel closed.
    pub(crate) fn note_closed(&mut self, id: ChannelId) {
        self.open.retain(|(other, _)| *other != id);
    }

    /// Which of the three a channel is.
    pub(crate) fn of(&self, id: ChannelId) -> Option<DataChannel> {
        self.open.iter().find(|(other, _)| *other == id).map(|(_, channel)| *channel)
    }

    /// Whether messages wait.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Sends a message, or lets it wait; `false` if it had to be dropped.
    pub(crate) fn send(&mut self, rtc: &mut Rtc, channel: DataChannel, contents: &Arc<[u8]>) -> bool {
        match channel {
            DataChannel::Reliable => {
                if self.waiting.len() >= DATA_WAITING_MAX {
                    return false;
                }
                self.waiting.push_back(Arc::clone(contents));
                self.send_waiting(rtc);
                true
            }
            DataChannel::Lossy | DataChannel::DataTrack => self.write(rtc, channel, contents),
        }
    }

    /// Sends what waits, as far as there is room.
    pub(crate) fn send_waiting(&mut self, rtc: &mut Rtc) {
        while let Some(contents) = self.waiting.front().cloned() {
            if !self.write(rtc, DataChannel::Reliable, &contents) {
                return;
            }
            self.waiting.pop_front();
        }
    }

    fn write(&self, rtc: &mut Rtc, channel: DataChannel, contents: &[u8]) -> bool {
        // The newest wins: after a reconnect inside one session a client may open a label again.
        let Some((id, _)) = self.open.iter().rev().find(|(_, open)| *open == channel) else { return false };
        match rtc.channel(*id) {
            Some(mut open) => open.write(true, contents).unwrap_or(false),
            None => false,
        }
    }
}
