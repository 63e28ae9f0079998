//! What a client says on its socket, one arm for each word of the protocol.

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::request_response::{Reason, Request};
use livekit_protocol::signal_request::Message as Asked;
use livekit_protocol::signal_response::Message;
use livekit_protocol::simulate_scenario::Scenario;
use onstage_sfu::Control;

use super::member::OnResume;
use super::{ConnectionId, MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::messages;

impl Room {
    /// One message of a client; sockets that were replaced are not listened to.
    #[expect(deprecated, reason = "every word of the protocol is named")]
    pub(super) fn hear(&mut self, now: Moment, connection: ConnectionId, message: Asked) {
        let Some(key) = self.member_of_connection(connection) else { return };
        match message {
            Asked::Offer(offer) => self.publisher_offer(key, offer),
            Asked::Answer(answer) => self.subscriber_answer(key, answer),
            Asked::Trickle(trickle) => self.trickle(key, &trickle),
            Asked::AddTrack(request) => self.add_track(now, key, request),
            Asked::Mute(mute) => self.client_mute(now, key, &mute),
            Asked::Subscription(subscription) => self.choose(now, key, subscription),
            Asked::TrackSetting(settings) => self.wish(key, &settings),
            Asked::Leave(_) => {
                self.remove(now, key, proto::DisconnectReason::ClientInitiated, Action::Disconnect)
            }
            Asked::SyncState(state) => self.sync_state(now, key, state),
            Asked::Simulate(simulate) => self.simulate(now, key, simulate.scenario),
            Asked::UpdateVideoTrack(update) => self.resize_track(key, &update),
            Asked::UpdateAudioTrack(update) => self.update_audio(key, update),
            Asked::Ping(_) => self.send_to(key, Message::Pong(now.at.0)),
            Asked::PingReq(ping) => self.send_to(
                key,
                Message::PongResp(proto::Pong { last_ping_timestamp: ping.timestamp, timestamp: now.at.0 }),
            ),
            Asked::UpdateMetadata(update) => self.update_metadata(now, key, update),
            Asked::SubscriptionPermission(permission) => self.set_audience(key, permission),
            Asked::PublishDataTrackRequest(request) => {
                self.refuse(key, 0, Request::PublishDataTrack(request))
            }
            Asked::UnpublishDataTrackRequest(request) => {
                self.refuse(key, 0, Request::UnpublishDataTrack(request))
            }
            // Deprecated, or about data tracks and blobs, which are not served: nobody waits for an answer.
            Asked::UpdateLayers(_)
            | Asked::UpdateDataSubscription(_)
            | Asked::StoreDataBlobRequest(_)
            | Asked::GetDataBlobRequest(_) => {}
        }
    }

    /// A denial at once: silence would make the client wait ten seconds.
    fn refuse(&self, key: MemberKey, request_id: u32, request: Request) {
        self.send_to(key, messages::request_response(request_id, Reason::NotAllowed, Some(request)));
    }

    /// What test suites of clients ask for. It hurts nobody but the one who asks.
    fn simulate(&mut self, now: Moment, key: MemberKey, scenario: Option<Scenario>) {
        match scenario {
            Some(Scenario::ServerLeave(true)) => {
                self.remove(now, key, proto::DisconnectReason::ServerShutdown, Action::Disconnect);
            }
            Some(Scenario::LeaveRequestFullReconnect(true)) => {
                self.remove(now, key, proto::DisconnectReason::UnknownReason, Action::Reconnect);
            }
            Some(Scenario::NodeFailure(true)) => {
                self.hang_up(key);
                self.remove(now, key, proto::DisconnectReason::ServerShutdown, Action::Disconnect);
            }
            Some(Scenario::DisconnectSignalOnResume(true)) => self.spoil_resume(key, OnResume::CutShort),
            Some(Scenario::DisconnectSignalOnResumeNoMessages(true)) => {
                self.spoil_resume(key, OnResume::Unanswered);
            }
            Some(Scenario::SubscriberBandwidth(limit)) => {
                let bits_per_second_max = u64::try_from(limit).ok().filter(|limit| *limit > 0);
                if let Some(peer) = self.members.get(&key).map(|member| member.subscriber) {
                    self.control(Control::LimitPeer { peer, bits_per_second_max });
                }
            }
            // One node, and clients find the way that works by themselves: there is nothing to migrate or switch to.
            Some(
                Scenario::ServerLeave(false)
                | Scenario::LeaveRequestFullReconnect(false)
                | Scenario::NodeFailure(false)
                | Scenario::SpeakerUpdate(_)
                | Scenario::Migration(_)
                | Scenario::SwitchCandidateProtocol(_)
                | Scenario::DisconnectSignalOnResume(false)
                | Scenario::DisconnectSignalOnResumeNoMessages(false),
            )
            | None => {}
        }
    }

    /// The socket ends without a last word.
    fn hang_up(&mut self, key: MemberKey) {
        let connection = self.members.get_mut(&key).and_then(|member| member.connection.take());
        if let Some((connection, outgoing)) = connection {
            self.connections.remove(&connection);
            outgoing.close();
        }
    }

    fn spoil_resume(&mut self, key: MemberKey, how: OnResume) {
        if let Some(member) = self.members.get_mut(&key) {
            member.on_resume = how;
        }
    }
}
