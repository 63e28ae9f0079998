//! The one error object of every transport (RFC 9457), its codes and their HTTP status.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// Everything that can be refused. `type` is `/problems/` + code, and that page exists.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// `<slice>/<word>`.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $code),* } }

            /// HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),* } }

            /// A short sentence that never changes between occurrences.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title),* } }
        }
    };
}

codes! {
    /// Body or frame that cannot be read.
    Unreadable = "request/unreadable", 400, "The request could not be read";
    /// A word outside the allowed list (dialects that answer 400 by contract).
    BadWord = "request/bad_word", 400, "A value is not one of the allowed words";
    /// One or more fields are wrong; `errors` lists all of them.
    Invalid = "request/invalid", 422, "Some fields are not valid";
    /// Body above the limit.
    TooLarge = "request/too_large", 413, "The request is too large";
    /// No such address.
    NotFound = "request/not_found", 404, "There is nothing here";
    /// The address exists, the method does not.
    MethodNotAllowed = "request/method_not_allowed", 405, "This method is not allowed here";
    /// The body is not of a type that is read here.
    UnsupportedType = "request/unsupported_type", 415, "This content type is not supported";
    /// The same idempotency key came with another body.
    KeyReused = "request/key_reused", 422, "The idempotency key was used for another request";
    /// The resource is not in the version that the request named.
    PreconditionFailed = "request/precondition_failed", 412, "This has changed in the meantime";
    /// The request has to name the version that it is about.
    PreconditionMissing = "request/precondition_missing", 428, "Say which version this is about";
    /// A command or frame of a socket that does not exist.
    UnknownCommand = "request/unknown_command", 400, "There is no such command";
    /// Too fast.
    TooFast = "request/too_fast", 429, "Too many requests";
    /// The server is busy or going down.
    TryLater = "server/try_later", 503, "Try again in a moment";
    /// A fault of ours.
    Fault = "server/fault", 500, "Something went wrong on our side";
    /// No or no longer valid credentials.
    Unauthenticated = "accounts/unauthenticated", 401, "Sign in first";
    /// Handle and password do not belong together.
    WrongPassword = "accounts/wrong_password", 401, "Handle or password is wrong";
    /// A refresh token that was used before: its family is closed.
    RefreshReused = "accounts/refresh_reused", 401, "This sign-in was closed";
    /// Anonymous watchers cannot do this.
    SignInRequired = "accounts/sign_in_required", 403, "An account is needed for this";
    /// The account is banned.
    Banned = "accounts/banned", 403, "This account is banned";
    /// The handle is somebody else's.
    HandleTaken = "accounts/handle_taken", 409, "This handle is taken";
    /// Sign-up is closed or needs an invitation or set-up code.
    SignUpClosed = "accounts/sign_up_closed", 403, "Sign-up is not open";
    /// Operators only.
    OperatorOnly = "accounts/operator_only", 403, "Only operators may do this";
    /// Identity in the payload is not the token's (K9).
    IdentityMismatch = "accounts/identity_mismatch", 403, "The request names somebody else";
    /// No such account.
    AccountNotFound = "accounts/not_found", 404, "There is no such account";
    /// No such session, or not the caller's to know.
    SessionNotFound = "sessions/not_found", 404, "There is no such session";
    /// The show is over.
    SessionEnded = "sessions/ended", 409, "The session has ended";
    /// Owner only.
    OwnerOnly = "sessions/owner_only", 403, "Only the host may do this";
    /// The plan does not reach so far.
    PlanLimit = "sessions/plan_limit", 409, "The plan does not allow this";
    /// The owner already hosts a live session and may host no other.
    TooManySessions = "sessions/too_many", 409, "Too many live sessions";
    /// Kicked out of this session.
    Blocked = "moderation/blocked", 403, "You were removed from this session";
    /// Timed out of chat and requests.
    TimedOut = "moderation/timed_out", 403, "You are timed out";
    /// The caller's role does not allow it.
    NotAllowed = "stage/not_allowed", 403, "Your role does not allow this";
    /// Nobody acts on the owner.
    OwnerUntouchable = "stage/owner_untouchable", 403, "Nobody can do this to the host";
    /// All seats for guests are taken.
    StageFull = "stage/full", 409, "Maximum guests reached";
    /// No requests while the stage is locked or requests are off.
    RequestsClosed = "stage/requests_closed", 409, "The stage takes no requests";
    /// A pending request exists.
    AlreadyRequested = "stage/already_requested", 409, "There is a request already";
    /// On stage already.
    AlreadyOnStage = "stage/already_on_stage", 409, "Already on stage";
    /// Not on stage.
    NotOnStage = "stage/not_on_stage", 409, "Not on stage";
    /// A viewer cannot be promoted without a seat.
    PromoteViewer = "stage/promote_viewer", 409, "Only people on stage can be promoted";
    /// Another answer came first.
    AlreadyAnswered = "stage/already_answered", 409, "This was answered already";
    /// The invitation or hold ran out.
    Expired = "stage/expired", 409, "This has expired";
    /// Somebody sits there.
    SeatTaken = "stage/seat_taken", 409, "This seat is taken";
    /// No such request.
    RequestNotFound = "stage/request_not_found", 404, "There is no such request";
    /// No such invitation.
    InvitationNotFound = "stage/invitation_not_found", 404, "There is no such invitation";
    /// Nobody of that id takes part in the session.
    PersonNotFound = "stage/person_not_found", 404, "This person is not in the session";
    /// Too many pending requests or invitations.
    QueueFull = "stage/queue_full", 409, "The queue is full";
    /// No permission to speak, show or share.
    NotPermitted = "stage/not_permitted", 403, "You have no permission for this media";
    /// A signal for somebody who is not on stage, or whom nothing can answer for yet.
    SignalRefused = "stage/signal_refused", 409, "This signal has nowhere to go";
    /// Chat is off.
    ChatOff = "chat/off", 409, "Chat is switched off";
    /// Slow mode.
    SlowMode = "chat/slow_mode", 429, "Slow mode: wait before the next message";
    /// The same words again.
    Repeated = "chat/repeated", 409, "The same message was sent a moment ago";
    /// Message limit of a person.
    ChatTooFast = "chat/too_fast", 429, "Too many messages";
    /// No such message.
    MessageNotFound = "chat/message_not_found", 404, "There is no such message";
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// `too_short`, `too_long`, `bad_characters`, `out_of_range`, `missing`, `unknown_word`, `wrong_type`, …
    pub code: String,
    /// What to do about it.
    pub detail: String,
}

/// A refusal or fault on its way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.name())]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// What happened this time, and what to do.
    pub detail: String,
    /// Wrong fields, all at once.
    pub errors: Vec<FieldError>,
    /// When to come back.
    pub retry_after_ms: Option<i64>,
}

impl Problem {
    /// With the code's own title as detail.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self::because(code, code.title())
    }

    /// With a sentence about this occurrence.
    #[must_use]
    pub fn because(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), retry_after_ms: None }
    }

    /// All wrong fields of one body.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Code::Invalid) }
    }

    /// Says when to come back.
    #[must_use]
    pub const fn retry_after_ms(mut self, millis: i64) -> Self {
        self.retry_after_ms = Some(millis);
        self
    }
}

#[cfg(test)]
mod tests;
