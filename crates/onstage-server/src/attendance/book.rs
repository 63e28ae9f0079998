//! The book at the door: who is present in which session, in memory.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use onstage_domain::person::ParticipantView;
use onstage_domain::sessions::{self, Attendance, Beginning, Change, Contact, HostView, Sample};
use onstage_domain::{Actor, At, Envelope, Event, SessionId, UserId, stage};

/// Numbers of one session.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) viewers: u32,
    pub(crate) peak_viewers: u32,
}

#[derive(Default)]
struct Page {
    attendance: Attendance,
    seated: HashSet<UserId>,
    /// Counted, not listed.
    anonymous: HashMap<UserId, Actor>,
}

/// One page for each session somebody is in; it is torn out at the session's end.
#[derive(Default)]
pub(crate) struct Book(Mutex<HashMap<SessionId, Page>>);

impl Book {
    fn pages(&self) -> MutexGuard<'_, HashMap<SessionId, Page>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a page, or adds to an open one what is known of the show.
    pub(crate) fn open(&self, session: SessionId, now: At, beginning: Beginning) {
        self.pages().entry(session).or_default().attendance.begin(now, beginning);
    }

    /// Tears a page out.
    pub(crate) fn close(&self, session: SessionId) {
        self.pages().remove(&session);
    }

    /// Samples of a show's course that are over and not written yet.
    pub(crate) fn samples_over(&self, session: SessionId, now: At) -> Vec<Sample> {
        self.pages().get_mut(&session).map(|page| page.attendance.samples_over(now)).unwrap_or_default()
    }

    /// Samples that are not written yet, the one of this moment included.
    pub(crate) fn samples_so_far(&self, session: SessionId, now: At) -> Vec<Sample> {
        self.pages().get_mut(&session).map(|page| page.attendance.samples_so_far(now)).unwrap_or_default()
    }

    /// These are written.
    pub(crate) fn samples_written(&self, session: SessionId, samples: &[Sample]) {
        if let Some(page) = self.pages().get_mut(&session) {
            page.attendance.samples_written(samples);
        }
    }

    /// Takes note of a contact.
    pub(crate) fn tell(&self, session: SessionId, now: At, user: UserId, contact: Contact) -> Change {
        self.pages().entry(session).or_default().attendance.tell(now, user, contact)
    }

    /// Somebody without an account: counted, not listed.
    pub(crate) fn note_anonymous(&self, session: SessionId, actor: &Actor) {
        self.pages().entry(session).or_default().anonymous.insert(actor.user_id, actor.clone());
    }

    /// A watcher without an account who came in since the start.
    pub(crate) fn anonymous(&self, session: SessionId, user: UserId) -> Option<Actor> {
        self.pages().get(&session).and_then(|page| page.anonymous.get(&user).cloned())
    }

    /// Those whose REST join ran out.
    pub(crate) fn expire(&self, session: SessionId, now: At) -> Vec<UserId> {
        self.pages().get_mut(&session).map(|page| page.attendance.expire(now)).unwrap_or_default()
    }

    /// When the next REST join runs out, or the next sample of the course is over.
    pub(crate) fn deadline(&self, session: SessionId) -> Option<At> {
        self.pages().get(&session).and_then(|page| page.attendance.deadline())
    }

    /// Viewers now and at most.
    pub(crate) fn count(&self, session: SessionId, now: At) -> Count {
        self.pages().get(&session).map_or_else(Count::default, |page| Count {
            viewers: page.attendance.viewer_count(now),
            peak_viewers: page.attendance.peak_viewers(),
        })
    }

    /// People with a seat and people who watch, in all sessions.
    pub(crate) fn totals(&self, now: At) -> (u32, u32) {
        let pages = self.pages();
        pages.values().fold((0, 0), |(seated, viewers): (u32, u32), page| {
            let here = u32::try_from(page.seated.len()).unwrap_or(u32::MAX);
            (seated.saturating_add(here), viewers.saturating_add(page.attendance.viewer_count(now)))
        })
    }

    /// Has a socket or a media session.
    pub(crate) fn is_connected(&self, session: SessionId, user: UserId) -> bool {
        self.pages().get(&session).is_some_and(|page| page.attendance.is_connected(user))
    }

    /// Keeps a real-time place for somebody, unless others hold all of them.
    pub(crate) fn take_place(&self, session: SessionId, now: At, user: UserId, places: usize) -> bool {
        self.pages().entry(session).or_default().attendance.take_place(now, user, places)
    }

    /// Has a seat.
    pub(crate) fn is_seated(&self, session: SessionId, user: UserId) -> bool {
        self.pages().get(&session).is_some_and(|page| page.seated.contains(&user))
    }

    /// Present, not seated, with an account; in the order of their ids.
    pub(crate) fn listed_viewers(&self, session: SessionId, now: At) -> Vec<UserId> {
        let pages = self.pages();
        let Some(page) = pages.get(&session) else { return Vec::new() };
        page.attendance.viewers(now).into_iter().filter(|user| !page.anonymous.contains_key(user)).collect()
    }

