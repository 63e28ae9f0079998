//! Makes sessions: what each kind of peer is offered and allowed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::config::DtlsCert;
use str0m::crypto::CryptoProvider;
use str0m::format::CodecConfig;
use str0m::net::TcpType;
use str0m::rtp::{Extension, ExtensionMap};
use str0m::{Candidate, Rtc, RtcConfig};

use crate::control::{FeedbackProfile, IceMode, PeerOptions, PeerRole};
use crate::limits::{DATA_MESSAGE_BYTES_MAX, RESEND_VIDEO_PACKETS};
use crate::notice::Transport;
use crate::peer::codecs::add_codecs;
use crate::peer::colour;
use crate::peer::dtls::crypto;
use crate::shard::budget::ESTIMATE_START_BITS;

/// How often the statistics of the audience are looked at: there are many of them.
const LOOK_AT_AUDIENCE_EVERY: Duration = Duration::from_secs(2);
/// How often those of people on stage are: the estimate of their way is among them.
const LOOK_AT_STAGE_EVERY: Duration = Duration::from_millis(200);
/// How often a subscriber gets sender reports.
const REPORT_TO_SUBSCRIBERS_EVERY: Duration = Duration::from_secs(3);

/// Our number for the header extension about colours: the one that browsers use.
const COLOUR_EXTENSION: u8 = 8;

/// What all sessions of a shard share.
#[derive(Debug)]
pub(crate) struct Foundry {
    crypto: Arc<CryptoProvider>,
    certificate: Option<DtlsCert>,
    candidates: Vec<SocketAddr>,
    tcp_candidates: Vec<SocketAddr>,
}

impl Foundry {
    /// Makes the shard's certificate.
    pub(crate) fn new(candidates: Vec<SocketAddr>, tcp_candidates: Vec<SocketAddr>) -> Self {
        Self::with_crypto(Arc::new(crypto()), candidates, tcp_candidates)
    }

    /// The same on given cryptography.
    pub(crate) fn with_crypto(
        crypto: Arc<CryptoProvider>,
        candidates: Vec<SocketAddr>,
        tcp_candidates: Vec<SocketAddr>,
    ) -> Self {
        let certificate = crypto.dtls_provider.generate_certificate();
        Self { crypto, certificate, candidates, tcp_candidates }
    }

    /// The advertised address that a datagram to `destination` counts for.
    pub(crate) fn advertised(&self, transport: Transport, destination: SocketAddr) -> SocketAddr {
        let candidates = match transport {
            Transport::Udp => &self.candidates,
            Transport::Tcp => &self.tcp_candidates,
        };
        if candidates.contains(&destination) {
            return destination;
        }
        let same_family = |candidate: &&SocketAddr| candidate.is_ipv4() == destination.is_ipv4();
        candidates.iter().find(same_family).or(candidates.first()).copied().unwrap_or(destination)
    }

    /// A session for a peer.
    pub(crate) fn session(&self, role: PeerRole, options: PeerOptions, now: Instant) -> Rtc {
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::clone(&self.crypto))
            .set_ice_lite(options.ice == IceMode::Lite)
            .set_rtp_mode(true)
            .set_sctp_max_message_size(u32::try_from(DATA_MESSAGE_BYTES_MAX).unwrap_or(u32::MAX))
            .set_send_buffer_audio(1)
            .set_send_buffer_video(RESEND_VIDEO_PACKETS)
            .clear_codecs();
        add_codecs(config.codec_config(), role);
        if let Some(certificate) = &self.certificate {
            config = config.set_dtls_cert(certificate.clone());
        }
        config = config.set_stats_interval(Some(looked_at_every(role, options.feedback)));
        if role.receives() && options.feedback == FeedbackProfile::Stage {
            config = config.enable_bwe(Some(Bitrate::bps(ESTIMATE_START_BITS)));
        }
        if role == PeerRole::Subscriber {
            config = config
                .set_rtcp_report_interval_audio(REPORT_TO_SUBSCRIBERS_EVERY)
                .set_rtcp_report_interval_video(REPORT_TO_SUBSCRIBERS_EVERY)
                .set_extension_map(subscriber_extensions(options.feedback));
            let codecs = with_feedback(config.codec_config(), options.feedback);
            *config.codec_config() = codecs;
        } else {
            config = config.set_extension(COLOUR_EXTENSION, colour::extension());
        }
        let mut rtc = config.build(now);
        for address in &self.candidates {
            if let Ok(candidate) = Candidate::host(*address, "udp") {
                rtc.add_local_candidate(candidate);
            }
        }
        for address in &self.tcp_candidates {
            let candidate = Candidate::builder().tcp().host(*address).tcptype(TcpType::Passive).build();
            if let Ok(candidate) = candidate {
                rtc.add_local_candidate(candidate);
            }
        }
        rtc
    }
}

fn looked_at_every(role: PeerRole, feedback: FeedbackProfile) -> Duration {
    match (role, feedback) {
        (PeerRole::Publisher, _) | (_, FeedbackProfile::Audience) => LOOK_AT_AUDIENCE_EVERY,
        (PeerRole::Subscriber | PeerRole::Single, FeedbackProfile::Stage) => LOOK_AT_STAGE_EVERY,
    }
}

fn subscriber_extensions(feedback: FeedbackProfile) -> ExtensionMap {
    let mut extensions = ExtensionMap::empty();
    extensions.set(1, Extension::AudioLevel);
    extensions.set(2, Extension::AbsoluteSendTime);
    extensions.set(4, Extension::RtpMid);
    extensions.set(COLOUR_EXTENSION, colour::extension());
    extensions.set(13, Extension::VideoOrientation);
    match feedback {
        FeedbackProfile::Audience => {}
        FeedbackProfile::Stage => extensions.set(3, Extension::TransportSequenceNumber),
    }
    extensions
}

fn with_feedback(codecs: &CodecConfig, feedback: FeedbackProfile) -> CodecConfig {
    let mut params = codecs.params().to_vec();
    for param in &mut params {
        let is_video = param.spec().codec.is_video();
        match feedback {
            FeedbackProfile::Audience => {
                param.set_fb_transport_cc(false);
                param.set_fb_remb(is_video);
            }
            FeedbackProfile::Stage => {
                param.set_fb_transport_cc(true);
                param.set_fb_remb(false);
            }
        }
    }
    CodecConfig::new_from_payload_params(params)
}
