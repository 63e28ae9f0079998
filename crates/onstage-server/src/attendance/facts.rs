//! What the media engine saw.

use onstage_domain::Event;
use onstage_domain::media::{MediaFact, Seen};
use onstage_domain::problem::Problem;
use onstage_domain::sessions::Contact;
use onstage_domain::stage::{Event as StageEvent, Fact};

use super::presence;
use crate::app::App;
use crate::stage;

/// Told once or several times, a fact counts once.
pub(crate) async fn media_fact(app: &App, fact: MediaFact) -> Result<(), Problem> {
    let (session, user) = (fact.session, fact.user);
    let stage_fact = match fact.seen {
        Seen::Connected => return presence::told(app, session, user, Contact::Media(true)).await,
        Seen::Lost => return presence::told(app, session, user, Contact::Media(false)).await,
        Seen::Speaking { level_eighths } => {
            tell(app, &fact, StageEvent::Speaking { speakers: vec![(user, level_eighths)] });
            return Ok(());
        }
        Seen::Quality { score } => {
            tell(app, &fact, StageEvent::Quality { user_id: user, score });
            return Ok(());
        }
        Seen::Published { source } => Fact::Published(user, source),
        Seen::Unpublished { source } => Fact::Unpublished(user, source),
        Seen::SelfMuted { media, muted } => Fact::SelfMuted { user, media, muted },
    };
    stage::service::hear(app, session, stage_fact, Some(fact.id)).await
}

fn tell(app: &App, fact: &MediaFact, event: StageEvent) {
    app.outbox.tell_ephemeral(fact.session, fact.at, vec![Event::Stage(event)]);
}