    /// Takes note of a seat.
    pub(crate) fn set_seated(&self, session: SessionId, now: At, user: UserId, seated: bool) {
        self.pages().entry(session).or_default().set_seated(now, user, seated);
    }

    /// Learns from a commit when a show begins and ends, who sits and who was put out; answers what that did to the
    /// audience.
    pub(crate) fn learn(&self, session: SessionId, envelopes: &[Envelope]) -> Vec<(UserId, Shift)> {
        if envelopes.iter().any(|envelope| is_end(&envelope.data)) {
            self.close(session);
            return Vec::new();
        }
        for envelope in envelopes {
            if let Some(owner) = owner_of(&envelope.data) {
                self.open(session, envelope.at, first(owner, envelope.at));
            }
        }
        let touched: BTreeSet<UserId> = envelopes.iter().filter_map(|told| touched(&told.data)).collect();
        if touched.is_empty() {
            return Vec::new();
        }
        self.pages().entry(session).or_default().learn(envelopes, touched)
    }
}

/// What a commit did to somebody's place in the audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    /// From the audience to a seat.
    Seated,
    /// From a seat to the audience.
    Back,
    /// Out of the audience.
    Gone,
}

impl Page {
    /// The kicked go first: a seat they lose makes no viewers of them.
    fn learn(&mut self, envelopes: &[Envelope], touched: BTreeSet<UserId>) -> Vec<(UserId, Shift)> {
        let Some(now) = envelopes.last().map(|envelope| envelope.at) else { return Vec::new() };
        let before: Vec<_> = touched.into_iter().map(|user| (user, self.watches(now, user))).collect();
        for user in envelopes.iter().filter_map(|envelope| kicked(&envelope.data)) {
            self.attendance.tell(now, user, Contact::Left);
        }
        for person in envelopes.iter().filter_map(|envelope| person_of(&envelope.data)) {
            self.set_seated(now, person.user_id, person.is_staged());
        }
        let shifts = before.into_iter().map(|(user, watched)| (user, self.shift(now, user, watched)));
        shifts.filter_map(|(user, shift)| Some((user, shift?))).collect()
    }

    /// Present and not seated.
    fn watches(&self, now: At, user: UserId) -> bool {
        self.attendance.is_present(now, user) && !self.seated.contains(&user)
    }

    fn shift(&self, now: At, user: UserId, watched: bool) -> Option<Shift> {
        match (watched, self.watches(now, user)) {
            (true, false) if self.seated.contains(&user) => Some(Shift::Seated),
            (true, false) => Some(Shift::Gone),
            (false, true) => Some(Shift::Back),
            (true, true) | (false, false) => None,
        }
    }

    fn set_seated(&mut self, now: At, user: UserId, seated: bool) {
        self.attendance.set_seated(now, user, seated);
        if seated {
            self.seated.insert(user);
        } else {
            self.seated.remove(&user);
        }
    }
}

const fn kicked(event: &Event) -> Option<UserId> {
    match event {
        Event::Stage(stage::Event::Kicked { user_id, .. }) => Some(*user_id),
        Event::Stage(_) | Event::Session(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

fn touched(event: &Event) -> Option<UserId> {
    kicked(event).or_else(|| person_of(event).map(|person| person.user_id))
}

const fn is_end(event: &Event) -> bool {
    matches!(event, Event::Session(sessions::Event::Ended { .. }))
}

/// Whose show begins.
const fn owner_of(event: &Event) -> Option<&HostView> {
    match event {
        Event::Session(sessions::Event::Started { session }) => Some(&session.owner),
        Event::Session(_) | Event::Stage(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

const fn first(owner: &HostView, started_at: At) -> Beginning {
    Beginning { started_at, owner: owner.user_id, peak_viewers: 0, last_sample: None }
}

/// The person an event carries.
const fn person_of(event: &Event) -> Option<&ParticipantView> {
    use stage::Event::*;
    match event {
        Event::Stage(
            GuestApproved { participant, .. }
            | GuestJoined { participant }
            | WentOnStage { participant }
            | Reconnecting { participant }
            | CameBack { participant }
            | GuestLeft { participant, .. }
            | Muted { participant, .. }
            | MediaChanged { participant }
            | RoleChanged { participant, .. }
            | PermissionsChanged { participant, .. }
            | SeatChanged { participant },
        ) => Some(participant),
        Event::Stage(
            Requested { .. }
            | RequestClosed { .. }
            | Invited { .. }
            | InvitationClosed { .. }
            | UnmuteAsked { .. }
            | Kicked { .. }
            | AllowedBack { .. }
            | Speaking { .. }
            | Quality { .. },
        )
        | Event::Session(_)
        | Event::Moderation(_)
        | Event::Chat(_) => None,
    }
}
