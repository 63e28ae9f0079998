//! The language of S1 (`/live/*`): bare objects, the seed's field names, LiveKit's join block. REST alone.

mod guests;
mod replies;
mod requests;
mod session;
mod words;

pub use guests::{
    AnsweredGuestRequest, DeedBody, GuestRequest, GuestRequestBody, GuestRequestsQuery, ListedGuestRequest,
    Managed, VerdictBody,
};
pub use replies::{
    ActiveSession, ChatLine, Ended, IceServerBlock, Joined, Participant, Reacted, Started, WebrtcConfig,
    chat_line,
};
pub use requests::{ActiveQuery, JoinRequest, MessagesQuery, ReactRequest, SendMessageRequest, StartRequest};
pub use session::{Host, SessionDetails, SessionSwitches};
pub use words::{
    Deed, DeedWord, LiveRole, LiveRoleWord, RequestStatus, RequestStatusWord, RequestType, RequestTypeWord,
    Standing, StandingWord, Verdict, VerdictWord,
};

#[cfg(test)]
mod tests;
