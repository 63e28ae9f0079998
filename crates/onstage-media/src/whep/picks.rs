//! The rule: screens first, then cameras, each in the order in which people came; of sounds the loudest now, and who
//! spoke last stays. What is muted gives its line to another.

use std::cmp::Reverse;

use livekit_protocol as proto;

/// One track that could be shown or heard.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    sid: String,
    owner: String,
    is_picture: bool,
    is_screen: bool,
    joined: (i64, u64),
}

/// Whose tracks a viewer is given, by identity.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Everybody's.
    #[default]
    All,
    /// One person's.
    Only(String),
    /// Everybody's but one person's.
    AllBut(String),
}

impl Whom {
    fn includes(&self, identity: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(one) => one == identity,
            Self::AllBut(one) => one != identity,
        }
    }
}

/// What is there, and what a viewer was given of it.
#[derive(Debug, Default)]
pub(crate) struct Picks {
    whom: Whom,
    audios: usize,
    videos: usize,
    people: Vec<(proto::ParticipantInfo, u64)>,
    loudness: Vec<(String, u32)>,
    chosen: Vec<String>,
    serial: u64,
}

impl Picks {
    /// For so many m-lines of each kind.
    pub(crate) fn new(audios: usize, videos: usize) -> Self {
        Self { audios, videos, ..Self::default() }
    }

    /// Of these people alone.
    pub(crate) fn of(self, whom: Whom) -> Self {
        Self { whom, ..self }
    }

    /// From now on for so many m-lines.
    pub(crate) fn resize(&mut self, audios: usize, videos: usize) {
        (self.audios, self.videos) = (audios, videos);
    }

    /// News of people.
    pub(crate) fn note(&mut self, people: Vec<proto::ParticipantInfo>) {
        for person in people {
            let before =
                self.people.iter().find(|(known, _)| known.sid == person.sid).map(|(_, place)| *place);
            self.people.retain(|(known, _)| known.sid != person.sid);
            if person.state() == proto::participant_info::State::Disconnected {
                continue;
            }
            self.serial = self.serial.saturating_add(1);
            self.people.push((person, before.unwrap_or(self.serial)));
        }
    }

    /// News of who speaks; who is not named is as loud as before.
    pub(crate) fn hear(&mut self, speakers: Vec<proto::SpeakerInfo>) {
        for speaker in speakers {
            self.loudness.retain(|(sid, _)| *sid != speaker.sid);
            if speaker.active {
                self.loudness.push((speaker.sid, thousandths(speaker.level)));
            }
        }
        let people = &self.people;
        self.loudness.retain(|(sid, _)| people.iter().any(|(person, _)| person.sid == *sid));
    }

    /// The track sids to give up, and those to take instead.
    pub(crate) fn changes(&mut self) -> (Vec<String>, Vec<String>) {
        let wanted = self.wanted();
        let dropped: Vec<String> = self.chosen.iter().filter(|sid| !wanted.contains(sid)).cloned().collect();
        let taken = wanted.iter().filter(|sid| !self.chosen.contains(sid)).cloned().collect();
        self.chosen = wanted;
        (dropped, taken)
    }

    fn wanted(&self) -> Vec<String> {
        let (mut pictures, mut sounds): (Vec<_>, Vec<_>) =
            self.candidates().into_iter().partition(|track| track.is_picture);
        pictures.sort_by_key(|track| (!track.is_screen, track.joined));
        sounds.sort_by_key(|track| {
            (Reverse(self.loudness_of(&track.owner)), !self.chosen.contains(&track.sid), track.joined)
        });
        let pictures = pictures.into_iter().take(self.videos);
        pictures.chain(sounds.into_iter().take(self.audios)).map(|track| track.sid).collect()
    }

    fn candidates(&self) -> Vec<Candidate> {
        let people = self.people.iter().filter(|(person, _)| self.whom.includes(&person.identity));
        let tracks = people.flat_map(|(person, place)| {
            person.tracks.iter().filter(|track| !track.muted).map(move |track| Candidate {
                sid: track.sid.clone(),
                owner: person.sid.clone(),
                is_picture: track.r#type() == proto::TrackType::Video,
                is_screen: track.source() == proto::TrackSource::ScreenShare,
                joined: (person.joined_at, *place),
            })
        });
        tracks.collect()
    }

    fn loudness_of(&self, owner: &str) -> u32 {
        self.loudness.iter().find(|(sid, _)| sid == owner).map(|(_, level)| *level).unwrap_or_default()
    }
}

/// A level from 0 to 1 that can be compared.
fn thousandths(level: f32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded to 0..=1000 before, and a float that is none becomes 0"
    )]
    let thousandths = (level.clamp(0.0, 1.0) * 1_000.0) as u32;
    thousandths
}

#[cfg(test)]
mod tests;
