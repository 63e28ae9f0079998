//! DTLS sessions around one shared configuration: building it anew costs a millisecond for each peer.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use dimpl::crypto::NamedGroup;
use str0m::crypto::dtls::{DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion};
use str0m::crypto::{CryptoProvider, from_feature_flags};
use str0m_proto::crypto::{CryptoError, DtlsVersion};

/// The engine's own cryptography with our DTLS sessions.
pub(crate) fn crypto() -> CryptoProvider {
    CryptoProvider { dtls_provider: &SharedDtls, ..from_feature_flags() }
}

#[derive(Debug)]
struct SharedDtls;

/// The configuration of all sessions, by the size of datagrams that the first asked for; all ask for the same.
static CONFIG: OnceLock<(Option<usize>, Arc<dimpl::Config>)> = OnceLock::new();

fn config(datagram_bytes: Option<usize>) -> Result<Arc<dimpl::Config>, CryptoError> {
    if let Some((known, config)) = CONFIG.get()
        && *known == datagram_bytes
    {
        return Ok(Arc::clone(config));
    }
    // ICE has proved the way back before DTLS begins, so a cookie would only cost a round trip.
    let mut builder = dimpl::Config::builder()
        .use_server_cookie(false)
        .kx_groups(&[NamedGroup::X25519, NamedGroup::Secp256r1]);
    if let Some(bytes) = datagram_bytes {
        builder = builder.mtu(bytes);
    }
    let config = builder.build().map_err(|error| CryptoError::Other(error.to_string()))?;
    let config = Arc::new(config);
    CONFIG.get_or_init(|| (datagram_bytes, Arc::clone(&config)));
    Ok(config)
}

impl DtlsProvider for SharedDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        dimpl::certificate::generate_self_signed_certificate().ok()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        _version: DtlsVersion,
        datagram_bytes: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let certificate = dimpl::DtlsCertificate {
            certificate: certificate.certificate.clone(),
            private_key: certificate.private_key.clone(),
        };
        let dtls = dimpl::Dtls::new_12(config(datagram_bytes)?, certificate, now);
        Ok(Box::new(Session { dtls, waits_until: None }))
    }
}

/// A session, and until when it has nothing to say: the engine asks for its output before each packet of media.
struct Session {
    dtls: dimpl::Dtls,
    waits_until: Option<Instant>,
}

impl Session {
    /// The session, to do something to it that it may answer.
    fn awake(&mut self) -> &mut dimpl::Dtls {
        self.waits_until = None;
        &mut self.dtls
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl DtlsInstance for Session {
    fn set_active(&mut self, active: bool) {
        self.awake().set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.awake().handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        if let Some(deadline) = self.waits_until {
            return DtlsOutput::Timeout(deadline);
        }
        let output = self.dtls.poll_output(buf);
        if let DtlsOutput::Timeout(deadline) = &output {
            self.waits_until = Some(*deadline);
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.awake().handle_timeout(now)
    }

    fn send_application_data(&mut self, contents: &[u8]) -> Result<usize, DtlsImplError> {
        self.awake().send_application_data(contents)
    }

    fn is_active(&self) -> bool {
        self.dtls.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.dtls.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.dtls.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.dtls.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.awake().close()
    }
}
