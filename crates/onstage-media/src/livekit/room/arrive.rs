//! Somebody joins: replaced identities leave first, then `join`, a fresh token, and an offer (or the answer to the client's)
//! that holds every track at once.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::signal_response::Message;
use onstage_domain::UserId;
use onstage_domain::media::MediaGrant;
use onstage_sfu::{Control, FeedbackProfile, IceMode, PeerKey, PeerOptions, PeerRole};

use super::audience::Audience;
use super::data::DATA_PACE;
use super::member::{OnResume, Words};
use super::quality::Known;
use super::{Arrival, Member, MemberKey, Room, TOKEN_DESCRIPTION_BYTES_MAX, TOKEN_EVERY, TRACKS_MAX, info};
use crate::clock::{Moment, sid};
use crate::livekit::messages;
use crate::livekit::outgoing::Outgoing;
use crate::livekit::permission::Permission;
use crate::livekit::query::Opening;
use crate::livekit::tokens::Bearer;
use crate::pace::Pace;

impl Room {
    /// Joins or resumes; whoever is denied meanwhile is told so and nothing else.
    pub(super) fn arrive(&mut self, now: Moment, mut arrival: Arrival) {
        if !self.is_admitted(&arrival.bearer) {
            return dismiss(
                &arrival.outgoing,
                proto::DisconnectReason::ParticipantRemoved,
                Action::Disconnect,
            );
        }
        if arrival.query.reconnect {
            return self.resume(now, arrival);
        }
        if arrival.query.aside.is_some() {
            self.step_aside(&mut arrival);
        } else if let Some(earlier) = self.identities.get(&arrival.bearer.identity).copied() {
            self.replace(now, earlier);
        }
        if self.is_full() {
            return dismiss(&arrival.outgoing, proto::DisconnectReason::JoinFailure, Action::Disconnect);
        }
        let opening = std::mem::take(&mut arrival.opening);
        let key = self.seat(now, arrival);
        self.greet(now, key);
        self.subscribe_to_all(key);
        self.open(now, key, opening);
        self.negotiate(key);
        if self.members.get(&key).is_some_and(|member| member.announced) {
            self.announce_to_others(key);
        }
    }

    /// What a client said together with its join, as if it had said it right after.
    pub(super) fn open(&mut self, now: Moment, key: MemberKey, opening: Opening) {
        for request in opening.tracks.into_iter().take(TRACKS_MAX) {
            self.add_track(now, key, request);
        }
        if let Some(offer) = opening.offer {
            self.publisher_offer(key, offer);
        }
    }

    fn is_admitted(&self, bearer: &Bearer) -> bool {
        user_of(bearer).and_then(|user| self.people.get(&user)).is_none_or(|person| person.admitted)
    }

    /// The new participant with its PeerConnection: the subscriber's, or the only one.
    fn seat(&mut self, now: Moment, arrival: Arrival) -> MemberKey {
        let key = MemberKey(self.next_key());
        let subscriber = PeerKey(self.next_key());
        let Arrival { connection, outgoing, bearer, query, opening: _, half_open } = arrival;
        let user = self.session.and_then(|_| user_of(&bearer));
        let (permission, grant) = self.rights(user, &bearer);
        let ice = if query.full_ice { IceMode::Full } else { IceMode::Lite };
        let feedback = if permission.publish() { FeedbackProfile::Stage } else { FeedbackProfile::Audience };
        self.control(Control::OpenPeer {
            peer: subscriber,
            room: self.key,
            role: if query.single { PeerRole::Single } else { PeerRole::Subscriber },
            options: PeerOptions { ice, feedback, may_pause: query.may_pause },
        });
        if query.fixes_lines {
            self.control(Control::FixLines { peer: subscriber });
        }
        self.identities.insert(bearer.identity.clone(), key);
        self.connections.insert(connection, key);
        self.peers.insert(subscriber, key);
        let member = Member {
            identity: bearer.identity,
            user,
            sid: sid(self.dice.as_mut(), "PA_"),
            name: bearer.name,
            metadata: bearer.metadata,
            attributes: bearer.attributes,
            joined: now.at,
            joined_instant: now.instant,
            version: 1,
            announced: !permission.hidden && !query.watches,
            permission,
            grant,
            query,
            was_active: false,
            is_publisher: false,
            half_open,
            connection: Some((connection, outgoing)),
            socket_lost: None,
            media_lost: None,
            token_due: now.instant,
            subscriber,
            publisher: None,
            early_candidates: Vec::new(),
            tracks: Vec::new(),
            queued: Vec::new(),
            choices: HashMap::new(),
            awaited: HashMap::new(),
            subscribed: HashSet::new(),
            quality: Known::default(),
            withheld: HashSet::new(),
            audience: Audience::default(),
            pace: Pace::new(DATA_PACE, now.instant),
            last_sequence: 0,
            nonces: VecDeque::new(),
            hears_data: false,
            on_resume: OnResume::default(),
            words: Words::default(),
        };
        self.members.insert(key, member);
        key
    }

