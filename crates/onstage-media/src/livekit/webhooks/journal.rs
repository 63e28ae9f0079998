//! The file of events that wait: lines with a checksum, appended; what cannot be read is left out, the rest counts.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::outbox::Parcel;

/// A longer file with more past than present in it is written anew.
pub(crate) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
const FILE_NAME: &str = "webhooks.log";
const FILE_MODE: u32 = 0o600;
/// Letters of the checksum, and the space after it.
const CHECKSUM_LETTERS: usize = 8;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Event { event: u64, room: String, at: i64, to: Vec<String>, body: String },
    Done { done: u64, to: Option<String> },
}

/// An event that was still waiting, and for whom.
pub(super) type Left = (Parcel, Vec<String>);

/// The open file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// Lines that wait to be written together.
    pending: Vec<u8>,
}

/// What the file said.
#[derive(Debug, Default)]
pub(super) struct Replay {
    pub(super) left: Vec<Left>,
    pub(super) next_serial: u64,
    /// Lines that could not be read.
    pub(super) torn: usize,
}

impl Journal {
    /// Reads what is there.
    pub(super) fn open(folder: &Path) -> io::Result<(Self, Replay)> {
        let path = folder.join(FILE_NAME);
        let replay = match File::open(&path) {
            Ok(file) => replay(file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Replay::default(),
            Err(error) => return Err(error),
        };
        let file = append_to(&path)?;
        let bytes = file.metadata()?.len();
        let mut journal = Self { path, file, bytes, pending: Vec::new() };
        journal.rewrite(&replay.left)?;
        Ok((journal, replay))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn add(&mut self, parcel: &Parcel, to: &[String]) {
        self.pending.extend_from_slice(&event_line(parcel, to));
    }

    /// One receiver needs it no more, or (without a name) nobody does.
    pub(super) fn done(&mut self, serial: u64, to: Option<&str>) {
        self.pending.extend_from_slice(&line(&Line::Done { done: serial, to: to.map(str::to_owned) }));
    }

    /// Everything since the last time, in one write that is on the disk when this returns.
    pub(super) fn write(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        self.file.write_all(&pending)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(pending.len()).unwrap_or(u64::MAX));
        self.file.sync_data()
    }

    /// The present alone, in a new file that takes the old one's place at once or not at all.
    pub(super) fn rewrite(&mut self, left: &[Left]) -> io::Result<()> {
        let fresh = self.path.with_extension("new");
        let lines: Vec<u8> = left.iter().flat_map(|(parcel, to)| event_line(parcel, to)).collect();
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(true).mode(FILE_MODE).open(&fresh)?;
        file.write_all(&lines)?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.file = append_to(&self.path)?;
        self.bytes = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(FILE_MODE).open(path)
}

fn event_line(parcel: &Parcel, to: &[String]) -> Vec<u8> {
    line(&Line::Event {
        event: parcel.serial,
        room: parcel.room.clone(),
        at: parcel.at,
        to: to.to_vec(),
        body: parcel.body.to_string(),
    })
}

fn line(line: &Line) -> Vec<u8> {
    let text = serde_json::to_string(line).unwrap_or_default();
    format!("{} {text}\n", checksum(text.as_bytes())).into_bytes()
}

fn checksum(bytes: &[u8]) -> String {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    format!("{:08x}", sum.sum())
}

fn read(bytes: &[u8]) -> Option<Line> {
    let (sum, rest) = bytes.split_at_checked(CHECKSUM_LETTERS)?;
    let text = rest.strip_prefix(b" ")?;
    (checksum(text).as_bytes() == sum).then(|| serde_json::from_slice(text).ok())?
}

fn replay(file: File) -> io::Result<Replay> {
    let mut said = Replay::default();
    let mut left: BTreeMap<u64, Left> = BTreeMap::new();
    for bytes in BufReader::new(file).split(b'\n') {
        match read(&bytes?) {
            Some(Line::Event { event, room, at, to, body }) => {
                said.next_serial = said.next_serial.max(event.saturating_add(1));
                left.insert(event, (Parcel { serial: event, room, at, body: Arc::from(body) }, to));
            }
            Some(Line::Done { done, to: Some(to) }) => {
                if let Some((_, open)) = left.get_mut(&done) {
                    open.retain(|name| *name != to);
                }
            }
            Some(Line::Done { done, to: None }) => drop(left.remove(&done)),
            None => said.torn = said.torn.saturating_add(1),
        }
    }
    said.left = left.into_values().filter(|(_, open)| !open.is_empty()).collect();
    Ok(said)
}
