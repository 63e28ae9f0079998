//! Who is present: has a media session or a socket, or came in by REST less than a minute ago.

use std::collections::{BTreeMap, BTreeSet};

use super::course::{Course, Crowd, Sample};
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
            Contact::Joined => {
                Self { rest_until: Some(now.plus_ms(REST_PRESENCE_MS)), ..self }.relieved(self.connected())
            }
            Contact::Socket(socket) => Self { socket, ..self }.relieved(socket),
            Contact::Media(media) => Self { media, place_until: None, ..self }.relieved(media),
            Contact::Left => Self::default(),
        }
    }

    /// The minute after a REST join bridges the time to the first connection; from then on connections count alone.
    const fn relieved(self, connected: bool) -> Self {
        if connected { Self { rest_until: None, ..self } } else { self }
    }

    /// When they are gone, if nothing else happens.
    const fn lapses_at(self) -> Option<At> {
        if self.connected() { None } else { self.rest_until }
    }
}

/// What is known of a show before anybody comes: at its start, or after a restart.
#[derive(Clone, Copy, Debug)]
pub struct Beginning {
    /// When it began.
    pub started_at: At,
    /// Whose it is.
    pub owner: UserId,
    /// Most viewers at once so far.
    pub peak_viewers: u32,
    /// The last sample that was written.
    pub last_sample: Option<Sample>,
}

/// The people of one session who are present, whatever seat they have. Lives in memory: after a restart nobody is.
/// Told in the order of time, it answers without looking at everybody.
#[derive(Clone, Debug, Default)]
pub struct Attendance {
    lines: BTreeMap<UserId, Line>,
    /// Those who are here by a REST join alone, by the end of their minute.
    lapses: BTreeSet<(At, UserId)>,
    seated: BTreeSet<UserId>,
    owner: Option<UserId>,
    /// Present and not seated at `counted_at`.
    viewers: u32,
    counted_at: At,
    peak_viewers: u32,
    course: Course,
}

impl Attendance {
    /// Learns of the show; what was learned before stays.
    pub fn begin(&mut self, now: At, beginning: Beginning) {
        self.owner.get_or_insert(beginning.owner);
        self.peak_viewers = self.peak_viewers.max(beginning.peak_viewers);
        self.course.begin(beginning.started_at, now, beginning.last_sample);
    }

    /// Takes note of a contact and says what it changed.
    pub fn tell(&mut self, now: At, user: UserId, contact: Contact) -> Change {
        let now = self.let_lapse(now);
        let before = self.lines.get(&user).copied().unwrap_or_default();
        let after = before.told(now, contact);
        let was_viewer = self.is_viewer(now, user);
        self.replace(now, user, after);
        self.count(now, was_viewer, self.is_viewer(now, user));
        Change {
            presence: changed(before.present(now), after.present(now)),
            connection: changed(before.connected(), after.connected()),
        }
    }

    /// Takes note of who has a seat: seated people are no viewers.
    pub fn set_seated(&mut self, now: At, user: UserId, seated: bool) {
        let now = self.let_lapse(now);
        let was_viewer = self.is_viewer(now, user);
        if seated {
            self.seated.insert(user);
        } else {
            self.seated.remove(&user);
        }
        self.count(now, was_viewer, self.is_viewer(now, user));
    }

    /// Those whose minute after a REST join is over; they are gone afterwards.
    pub fn expire(&mut self, now: At) -> Vec<UserId> {
        let now = self.let_lapse(now);
        let mut gone = Vec::new();
        while let Some((at, user)) = self.lapses.first().copied().filter(|(at, _)| *at <= now) {
            self.lapses.remove(&(at, user));
            self.lines.remove(&user);
            gone.push(user);
        }
        gone
    }

    /// When it next needs to be told the time: a REST join runs out, or a sample is over.
    #[must_use]
    pub fn deadline(&self) -> Option<At> {
        let lapse = self.lapses.first().map(|(at, _)| *at);
        lapse.into_iter().chain(self.course.deadline()).min()
    }

    /// Present and not seated.
    #[must_use]
    pub fn viewer_count(&self, now: At) -> u32 {
        let lapsed = self.lapsed(now).filter(|(_, user)| !self.seated.contains(user)).count();
        self.viewers.saturating_sub(u32::try_from(lapsed).unwrap_or(u32::MAX))
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
        let free = self.lines.len() < places || self.places_held(now, user) < places;
        if let Some(line) = self.lines.get_mut(&user).filter(|line| free && !line.media) {
            line.place_until = Some(now.plus_ms(PLACE_KEPT_MS));
        }
        free
    }

    fn places_held(&self, now: At, but: UserId) -> usize {
        self.lines.iter().filter(|(user, line)| **user != but && line.holds_place(now)).count()
    }

    /// Present and not seated, in the order of their ids.
    #[must_use]
    pub fn viewers(&self, now: At) -> Vec<UserId> {
        self.lines.keys().copied().filter(|user| self.is_viewer(now, *user)).collect()
    }

    /// Samples of the show that are over and not written yet.
    pub fn samples_over(&mut self, now: At) -> Vec<Sample> {
        let now = self.let_lapse(now);
        self.course.over(now)
    }

    /// Samples that are not written yet, the one of this moment included.
    pub fn samples_so_far(&mut self, now: At) -> Vec<Sample> {
        let now = self.let_lapse(now);
        self.course.so_far(now)
    }

    /// These are written.
    pub fn samples_written(&mut self, samples: &[Sample]) {
        self.course.forget(samples);
    }

    fn is_viewer(&self, now: At, user: UserId) -> bool {
        self.is_present(now, user) && !self.seated.contains(&user)
    }

    fn replace(&mut self, now: At, user: UserId, line: Line) {
        let old = self.lines.remove(&user);
        if let Some(at) = old.and_then(Line::lapses_at) {
            self.lapses.remove(&(at, user));
        }
        if line.present(now) {
            self.lines.insert(user, line);
            self.lapses.extend(line.lapses_at().map(|at| (at, user)));
        }
    }

    /// REST joins that ran out since the last count.
    fn lapsed(&self, now: At) -> impl Iterator<Item = &(At, UserId)> {
        self.lapses.iter().skip_while(|(at, _)| *at <= self.counted_at).take_while(move |(at, _)| *at <= now)
    }

    /// Whoever ran out since the last count went at that moment, not at this one. Answers the moment to go on with: time
    /// that went backwards stands still here.
    fn let_lapse(&mut self, now: At) -> At {
        let lapsed: Vec<(At, UserId)> = self.lapsed(now).copied().collect();
        for (at, user) in lapsed {
            self.counted_at = at;
            if !self.seated.contains(&user) {
                self.count(at, true, false);
            }
        }
        self.counted_at = self.counted_at.max(now);
        self.counted_at
    }

    fn count(&mut self, now: At, was_viewer: bool, is_viewer: bool) {
        self.viewers =
            self.viewers.saturating_add(u32::from(is_viewer)).saturating_sub(u32::from(was_viewer));
        self.peak_viewers = self.peak_viewers.max(self.viewers);
        self.course.note(now, Crowd { viewers: self.viewers, guests: self.guests() });
    }

    /// People with a seat except the owner.
    fn guests(&self) -> u32 {
        let owners = usize::from(self.owner.is_some_and(|owner| self.seated.contains(&owner)));
        u32::try_from(self.seated.len().saturating_sub(owners)).unwrap_or(u32::MAX)
    }
}

const fn changed(before: bool, after: bool) -> Option<bool> {
    match (before, after) {
        (false, true) => Some(true),
        (true, false) => Some(false),
        (true, true) | (false, false) => None,
    }
}