    /// Permission from the last order; a token's own grants count only in rooms without a session.
    fn rights(&self, user: Option<UserId>, bearer: &Bearer) -> (Permission, MediaGrant) {
        if self.session.is_none() {
            return (Permission::claimed(&bearer.grant), MediaGrant::default());
        }
        match user.and_then(|user| self.people.get(&user)) {
            Some(person) => (Permission::ordered(&person.grant), person.grant),
            None => (Permission::VIEWER, MediaGrant::default()),
        }
    }

    /// `join`, then a token for later reconnects.
    fn greet(&mut self, now: Moment, key: MemberKey) {
        let Some(member) = self.members.get(&key) else { return };
        let others = self.members.iter().filter(|(other, member)| **other != key && member.announced);
        let join = proto::JoinResponse {
            room: Some(self.room_info()),
            participant: Some(info::participant(member)),
            other_participants: others.map(|(_, other)| info::participant(other)).collect(),
            server_version: messages::SERVER_VERSION.to_owned(),
            ice_servers: messages::ice_servers(
                &self.surroundings.ice_servers.offered(&member.identity, now.at),
            ),
            subscriber_primary: !member.query.single,
            ping_timeout: messages::PING_TIMEOUT_SECONDS,
            ping_interval: messages::PING_EVERY_SECONDS,
            server_info: Some(messages::server_info(&self.surroundings.node_id)),
            enabled_publish_codecs: messages::codecs(&info::PUBLISH_CODECS),
            fast_publish: member.permission.publish(),
            sif_trailer: self.sif_trailer(),
            ..proto::JoinResponse::default()
        };
        member.send(Message::Join(join));
        self.refresh_token(now, key);
    }

    /// A fresh token with what is granted now.
    pub(super) fn refresh_token(&mut self, now: Moment, key: MemberKey) {
        let Some(member) = self.members.get_mut(&key) else { return };
        member.token_due = now.instant.checked_add(TOKEN_EVERY).unwrap_or(now.instant);
        let attributes = member.attributes.iter().map(|(name, value)| name.len().saturating_add(value.len()));
        let described = attributes.fold(member.metadata.len(), usize::saturating_add);
        let short = described <= TOKEN_DESCRIPTION_BYTES_MAX;
        let bearer = Bearer {
            identity: member.identity.clone(),
            name: member.name.clone(),
            metadata: if short { member.metadata.clone() } else { String::new() },
            attributes: if short { member.attributes.clone() } else { BTreeMap::new() },
            grant: member.permission.to_claim(&self.name),
        };
        if let Some(token) = self.surroundings.tokens.mint(&bearer, now.at) {
            member.send(Message::RefreshToken(token));
        }
    }

    /// The newcomer, to everybody who was there before.
    fn announce_to_others(&self, key: MemberKey) {
        let Some(member) = self.members.get(&key) else { return };
        let update = messages::update(vec![info::participant(member)]);
        let others = self.members.iter().filter(|(other, _)| **other != key);
        others.filter_map(|(_, other)| other.outgoing()).for_each(|out| out.send_encoded(update.clone()));
    }
}

/// People of a session are known by their account id.
pub(super) fn user_of(bearer: &Bearer) -> Option<UserId> {
    bearer.identity.parse().ok()
}

/// A last word to a socket that belongs to no participant.
pub(super) fn dismiss(outgoing: &Outgoing, reason: proto::DisconnectReason, action: Action) {
    outgoing.send(messages::leave(reason, action));
    outgoing.close();
}
