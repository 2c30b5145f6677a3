//! What must hold when the world is at rest: in every world, in the shop, in the town, and in the club.

pub mod club;
pub(crate) mod ledger;
pub(crate) mod money;
pub mod shop;
pub mod town;
mod training;

use local::simulation::Simulation;
use notifications::channel::Channel;
use notifications::message::{self, Message, Reason};
use std::collections::BTreeMap;

/// What holds in every world at rest: what was committed was published, and everything that was published is dealt with.
fn at_rest(simulation: &Simulation, violations: &mut Vec<String>) {
    events(simulation, violations);
    let plane = simulation.cloud.plane();
    if plane.waiting() > 0 {
        violations.push(format!("{} messages are never dealt with", plane.waiting()));
    }
}

/// Everybody is told everything once: more than once only where a reply was lost, and counted.
fn letters(messages: &[Message], simulation: &Simulation, violations: &mut Vec<String>) {
    let sent = simulation.cloud.sent();
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for letter in sent.messages() {
        *of.entry(letter.reference.as_str()).or_default() += 1;
    }
    // A text message does not say of which message it is: they are counted together.
    let texts = sent.messages().iter().filter(|letter| letter.channel == "sms").count();
    let (mut least, mut most) = (0, 0);
    for message in messages {
        let unknown = usize::from(message.unanswered);
        let right = match &message.state {
            message::State::Sent { .. } => 1..=unknown + 1,
            message::State::Failed { reason, .. } if happens(*reason) => 0..=unknown,
            message::State::Held { .. } => 0..=0,
            _ => {
                violations.push(format!("{message:?} has not ended"));
                continue;
            }
        };
        if message.channel == Channel::Sms {
            (least, most) = (least + right.start(), most + right.end());
            continue;
        }
        let letters = of.get(message.id.to_string().as_str()).copied().unwrap_or_default();
        if !right.contains(&letters) {
            violations.push(format!("{letters} letters of {message:?}"));
        }
    }
    if !(least..=most).contains(&texts) {
        violations.push(format!("{texts} text messages were sent instead of {least} to {most}"));
    }
}

/// Whether a letter may fail for this reason: one customer has no address, and nobody answers for ever.
fn happens(reason: Reason) -> bool {
    matches!(reason, Reason::NoContact | Reason::Expired | Reason::Unanswered | Reason::GivenUp)
}

/// Kinds of items that announce all of their state each time: a later announcement makes up for one that was lost.
const SNAPSHOTS: [&str; 5] = ["product", "service", "consent", "activity", "workout"];
/// An alert is news, and so is a silence. What a stream lost of it, which takes a day, nobody need hear any more.
const NEWS: [&str; 2] = ["alarm", "watch"];
/// A part of a week's run announces work that waits. Once it is done, by whatever way it was heard of, nobody need hear of
/// it any more; that every run is done is looked at for itself.
const WORK: &str = "part";

/// Exactly the events that were written into outboxes, ever, were published.
fn events(simulation: &Simulation, violations: &mut Vec<String>) {
    // `context/pk/sk/epoch.version.index`
    let item_and_version = |id: &str| {
        let (item, place) = id.rsplit_once('/')?;
        Some((item.to_owned(), place.split('.').nth(1)?.parse::<u64>().ok()?))
    };
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    for (item, version) in simulation.published.keys().filter_map(|id| item_and_version(id)) {
        let known = newest.entry(item).or_default();
        *known = version.max(*known);
    }
    let made_up_for = |id: &str| {
        item_and_version(id).is_some_and(|(item, version)| {
            let kind = item.rsplit('/').next().and_then(|sk| sk.split('#').next()).unwrap_or_default();
            let newer = || newest.get(&item).is_some_and(|newest| *newest > version);
            kind == WORK || NEWS.contains(&kind) || (SNAPSHOTS.contains(&kind) && newer())
        })
    };
    let published = |id: &str| simulation.published.contains_key(id);
    for id in simulation.committed.iter().filter(|id| !published(id) && !made_up_for(id)) {
        violations.push(format!("{id} was committed but never published"));
    }
    for id in simulation.published.keys().filter(|id| !simulation.committed.contains(*id)) {
        violations.push(format!("{id} was published but never committed"));
    }
}
