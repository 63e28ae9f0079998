//! The book at the door: who is present in which session, in memory.

use std::collections::{HashMap, HashSet};
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
        let mut pages = self.pages();
        let page = pages.entry(session).or_default();
        page.attendance.set_seated(now, user, seated);
        if seated {
            page.seated.insert(user);
        } else {
            page.seated.remove(&user);
        }
    }

    /// Learns from committed events who sits, and when a session is over.
    pub(crate) fn learn(&self, envelopes: &[Envelope]) {
        for envelope in envelopes {
            if is_end(&envelope.data) {
                self.close(envelope.session);
            } else if let Some(owner) = owner_of(&envelope.data) {
                self.open(envelope.session, envelope.at, first(owner, envelope.at));
            } else if let Some(person) = person_of(&envelope.data) {
                self.set_seated(envelope.session, envelope.at, person.user_id, person.is_staged());
            }
        }
    }
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
