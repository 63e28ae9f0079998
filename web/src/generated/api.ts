// Made by web/codegen from api/openapi.json; do not edit. shapes b7c71d1ff7be7da3ddcc84c85c1e17a104c8d9ac283d6f4f8d9d394945f3242b
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @description An account, as its owner and operators see it. */
        AccountBody: {
            /** @description Picture. */
            avatar_url?: string | null;
            /** @description May not sign in. */
            banned: boolean;
            /** @description Opened. */
            created_at: components["schemas"]["Time"];
            /** @description Shown name. */
            display_name: string;
            /** @description Unique name. */
            handle: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Runs this installation. */
            operator: boolean;
            /** @description Plan. */
            plan: components["schemas"]["Plan"];
        };
        /** @description How a show went. */
        AnalyticsBody: {
            /**
             * Format: int32
             * @description Seconds of a moment in the timeline.
             */
            bucket_s: number;
            /**
             * Format: int64
             * @description Seconds, so far or in all.
             */
            duration_s: number;
            ended_at?: components["schemas"]["Time"] | null;
            /**
             * Format: double
             * @description Guests of people; 0 when nobody came.
             */
            guest_participation_rate: number;
            /**
             * Format: int32
             * @description Distinct people who were on stage, owner excluded.
             */
            guests: number;
            /**
             * Format: int64
             * @description Their average length, seconds.
             */
            host_average_duration_s: number;
            /**
             * Format: int32
             * @description Shows of this host that ended, this one included once it has.
             */
            host_sessions: number;
            /**
             * Format: int32
             * @description Chat messages.
             */
            messages: number;
            /**
             * Format: int32
             * @description Distinct people with an account who came in, owner excluded.
             */
            people: number;
            /**
             * Format: int64
             * @description Reactions.
             */
            reactions: number;
            /** @description Word of the reaction → count. */
            reactions_by_kind: {
                [key: string]: number;
            };
            /**
             * Format: int32
             * @description Requests to come up.
             */
            requests: number;
            /**
             * Format: uuid
             * @description Which.
             */
            session_id: string;
            /** @description Began. */
            started_at: components["schemas"]["Time"];
            /** @description The show's course, oldest first. */
            timeline: components["schemas"]["MomentBody"][];
            /**
             * Format: double
             * @description Viewers, averaged over the time of the show.
             */
            viewers_average: number;
            /**
             * Format: int32
             * @description Most viewers at once.
             */
            viewers_peak: number;
        };
        /** @description Token of a watcher without an account. */
        AnonymousTokenBody: {
            /** @description JWT for the `Authorization` header. */
            access_token: string;
            /** @description Its end. */
            expires_at: components["schemas"]["Time"];
        };
        /** @description `{request, participant?}`. */
        AnsweredRequest: {
            participant?: components["schemas"]["ParticipantBody"] | null;
            /** @description After the answer. */
            request: components["schemas"]["RequestBody"];
        };
        /** @description A request to go up. */
        AskSeat: {
            /** @description At most 200 characters. */
            message?: string | null;
            requested_role?: components["schemas"]["RequestedRole"] | null;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description One line of the audit log. */
        AuditEntryBody: {
            /** @description `stage.kick`, `accounts.ban`, … */
            action: string;
            /**
             * Format: uuid
             * @description Who acted; `null`: the system.
             */
            actor_id?: string | null;
            /** @description When. */
            at: components["schemas"]["Time"];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Reason given. */
            reason?: string | null;
            /**
             * Format: uuid
             * @description In which session.
             */
            session_id?: string | null;
            /**
             * Format: uuid
             * @description To whom.
             */
            target_id?: string | null;
        };
        /** @description Operator: ban or its end. */
        BanBody: {
            /** @description On or off. */
            banned: boolean;
        };
        /** @description Change of one's own account. */
        ChangeMe: {
            /** @description 1–50 characters. */
            display_name: string;
        };
        /** @description A change of a session; what is absent stays. */
        ChangeSession: {
            /** @description At most 2,000 characters. */
            description?: string | null;
            settings?: components["schemas"]["SettingsChanges"] | null;
            /** @description 1–120 characters. */
            title?: string | null;
        };
        /** @description A show to begin. */
        CreateSession: {
            /** @description At most 2,000 characters. */
            description?: string | null;
            format?: components["schemas"]["Format"] | null;
            /** @description What people send. */
            mode: components["schemas"]["Mode"];
            settings?: components["schemas"]["SettingsChanges"] | null;
            /** @description 1–120 characters. */
            title: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /** @description A body without fields, `{}`. */
        Empty: Record<string, never>;
        /** @description `{session, summary}`. */
        EndedBody: {
            /** @description The show. */
            session: components["schemas"]["SessionBody"];
            /** @description Its numbers. */
            summary: components["schemas"]["SummaryBody"];
        };
        /** @description `{enforced}`. */
        EnforcedBody: {
            /** @description The media engine acknowledged within a quarter of a second. */
            enforced: boolean;
        };
        /** @description One line of `GET …/{id}/events`. */
        EventItem: components["schemas"]["NameAndData"] & {
            /** @description When it was decided. */
            at: components["schemas"]["Time"];
            /**
             * Format: int64
             * @description Place of the event before it that this reader may hear; 0 for the first.
             */
            prev: number;
            /**
             * Format: int64
             * @description Place in the session's log.
             */
            seq: number;
        };
        /** @description A part of the log. */
        EventsPage: {
            /** @description Oldest first. */
            items: components["schemas"]["EventItem"][];
            /** @description The `since` of the next page; `null` on the last. */
            next_cursor?: string | null;
        };
        /** @description A wrong field. */
        FieldErrorBody: {
            /** @description `missing`, `wrong_type`, `too_short`, `too_long`, `bad_characters`, `out_of_range`, `unknown_word`, … */
            code: string;
            /** @description What to do about it. */
            detail: string;
            /** @description JSON pointer (RFC 6901) into the body. */
            pointer: string;
        };
        /** @enum {string} */
        Format: "collaboration" | "interview" | "panel" | "gaming" | "podcast" | "workshop";
        /** @description An offer of a seat. */
        InvitationBody: {
            /** @description Offered. */
            created_at: components["schemas"]["Time"];
            /** @description Runs out. */
            expires_at: components["schemas"]["Time"];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /**
             * Format: uuid
             * @description By whom.
             */
            invited_by: string;
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /** @description Where in its life. */
            state: components["schemas"]["InvitationState"];
            /**
             * Format: uuid
             * @description To whom.
             */
            user_id: string;
        };
        /** @enum {string} */
        InvitationState: "pending" | "accepted" | "declined" | "cancelled" | "expired";
        /** @description `{invitation, participant?}`. */
        InvitationWithSeat: {
            /** @description After the answer. */
            invitation: components["schemas"]["InvitationBody"];
            participant?: components["schemas"]["ParticipantBody"] | null;
        };
        /** @description `{user_id}`. */
        InviteBody: {
            /**
             * Format: uuid
             * @description Whom.
             */
            user_id: string;
        };
        /** @description Answer of join. */
        JoinBody: {
            media?: components["schemas"]["MediaAccessBody"] | null;
            media_reason?: components["schemas"]["MediaReason"] | null;
            /** @description The caller. */
            participant: components["schemas"]["ParticipantBody"];
            /** @description The caller's role. */
            role: components["schemas"]["Role"];
            /**
             * Format: int64
             * @description State is true up to here.
             */
            seq: number;
            /** @description The show. */
            session: components["schemas"]["SessionBody"];
        };
        /** @description Somebody who comes in. */
        JoinSession: {
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description `{reason?}`. */
        KickBody: {
            /** @description At most 200 characters; the person and the audit log see it. */
            reason?: string | null;
        };
        /** @enum {string} */
        Layout: "grid" | "spotlight" | "gallery" | "sidebar" | "pip" | "side_by_side";
        /** @enum {string} */
        LiveAction: "mute_audio" | "unmute_audio" | "mute_video" | "unmute_video" | "kick" | "promote_cohost" | "demote";
        /** @description An item of `GET /live/active`. */
        LiveActiveSession: {
            /** @description Viewers may ask to go up. */
            allow_guests: boolean;
            /**
             * Format: int32
             * @description Seated except the host.
             */
            guest_count: number;
            /** @description The host's unique name. */
            host_username: string;
            /**
             * Format: uuid
             * @description The session.
             */
            id: string;
            /**
             * Format: int32
             * @description Guests allowed now.
             */
            max_guests: number;
            /** @description Began. */
            started_at: components["schemas"]["Time"];
            /** @description Title. */
            title: string;
            /**
             * Format: int32
             * @description Present and not seated.
             */
            viewer_count: number;
        };
        /** @description Answer of `POST /live/respond-guest-request`. */
        LiveAnsweredGuestRequest: {
            /** @description For people. */
            message: string;
            /**
             * Format: uuid
             * @description Which.
             */
            request_id: string;
            /** @description What they are now. */
            role: components["schemas"]["LiveRole"];
            /** @description What it is now. */
            status: components["schemas"]["LiveRequestStatus"];
            /**
             * Format: uuid
             * @description Whose it was.
             */
            user_id: string;
        };
        /** @description Answer of `POST /live/end/{session_id}`. */
        LiveEnded: {
            /**
             * Format: int64
             * @description How long it was.
             */
            duration_seconds: number;
            /** @description For people. */
            message: string;
            /**
             * Format: uuid
             * @description The session.
             */
            session_id: string;
        };
        /** @description A request to come up. */
        LiveGuestRequest: {
            /** @description Asked. */
            created_at: components["schemas"]["Time"];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description A few words; empty when there are none. */
            message: string;
            /** @description For what. */
            request_type: components["schemas"]["LiveRequestType"];
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /** @description Where in its life. */
            status: components["schemas"]["LiveRequestStatus"];
            /**
             * Format: uuid
             * @description Whose.
             */
            user_id: string;
            /** @description Unique name. */
            username: string;
        };
        /** @description The host of a session. */
        LiveHost: {
            /** @description Picture. */
            avatar_url?: string | null;
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
            /** @description Unique name. */
            username: string;
        };
        /** @description One entry of `ice_servers`. */
        LiveIceServer: {
            /** @description TURN password. */
            credential?: string | null;
            /** @description `stun:` and `turn:` addresses. */
            urls: string[];
            /** @description TURN user. */
            username?: string | null;
        };
        /** @description `POST /live/join`. */
        LiveJoin: {
            /**
             * Format: uuid
             * @description Which.
             */
            session_id: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description Answer of `POST /live/join`. */
        LiveJoined: {
            /** @description The same token as in `webrtc_config`; `null` when picture places are full. */
            access_token?: string | null;
            /** @description Whether the person could ask to go up. */
            can_request_guest: boolean;
            /** @description What the person is here. */
            role: components["schemas"]["LiveRole"];
            /** @description The room. */
            room_name: string;
            /**
             * Format: uuid
             * @description The session.
             */
            session_id: string;
            webrtc_config?: components["schemas"]["LiveWebrtcConfig"] | null;
        };
        /** @description An item of `GET /live/guest-requests/{session_id}`. */
        LiveListedGuestRequest: components["schemas"]["LiveGuestRequest"] & {
            responded_at?: components["schemas"]["Time"] | null;
            /**
             * Format: uuid
             * @description Who approved or rejected it.
             */
            responded_by?: string | null;
        };
        /** @description Answer of `POST /live/manage-participant`. */
        LiveManaged: {
            /** @description For people. */
            message: string;
            /** @description As they are now, whatever was wished. */
            participant: components["schemas"]["LiveParticipant"];
            /** @description The person was asked to unmute; nobody else opens a microphone or a camera. */
            prompted?: boolean | null;
        };
        /** @description `POST /live/manage-participant`. */
        LiveManageParticipant: {
            /** @description What. */
            action: components["schemas"]["LiveAction"];
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /**
             * Format: uuid
             * @description Whom.
             */
            user_id: string;
        };
        /** @description A chat message. */
        LiveMessage: {
            /** @description When. */
            created_at: components["schemas"]["Time"];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Words. */
            message: string;
            /** @description `text`, `sticker`, `system` or `gift`. */
            message_type: components["schemas"]["MessageKind"];
            /** @description Empty for what people write; of a system message: `event`, `status`, `user_id` and `username`. */
            metadata: Record<string, never>;
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /**
             * Format: uuid
             * @description Author; `null`: the system.
             */
            user_id?: string | null;
            /** @description Author's unique name. */
            username?: string | null;
        };
        /** @description An item of `GET /live/participants/{session_id}`. */
        LiveParticipant: {
            /** @description What is heard, after permission and all mutes. */
            audio_enabled: boolean;
            /** @description Picture. */
            avatar_url?: string | null;
            /** @description First came in. */
            joined_at: components["schemas"]["Time"];
            /** @description What the person is here. */
            role: components["schemas"]["LiveRole"];
            /** @description A screen is being shared. */
            screen_sharing: boolean;
            /** @description Lists show `active` and `muted`; `kicked` is the answer to a kick. */
            status: components["schemas"]["LiveStatus"];
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
            /** @description Unique name. */
            username: string;
            /** @description What is seen, after permission and all mutes. */
            video_enabled: boolean;
        };
        /** @description `POST /live/react`. */
        LiveReact: {
            /** @description With what. */
            reaction_type: components["schemas"]["Reaction"];
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description Answer of `POST /live/react`. */
        LiveReacted: {
            /** @description For people. */
            message: string;
            /** @description With what. */
            reaction_type: components["schemas"]["Reaction"];
        };
        /** @description `POST /live/request-guest`. */
        LiveRequestGuest: {
            /** @description At most 200 characters. */
            message?: string | null;
            request_type?: components["schemas"]["LiveRequestType"] | null;
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @enum {string} */
        LiveRequestStatus: "pending" | "approved" | "rejected" | "cancelled";
        /** @enum {string} */
        LiveRequestType: "guest" | "cohost";
        /** @description `POST /live/respond-guest-request`. */
        LiveRespondGuestRequest: {
            /** @description Yes or no. */
            action: components["schemas"]["LiveVerdict"];
            /**
             * Format: uuid
             * @description Which.
             */
            request_id: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            responded_by?: string | null;
        };
        /** @enum {string} */
        LiveRole: "host" | "cohost" | "guest" | "viewer";
        /** @description `POST /live/send-message`. */
        LiveSendMessage: {
            /** @description 1–500 characters. */
            message: string;
            message_type?: components["schemas"]["MessageKind"] | null;
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description Answer of `GET /live/session/{session_id}`. */
        LiveSession: components["schemas"]["LiveActiveSession"] & {
            /** @description Description. */
            description: string;
            /** @description The host. */
            host: components["schemas"]["LiveHost"];
            /**
             * Format: int32
             * @description Most viewers at once so far.
             */
            peak_viewers: number;
            /** @description The room. */
            room_name: string;
            /** @description What people send. */
            session_type: components["schemas"]["Mode"];
            /** @description Switches. */
            settings: components["schemas"]["LiveSettings"];
            /** @description On or over. */
            status: components["schemas"]["Status"];
        };
        /** @description The seed's table of settings, column by column. */
        LiveSettings: {
            /** @description Viewers may ask to go up. */
            allow_guests: boolean;
            /**
             * Format: int32
             * @description Seconds between a person's messages.
             */
            chat_slow_mode: number;
            /** @description Chat is on. */
            enable_chat: boolean;
            /** @description Gifts may be sent, once there are any. */
            enable_gifts: boolean;
            /** @description Guests may speak when seated. */
            guest_audio_default: boolean;
            /** @description Guests may show themselves when seated. */
            guest_video_default: boolean;
            /**
             * Format: int32
             * @description Guests allowed now, after the plan.
             */
            max_guests: number;
            /** @description Requests wait for an answer. */
            require_approval: boolean;
            /**
             * Format: uuid
             * @description Whose.
             */
            session_id: string;
        };
        /** @description `POST /live/start`. What is absent has the sample's value. */
        LiveStart: {
            /** @description Viewers may ask to go up. */
            allow_guests?: boolean | null;
            /**
             * Format: int32
             * @description Seconds between a person's messages, 0–600.
             */
            chat_slow_mode?: number | null;
            /** @description At most 2,000 characters. */
            description?: string | null;
            /** @description Chat is on. */
            enable_chat?: boolean | null;
            /** @description Kept, and without effect until there are gifts. */
            enable_gifts?: boolean | null;
            /** @description Guests may speak when seated. */
            guest_audio_default?: boolean | null;
            /** @description Guests may show themselves when seated. */
            guest_video_default?: boolean | null;
            /**
             * Format: int32
             * @description 1–20; 8 for voice, 10 for camera, 20 for studio when absent.
             */
            max_guests?: number | null;
            /**
             * Format: int32
             * @description Real-time places, 100 when absent.
             */
            max_participants?: number | null;
            /** @description Requests wait for an answer. */
            require_approval?: boolean | null;
            session_type?: components["schemas"]["Mode"] | null;
            /** @description 1–120 characters. */
            title: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description Answer of `POST /live/start`. */
        LiveStarted: {
            /** @description The same token as in `webrtc_config`; `null` when picture places are full. */
            access_token?: string | null;
            /**
             * Format: int32
             * @description Seated except the host.
             */
            guest_count: number;
            /** @description The host's unique name. */
            host_username: string;
            /**
             * Format: uuid
             * @description The session.
             */
            id: string;
            /** @description The room. */
            room_name: string;
            /** @description Title. */
            title: string;
            /**
             * Format: int32
             * @description Present and not seated.
             */
            viewer_count: number;
            webrtc_config?: components["schemas"]["LiveWebrtcConfig"] | null;
        };
        /** @enum {string} */
        LiveStatus: "active" | "muted" | "kicked" | "left";
        /** @enum {string} */
        LiveVerdict: "approved" | "rejected";
        /** @description What `room.connect(server_url, participant_token)` needs. */
        LiveWebrtcConfig: {
            /** @description For the browser. */
            ice_servers: components["schemas"]["LiveIceServer"][];
            /** @description LiveKit token. */
            participant_token: string;
            /** @description The room. */
            room_name: string;
            /** @description Base address for LiveKit clients. */
            server_url: string;
        };
        /** @description `{locked}`. */
        LockBody: {
            /** @description No new guests. */
            locked: boolean;
        };
        /** @description `{account}`. */
        MeBody: {
            /** @description The account behind the token. */
            account: components["schemas"]["AccountBody"];
        };
        /** @enum {string} */
        Media: "audio" | "video";
        /** @description Where media goes. */
        MediaAccessBody: {
            /** @description LiveKit token. */
            token: string;
            /** @description `ws://` or `wss://` base address for LiveKit clients. */
            url: string;
        };
        /** @description `{media}`, of one person. */
        MediaChoice: {
            /** @description What. */
            media: components["schemas"]["Media"];
        };
        /** @enum {string} */
        MediaReason: "picture_places_full";
        /** @description A chat message. */
        MessageBody: {
            /** @description When. */
            created_at: components["schemas"]["Time"];
            /** @description Author's shown name. */
            display_name?: string | null;
            /** @description Author's unique name. */
            handle?: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Kind. */
            kind: components["schemas"]["MessageKind"];
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /** @description Words. */
            text: string;
            /**
             * Format: uuid
             * @description Author; `null`: the system.
             */
            user_id?: string | null;
        };
        /** @enum {string} */
        MessageKind: "text" | "sticker" | "system" | "gift";
        /** @enum {string} */
        Mode: "voice" | "camera" | "studio";
        /** @description One moment of a show's course. */
        MomentBody: {
            /** @description Begins. */
            at: components["schemas"]["Time"];
            /**
             * Format: int32
             * @description Most guests on stage at once.
             */
            guests: number;
            /**
             * Format: int32
             * @description Chat messages.
             */
            messages: number;
            /**
             * Format: int64
             * @description Reactions.
             */
            reactions: number;
            /**
             * Format: double
             * @description Viewers, averaged over the moment.
             */
            viewers: number;
        };
        /** @description `{media}`, of every guest. */
        MuteAllBody: {
            /** @description What. */
            media: components["schemas"]["Media"];
        };
        /** @description `{media, muted}`. */
        MuteBody: {
            /** @description What. */
            media: components["schemas"]["Media"];
            /** @description On or off; off lifts the host's mute and asks the person. */
            muted: boolean;
        };
        /** @description `{participant, enforced}`. */
        MutedBody: {
            /** @description The media engine acknowledged within a quarter of a second. */
            enforced: boolean;
            /** @description After the change: its real state. */
            participant: components["schemas"]["ParticipantBody"];
            /** @description A lifted mute opens no microphone; the person was asked instead. */
            prompted: boolean;
        };
        /** @description Name and data of an event; `events.schema.json` has every shape. */
        NameAndData: {
            data: Record<string, never>;
            name: string;
        };
        /** @description Sign-up. */
        NewAccount: {
            /** @description 1–50 characters. */
            display_name: string;
            /** @description 3–30 of `a-z 0-9 _`. */
            handle: string;
            /** @description Where sign-up is by invitation. */
            invite_code?: string | null;
            /** @description 10–128 characters. */
            password: string;
            /** @description Printed at the first start of a server that listens beyond loopback: makes the first operator. */
            setup_code?: string | null;
        };
        /** @description A token without an account. */
        NewAnonymousToken: {
            /** @description 1–50 characters. */
            display_name?: string | null;
        };
        /** @description Sign-in. */
        NewTokens: {
            /** @description The refresh token goes into an HttpOnly cookie. */
            cookie?: boolean | null;
            /** @description Unique name. */
            handle: string;
            /** @description Password. */
            password: string;
            /**
             * Format: int32
             * @description Life of the access token in seconds, up to a day, for clients that cannot refresh.
             */
            ttl_s?: number | null;
        };
        /** @description The owner of a session. */
        OwnerBody: {
            /** @description Picture. */
            avatar_url?: string | null;
            /** @description Shown name. */
            display_name: string;
            /** @description Unique name. */
            handle: string;
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
        };
        /** @description One's own microphone and camera. */
        OwnMedia: {
            /** @description Clears or sets the self mute. */
            audio_enabled?: boolean | null;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
            /** @description Clears or sets the self camera-off. */
            video_enabled?: boolean | null;
        };
        /** @description One page of a list. */
        PageBody_AccountBody: {
            /** @description The page. */
            items: {
                /** @description Picture. */
                avatar_url?: string | null;
                /** @description May not sign in. */
                banned: boolean;
                /** @description Opened. */
                created_at: components["schemas"]["Time"];
                /** @description Shown name. */
                display_name: string;
                /** @description Unique name. */
                handle: string;
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /** @description Runs this installation. */
                operator: boolean;
                /** @description Plan. */
                plan: components["schemas"]["Plan"];
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description One page of a list. */
        PageBody_AuditEntryBody: {
            /** @description The page. */
            items: {
                /** @description `stage.kick`, `accounts.ban`, … */
                action: string;
                /**
                 * Format: uuid
                 * @description Who acted; `null`: the system.
                 */
                actor_id?: string | null;
                /** @description When. */
                at: components["schemas"]["Time"];
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /** @description Reason given. */
                reason?: string | null;
                /**
                 * Format: uuid
                 * @description In which session.
                 */
                session_id?: string | null;
                /**
                 * Format: uuid
                 * @description To whom.
                 */
                target_id?: string | null;
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description One page of a list. */
        PageBody_InvitationBody: {
            /** @description The page. */
            items: {
                /** @description Offered. */
                created_at: components["schemas"]["Time"];
                /** @description Runs out. */
                expires_at: components["schemas"]["Time"];
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /**
                 * Format: uuid
                 * @description By whom.
                 */
                invited_by: string;
                /**
                 * Format: uuid
                 * @description Where.
                 */
                session_id: string;
                /** @description Where in its life. */
                state: components["schemas"]["InvitationState"];
                /**
                 * Format: uuid
                 * @description To whom.
                 */
                user_id: string;
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description One page of a list. */
        PageBody_MessageBody: {
            /** @description The page. */
            items: {
                /** @description When. */
                created_at: components["schemas"]["Time"];
                /** @description Author's shown name. */
                display_name?: string | null;
                /** @description Author's unique name. */
                handle?: string | null;
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /** @description Kind. */
                kind: components["schemas"]["MessageKind"];
                /**
                 * Format: uuid
                 * @description Where.
                 */
                session_id: string;
                /** @description Words. */
                text: string;
                /**
                 * Format: uuid
                 * @description Author; `null`: the system.
                 */
                user_id?: string | null;
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description One page of a list. */
        PageBody_ParticipantBody: {
            /** @description The page. */
            items: {
                /** @description Picture. */
                avatar_url?: string | null;
                /** @description Shown name. */
                display_name: string;
                /** @description Has a pending request. */
                hand_raised: boolean;
                /** @description Unique name. */
                handle: string;
                /** @description Muted by a host. */
                host_muted_audio: boolean;
                /** @description Camera off by a host. */
                host_muted_video: boolean;
                /** @description May moderate chat. */
                is_moderator: boolean;
                /** @description First came in. */
                joined_at: components["schemas"]["Time"];
                /** @description May share a screen. */
                may_share: boolean;
                /** @description May show themselves. */
                may_show: boolean;
                /** @description May speak. */
                may_speak: boolean;
                /** @description Where. */
                presence: components["schemas"]["Presence"];
                /** @description Role. */
                role: components["schemas"]["Role"];
                /** @description A screen is being shared. */
                screen_sharing: boolean;
                /**
                 * Format: int32
                 * @description 0–49; `null` in the audience.
                 */
                seat?: number | null;
                seat_until?: components["schemas"]["Time"] | null;
                /** @description Muted by the person. */
                self_muted_audio: boolean;
                /** @description Camera off by the person. */
                self_muted_video: boolean;
                /**
                 * Format: uuid
                 * @description Who.
                 */
                user_id: string;
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description One page of a list. */
        PageBody_RequestBody: {
            /** @description The page. */
            items: {
                answered_at?: components["schemas"]["Time"] | null;
                /**
                 * Format: uuid
                 * @description By whom.
                 */
                answered_by?: string | null;
                /** @description Picture. */
                avatar_url?: string | null;
                /** @description Asked. */
                created_at: components["schemas"]["Time"];
                /** @description Shown name. */
                display_name: string;
                /** @description Unique name. */
                handle: string;
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /** @description A few words. */
                message: string;
                /**
                 * Format: int32
                 * @description Place in the queue from 1; `null` once answered.
                 */
                position?: number | null;
                /** @description For what. */
                requested_role: components["schemas"]["RequestedRole"];
                /**
                 * Format: uuid
                 * @description Where.
                 */
                session_id: string;
                /** @description Where in its life. */
                state: components["schemas"]["RequestState"];
                /**
                 * Format: uuid
                 * @description Whose.
                 */
                user_id: string;
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description One page of a list. */
        PageBody_SessionBody: {
            /** @description The page. */
            items: {
                /** @description Description. */
                description: string;
                /**
                 * Format: int32
                 * @description Guests allowed now: the least of 49, the plan and the wish.
                 */
                effective_max_guests: number;
                ended_at?: components["schemas"]["Time"] | null;
                format?: components["schemas"]["Format"] | null;
                /**
                 * Format: int32
                 * @description Seated except the owner, held seats included.
                 */
                guest_count: number;
                host_grace_until?: components["schemas"]["Time"] | null;
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /** @description What people send. */
                mode: components["schemas"]["Mode"];
                /** @description The owner. */
                owner: components["schemas"]["OwnerBody"];
                /**
                 * Format: int32
                 * @description Most at once so far.
                 */
                peak_viewers: number;
                /** @description Switches. */
                settings: components["schemas"]["SessionSettingsBody"];
                /** @description Began. */
                started_at: components["schemas"]["Time"];
                /** @description On or over. */
                status: components["schemas"]["Status"];
                /** @description Title. */
                title: string;
                /**
                 * Format: int32
                 * @description Present and not seated.
                 */
                viewer_count: number;
                /** @description Who finds it. */
                visibility: components["schemas"]["Visibility"];
            }[];
            /** @description Where the next page begins; `null` on the last. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many in all, where counted.
             */
            total?: number | null;
        };
        /** @description A person in a session. */
        ParticipantBody: {
            /** @description Picture. */
            avatar_url?: string | null;
            /** @description Shown name. */
            display_name: string;
            /** @description Has a pending request. */
            hand_raised: boolean;
            /** @description Unique name. */
            handle: string;
            /** @description Muted by a host. */
            host_muted_audio: boolean;
            /** @description Camera off by a host. */
            host_muted_video: boolean;
            /** @description May moderate chat. */
            is_moderator: boolean;
            /** @description First came in. */
            joined_at: components["schemas"]["Time"];
            /** @description May share a screen. */
            may_share: boolean;
            /** @description May show themselves. */
            may_show: boolean;
            /** @description May speak. */
            may_speak: boolean;
            /** @description Where. */
            presence: components["schemas"]["Presence"];
            /** @description Role. */
            role: components["schemas"]["Role"];
            /** @description A screen is being shared. */
            screen_sharing: boolean;
            /**
             * Format: int32
             * @description 0–49; `null` in the audience.
             */
            seat?: number | null;
            seat_until?: components["schemas"]["Time"] | null;
            /** @description Muted by the person. */
            self_muted_audio: boolean;
            /** @description Camera off by the person. */
            self_muted_video: boolean;
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
        };
        /** @description Changed permissions; what is absent stays. */
        PermissionsBody: {
            /** @description May moderate chat. */
            is_moderator?: boolean | null;
            /** @description May share a screen. */
            may_share?: boolean | null;
            /** @description May show themselves. */
            may_show?: boolean | null;
            /** @description May speak. */
            may_speak?: boolean | null;
        };
        /** @enum {string} */
        Plan: "explorer" | "creator" | "innovator";
        /** @enum {string} */
        Presence: "held" | "on_stage" | "reconnecting" | "watching";
        /** @description A refusal or fault. */
        ProblemBody: {
            /** @description `<slice>/<word>`, for programs. */
            code: string;
            /** @description This occurrence. */
            detail: string;
            /** @description All wrong fields. */
            errors?: components["schemas"]["FieldErrorBody"][];
            /** @description The address that was called. */
            instance?: string | null;
            /**
             * Format: int64
             * @description When to come back.
             */
            retry_after_ms?: number | null;
            /**
             * Format: int32
             * @description HTTP status.
             */
            status: number;
            /** @description The same sentence for every occurrence. */
            title: string;
            /** @description Address of a page about this code. */
            type: string;
        };
        /** @description `{prompted}`. */
        PromptedBody: {
            /** @description The person was asked. */
            prompted: boolean;
        };
        /** @description A reaction. */
        React: {
            /**
             * Format: int32
             * @description How often at once, 1 when absent.
             */
            count?: number | null;
            /** @description With what. */
            kind: components["schemas"]["Reaction"];
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @enum {string} */
        Reaction: "heart" | "fire" | "clap" | "wow" | "sad" | "thumbs_up";
        /** @description A new access token for a refresh token, from the body or from the cookie. */
        RefreshTokens: {
            /** @description Absent where the cookie carries it. */
            refresh_token?: string | null;
        };
        /** @description A wish to come up. */
        RequestBody: {
            answered_at?: components["schemas"]["Time"] | null;
            /**
             * Format: uuid
             * @description By whom.
             */
            answered_by?: string | null;
            /** @description Picture. */
            avatar_url?: string | null;
            /** @description Asked. */
            created_at: components["schemas"]["Time"];
            /** @description Shown name. */
            display_name: string;
            /** @description Unique name. */
            handle: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description A few words. */
            message: string;
            /**
             * Format: int32
             * @description Place in the queue from 1; `null` once answered.
             */
            position?: number | null;
            /** @description For what. */
            requested_role: components["schemas"]["RequestedRole"];
            /**
             * Format: uuid
             * @description Where.
             */
            session_id: string;
            /** @description Where in its life. */
            state: components["schemas"]["RequestState"];
            /**
             * Format: uuid
             * @description Whose.
             */
            user_id: string;
        };
        /** @enum {string} */
        RequestedRole: "guest" | "cohost" | "speak";
        /** @enum {string} */
        RequestState: "pending" | "accepted" | "declined" | "cancelled" | "expired";
        /** @enum {string} */
        Role: "owner" | "cohost" | "guest" | "viewer";
        /** @description `{role}`. */
        RoleBody: {
            /** @description `cohost`, `guest` or `viewer`. */
            role: components["schemas"]["Role"];
        };
        /** @description `{seat}`. */
        SeatBody: {
            /**
             * Format: int32
             * @description 1–49.
             */
            seat: number;
        };
        /** @description `{participant}`. */
        SeatedBody: {
            /** @description After the change. */
            participant: components["schemas"]["ParticipantBody"];
        };
        /** @description A message to send. */
        SendMessage: {
            kind?: components["schemas"]["MessageKind"] | null;
            /** @description 1–500 characters. */
            text: string;
            /**
             * Format: uuid
             * @description If present, the caller's own id.
             */
            user_id?: string | null;
        };
        /** @description A session. */
        SessionBody: {
            /** @description Description. */
            description: string;
            /**
             * Format: int32
             * @description Guests allowed now: the least of 49, the plan and the wish.
             */
            effective_max_guests: number;
            ended_at?: components["schemas"]["Time"] | null;
            format?: components["schemas"]["Format"] | null;
            /**
             * Format: int32
             * @description Seated except the owner, held seats included.
             */
            guest_count: number;
            host_grace_until?: components["schemas"]["Time"] | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What people send. */
            mode: components["schemas"]["Mode"];
            /** @description The owner. */
            owner: components["schemas"]["OwnerBody"];
            /**
             * Format: int32
             * @description Most at once so far.
             */
            peak_viewers: number;
            /** @description Switches. */
            settings: components["schemas"]["SessionSettingsBody"];
            /** @description Began. */
            started_at: components["schemas"]["Time"];
            /** @description On or over. */
            status: components["schemas"]["Status"];
            /** @description Title. */
            title: string;
            /**
             * Format: int32
             * @description Present and not seated.
             */
            viewer_count: number;
            /** @description Who finds it. */
            visibility: components["schemas"]["Visibility"];
        };
        /** @description `{session}`. */
        SessionChanged: {
            /** @description After the change. */
            session: components["schemas"]["SessionBody"];
        };
        /** @description Switches of a session. */
        SessionSettingsBody: {
            /** @description Viewers may ask to go up. */
            allow_requests: boolean;
            /** @description Cohosts answer requests, invite, mute, kick. */
            cohosts_manage_guests: boolean;
            /** @description Chat is on. */
            enable_chat: boolean;
            /** @description Guests may speak when seated. */
            guest_audio_default: boolean;
            /** @description Guests may show themselves when seated. */
            guest_video_default: boolean;
            /** @description Arrangement of tiles. */
            layout: components["schemas"]["Layout"];
            /** @description No new guests. */
            locked: boolean;
            /**
             * Format: int32
             * @description The owner's wish; see `effective_max_guests`.
             */
            max_guests?: number | null;
            /**
             * Format: int32
             * @description Real-time places; `null`: no limit.
             */
            max_participants?: number | null;
            /** @description Requests wait for an answer. */
            require_approval: boolean;
            /**
             * Format: int32
             * @description Seconds between a person's messages.
             */
            slow_mode_s: number;
        };
        /** @description `{layout}`. */
        SetLayoutBody: {
            /** @description Arrangement of tiles. */
            layout: components["schemas"]["Layout"];
        };
        /** @description Operator: change of a plan. */
        SetPlanBody: {
            /** @description The plan. */
            plan: components["schemas"]["Plan"];
        };
        /** @description Changed switches; what is absent stays. */
        SettingsChanges: {
            /** @description Viewers may ask to go up. */
            allow_requests?: boolean | null;
            /** @description Cohosts answer requests, invite, mute, kick. */
            cohosts_manage_guests?: boolean | null;
            /** @description Chat is on. */
            enable_chat?: boolean | null;
            /** @description Guests may speak when seated. */
            guest_audio_default?: boolean | null;
            /** @description Guests may show themselves when seated. */
            guest_video_default?: boolean | null;
            /**
             * Format: int32
             * @description 0–49; larger wishes are clamped.
             */
            max_guests?: number | null;
            /**
             * Format: int32
             * @description Real-time places.
             */
            max_participants?: number | null;
            /** @description Requests wait for an answer. */
            require_approval?: boolean | null;
            /**
             * Format: int32
             * @description 0, or 3–120 seconds.
             */
            slow_mode_s?: number | null;
        };
        /** @description Answer of sign-up. */
        SignedUpBody: {
            /** @description JWT for the `Authorization` header. */
            access_token: string;
            /** @description The new account. */
            account: components["schemas"]["AccountBody"];
            /** @description End of the access token. */
            expires_at: components["schemas"]["Time"];
            /** @description Single use. */
            refresh_token: string;
        };
        /** @description Answer of `GET /ws/live/{session_id}/stats`. */
        SocketStats: {
            /**
             * Format: int64
             * @description How long it goes on, or was.
             */
            duration_seconds: number;
            /**
             * Format: int32
             * @description Seated except the host.
             */
            guest_count: number;
            /**
             * Format: int32
             * @description Chat messages.
             */
            messages: number;
            /**
             * Format: int32
             * @description Everybody: the host, guests and viewers.
             */
            participants: number;
            /**
             * Format: int32
             * @description Most viewers at once so far.
             */
            peak_viewers: number;
            /**
             * Format: int64
             * @description Reactions.
             */
            reactions: number;
            /**
             * Format: uuid
             * @description Which.
             */
            session_id: string;
            /** @description On or over. */
            status: components["schemas"]["Status"];
            /**
             * Format: int32
             * @description Present and not seated.
             */
            viewer_count: number;
        };
        /** @enum {string} */
        Status: "live" | "ended";
        /** @description What remains of a show. */
        SummaryBody: {
            /**
             * Format: int64
             * @description Seconds.
             */
            duration_s: number;
            /**
             * Format: int32
             * @description Distinct people who were on stage, owner excluded.
             */
            guests: number;
            /**
             * Format: int32
             * @description Chat messages.
             */
            messages: number;
            /**
             * Format: int32
             * @description Most viewers at once.
             */
            peak_viewers: number;
            /**
             * Format: int64
             * @description Reactions.
             */
            reactions: number;
        };
        /** @description A ticket for one socket. */
        TicketBody: {
            /** @description Its end. */
            expires_at: components["schemas"]["Time"];
            /** @description For `?ticket=`, once. */
            ticket: string;
        };
        /** Format: date-time */
        Time: string;
        /** @description `{duration_s, reason?}`. */
        TimeoutBody: {
            /**
             * Format: int32
             * @description 1 second to 14 days.
             */
            duration_s: number;
            /** @description At most 200 characters. */
            reason?: string | null;
        };
        /** @description Tokens of a sign-in or a refresh. */
        TokensBody: {
            /** @description JWT for the `Authorization` header. */
            access_token: string;
            account?: components["schemas"]["AccountBody"] | null;
            /** @description End of the access token. */
            expires_at: components["schemas"]["Time"];
            /** @description Single use; absent where it went into a cookie. */
            refresh_token?: string | null;
        };
        /** @description `{until}`. */
        UntilBody: {
            /** @description End of the timeout. */
            until: components["schemas"]["Time"];
        };
        /** @enum {string} */
        Visibility: "public" | "unlisted";
    };
    responses: {
        /** @description What was refused or failed; `code` is for programs. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
