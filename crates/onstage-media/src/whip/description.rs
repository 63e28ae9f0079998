//! What an offer says, as far as an HTTP session has to know: its m-lines, and its name and password for ICE.

use livekit_protocol as proto;
use onstage_domain::{Code, Problem};
use onstage_sfu::MediaKind;

use super::{EDGE_LINES_MAX, Protocol};

/// What Firefox writes into the line of the origin.
const FIREFOX: &str = "mozilla...THIS_IS_SDPARTA";

/// One m-line with media.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    kind: Option<MediaKind>,
    mid: String,
    sends: bool,
    receives: bool,
    track_id: String,
}

/// An offer that can be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(super) sdp: String,
    pub(super) ufrag: String,
    pub(super) password: String,
    lines: Vec<Line>,
}

impl Offer {
    /// Reads an offer and says no to what the protocol has no use for.
    pub(super) fn read(protocol: Protocol, sdp: &str) -> Result<Self, Problem> {
        let offer = Self::parse(sdp)?;
        let (is_useful, otherwise) = match protocol {
            Protocol::Whip => {
                (offer.media().any(|line| line.sends), "No media line of the offer sends anything.")
            }
            Protocol::Whep => {
                (offer.media().any(|line| line.receives), "No media line of the offer receives anything.")
            }
        };
        if is_useful { Ok(offer) } else { Err(unacceptable(otherwise)) }
    }

    /// Reads an offer that sends, or receives, or both.
    pub(crate) fn of_either_way(sdp: &str) -> Result<Self, Problem> {
        let offer = Self::parse(sdp)?;
        if offer.media().any(|line| line.sends || line.receives) {
            return Ok(offer);
        }
        Err(unacceptable("No media line of the offer sends or receives anything."))
    }

    fn parse(sdp: &str) -> Result<Self, Problem> {
        if !sdp.starts_with("v=0") {
            return Err(Problem::because(Code::Unreadable, "The body is no session description (RFC 8866)."));
        }
        let offer = Self {
            sdp: sdp.to_owned(),
            ufrag: value(sdp, "a=ice-ufrag:"),
            password: value(sdp, "a=ice-pwd:"),
            lines: lines(sdp),
        };
        if offer.lines.len() > EDGE_LINES_MAX {
            return Err(unacceptable("The offer has too many media lines."));
        }
        if offer.ufrag.is_empty() || offer.password.is_empty() {
            return Err(unacceptable("The offer has no a=ice-ufrag and a=ice-pwd."));
        }
        Ok(offer)
    }

    fn media(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.kind.is_some())
    }

    /// How many m-lines of a kind receive.
    pub(crate) fn receiving(&self, kind: MediaKind) -> usize {
        self.media().filter(|line| line.kind == Some(kind) && line.receives).count()
    }

    /// The name of the peer connection that made it: it stays through all its offers (RFC 8829 section 5.2.2).
    pub(crate) fn origin(&self) -> String {
        let origin = value(&self.sdp, "o=");
        origin.split_whitespace().nth(1).unwrap_or_default().to_owned()
    }

    /// Whether Firefox made it.
    pub(crate) fn is_of_firefox(&self) -> bool {
        value(&self.sdp, "o=").contains(FIREFOX)
    }

    /// What it publishes: the first picture is a camera, the second a screen; sounds likewise. More has no name.
    pub(crate) fn tracks(&self) -> Vec<proto::AddTrackRequest> {
        let of = |kind| self.media().filter(move |line| line.kind == Some(kind) && line.sends);
        let pictures =
            of(MediaKind::Video).zip([proto::TrackSource::Camera, proto::TrackSource::ScreenShare]);
        let sounds =
            of(MediaKind::Audio).zip([proto::TrackSource::Microphone, proto::TrackSource::ScreenShareAudio]);
        let named =
            |(line, source): (&Line, proto::TrackSource), kind: proto::TrackType| proto::AddTrackRequest {
                cid: line.cid(),
                r#type: kind.into(),
                source: source.into(),
                ..proto::AddTrackRequest::default()
            };
        let pictures = pictures.map(|found| named(found, proto::TrackType::Video));
        pictures.chain(sounds.map(|found| named(found, proto::TrackType::Audio))).collect()
    }

    /// The same offer under another name and password: a restart of ICE (RFC 9725 section 4.3.2).
    pub(super) fn restarted(&self, ufrag: &str, password: &str) -> Self {
        let mut sdp = String::with_capacity(self.sdp.len());
        for line in self.sdp.lines() {
            if line.starts_with("a=ice-ufrag:") {
                sdp.push_str("a=ice-ufrag:");
                sdp.push_str(ufrag);
            } else if line.starts_with("a=ice-pwd:") {
                sdp.push_str("a=ice-pwd:");
                sdp.push_str(password);
            } else if line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates") {
                continue;
            } else {
                sdp.push_str(line);
            }
            sdp.push_str("\r\n");
        }
        Self { sdp, ufrag: ufrag.to_owned(), password: password.to_owned(), lines: self.lines.clone() }
    }
}

impl Line {
    /// The id of its track, or one of ours where the client has none.
    fn cid(&self) -> String {
        if self.track_id.is_empty() { format!("line-{}", self.mid) } else { self.track_id.clone() }
    }
}

/// The same offer from somebody who sends nothing: what its client would send is not asked for.
pub(crate) fn receiving_only(sdp: &str) -> String {
    let mut kept = String::with_capacity(sdp.len());
    for line in sdp.lines() {
        kept.push_str(match line.trim_end() {
            "a=sendrecv" => "a=recvonly",
            "a=sendonly" => "a=inactive",
            other => other,
        });
        kept.push_str("\r\n");
    }
    kept
}

/// An offer that can be read but not served.
pub(super) fn unacceptable(detail: &str) -> Problem {
    Problem::because(Code::Invalid, detail)
}

/// The first value of an attribute, or nothing.
pub(super) fn value(text: &str, attribute: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix(attribute)).unwrap_or_default().trim().to_owned()
}

fn lines(sdp: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for line in sdp.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            let kind = match media.split(' ').next() {
                Some("audio") => Some(MediaKind::Audio),
                Some("video") => Some(MediaKind::Video),
                Some(_) | None => None,
            };
            let (mid, track_id) = (String::new(), String::new());
            lines.push(Line { kind, mid, sends: true, receives: true, track_id });
        } else if let (Some(open), Some(attribute)) = (lines.last_mut(), line.strip_prefix("a=")) {
            note(open, attribute.trim_end());
        }
    }
    lines
}

fn note(line: &mut Line, attribute: &str) {
    let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
    match name {
        "mid" => value.clone_into(&mut line.mid),
        "msid" => value.split_whitespace().nth(1).unwrap_or("").clone_into(&mut line.track_id),
        "sendonly" => (line.sends, line.receives) = (true, false),
        "recvonly" => (line.sends, line.receives) = (false, true),
        "inactive" => (line.sends, line.receives) = (false, false),
        _ => {}
    }
}
