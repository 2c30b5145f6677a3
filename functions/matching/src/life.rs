//! How a request goes on: the transitions of its standing. Pure.

use crate::request::{Closed, Command, Held, How, Next, Offer, Request, RequestEvent, Rest, Standing, WAITING};
use contracts::matching::{MatchEnd, OfferEnd};
use kernel::{AccountId, OfferId, Timestamp};
use std::time::Duration;

/// How soon a request that nobody could do is looked at again, at the soonest and at the latest.
const SOON: Duration = Duration::from_secs(60);
const LATE: Duration = Duration::from_secs(900);

impl Request {
    /// A slot is taken for it, as its next attempt.
    pub fn take(&self, held: Held, how: How) -> Next {
        let mut request = self.clone();
        request.attempt = self.attempt.saturating_add(1);
        (request.told, request.rest) = (false, None);
        match how {
            How::Directly => {
                request.standing = Standing::Matched { held, is_final: false };
                let event = RequestEvent::Matched(request.attempt, held);
                (request.at_rest(), vec![event])
            }
            How::Offered(accept_until) => {
                let offer = self.next_offer();
                request.standing = Standing::Offered { held, offer };
                let attempt = request.attempt;
                request.offers.push(Offer { id: offer, attempt, held, accept_until, end: None });
                (request.looked_at(accept_until), vec![RequestEvent::Offered(offer, held, accept_until)])
            }
        }
    }

    /// Nobody does it yet. Said once a wait; looked at again the later the longer it waits, and when its window ends.
    /// If there is a rest of the directory, or somebody who will do, that is soon.
    pub fn waits(&self, rest: Option<Rest>, soon: bool, now: Timestamp) -> Next {
        let waited = u64::try_from(now.as_millis().saturating_sub(self.since.as_millis())).unwrap_or(0);
        let pause = match soon || rest.is_some() {
            true => SOON,
            false => Duration::from_millis(waited / 10).clamp(SOON, LATE),
        };
        let again = now.after(pause);
        let until = self.asked.as_ref().map_or(again, |asked| asked.until.max(now));
        let events = if self.told { Vec::new() } else { vec![RequestEvent::Waiting] };
        let request = Self { told: true, rest, ..self.clone() };
        (request.looked_at(again.min(until)), events)
    }

    /// It is held back for somebody better.
    pub fn held_back(&self, again: Timestamp) -> Self {
        self.clone().looked_at(again)
    }

    /// Nobody was found until the end of its window.
    pub fn unmatched(&self) -> Next {
        (self.closed(Closed::Unmatched), vec![RequestEvent::Unmatched])
    }

    /// Its client cancels it. `None`: it has ended, or the job has begun.
    pub fn cancel(&self) -> Option<Next> {
        match &self.standing {
            Standing::Closed { .. } | Standing::Matched { is_final: true, .. } => None,
            Standing::Open => Some((self.closed(Closed::Cancelled), Vec::new())),
            Standing::Matched { held, .. } => {
                let event = RequestEvent::Ended(self.attempt, held.worker, MatchEnd::ClientCancelled);
                Some((self.closed(Closed::Cancelled), vec![event]))
            }
            Standing::Offered { held, offer } => {
                let event = RequestEvent::OfferEnded(*offer, held.worker, OfferEnd::Closed);
                Some((self.offer_ended(*offer, OfferEnd::Closed).closed(Closed::Cancelled), vec![event]))
            }
        }
    }

    /// The worker of this attempt withdrew: somebody else is looked for. `None`: that match has ended already, or is
    /// final.
    pub fn withdraw(&self, attempt: u32, now: Timestamp) -> Option<Next> {
        match &self.standing {
            Standing::Matched { held, is_final: false } if self.attempt == attempt => {
                let event = RequestEvent::Ended(attempt, held.worker, MatchEnd::WorkerWithdrew);
                Some((self.reopened(held.worker, now), vec![event]))
            }
            _ => None,
        }
    }

