//! One system call for many datagrams: equal ones to one destination leave as a run that the kernel cuts, others together.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg, setsockopt, sockopt};
use onstage_sfu::Transmit;
use rustix::net::addr::SocketAddrArg as _;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg};

use super::socket::for_socket;

/// Datagrams in one run: no more than a pacer lets go at once. The kernel would take 64.
pub(crate) const RUN_DATAGRAMS_MAX: usize = 10;
/// Datagrams in one system call.
pub(crate) const CALL_DATAGRAMS_MAX: usize = 64;

type SendRun = fn(BorrowedFd<'_>, &[IoSlice<'_>], u16, SocketAddr) -> io::Result<usize>;

/// What came of the datagrams at the front of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// So many left.
    Left(usize),
    /// The system has no room now.
    Full,
    /// The first one cannot leave at all; it says nothing about the next.
    Refused,
}

/// How datagrams leave by one socket.
#[derive(Debug)]
pub(super) struct Batch {
    is_v6: bool,
    has_runs: bool,
    send_run: SendRun,
}

impl Batch {
    /// Asks the system once whether it cuts runs (`UDP_SEGMENT`, since Linux 4.18).
    pub(super) fn new(socket: BorrowedFd<'_>, is_v6: bool) -> Self {
        let has_runs = setsockopt(&socket, sockopt::UdpGsoSegment, &0).is_ok();
        Self { is_v6, has_runs, send_run }
    }

    /// Sends some of `queue` from its front.
    pub(super) fn send(&mut self, socket: BorrowedFd<'_>, queue: &[Transmit]) -> Outcome {
        let length = self.run_length(queue);
        if length > 1
            && let Some(outcome) = self.try_run(socket, queue.get(..length).unwrap_or_default())
        {
            return outcome;
        }
        // What begins here is no run, or one that was refused: it leaves as single datagrams, up to the next run.
        let singles = length.max(1).saturating_add(self.singles_after(queue, length.max(1)));
        let singles = queue.get(..singles.min(CALL_DATAGRAMS_MAX)).unwrap_or(queue);
        outcome(self.send_singles(socket, singles))
    }

    /// How many at the front are one run: to one destination, equally long except for a shorter last one.
    fn run_length(&self, queue: &[Transmit]) -> usize {
        let Some(first) = queue.first().filter(|first| self.has_runs && !first.contents.is_empty()) else {
            return 1;
        };
        let mut length = 1_usize;
        for next in queue.iter().skip(1).take(RUN_DATAGRAMS_MAX.saturating_sub(1)) {
            let fits = next.destination == first.destination
                && next.contents.len() <= first.contents.len()
                && !next.contents.is_empty();
            if !fits {
                break;
            }
            length = length.saturating_add(1);
            if next.contents.len() < first.contents.len() {
                break;
            }
        }
        length
    }

    fn singles_after(&self, queue: &[Transmit], from: usize) -> usize {
        (from..queue.len().min(CALL_DATAGRAMS_MAX))
            .take_while(|place| self.run_length(queue.get(*place..).unwrap_or_default()) == 1)
            .count()
    }

    /// `None`: the system does not take it as a run.
    fn try_run(&mut self, socket: BorrowedFd<'_>, run: &[Transmit]) -> Option<Outcome> {
        let first = run.first()?;
        let segment = u16::try_from(first.contents.len()).ok()?;
        let slices: Vec<_> = run.iter().map(|transmit| IoSlice::new(&transmit.contents)).collect();
        let to = for_socket(first.destination, self.is_v6);
        match (self.send_run)(socket, &slices, segment, to) {
            Ok(_bytes) => Some(Outcome::Left(run.len())),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Some(Outcome::Full),
            Err(error) if error.raw_os_error() == Some(nix::libc::EIO) => {
                // The interface cannot do the checksums of a run; it will not learn.
                tracing::info!("datagrams leave one by one: the interface takes no runs");
                self.has_runs = false;
                None
            }
            // Longer than this way's MTU, for one: single datagrams may be fragmented.
            Err(_) => None,
        }
    }

    fn send_singles(&self, socket: BorrowedFd<'_>, singles: &[Transmit]) -> io::Result<usize> {
        let addresses: Vec<_> =
            singles.iter().map(|transmit| for_socket(transmit.destination, self.is_v6).as_any()).collect();
        let slices: Vec<_> = singles.iter().map(|transmit| [IoSlice::new(&transmit.contents)]).collect();
        let mut controls: Vec<_> = singles.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut messages: Vec<_> = addresses
            .iter()
            .zip(&slices)
            .zip(&mut controls)
            .map(|((address, slice), control)| MMsgHdr::new_with_addr(address, slice, control))
            .collect();
        Ok(sendmmsg(socket, &mut messages, SendFlags::empty())?)
    }
}

fn outcome(sent: io::Result<usize>) -> Outcome {
    match sent {
        Ok(0) => Outcome::Full,
        Ok(count) => Outcome::Left(count),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Outcome::Full,
        Err(_) => Outcome::Refused,
    }
}

fn send_run(socket: BorrowedFd<'_>, run: &[IoSlice<'_>], segment: u16, to: SocketAddr) -> io::Result<usize> {
    let to = SockaddrStorage::from(to);
    let cut = [ControlMessage::UdpGsoSegments(&segment)];
    Ok(sendmsg(socket.as_raw_fd(), run, &cut, MsgFlags::empty(), Some(&to))?)
}

#[cfg(test)]
mod tests;
