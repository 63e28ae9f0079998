//! The language of S1 (`/live/*`): bare objects, the seed's field names, LiveKit's join block. REST alone.

mod replies;
mod requests;

pub use replies::{
    ActiveSession, ChatLine, Ended, IceServerBlock, Joined, Participant, Started, WebrtcConfig, chat_line,
};
pub use requests::{ActiveQuery, JoinRequest, MessagesQuery, SendMessageRequest, StartRequest};

#[cfg(test)]
mod tests;
