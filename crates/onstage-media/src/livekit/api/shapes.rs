//! The fields of every message that is answered, by their own names and with their defaults (livekit_models.proto).

/// What stands in a field when nothing does.
#[derive(Debug)]
pub(crate) enum Form {
    Text,
    Number,
    /// 64 bits: text in JSON.
    Long,
    Flag,
    /// An enumeration, with its first word.
    Word(&'static str),
    /// Words by name.
    Names,
    /// Plain values or words.
    List,
    /// Messages.
    Many(Shape),
    /// A message or `null`.
    One(Shape),
}

/// Fields in the order of the definition.
pub(crate) type Shape = &'static [(&'static str, Form)];

pub(crate) const NOTHING: Shape = &[];
pub(crate) const ROOMS: Shape = &[("rooms", Form::Many(ROOM))];
pub(crate) const PARTICIPANTS: Shape = &[("participants", Form::Many(PARTICIPANT))];
pub(crate) const MUTED: Shape = &[("track", Form::One(TRACK))];

pub(crate) const ROOM: Shape = &[
    ("sid", Form::Text),
    ("name", Form::Text),
    ("empty_timeout", Form::Number),
    ("departure_timeout", Form::Number),
    ("max_participants", Form::Number),
    ("creation_time", Form::Long),
    ("creation_time_ms", Form::Long),
    ("turn_password", Form::Text),
    ("enabled_codecs", Form::Many(CODEC)),
    ("metadata", Form::Text),
    ("num_participants", Form::Number),
    ("num_publishers", Form::Number),
    ("active_recording", Form::Flag),
    ("version", Form::One(VERSION)),
];

const CODEC: Shape = &[("mime", Form::Text), ("fmtp_line", Form::Text)];
const VERSION: Shape = &[("unix_micro", Form::Long), ("ticks", Form::Number)];

pub(crate) const PARTICIPANT: Shape = &[
    ("sid", Form::Text),
    ("identity", Form::Text),
    ("state", Form::Word("JOINING")),
    ("tracks", Form::Many(TRACK)),
    ("metadata", Form::Text),
    ("joined_at", Form::Long),
    ("joined_at_ms", Form::Long),
    ("name", Form::Text),
    ("version", Form::Number),
    ("permission", Form::One(PERMISSION)),
    ("region", Form::Text),
    ("is_publisher", Form::Flag),
    ("kind", Form::Word("STANDARD")),
    ("attributes", Form::Names),
    ("disconnect_reason", Form::Word("UNKNOWN_REASON")),
    ("kind_details", Form::List),
    ("data_tracks", Form::Many(DATA_TRACK)),
    ("client_protocol", Form::Number),
    ("capabilities", Form::List),
];

const PERMISSION: Shape = &[
    ("can_subscribe", Form::Flag),
    ("can_publish", Form::Flag),
    ("can_publish_data", Form::Flag),
    ("can_publish_sources", Form::List),
    ("hidden", Form::Flag),
    ("recorder", Form::Flag),
    ("can_update_metadata", Form::Flag),
    ("agent", Form::Flag),
    ("can_subscribe_metrics", Form::Flag),
    ("can_manage_agent_session", Form::Flag),
];

const DATA_TRACK: Shape = &[
    ("pub_handle", Form::Number),
    ("sid", Form::Text),
    ("name", Form::Text),
    ("encryption", Form::Word("NONE")),
];

const TRACK: Shape = &[
    ("sid", Form::Text),
    ("type", Form::Word("AUDIO")),
    ("name", Form::Text),
    ("muted", Form::Flag),
    ("width", Form::Number),
    ("height", Form::Number),
    ("simulcast", Form::Flag),
    ("disable_dtx", Form::Flag),
    ("source", Form::Word("UNKNOWN")),
    ("layers", Form::Many(LAYER)),
    ("mime_type", Form::Text),
    ("mid", Form::Text),
    ("codecs", Form::Many(TRACK_CODEC)),
    ("stereo", Form::Flag),
    ("disable_red", Form::Flag),
    ("encryption", Form::Word("NONE")),
    ("stream", Form::Text),
    ("version", Form::One(VERSION)),
    ("audio_features", Form::List),
    ("backup_codec_policy", Form::Word("PREFER_REGRESSION")),
    ("packet_trailer_features", Form::List),
];

const TRACK_CODEC: Shape = &[
    ("mime_type", Form::Text),
    ("mid", Form::Text),
    ("cid", Form::Text),
    ("layers", Form::Many(LAYER)),
    ("video_layer_mode", Form::Word("MODE_UNUSED")),
    ("sdp_cid", Form::Text),
];

const LAYER: Shape = &[
    ("quality", Form::Word("LOW")),
    ("width", Form::Number),
    ("height", Form::Number),
    ("bitrate", Form::Number),
    ("ssrc", Form::Number),
    ("spatial_layer", Form::Number),
    ("rid", Form::Text),
    ("repair_ssrc", Form::Number),
];
