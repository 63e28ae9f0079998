//! The least that the work costs on this machine, measured in the same run: seal and send, write to a socket.

use std::io::{IoSlice, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg};

use crate::process::thread_cpu;
use crate::table::real;

/// Length of an RTP packet as the film's packets are, without the seal.
const PACKET_BYTES: usize = 1_040;
const HEADER_BYTES: usize = 20;
/// How long each floor is measured.
const WINDOW: Duration = Duration::from_millis(1_500);

type Floor<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Packets per CPU-second: AES-256-GCM with one key a viewer, one system call for a run of packets, to sinks that read
/// busily.
pub(crate) async fn seal_and_send(viewers: usize, run: usize) -> Floor<f64> {
    tokio::task::spawn_blocking(move || seal_and_send_now(viewers, run)).await?
}

fn seal_and_send_now(viewers: usize, run: usize) -> Floor<f64> {
    let sink = Arc::new(UdpSocket::bind("127.0.0.1:0")?);
    sink.set_read_timeout(Some(Duration::from_millis(50)))?;
    let target = sink.local_addr()?;
    let reader = Reader::start(move |buffer| sink.recv(buffer).is_ok());
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let keys: Vec<LessSafeKey> = (0..viewers).map(key).collect::<Floor<_>>()?;
    let (began, cpu) = (Instant::now(), thread_cpu());
    let mut sent = 0_u64;
    let mut packets = vec![Vec::with_capacity(PACKET_BYTES.saturating_add(32)); run];
    while began.elapsed() < WINDOW {
        for key in &keys {
            for packet in &mut packets {
                packet.clear();
                packet.resize(PACKET_BYTES, 0x5a);
                seal_one(key, sent, packet)?;
                sent = sent.saturating_add(1);
            }
            send(&socket, target, &packets);
        }
    }
    let spent = thread_cpu().saturating_sub(cpu);
    reader.stop();
    Ok(real(sent) / spent.as_secs_f64())
}

/// A full buffer of the sink drops the packets as a full network would.
fn send(socket: &UdpSocket, target: SocketAddr, packets: &[Vec<u8>]) {
    if let [packet] = packets {
        let _sent = socket.send_to(packet, target);
        return;
    }
    let bytes = packets.first().map_or(0, Vec::len);
    let segment = u16::try_from(bytes).unwrap_or(u16::MAX);
    let slices: Vec<_> = packets.iter().map(|packet| IoSlice::new(packet)).collect();
    let cut = [ControlMessage::UdpGsoSegments(&segment)];
    let to = SockaddrStorage::from(target);
    let _sent = sendmsg(socket.as_raw_fd(), &slices, &cut, MsgFlags::empty(), Some(&to));
}

/// Packets per CPU-second that are sealed with one key a viewer, and go nowhere.
pub(crate) fn seal(viewers: usize) -> Floor<f64> {
    let keys: Vec<LessSafeKey> = (0..viewers).map(key).collect::<Floor<_>>()?;
    let (began, cpu, mut sealed) = (Instant::now(), thread_cpu(), 0_u64);
    let mut packet = Vec::with_capacity(PACKET_BYTES.saturating_add(32));
    while began.elapsed() < WINDOW {
        for key in &keys {
            packet.clear();
            packet.resize(PACKET_BYTES, 0x5a);
            seal_one(key, sealed, &mut packet)?;
            sealed = sealed.saturating_add(1);
        }
    }
    Ok(real(sealed) / thread_cpu().saturating_sub(cpu).as_secs_f64())
}

fn key(place: usize) -> Floor<LessSafeKey> {
    let byte = u8::try_from(place % 251)?;
    let key = UnboundKey::new(&AES_256_GCM, &[byte; 32]).map_err(|_unspecified| "no key")?;
    Ok(LessSafeKey::new(key))
}

fn seal_one(key: &LessSafeKey, index: u64, packet: &mut Vec<u8>) -> Floor<()> {
    let mut nonce = [0_u8; 12];
    let (_, low) = nonce.split_at_mut(4);
    low.copy_from_slice(&index.to_be_bytes());
    let (header, body) = packet.split_at_mut(HEADER_BYTES);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag =
        key.seal_in_place_separate_tag(nonce, Aad::from(&*header), body).map_err(|_unspecified| "no seal")?;
    packet.extend_from_slice(tag.as_ref());
    Ok(())
}

/// CPU of writing one encoded frame to one of so many TCP sockets that are read.
pub(crate) async fn write_frame(sockets: usize, frame_bytes: usize) -> Floor<Duration> {
    tokio::task::spawn_blocking(move || write_frame_now(sockets, frame_bytes)).await?
}

fn write_frame_now(sockets: usize, frame_bytes: usize) -> Floor<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (mut writers, mut readers) = (Vec::new(), Vec::new());
    for _ in 0..sockets {
        let reader = TcpStream::connect(listener.local_addr()?)?;
        reader.set_nonblocking(true)?;
        readers.push(reader);
        let (writer, _) = listener.accept()?;
        writer.set_nodelay(true)?;
        writers.push(writer);
    }
    let reader = Reader::start(move |buffer| {
        for reader in &mut readers {
            // Nothing there yet is as good as something read.
            let _read = reader.read(buffer);
        }
        true
    });
    let frame = vec![b'x'; frame_bytes];
    let (began, cpu) = (Instant::now(), thread_cpu());
    let mut written = 0_u32;
    while began.elapsed() < WINDOW {
        for writer in &mut writers {
            writer.write_all(&frame)?;
            written = written.saturating_add(1);
        }
    }
    let spent = thread_cpu().saturating_sub(cpu);
    reader.stop();
    Ok(spent.checked_div(written).unwrap_or_default())
}

/// A thread that reads until it is told to stop.
struct Reader {
    done: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Reader {
    fn start(mut read: impl FnMut(&mut [u8]) -> bool + Send + 'static) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&done);
        let thread = std::thread::spawn(move || {
            let mut buffer = vec![0_u8; 65_536];
            while !stop.load(Ordering::Relaxed) {
                let _more = read(&mut buffer);
            }
        });
        Self { done, thread }
    }

    fn stop(self) {
        self.done.store(true, Ordering::Relaxed);
        // A reader that panicked has stopped as well.
        let _joined = self.thread.join();
    }
}