    /// The job of this attempt has begun, or was missed. `None`: that is known, or the request has ended. Of an earlier
    /// attempt, whose job did so before that was heard here, the job counts: what took its place ends.
    pub fn make_final(&self, attempt: u32) -> Option<Next> {
        match &self.standing {
            Standing::Matched { held, is_final: false } if self.attempt == attempt => {
                let standing = Standing::Matched { held: *held, is_final: true };
                Some((Self { standing, ..self.clone() }, Vec::new()))
            }
            _ if self.attempt <= attempt => None,
            Standing::Closed { .. } | Standing::Matched { is_final: true, .. } => None,
            Standing::Open => Some((self.closed(Closed::Kept), Vec::new())),
            Standing::Matched { held, .. } => {
                let event = RequestEvent::Ended(self.attempt, held.worker, MatchEnd::Rematched);
                Some((self.closed(Closed::Kept), vec![event]))
            }
            Standing::Offered { held, offer } => {
                let event = RequestEvent::OfferEnded(*offer, held.worker, OfferEnd::Closed);
                Some((self.offer_ended(*offer, OfferEnd::Closed).closed(Closed::Kept), vec![event]))
            }
        }
    }

    /// The worker accepts the present offer.
    pub fn accept(&self) -> Option<Next> {
        let Standing::Offered { held, offer } = self.standing else {
            return None;
        };
        let mut request = self.offer_ended(offer, OfferEnd::Accepted);
        request.standing = Standing::Matched { held, is_final: false };
        let events = vec![
            RequestEvent::OfferEnded(offer, held.worker, OfferEnd::Accepted),
            RequestEvent::Matched(self.attempt, held),
        ];
        Some((request.at_rest(), events))
    }

    /// The worker declines the present offer, or did not answer in time: somebody else is looked for.
    pub fn pass_on(&self, end: OfferEnd, now: Timestamp) -> Option<Next> {
        let Standing::Offered { held, offer } = self.standing else {
            return None;
        };
        let request = self.offer_ended(offer, end).reopened(held.worker, now);
        Some((request, vec![RequestEvent::OfferEnded(offer, held.worker, end)]))
    }

    /// A manager gives it to somebody else; what was before ends with that. `None`: it has ended, or the job has begun.
    pub fn rematch(&self, held: Held, command: impl FnOnce(u32) -> Command) -> Option<Next> {
        let (before, mut events) = match &self.standing {
            Standing::Closed { .. } | Standing::Matched { is_final: true, .. } => return None,
            Standing::Open => (self.clone(), Vec::new()),
            Standing::Matched { held, .. } => {
                (self.clone(), vec![RequestEvent::Ended(self.attempt, held.worker, MatchEnd::Rematched)])
            }
            Standing::Offered { held, offer } => {
                let event = RequestEvent::OfferEnded(*offer, held.worker, OfferEnd::Closed);
                (self.offer_ended(*offer, OfferEnd::Closed), vec![event])
            }
        };
        let (mut request, matched) = before.take(held, How::Directly);
        events.extend(matched);
        request.commands.push(command(request.attempt));
        Some((request, events))
    }

    /// The offer that is made now, if its time to accept is over.
    pub fn lapsed(&self, now: Timestamp) -> bool {
        let Standing::Offered { offer, .. } = &self.standing else {
            return false;
        };
        self.offers.iter().any(|made| made.id == *offer && made.accept_until <= now)
    }

    fn offer_ended(&self, offer: OfferId, end: OfferEnd) -> Self {
        let mut request = self.clone();
        for made in request.offers.iter_mut().filter(|made| made.id == offer) {
            made.end = Some(end);
        }
        request
    }

    fn reopened(&self, without: AccountId, now: Timestamp) -> Self {
        let mut request = Self {
            standing: Standing::Open,
            since: now,
            rest: None,
            ..self.clone()
        };
        if !request.excluded.contains(&without) {
            request.excluded.push(without);
        }
        request.looked_at(now)
    }

    fn closed(&self, because: Closed) -> Self {
        Self { standing: Standing::Closed { because }, ..self.clone() }.at_rest()
    }

    pub(crate) fn looked_at(mut self, due: Timestamp) -> Self {
        (self.due, self.waiting) = (Some(due), Some(WAITING.to_owned()));
        self
    }

    fn at_rest(mut self) -> Self {
        (self.due, self.waiting) = (None, None);
        self
    }
}
