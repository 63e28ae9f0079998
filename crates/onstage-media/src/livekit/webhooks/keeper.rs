//! The thread that writes: events get their number and are on the disk before anybody is told of them.

use std::io;
use std::path::Path;
use std::sync::Arc;

use livekit_protocol::WebhookEvent;
use tokio::sync::{mpsc, oneshot};

use super::Shared;
use super::journal::{FILE_BYTES_MAX, Journal};
use super::outbox::Parcel;

/// What is written together.
pub(crate) const BATCH_MAX: usize = 512;

/// What the keeper is told.
#[derive(Debug)]
pub(super) enum Work {
    /// Something happened.
    Event(Box<WebhookEvent>),
    /// A receiver (by its name in the file) needs this event no more.
    Done(u64, String),
    /// Answered once everything before it is written.
    Flush(oneshot::Sender<()>),
}

/// File and numbers.
#[derive(Debug)]
pub(super) struct Keeper {
    journal: Option<Journal>,
    is_broken: bool,
    next_serial: u64,
    shared: Arc<Shared>,
    work: mpsc::Receiver<Work>,
}

impl Keeper {
    /// What was left is waiting again, for those receivers that are still there.
    pub(super) fn open(
        folder: Option<&Path>,
        shared: Arc<Shared>,
        work: mpsc::Receiver<Work>,
    ) -> io::Result<Self> {
        let mut keeper = Self { journal: None, is_broken: false, next_serial: 0, shared, work };
        let Some(folder) = folder else { return Ok(keeper) };
        let (mut journal, replay) = Journal::open(folder)?;
        if replay.torn > 0 {
            tracing::warn!(lines = replay.torn, "part of the file of waiting webhooks could not be read");
        }
        keeper.next_serial = replay.next_serial;
        let mut outbox = keeper.shared.outbox();
        for (parcel, to) in replay.left {
            let names = outbox.names();
            let receivers: Vec<usize> =
                names.iter().enumerate().filter(|(_, name)| to.contains(name)).map(|(at, _)| at).collect();
            if receivers.is_empty() {
                journal.done(parcel.serial, None);
                continue;
            }
            for dropped in outbox.add(parcel, &receivers) {
                journal.done(dropped, None);
            }
        }
        drop(outbox);
        journal.write()?;
        keeper.journal = Some(journal);
        Ok(keeper)
    }

    /// Until nobody can tell anything any more.
    pub(super) fn run(mut self) {
        while let Some(first) = self.work.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX
                && let Ok(more) = self.work.try_recv()
            {
                batch.push(more);
            }
            self.write(batch);
        }
    }

    fn write(&mut self, batch: Vec<Work>) {
        let names = self.shared.outbox().names().to_vec();
        let (mut parcels, mut waiting) = (Vec::new(), Vec::new());
        for work in batch {
            match work {
                Work::Event(event) => {
                    let Some(parcel) = self.parcel(&event) else { continue };
                    if let Some(journal) = &mut self.journal {
                        journal.add(&parcel, &names);
                    }
                    parcels.push(parcel);
                }
                Work::Done(serial, name) => {
                    if let Some(journal) = &mut self.journal {
                        journal.done(serial, Some(&name));
                    }
                }
                Work::Flush(done) => waiting.push(done),
            }
        }
        self.change_file(Journal::write);
        self.hand_over(parcels);
        self.shrink();
        for done in waiting {
            let _ = done.send(());
        }
    }

    fn parcel(&mut self, event: &WebhookEvent) -> Option<Parcel> {
        let body = serde_json::to_string(event).ok()?;
        let room = event.room.as_ref().map(|room| room.name.clone()).unwrap_or_default();
        let serial = self.next_serial;
        self.next_serial = serial.saturating_add(1);
        Some(Parcel { serial, room, at: event.created_at, body: Arc::from(body) })
    }

    fn hand_over(&mut self, parcels: Vec<Parcel>) {
        if parcels.is_empty() {
            return;
        }
        let mut outbox = self.shared.outbox();
        let everybody: Vec<usize> = (0..outbox.names().len()).collect();
        let dropped: Vec<u64> =
            parcels.into_iter().flat_map(|parcel| outbox.add(parcel, &everybody)).collect();
        drop(outbox);
        self.shared.drop_events(dropped.len());
        if let Some(journal) = &mut self.journal {
            for serial in dropped {
                journal.done(serial, None);
            }
        }
        self.shared.bells.iter().for_each(tokio::sync::Notify::notify_one);
    }

    /// A file with more past than present in it is written anew.
    fn shrink(&mut self) {
        let Some(journal) = &self.journal else { return };
        let present = u64::try_from(self.shared.outbox().bytes()).unwrap_or(u64::MAX);
        if journal.bytes() > FILE_BYTES_MAX && journal.bytes() > present.saturating_mul(2) {
            let left = self.shared.outbox().waiting();
            self.change_file(|journal| journal.rewrite(&left));
        }
    }

    /// A disk that fails is told once; events go out all the same.
    fn change_file(&mut self, change: impl FnOnce(&mut Journal) -> io::Result<()>) {
        let Some(journal) = &mut self.journal else { return };
        let outcome = change(journal);
        if let Err(error) = &outcome
            && !self.is_broken
        {
            tracing::warn!(%error, "webhooks that wait cannot be written to the data folder");
        }
        self.is_broken = outcome.is_err();
    }
}
