//! Closed vocabularies on the wire: one wrapper that writes a domain word and lists all of them in every schema.

use std::borrow::Cow;

use onstage_domain::accounts::Plan;
use onstage_domain::chat::{MessageKind, Reaction};
use onstage_domain::media::Media;
use onstage_domain::reply::MediaReason;
use onstage_domain::sessions::{EndReason, Format, Layout, Mode, Status, Visibility};
use onstage_domain::stage::{InvitationState, LeaveReason, Presence, RequestState, RequestedRole, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, schema};
use utoipa::{PartialSchema, ToSchema};

/// A domain enum with one word for each value.
pub trait Vocabulary: Copy + 'static {
    /// Name of the schema.
    const NAME: &'static str;
    /// Every value.
    fn all() -> &'static [Self];
    /// The word of a value.
    fn spelled(self) -> &'static str;
    /// The value of a word.
    fn read(word: &str) -> Option<Self> {
        Self::all().iter().copied().find(|value| value.spelled() == word)
    }
}

/// A value written as its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<T>(pub T);

impl<T: Vocabulary> From<T> for Word<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.spelled())
    }
}

impl<T: Vocabulary> PartialSchema for Word<T> {
    fn schema() -> RefOr<schema::Schema> {
        let words = T::all().iter().map(|value| value.spelled());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
    }
}

impl<T: Vocabulary> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

impl<T: Vocabulary> JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = T::all().iter().map(|value| value.spelled()).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}

macro_rules! vocabularies {
    ($($alias:ident = $domain:ident;)*) => {$(
        #[doc = concat!("[`", stringify!($domain), "`] as its word.")]
        pub type $alias = Word<$domain>;

        impl Vocabulary for $domain {
            const NAME: &'static str = stringify!($domain);
            fn all() -> &'static [Self] { Self::ALL }
            fn spelled(self) -> &'static str { self.word() }
        }
    )*};
}

vocabularies! {
    PlanWord = Plan;
    MessageKindWord = MessageKind;
    ReactionWord = Reaction;
    FormatWord = Format;
    LayoutWord = Layout;
    ModeWord = Mode;
    StatusWord = Status;
    VisibilityWord = Visibility;
    InvitationStateWord = InvitationState;
    PresenceWord = Presence;
    RequestStateWord = RequestState;
    RequestedRoleWord = RequestedRole;
    RoleWord = Role;
}

macro_rules! spelled_here {
    ($($alias:ident = $domain:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        #[doc = concat!("[`", stringify!($domain), "`] as its word.")]
        pub type $alias = Word<$domain>;

        impl Vocabulary for $domain {
            const NAME: &'static str = stringify!($domain);
            fn all() -> &'static [Self] { &[$(Self::$variant),*] }
            fn spelled(self) -> &'static str { match self { $(Self::$variant => $word),* } }
        }
    )*};
}

spelled_here! {
    MediaWord = Media { Audio = "audio", Video = "video" }
    MediaReasonWord = MediaReason { PicturePlacesFull = "picture_places_full" }
    EndReasonWord = EndReason {
        Owner = "owner", Operator = "operator", HostLost = "host_lost", NeverConnected = "never_connected",
    }
    LeaveReasonWord = LeaveReason {
        Left = "left", Demoted = "demoted", Kicked = "kicked", Dropped = "dropped", Expired = "expired",
    }
}
