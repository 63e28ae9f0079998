//! A UDP socket with large buffers, and the addresses under which it is reached.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};

/// Receive buffer that is asked for; the system may grant less.
pub(crate) const RECEIVE_BUFFER_BYTES: usize = 8 * 1024 * 1024;
/// Send buffer that is asked for.
pub(crate) const SEND_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// A bound socket.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) socket: mio::net::UdpSocket,
    pub(super) address: SocketAddr,
    pub(super) receive_buffer_bytes: usize,
}

/// Binds, and reads back what the system granted.
pub(super) fn bind(address: SocketAddr) -> io::Result<Bound> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    // The system caps both silently; that is no reason not to start.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(SEND_BUFFER_BYTES);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    let receive_buffer_bytes = socket.recv_buffer_size()?;
    let socket = mio::net::UdpSocket::from_std(socket.into());
    let address = socket.local_addr()?;
    Ok(Bound { socket, address, receive_buffer_bytes })
}

/// The addresses to advertise: those configured first, because a datagram that came to no address in
/// particular counts as sent to the first of its family; then those this machine finds on itself, loopback last.
/// An address of a family that the socket does not have is left out: nothing sent there could arrive.
pub(super) fn candidates(bound: SocketAddr, public: &[IpAddr]) -> Vec<SocketAddr> {
    let is_wildcard = bound.ip().is_unspecified();
    let own = if is_wildcard { own_addresses(bound.is_ipv6()) } else { vec![bound.ip()] };
    let arrives = |address: &IpAddr| match bound.ip() {
        IpAddr::V4(_) => address.is_ipv4(),
        IpAddr::V6(_) => is_wildcard || address.is_ipv6(),
    };
    let mut seen = Vec::new();
    for address in public.iter().copied().chain(own).map(|address| address.to_canonical()).filter(arrives) {
        let candidate = SocketAddr::new(address, bound.port());
        if !seen.contains(&candidate) {
            seen.push(candidate);
        }
    }
    seen
}

/// An address of this machine that the socket is reached by.
pub(crate) fn own_address(listen: IpAddr) -> IpAddr {
    let first = own_addresses(listen.is_ipv6()).into_iter().next();
    first.filter(|_| listen.is_unspecified()).unwrap_or(listen)
}

/// The addresses this machine would send from, and loopback. Nothing is sent to find them.
fn own_addresses(dual: bool) -> Vec<IpAddr> {
    let outward = |bind: SocketAddr, to: SocketAddr| {
        let socket = std::net::UdpSocket::bind(bind).ok()?;
        socket.connect(to).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let four = outward(
        SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0),
        SocketAddr::new(Ipv4Addr::new(192, 0, 2, 1).into(), 9),
    );
    let six = outward(
        SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0),
        SocketAddr::new(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(), 9),
    )
    .filter(|_| dual);
    [four, six, Some(IpAddr::V4(Ipv4Addr::LOCALHOST))].into_iter().flatten().collect()
}

/// The form of an address that this socket can send to.
pub(super) fn for_socket(to: SocketAddr, socket_is_v6: bool) -> SocketAddr {
    match to.ip() {
        IpAddr::V4(four) if socket_is_v6 => SocketAddr::new(four.to_ipv6_mapped().into(), to.port()),
        IpAddr::V4(_) | IpAddr::V6(_) => to,
    }
}

/// The plain form of an address that a dual socket reports.
pub(super) fn plain(from: SocketAddr) -> SocketAddr {
    SocketAddr::new(from.ip().to_canonical(), from.port())
}

#[cfg(test)]
mod tests;
