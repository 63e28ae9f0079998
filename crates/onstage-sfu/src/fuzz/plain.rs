//! Cryptography that hides and proves nothing: what a fuzzer makes up gets behind it, to the code that reads it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::config::DtlsCert;
use str0m::crypto::dtls::{
    DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, KeyingMaterial, ProtocolVersion, SrtpProfile,
};
use str0m::crypto::{CryptoProvider, from_feature_flags};
use str0m_proto::crypto::{
    AeadAes128GcmCipher, CryptoError, DtlsVersion, Sha1HmacProvider, SrtpProvider, SupportedAeadAes128Gcm,
    SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
};

/// Bytes behind each sealed packet.
pub(super) const TAG: [u8; 16] = [0; 16];
/// First byte of a handshake record.
const HANDSHAKE: u8 = 22;
/// First byte of a record with application data, which follows at once.
pub(super) const CONTENTS: u8 = 23;
/// First byte of an alert: here always a goodbye.
const ALERT: u8 = 21;
/// Two keys and two salts of AES-128-GCM.
const KEYS_LENGTH: usize = 2 * (16 + 12);

/// A session that opens a packet with these bytes in it panics, where that is wanted.
pub(super) const BREAKS: [u8; 8] = *b"!broken!";

/// The real provider with plain DTLS, SRTP and STUN integrity; `breaks` makes faults of [`BREAKS`].
pub(super) fn crypto(breaks: bool) -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        srtp_provider: if breaks { &PlainSrtp { breaks: true } } else { &PlainSrtp { breaks: false } },
        sha1_hmac_provider: &PlainHmac,
        dtls_provider: &PlainDtls,
        ..from_feature_flags()
    })
}

#[derive(Debug)]
struct PlainHmac;

impl Sha1HmacProvider for PlainHmac {
    fn sha1_hmac(&self, _key: &[u8], _payloads: &[&[u8]]) -> [u8; 20] {
        [0; 20]
    }
}

#[derive(Debug)]
struct PlainSrtp {
    breaks: bool,
}

impl SrtpProvider for PlainSrtp {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        from_feature_flags().srtp_provider.aes_128_cm_sha1_80()
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        if self.breaks { &PlainGcm { breaks: true } } else { &PlainGcm { breaks: false } }
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        from_feature_flags().srtp_provider.aead_aes_256_gcm()
    }

    fn srtp_aes_128_ecb_round(&self, _key: &[u8], _input: &[u8], output: &mut [u8]) {
        output.fill(0);
    }

    fn srtp_aes_256_ecb_round(&self, _key: &[u8], _input: &[u8], output: &mut [u8]) {
        output.fill(0);
    }
}

#[derive(Debug)]
struct PlainGcm {
    breaks: bool,
}

impl SupportedAeadAes128Gcm for PlainGcm {
    fn create_cipher(&self, _key: [u8; 16], _encrypt: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Self { breaks: self.breaks })
    }
}

impl AeadAes128GcmCipher for PlainGcm {
    fn encrypt(
        &mut self,
        _iv: &[u8; 12],
        _aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (contents, rest) = output.split_at_mut(input.len());
        contents.copy_from_slice(input);
        rest.fill(0);
        Ok(())
    }

    fn decrypt(
        &mut self,
        _iv: &[u8; 12],
        _aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let Some((contents, _tag)) = input.split_last_chunk::<16>() else {
            return Err(CryptoError::Other("shorter than its tag".to_owned()));
        };
        let is_broken = self.breaks && contents.windows(BREAKS.len()).any(|window| window == BREAKS);
        assert!(!is_broken, "a fault that was asked for");
        output[..contents.len()].copy_from_slice(contents);
        Ok(contents.len())
    }
}

#[derive(Debug)]
struct PlainDtls;

impl DtlsProvider for PlainDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        Some(DtlsCert { certificate: b"plain".to_vec(), private_key: Vec::new() })
    }

    fn new_dtls(
        &self,
        _certificate: &DtlsCert,
        now: Instant,
        _version: DtlsVersion,
        _datagram_bytes: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        Ok(Box::new(PlainSession {
            now,
            is_active: false,
            is_up: false,
            is_closed: false,
            told: VecDeque::new(),
        }))
    }
}

/// What a session has to tell.
#[derive(Debug)]
enum Told {
    Packet(Vec<u8>),
    Keys,
    Up,
    Contents(Vec<u8>),
    Goodbye,
}

#[derive(Debug)]
struct PlainSession {
    now: Instant,
    is_active: bool,
    is_up: bool,
    is_closed: bool,
    told: VecDeque<Told>,
}

impl PlainSession {
    fn come_up(&mut self) {
        if !self.is_up {
            self.is_up = true;
            self.told.extend([Told::Packet(vec![HANDSHAKE; 13]), Told::Keys, Told::Up]);
        }
    }
}

impl DtlsInstance for PlainSession {
    fn set_active(&mut self, active: bool) {
        self.is_active = active;
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        match packet.split_first() {
            None if self.is_active => self.told.push_back(Told::Packet(vec![HANDSHAKE; 13])),
            Some((&HANDSHAKE, _)) => self.come_up(),
            Some((&CONTENTS, contents)) if self.is_up => {
                self.told.push_back(Told::Contents(contents.to_vec()))
            }
            Some((&ALERT, _)) if self.is_up => self.told.push_back(Told::Goodbye),
            None | Some(_) => {}
        }
        Ok(())
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let Some(told) = self.told.pop_front() else {
            return DtlsOutput::Timeout(self.now + Duration::from_secs(3_600));
        };
        let mut copied = |contents: &[u8]| {
            let length = contents.len().min(buf.len());
            buf[..length].copy_from_slice(&contents[..length]);
            length
        };
        match told {
            Told::Packet(contents) => {
                let length = copied(&contents);
                DtlsOutput::Packet(&buf[..length])
            }
            Told::Contents(contents) => {
                let length = copied(&contents);
                DtlsOutput::ApplicationData(&buf[..length])
            }
            Told::Keys => DtlsOutput::KeyingMaterial(
                KeyingMaterial::new(&[0; KEYS_LENGTH]),
                SrtpProfile::AEAD_AES_128_GCM,
            ),
            Told::Up => DtlsOutput::Connected,
            Told::Goodbye => DtlsOutput::CloseNotify,
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.now = now;
        Ok(())
    }

    fn send_application_data(&mut self, contents: &[u8]) -> Result<usize, DtlsImplError> {
        if !self.is_up {
            return Ok(0);
        }
        let mut packet = vec![CONTENTS];
        packet.extend_from_slice(contents);
        self.told.push_back(Told::Packet(packet));
        Ok(contents.len())
    }

    fn is_active(&self) -> bool {
        self.is_active
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        None
    }

    fn is_closing(&self) -> bool {
        self.is_closed
    }

    fn is_closed(&self) -> bool {
        self.is_closed && self.told.is_empty()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        if !std::mem::replace(&mut self.is_closed, true) {
            self.told.push_back(Told::Packet(vec![ALERT; 13]));
        }
        Ok(())
    }
}
