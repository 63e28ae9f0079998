//! What people say.

/// Title of the show.
pub(super) const TITLE: &str = "Open stage: songs, stories and one bad joke each";

/// What guests write when they ask to go up.
pub(super) const WISHES: [&str; 7] = [
    "I know the second verse!",
    "Can I tell the one about the ferry?",
    "I brought my grandmother's song",
    "Two minutes, promise",
    "First time on a stage, be kind",
    "I have an answer to Luca",
    "May I play something slow?",
];

/// What the chat says, in order, again and again.
pub(super) const CHAT: [&str; 20] = [
    "Good evening from the back row",
    "The sound is great tonight",
    "Is this the song from last week?",
    "That chorus stays in my head",
    "More of this, please",
    "Hello from the night train",
    "Who wrote that?",
    "I had to laugh out loud",
    "Can someone post the words?",
    "My cat is listening too",
    "Such a calm voice",
    "The ferry story again!",
    "I am learning so much here",
    "Next week with guitar?",
    "This is the best part of my day",
    "Shh, it is starting",
    "Bravo!",
    "You all look so relaxed",
    "How long have you been playing?",
    "See you at the next one",
];

/// How the audience reacts, in order.
pub(super) const REACTIONS: [&str; 6] = ["heart", "clap", "fire", "wow", "thumbs_up", "heart"];
