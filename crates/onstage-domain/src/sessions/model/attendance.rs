//! Who is present: has a media session or a socket, or came in by REST less than a minute ago.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::UserId;
use crate::time::At;

/// How long a REST join counts as presence without any connection.
pub const REST_PRESENCE_MS: i64 = 60_000;
/// How long a real-time place is kept for somebody who got a token and has not connected yet.
pub const PLACE_KEPT_MS: i64 = 60_000;

/// Something that shows or ends presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// Joined by REST.
    Joined,
    /// The first socket opened, or the last one closed.
    Socket(bool),
    /// A media session began, or the last one ended.
    Media(bool),
    /// Went out by an API's verb; sockets and media may still be there and no longer count.
    Left,
}

/// What a contact changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// `Some(true)`: came; `Some(false)`: went.
    pub presence: Option<bool>,
    /// `Some(true)`: the first connection of any kind; `Some(false)`: none is left.
    pub connection: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Line {
    socket: bool,
    media: bool,
    rest_until: Option<At>,
    place_until: Option<At>,
}

impl Line {
    const fn connected(self) -> bool {
        self.socket || self.media
    }

    fn present(self, now: At) -> bool {
        self.connected() || self.rest_until.is_some_and(|until| now < until)
    }

    fn holds_place(self, now: At) -> bool {
        self.media || self.place_until.is_some_and(|until| now < until)
    }

    fn told(self, now: At, contact: Contact) -> Self {
        match contact {
            Contact::Joined => Self { rest_until: Some(now.plus_ms(REST_PRESENCE_MS)), ..self },
            Contact::Socket(socket) => Self { socket, ..self },
            Contact::Media(media) => Self { media, place_until: None, ..self },
            Contact::Left => Self::default(),
        }
    }
}

/// The people of one session who are present, whatever seat they have. Lives in memory: after a restart nobody is.
#[derive(Clone, Debug, Default)]
pub struct Attendance {
    lines: BTreeMap<UserId, Line>,
    seated: BTreeSet<UserId>,
    peak_viewers: u32,
}

impl Attendance {
    /// Goes on from a peak that was stored.
    #[must_use]
    pub fn with_peak(peak_viewers: u32) -> Self {
        Self { peak_viewers, ..Self::default() }
    }

    /// Takes note of a contact and says what it changed.
    pub fn tell(&mut self, now: At, user: UserId, contact: Contact) -> Change {
        let before = self.lines.get(&user).copied().unwrap_or_default();
        let after = before.told(now, contact);
        if after.present(now) {
            self.lines.insert(user, after);
        } else {
            self.lines.remove(&user);
        }
        self.note_peak(now);
        Change {
            presence: changed(before.present(now), after.present(now)),
            connection: changed(before.connected(), after.connected()),
        }
    }

    /// Takes note of who has a seat: seated people are no viewers.
    pub fn set_seated(&mut self, now: At, user: UserId, seated: bool) {
        if seated {
            self.seated.insert(user);
        } else {
            self.seated.remove(&user);
        }
        self.note_peak(now);
    }

    /// Those whose minute after a REST join is over; they are gone afterwards.
    pub fn expire(&mut self, now: At) -> Vec<UserId> {
        let gone: Vec<UserId> =
            self.lines.iter().filter(|(_, line)| !line.present(now)).map(|(user, _)| *user).collect();
        self.lines.retain(|_, line| line.present(now));
        gone
    }

    /// When the next REST join runs out.
    #[must_use]
    pub fn deadline(&self) -> Option<At> {
        self.lines.values().filter(|line| !line.connected()).filter_map(|line| line.rest_until).min()
    }

    /// Present and not seated.
    #[must_use]
    pub fn viewer_count(&self, now: At) -> u32 {
        let viewers =
            self.lines.iter().filter(|(user, line)| line.present(now) && !self.seated.contains(user));
        u32::try_from(viewers.count()).unwrap_or(u32::MAX)
    }

    /// Most viewers at once so far.
    #[must_use]
    pub const fn peak_viewers(&self) -> u32 {
        self.peak_viewers
    }

    /// Has a socket or a media session.
    #[must_use]
    pub fn is_connected(&self, user: UserId) -> bool {
        self.lines.get(&user).is_some_and(|line| line.connected())
    }

    /// Counts as present.
    #[must_use]
    pub fn is_present(&self, now: At, user: UserId) -> bool {
        self.lines.get(&user).is_some_and(|line| line.present(now))
    }

    /// Keeps a real-time place for somebody who is present, unless others hold all of them (K12).
    pub fn take_place(&mut self, now: At, user: UserId, places: usize) -> bool {
        let held = self.lines.iter().filter(|(other, line)| **other != user && line.holds_place(now)).count();
        let free = held < places;
        if let Some(line) = self.lines.get_mut(&user).filter(|line| free && !line.media) {
            line.place_until = Some(now.plus_ms(PLACE_KEPT_MS));
        }
        free
    }

    /// Present and not seated, in the order of their ids.
    #[must_use]
    pub fn viewers(&self, now: At) -> Vec<UserId> {
        let viewers =
            self.lines.iter().filter(|(user, line)| line.present(now) && !self.seated.contains(user));
        viewers.map(|(user, _)| *user).collect()
    }

    fn note_peak(&mut self, now: At) {
        self.peak_viewers = self.peak_viewers.max(self.viewer_count(now));
    }
}

const fn changed(before: bool, after: bool) -> Option<bool> {
    match (before, after) {
        (false, true) => Some(true),
        (true, false) => Some(false),
        (true, true) | (false, false) => None,
    }
}
