//! S1's closed vocabularies.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::stage::{RequestState, RequestedRole, Role};

use crate::fields::Field;
use crate::words::{Vocabulary, Word};

macro_rules! seed_words {
    ($($(#[$doc:meta])* $alias:ident = $name:ident ($schema:literal) {
        $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        #[doc = concat!("[`", stringify!($name), "`] as its word.")]
        pub type $alias = Word<$name>;

        impl Vocabulary for $name {
            const NAME: &'static str = $schema;
            fn all() -> &'static [Self] { &[$(Self::$variant),*] }
            fn spelled(self) -> &'static str { match self { $(Self::$variant => $word),* } }
        }
    )*};
}

seed_words! {
    /// A person's role (K3).
    LiveRoleWord = LiveRole ("LiveRole") {
        /// Runs the session.
        Host = "host",
        /// Helps.
        Cohost = "cohost",
        /// Seated.
        Guest = "guest",
        /// Watches.
        Viewer = "viewer",
    }
    /// Presence and mute in one word (K17).
    StandingWord = Standing ("LiveStatus") {
        /// There, and heard as far as the role allows.
        Active = "active",
        /// On stage and not heard.
        Muted = "muted",
        /// Put out.
        Kicked = "kicked",
        /// Gone from the stage.
        Left = "left",
    }
    /// What somebody asks to become.
    RequestTypeWord = RequestType ("LiveRequestType") {
        /// A seat.
        Guest = "guest",
        /// A cohost's seat.
        Cohost = "cohost",
    }
    /// Where a request is in its life (K16).
    RequestStatusWord = RequestStatus ("LiveRequestStatus") {
        /// Waits.
        Pending = "pending",
        /// Said yes.
        Approved = "approved",
        /// Said no.
        Rejected = "rejected",
        /// Taken back, or over with the session.
        Cancelled = "cancelled",
    }
    /// The host's answer.
    VerdictWord = Verdict ("LiveVerdict") {
        /// Yes.
        Approved = "approved",
        /// No.
        Rejected = "rejected",
    }
    /// What a host does to somebody.
    DeedWord = Deed ("LiveAction") {
        /// Nobody hears them.
        MuteAudio = "mute_audio",
        /// Lifts the mute and asks them to speak (K18).
        UnmuteAudio = "unmute_audio",
        /// Nobody sees them.
        MuteVideo = "mute_video",
        /// Lifts it and asks them to show themselves (K18).
        UnmuteVideo = "unmute_video",
        /// Out, and not back.
        Kick = "kick",
        /// Guest to cohost.
        PromoteCohost = "promote_cohost",
        /// Cohost to guest, guest to viewer.
        Demote = "demote",
    }
}

impl From<Role> for LiveRoleWord {
    fn from(role: Role) -> Self {
        Word(match role {
            Role::Owner => LiveRole::Host,
            Role::Cohost => LiveRole::Cohost,
            Role::Guest => LiveRole::Guest,
            Role::Viewer => LiveRole::Viewer,
        })
    }
}

impl From<RequestType> for RequestedRole {
    fn from(kind: RequestType) -> Self {
        match kind {
            RequestType::Guest => Self::Guest,
            RequestType::Cohost => Self::Cohost,
        }
    }
}

impl RequestType {
    /// `None`: a wish S1 has no word for.
    pub(super) const fn of(role: RequestedRole) -> Option<Self> {
        match role {
            RequestedRole::Guest => Some(Self::Guest),
            RequestedRole::Cohost => Some(Self::Cohost),
            RequestedRole::Speak => None,
        }
    }
}

impl From<RequestState> for RequestStatus {
    fn from(state: RequestState) -> Self {
        match state {
            RequestState::Pending => Self::Pending,
            RequestState::Accepted => Self::Approved,
            RequestState::Declined => Self::Rejected,
            RequestState::Cancelled | RequestState::Expired => Self::Cancelled,
        }
    }
}

impl RequestStatus {
    /// The states behind the word.
    pub(super) const fn states(self) -> &'static [RequestState] {
        match self {
            Self::Pending => &[RequestState::Pending],
            Self::Approved => &[RequestState::Accepted],
            Self::Rejected => &[RequestState::Declined],
            Self::Cancelled => &[RequestState::Cancelled, RequestState::Expired],
        }
    }
}

/// S1 answers 400 to words it does not know (K20); what is absent or no text at all is told with the other fields.
pub(super) fn known<T: Vocabulary>(name: &str, field: &Field<String>) -> Result<(), Problem> {
    field.value().map_or(Ok(()), |text| spelled::<T>(name, text).map(drop))
}

/// The value of a word.
pub(super) fn spelled<T: Vocabulary>(name: &str, text: &str) -> Result<T, Problem> {
    T::read(text).ok_or_else(|| {
        let words: Vec<&str> = T::all().iter().map(|value| value.spelled()).collect();
        Problem::because(Code::BadWord, format!("{name} is one of: {}", words.join(", ")))
    })
}
