//! What people are called, and what they say.

/// Title of the show.
pub(super) const TITLE: &str = "Open stage: songs, stories and one bad joke each";

/// Who holds the host's chair until a visitor takes it.
pub(super) const HOST: &str = "Robin";

/// Viewers with an account; the others watch without one.
pub(super) const NAMES: [&str; 16] = [
    "Bela", "Noor", "Ines", "Tomo", "Amara", "Felix", "Lena", "Youssef", "Chloe", "Omar", "Freya", "Diego",
    "Sarah", "Marcus", "Aiko", "Bram",
];

/// Who comes in the place of somebody who was sent away for good: they look alike, being related.
pub(super) const UNDERSTUDIES: [(&str, &str); 8] = [
    ("Mara", "Maren"),
    ("Luca", "Leo"),
    ("Hana", "Hina"),
    ("Kofi", "Kwame"),
    ("Priya", "Divya"),
    ("Zanele", "Thandi"),
    ("Mei", "Lin"),
    ("Ravi", "Arjun"),
];

/// What guests write when they ask to go up.
pub(super) const WISHES: [&str; 16] = [
    "I know the second verse!",
    "Can I tell the one about the ferry?",
    "I brought my grandmother's song",
    "Two minutes, promise",
    "First time on a stage, be kind",
    "I have an answer to the last one",
    "May I play something slow?",
    "A very short poem, if I may",
    "I owe you all a punchline",
    "One more from the kitchen",
    "My neighbours are out, I can sing",
    "I finally tuned it",
    "A riddle for everybody",
    "The story of the lost umbrella",
    "A duet with whoever is brave",
    "I learned three chords this week",
];

/// What the audience says.
pub(super) const CHAT: [&str; 56] = [
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
    "First time here, what did I miss?",
    "That lamp is wonderful, by the way",
    "Greetings from Porto",
    "Could you do that one slower?",
    "I know that kitchen!",
    "The dog next door agrees",
    "Did you make that up just now?",
    "Wait, is that a true story?",
    "Tell us how it ended",
    "I am writing that joke down",
    "Please nobody leave",
    "Goosebumps",
    "Kofi's laugh makes it twice as good",
    "Who is next?",
    "Let Hana finish the story",
    "Zanele, sing!",
    "Luca owes us a song since March",
    "Ravi, which headphones are those?",
    "That plant needs water, just saying",
    "I could listen to this for hours",
    "Did somebody record that?",
    "My tea is cold and I do not care",
    "What key is that in?",
    "Everybody clap now",
    "The joke about the two ducks, please",
    "Priya has the best timing",
    "Mei, that was beautiful",
    "Mara, show us the painting behind you",
    "I was on this stage last month, do it!",
    "Come up, it does not hurt",
    "Five people in our living room are watching",
    "Is there a sign-up list or do I just ask?",
    "Just press the hand",
    "The harmony at the end!",
    "Okay, that one was bad. I loved it.",
    "Same time next week?",
];

/// What people on stage write while somebody else speaks.
pub(super) const ASIDES: [&str; 16] = [
    "I can hear your smile",
    "Wait for the second half",
    "I was there, it is all true",
    "Somebody give that person a medal",
    "May I go after this one?",
    "I will never be able to follow that",
    "This is where it gets good",
    "Trying not to laugh into the microphone",
    "Who taught you that?",
    "We need a band name",
    "I have the chords if anybody wants them",
    "Thank you all for being here",
    "Ha!",
    "That is exactly how my aunt tells it",
    "Next time at my place",
    "Can we keep this one going?",
];

/// How the audience reacts: one kind for each burst.
pub(super) const REACTIONS: [&str; 6] = ["heart", "clap", "fire", "wow", "thumbs_up", "heart"];

/// Lines in a new order each time round, so that no two minutes are alike.
#[derive(Debug)]
pub(super) struct Deck {
    lines: &'static [&'static str],
    order: Vec<usize>,
}

impl Deck {
    pub(super) fn new(lines: &'static [&'static str]) -> Self {
        Self { lines, order: Vec::new() }
    }

    /// The next line; none comes twice before all have come.
    pub(super) fn draw(&mut self) -> &'static str {
        if self.order.is_empty() {
            self.order = (0..self.lines.len()).collect();
        }
        let at = super::below(self.order.len());
        let index = if at < self.order.len() { self.order.swap_remove(at) } else { 0 };
        self.lines.get(index).copied().unwrap_or_default()
    }
}
