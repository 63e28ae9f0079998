//! What server SDKs ask of one room: answered here, and never more than the orders of a session allow.

use std::collections::HashSet;

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use onstage_sfu::{Control, DataChannel, TrackKey};
use prost::Message as _;
use tokio::sync::oneshot;

use super::{EMPTY_ROOM_STAYS, MEMBERS_MAX, Member, MemberKey, Room, UNMUTE_BOUNCE, info};
use crate::clock::Moment;
use crate::livekit::messages;
use crate::livekit::permission::Permission;

/// Bytes of one data message, well below what a data channel takes.
pub(crate) const API_DATA_BYTES_MAX: usize = 60 * 1024;
/// People or tracks that one call may name.
pub(crate) const API_NAMES_MAX: usize = 512;

/// One question and the way of its answer.
#[derive(Debug)]
pub(crate) struct RoomCall {
    pub(crate) ask: RoomAsk,
    pub(crate) answer: oneshot::Sender<Result<RoomAnswer, RoomRefusal>>,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub(crate) enum RoomAsk {
    /// The room as it is.
    Show,
    /// `CreateRoom`: what is given is set, the rest stays.
    Settle(Box<proto::CreateRoomRequest>),
    /// `UpdateRoomMetadata`.
    Describe(String),
    /// Everybody.
    People,
    /// One participant.
    Person(String),
    /// `RemoveParticipant`.
    Remove(String),
    /// `MutePublishedTrack`.
    Mute(proto::MuteRoomTrackRequest),
    /// `UpdateParticipant`.
    Update(Box<proto::UpdateParticipantRequest>),
    /// `UpdateSubscriptions`.
    Subscribe(Box<proto::UpdateSubscriptionsRequest>),
    /// `SendData`.
    Send(Box<proto::SendDataRequest>),
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RoomAnswer {
    Room(Box<proto::Room>),
    People(Vec<proto::ParticipantInfo>),
    Person(Box<proto::ParticipantInfo>),
    Track(Box<proto::TrackInfo>),
    Done,
}

/// Why not; the words go to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RoomRefusal {
    #[error("participant does not exist")]
    NoParticipant,
    #[error("track is not published")]
    NoTrack,
    #[error("this room belongs to a session: its stage decides what people may publish")]
    StageDecides,
    #[error("remote unmute is for what a call has muted: a person's own mute stays")]
    OwnMute,
    #[error("{0} is too long")]
    TooLong(&'static str),
}

/// What the API has set in a room.
#[derive(Debug, Default)]
pub(super) struct ApiState {
    empty_timeout_seconds: Option<u32>,
    departure_timeout_seconds: Option<u32>,
    people_max: Option<usize>,
    /// Webhooks know of the room.
    pub(super) has_begun: bool,
    /// Somebody has been in.
    pub(super) was_entered: bool,
    /// Tracks whose mute was a call's, until their person says something else.
    muted: HashSet<TrackKey>,
}

impl ApiState {
    /// The person has unmuted by themselves: the next mute is their own.
    pub(super) fn person_unmuted(&mut self, track: TrackKey) {
        self.muted.remove(&track);
    }
}

impl Room {
    /// One call. Whoever asked may have gone.
    pub(super) fn called(&mut self, now: Moment, call: RoomCall) {
        let _ = call.answer.send(self.answer(now, call.ask));
    }

    fn answer(&mut self, now: Moment, ask: RoomAsk) -> Result<RoomAnswer, RoomRefusal> {
        match ask {
            RoomAsk::Show => Ok(self.shown()),
            RoomAsk::Settle(request) => self.settle(&request),
            RoomAsk::Describe(metadata) => self.describe_by_call(metadata),
            RoomAsk::People => Ok(RoomAnswer::People(self.participants().map(info::participant).collect())),
            RoomAsk::Person(identity) => self.named(&identity).and_then(|key| self.person(key)),
            RoomAsk::Remove(identity) => {
                let key = self.named(&identity)?;
                self.remove(now, key, proto::DisconnectReason::ParticipantRemoved, Action::Disconnect);
                Ok(RoomAnswer::Done)
            }
            RoomAsk::Mute(request) => self.mute_by_call(now, &request),
            RoomAsk::Update(request) => self.update_by_call(now, &request),
            RoomAsk::Subscribe(request) => self.subscribe_by_call(now, *request),
            RoomAsk::Send(request) => self.send_by_call(*request),
        }
    }

    fn shown(&self) -> RoomAnswer {
        RoomAnswer::Room(Box::new(self.room_info()))
    }

    fn named(&self, identity: &str) -> Result<MemberKey, RoomRefusal> {
        self.identities.get(identity).copied().ok_or(RoomRefusal::NoParticipant)
    }

    fn person(&self, key: MemberKey) -> Result<RoomAnswer, RoomRefusal> {
        let member = self.members.get(&key).ok_or(RoomRefusal::NoParticipant)?;
        Ok(RoomAnswer::Person(Box::new(info::participant(member))))
    }

    /// A session's room is made by its order and shown as it is.
    fn settle(&mut self, request: &proto::CreateRoomRequest) -> Result<RoomAnswer, RoomRefusal> {
        if self.session.is_some() {
            return Ok(self.shown());
        }
        if !request.metadata.is_empty() && request.metadata != self.metadata {
            self.describe_by_call(request.metadata.clone())?;
        }
        let given = |seconds: u32| (seconds > 0).then_some(seconds);
        let api = &mut self.api;
        api.empty_timeout_seconds = given(request.empty_timeout).or(api.empty_timeout_seconds);
        api.departure_timeout_seconds = given(request.departure_timeout).or(api.departure_timeout_seconds);
        let people_max = given(request.max_participants).and_then(|most| usize::try_from(most).ok());
        api.people_max = people_max.or(api.people_max);
        Ok(self.shown())
    }

    fn describe_by_call(&mut self, metadata: String) -> Result<RoomAnswer, RoomRefusal> {
        self.describe_room(metadata).map_err(|_| RoomRefusal::TooLong("metadata"))?;
        Ok(self.shown())
    }

    /// What the API has set, in the room object.
    pub(super) fn dress(&self, room: &mut proto::Room) {
        if self.session.is_none() {
            let stays = u32::try_from(EMPTY_ROOM_STAYS.as_secs()).unwrap_or(u32::MAX);
            room.empty_timeout = self.api.empty_timeout_seconds.unwrap_or(stays);
            room.departure_timeout = self.api.departure_timeout_seconds.unwrap_or(stays);
            let most = self.api.people_max.and_then(|most| u32::try_from(most).ok());
            room.max_participants = most.unwrap_or_default();
        }
    }

    /// Nobody else gets in.
    pub(super) fn is_full(&self) -> bool {
        self.members.len() >= self.api.people_max.unwrap_or(MEMBERS_MAX).min(MEMBERS_MAX)
    }

    /// How long a room without a session stays when nobody is in it.
    pub(super) fn stays_empty(&self) -> std::time::Duration {
        let seconds = if self.api.was_entered {
            self.api.departure_timeout_seconds
        } else {
            self.api.empty_timeout_seconds
        };
        seconds.map_or(EMPTY_ROOM_STAYS, |seconds| std::time::Duration::from_secs(u64::from(seconds)))
    }

    /// As if the person had muted: the stage hears of it, and the person can unmute. A call takes back only its own
    /// mute, and in a session's room not even that: there only the person and the stage open a microphone.
    fn mute_by_call(
        &mut self,
        now: Moment,
        request: &proto::MuteRoomTrackRequest,
    ) -> Result<RoomAnswer, RoomRefusal> {
        let key = self.named(&request.identity)?;
        let of_session = self.session.is_some();
        let member = self.members.get_mut(&key).ok_or(RoomRefusal::NoParticipant)?;
        let track = member.track_mut(&request.track_sid).ok_or(RoomRefusal::NoTrack)?;
        let (track_key, source) = (track.key, track.source);
        if request.muted && !track.client_muted {
            track.client_muted = true;
            self.api.muted.retain(|muted| self.owners.contains_key(muted));
            self.api.muted.insert(track_key);
            self.self_muted(now, key, source, true);
            self.send_to(key, messages::mute(&request.track_sid, true));
        } else if !request.muted && track.info.muted {
            if of_session {
                return Err(RoomRefusal::StageDecides);
            }
            if !self.api.muted.remove(&track_key) {
                return Err(RoomRefusal::OwnMute);
            }
            track.client_muted = false;
            track.bounce_until = now.instant.checked_add(UNMUTE_BOUNCE);
            self.send_to(key, messages::mute(&request.track_sid, false));
        }
        self.move_gates(key);
        let member = self.members.get(&key).ok_or(RoomRefusal::NoParticipant)?;
        let track = member.track(&request.track_sid).ok_or(RoomRefusal::NoTrack)?;
        Ok(RoomAnswer::Track(Box::new(track.info.clone())))
    }

    /// What people may do is looked at first, then their description; a refusal changes nothing.
    fn update_by_call(
        &mut self,
        now: Moment,
        request: &proto::UpdateParticipantRequest,
    ) -> Result<RoomAnswer, RoomRefusal> {
        let key = self.named(&request.identity)?;
        if self.session.is_some() && request.permission.is_some() {
            return Err(RoomRefusal::StageDecides);
        }
        let described = proto::UpdateParticipantMetadata {
            metadata: request.metadata.clone(),
            name: request.name.clone(),
            attributes: request.attributes.clone(),
            request_id: 0,
        };
        if described != proto::UpdateParticipantMetadata::default() {
            self.describe(now, key, &described)
                .map_err(|_| RoomRefusal::TooLong("name, metadata or attributes"))?;
        }
        if let Some(permission) = &request.permission {
            self.permit(now, key, permitted(permission));
        }
        self.person(key)
    }

    /// Only in rooms without a session.
    fn permit(&mut self, now: Moment, key: MemberKey, permission: Permission) {
        let Some(member) = self.members.get_mut(&key) else { return };
        member.is_publisher |= permission.publish();
        member.permission = permission;
        member.announced |= !permission.hidden;
        self.withdraw_forbidden(now, key);
        self.subscribe_to_all(key);
        self.announce(key);
        self.refresh_token(now, key);
    }

    /// As if the client had chosen; a person who may not subscribe gets nothing by it.
    fn subscribe_by_call(
        &mut self,
        now: Moment,
        request: proto::UpdateSubscriptionsRequest,
    ) -> Result<RoomAnswer, RoomRefusal> {
        let key = self.named(&request.identity)?;
        let named = request.participant_tracks.iter().map(|tracks| tracks.track_sids.len());
        let named = named.fold(request.track_sids.len(), usize::saturating_add);
        at_most(named, API_NAMES_MAX, "the list of tracks")?;
        let subscription = proto::UpdateSubscription {
            track_sids: request.track_sids,
            subscribe: request.subscribe,
            participant_tracks: request.participant_tracks,
        };
        self.choose(now, key, subscription);
        Ok(RoomAnswer::Done)
    }

    /// Data of the server: it names no sender and carries no sequence.
    #[expect(deprecated, reason = "callers may still name people by their sid")]
    fn send_by_call(&mut self, request: proto::SendDataRequest) -> Result<RoomAnswer, RoomRefusal> {
        at_most(request.data.len(), API_DATA_BYTES_MAX, "data")?;
        let (identities, sids) = (&request.destination_identities, &request.destination_sids);
        let named = identities.len().saturating_add(sids.len());
        at_most(named, API_NAMES_MAX, "the list of destinations")?;
        let wanted = |member: &&Member| {
            named == 0 || identities.contains(&member.identity) || sids.contains(&member.sid)
        };
        let ready = |member: &&Member| member.was_active && member.permission.subscribe;
        let peers: Vec<_> =
            self.members.values().filter(wanted).filter(ready).map(|member| member.subscriber).collect();
        let (channel, contents) = packet(request);
        if !peers.is_empty() {
            self.control(Control::SendData { peers, channel, contents: contents.into() });
        }
        Ok(RoomAnswer::Done)
    }
}

#[expect(deprecated, reason = "clients still read the deprecated half of this message")]
fn packet(request: proto::SendDataRequest) -> (DataChannel, Vec<u8>) {
    let lossy = request.kind == i32::from(proto::data_packet::Kind::Lossy);
    let user = proto::UserPacket {
        payload: request.data,
        topic: request.topic,
        nonce: request.nonce,
        destination_identities: request.destination_identities.clone(),
        ..proto::UserPacket::default()
    };
    let packet = proto::DataPacket {
        kind: request.kind,
        destination_identities: request.destination_identities,
        value: Some(proto::data_packet::Value::User(user)),
        ..proto::DataPacket::default()
    };
    (if lossy { DataChannel::Lossy } else { DataChannel::Reliable }, packet.encode_to_vec())
}

fn permitted(permission: &proto::ParticipantPermission) -> Permission {
    let listed = &permission.can_publish_sources;
    let source = |source: proto::TrackSource| {
        permission.can_publish && (listed.is_empty() || listed.contains(&i32::from(source)))
    };
    Permission {
        subscribe: permission.can_subscribe,
        microphone: source(proto::TrackSource::Microphone),
        camera: source(proto::TrackSource::Camera),
        screen: source(proto::TrackSource::ScreenShare),
        screen_audio: source(proto::TrackSource::ScreenShareAudio),
        data: permission.can_publish_data,
        metadata: permission.can_update_metadata,
        hidden: permission.hidden,
    }
}

fn at_most(length: usize, most: usize, what: &'static str) -> Result<(), RoomRefusal> {
    if length > most { Err(RoomRefusal::TooLong(what)) } else { Ok(()) }
}
