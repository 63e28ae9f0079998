//! Peer connections that the media engine answered for people whose clients do not signal each other: which of them this
//! socket holds, and what comes for them.

use std::collections::HashMap;

use onstage_dialects::socket::{Meaning, Signal, SignalTarget, StandIn, stand_in_frame};
use onstage_domain::ports::{AnsweredSignal, Behalf, SignalLine, SignalOffer};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Actor, SessionId, UserId};

use super::reader::Reader;
use super::signals::refused;
use crate::wire::Wire;

/// One for each person and one for the server; the engine says how many one person has. They end with the socket.
#[derive(Default)]
pub(super) struct Answered(HashMap<SignalTarget, Box<dyn SignalLine>>);

impl Answered {
    fn line(&self, target: SignalTarget) -> Option<&dyn SignalLine> {
        self.0.get(&target).map(|line| &**line).filter(|line| line.is_open())
    }

    /// Whether a signal can be about nothing else than a connection that was answered.
    pub(super) fn claims(&self, signal: &Signal) -> bool {
        let Some(line) = self.line(signal.to) else { return false };
        match signal.meaning() {
            Meaning::Offer(sdp) => line.continues(sdp),
            Meaning::Goodbye => true,
            Meaning::Candidate(_) | Meaning::LastCandidate | Meaning::Incomplete | Meaning::Other => false,
        }
    }

    /// From now on this person's own client is signalled to.
    pub(super) fn hand_over(&mut self, signal: &Signal) {
        if matches!(signal.meaning(), Meaning::Offer(_)) {
            self.0.remove(&signal.to);
        }
    }

    /// Ends them all: who steps down from the stage is nobody to answer.
    pub(super) fn end_all(&mut self) {
        self.0.clear();
    }

    fn keep(&mut self, target: SignalTarget, line: Box<dyn SignalLine>) {
        self.0.retain(|_, line| line.is_open());
        self.0.insert(target, line);
    }
}

impl Reader {
    /// A signal that nobody's client takes.
    pub(super) async fn stand_in(
        &mut self,
        actor: &Actor,
        session: SessionId,
        signal: &Signal,
    ) -> Result<(), Problem> {
        match signal.meaning() {
            Meaning::Offer(sdp) => self.answer_offer((actor, session), (signal.to, sdp)).await,
            Meaning::Candidate(candidate) => {
                let line = self.answered.line(signal.to).ok_or_else(nothing_offered)?;
                line.candidate(candidate).await;
                Ok(())
            }
            Meaning::LastCandidate => self.answered.line(signal.to).map(|_| ()).ok_or_else(nothing_offered),
            Meaning::Goodbye => {
                let line = self.answered.0.remove(&signal.to).ok_or_else(nothing_offered)?;
                line.end().await;
                Ok(())
            }
            Meaning::Incomplete => {
                let detail = "signal_data has to be {type, sdp} of an offer, {candidate, …} of a candidate";
                Err(Problem::because(Code::Invalid, detail))
            }
            Meaning::Other => Err(refused("the server takes offers, candidates and goodbyes")),
        }
    }

    async fn answer_offer(
        &mut self,
        (actor, session): (&Actor, SessionId),
        (target, sdp): (SignalTarget, &str),
    ) -> Result<(), Problem> {
        let known = self.answered.line(target).filter(|line| line.continues(sdp));
        let answer = match known {
            Some(line) => line.offer(sdp).await?,
            None => self.open_line((actor, session), (target, sdp)).await?,
        };
        self.line.answer(stand_in_frame(target, StandIn::Answer(&answer))).await;
        Ok(())
    }

    /// A new peer connection takes the place of the last one to the same person.
    async fn open_line(
        &mut self,
        (actor, session): (&Actor, SessionId),
        (target, sdp): (SignalTarget, &str),
    ) -> Result<String, Problem> {
        let behalf = match target {
            SignalTarget::Server => Behalf::Stage,
            SignalTarget::Person(person) => {
                self.is_on_stage(actor, session, person).await?;
                Behalf::Person(person)
            }
        };
        if let Some(earlier) = self.answered.0.remove(&target) {
            earlier.end().await;
        }
        let client = self.line.clone();
        let on_end = Box::new(move || {
            client.tell(Wire::one(&stand_in_frame(target, StandIn::Goodbye)));
        });
        let offer = SignalOffer { session, asker: actor, behalf, sdp, on_end };
        let AnsweredSignal { sdp, line } = self.hub.ports.answer.answer(offer).await?;
        self.answered.keep(target, line);
        Ok(sdp)
    }

    /// Somebody who has no socket here may be on stage all the same: a LiveKit client, or a stream.
    async fn is_on_stage(&self, actor: &Actor, session: SessionId, person: UserId) -> Result<(), Problem> {
        let (snapshot, _) = self.hub.ports.snapshot.take_snapshot(actor, session).await?;
        if snapshot.participants.iter().any(|participant| participant.user_id == person) {
            return Ok(());
        }
        Err(refused("this person is not on stage"))
    }
}

fn nothing_offered() -> Problem {
    refused("there is no connection here that this belongs to: offer one first")
}
