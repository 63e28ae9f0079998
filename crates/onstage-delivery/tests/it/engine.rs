//! A media engine in memory: it answers what it is offered, and remembers what became of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use onstage_domain::UserId;
use onstage_domain::ports::{AnswerSignal, AnsweredSignal, Behalf, Pending, SignalLine, SignalOffer};
use onstage_domain::problem::Problem;

/// What happened to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// It was offered: who asked, and for whom.
    Opened(UserId, Behalf, String),
    /// It was offered again.
    Again(String),
    Candidate(String),
    /// Its line was dropped, or ended.
    Ended,
}

struct Connection {
    is_open: Arc<AtomicBool>,
    on_end: Option<Box<dyn FnOnce() + Send>>,
}

#[derive(Default)]
pub(crate) struct Engine {
    done: Arc<Mutex<Vec<Done>>>,
    connections: Mutex<Vec<Connection>>,
    refuses: Mutex<Option<Problem>>,
}

impl Engine {
    pub(crate) fn done(&self) -> Vec<Done> {
        self.done.lock().unwrap().clone()
    }

    /// Every offer is refused.
    pub(crate) fn refuse(&self, problem: Problem) {
        *self.refuses.lock().unwrap() = Some(problem);
    }

    /// Every connection ends by itself.
    pub(crate) fn end_all(&self) {
        for connection in self.connections.lock().unwrap().drain(..) {
            connection.is_open.store(false, Ordering::Release);
            connection.on_end.into_iter().for_each(|on_end| on_end());
        }
    }
}

impl AnswerSignal for Engine {
    fn answer<'a>(&'a self, offer: SignalOffer<'a>) -> Pending<'a, Result<AnsweredSignal, Problem>> {
        if let Some(problem) = self.refuses.lock().unwrap().clone() {
            return Box::pin(std::future::ready(Err(problem)));
        }
        let SignalOffer { asker, behalf, sdp, on_end, .. } = offer;
        self.done.lock().unwrap().push(Done::Opened(asker.user_id, behalf, sdp.to_owned()));
        let is_open = Arc::new(AtomicBool::new(true));
        let line = Line { name: name(sdp), done: Arc::clone(&self.done), is_open: Arc::clone(&is_open) };
        self.connections.lock().unwrap().push(Connection { is_open, on_end: Some(on_end) });
        let sdp = format!("answer to {sdp}");
        Box::pin(std::future::ready(Ok(AnsweredSignal { sdp, line: Box::new(line) })))
    }
}

/// Of `name:version`, the name.
fn name(sdp: &str) -> String {
    sdp.split(':').next().unwrap_or_default().to_owned()
}

struct Line {
    name: String,
    done: Arc<Mutex<Vec<Done>>>,
    is_open: Arc<AtomicBool>,
}

impl SignalLine for Line {
    fn continues(&self, sdp: &str) -> bool {
        name(sdp) == self.name
    }

    fn offer<'a>(&'a self, sdp: &'a str) -> Pending<'a, Result<String, Problem>> {
        self.done.lock().unwrap().push(Done::Again(sdp.to_owned()));
        Box::pin(std::future::ready(Ok(format!("answer to {sdp}"))))
    }

    fn candidate<'a>(&'a self, candidate: &'a str) -> Pending<'a, ()> {
        self.done.lock().unwrap().push(Done::Candidate(candidate.to_owned()));
        Box::pin(std::future::ready(()))
    }

    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    fn end(self: Box<Self>) -> Pending<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.done.lock().unwrap().push(Done::Ended);
    }
}
