//! Goes through one page of a day's comparison.
//!
//! What a list shows may be a moment old. So whatever seems to differ is looked at once more at first hand, our payment
//! before and after the provider was asked: only what differs then is a break.

use crate::compare::{Difference, agrees, agrees_on_refund, differences, is_known_there};
use crate::comparison::{Comparison, Part, Tally};
use crate::discrepancy::{self, Break, id_of};
use crate::payment::Payment;
use crate::provider::{Book, Entry, IntentRef, PaymentProvider, Trouble};
use crate::purpose::Purpose;
use crate::refund::of_provider;
use crate::store::{self, break_key, payment_key};
use kernel::{BreakId, Cursor, Timestamp};
use platform::{Decision, Error, Stored, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Where payments are compared.
pub struct Desk<'d, P> {
    payments: &'d Table,
    provider: &'d P,
    now: Timestamp,
    /// What the provider listed, once it is needed.
    seen: Option<BTreeSet<String>>,
}

/// What a page came to, and behind what the next one begins.
type Turned = (Tally, Option<String>);

impl<'d, P: PaymentProvider> Desk<'d, P> {
    /// A desk.
    pub fn new(payments: &'d Table, provider: &'d P, now: Timestamp) -> Self {
        Self { payments, provider, now, seen: None }
    }

    /// Goes through the page at which `comparison` is. It may be gone through again, or by two at once.
    pub async fn turn(&mut self, comparison: &Comparison) -> Result<Comparison, Error> {
        let (tally, next) = match (comparison.part.book(), comparison.part) {
            (Some(book), _) => self.their_page(comparison, book).await?,
            (None, Part::Ours) => self.our_page(comparison).await?,
            (None, _) => self.open_page(comparison).await?,
        };
        Ok(comparison.turned(next, tally, self.now))
    }

    /// A page of the provider's: each entry is looked for among ours.
    async fn their_page(&mut self, comparison: &Comparison, book: Book) -> Result<Turned, Error> {
        let page = self.provider.list(book, comparison.span(), comparison.place.as_deref()).await?;
        let purposes: BTreeSet<Purpose> = page.entries.iter().filter_map(purpose_of).collect();
        let keys: Vec<_> = purposes.into_iter().map(payment_key).collect();
        let ours = self.payments.get_each::<Payment>(&keys).await?;
        let ours: BTreeMap<Purpose, &Payment> = ours.iter().map(|payment| (payment.purpose, payment)).collect();
        let (mut tally, mut seen, mut suspects) = (Tally::default(), Vec::new(), BTreeMap::new());
        for entry in &page.entries {
            match entry {
                Entry::Foreign => tally.foreign += 1,
                Entry::Idle => {}
                Entry::Charge(taken) => {
                    tally.theirs += 1;
                    seen.push(taken.intent.as_str().to_owned());
                    if !agrees(ours.get(&taken.purpose).copied(), taken) {
                        suspects.insert(taken.intent.clone(), taken.purpose);
                    }
                }
                Entry::Refund(news) => {
                    tally.theirs += 1;
                    seen.push(news.refund.unwrap_or_else(|| of_provider(&news.id)).to_string());
                    // What was given back had been captured.
                    seen.extend(news.intent.iter().map(|intent| intent.as_str().to_owned()));
                    let payment = news.purpose.and_then(|purpose| ours.get(&purpose).copied());
                    if let (false, Some(intent), Some(purpose)) =
                        (agrees_on_refund(payment, news), &news.intent, news.purpose)
                    {
                        suspects.insert(intent.clone(), purpose);
                    }
                }
            }
        }
        if !seen.is_empty() {
            self.payments.create(&comparison.sheet(seen, self.now), Vec::new()).await?;
        }
        tally.found = self.look_into(suspects).await?;
        Ok((tally, page.next))
    }

    /// A page of ours: what the provider did not list it is asked about.
    async fn our_page(&mut self, comparison: &Comparison) -> Result<Turned, Error> {
        let page = store::moved(self.payments, comparison.day, cursor(comparison)?.as_ref()).await?;
        let seen = match self.seen.take() {
            Some(seen) => seen,
            None => store::sheets(self.payments, comparison.day)
                .await?
                .into_iter()
                .flat_map(|sheet| sheet.seen)
                .collect(),
        };
        // What moved since belongs to a later day.
        let of_day = page.items.iter().filter(|payment| payment.value.moved_on == Some(comparison.day));
        let (mut tally, mut suspects) = (Tally::default(), BTreeMap::new());
        for payment in of_day.map(|payment| &payment.value) {
            tally.ours += 1;
            let captured = payment.attempts.iter().filter_map(|attempt| Some((attempt, attempt.captured()?)));
            for (attempt, intent) in captured {
                let mut refunds = attempt.refunds().iter().filter(|refund| is_known_there(refund));
                if !seen.contains(intent.as_str()) || !refunds.all(|refund| seen.contains(&refund.id.to_string())) {
                    suspects.insert(intent.clone(), payment.purpose);
                }
            }
        }
        self.seen = Some(seen);
        tally.found = self.look_into(suspects).await?;
        Ok((tally, page.next.map(|next| next.as_str().to_owned())))
    }

    /// A page of the breaks that are open: those on which both sides agree by now are closed.
    async fn open_page(&mut self, comparison: &Comparison) -> Result<Turned, Error> {
        let page = store::still_open(self.payments, cursor(comparison)?.as_ref()).await?;
        let mut tally = Tally::default();
        let earlier = page.items.iter().filter(|open| open.value.found_at < comparison.begun_at);
        for open in earlier.map(|open| &open.value) {
            let Some(differences) = self.differences(&open.intent, open.purpose).await? else {
                continue;
            };
            if differences.iter().all(|difference| id_of(difference) != open.id) {
                let heal = |known: &Break| known.healed(self.now);
                tally.healed += u64::from(self.change(open.id, |known| known.and_then(heal)).await?);
            }
        }
        Ok((tally, page.next.map(|next| next.as_str().to_owned())))
    }

    /// Looks at each at first hand; how many breaks there are that were not known.
    async fn look_into(&self, suspects: BTreeMap<IntentRef, Purpose>) -> Result<u64, Error> {
        let mut found = 0;
        for (intent, purpose) in suspects {
            for difference in self.differences(&intent, purpose).await?.unwrap_or_default() {
                let see = |known: Option<&Break>| Break::seen(known, &difference, self.now);
                found += u64::from(self.change(id_of(&difference), see).await?);
            }
        }
        Ok(found)
    }

    /// Where both sides differ about an intent. `None`: that changes while one looks.
    async fn differences(&self, intent: &IntentRef, purpose: Purpose) -> Result<Option<Vec<Difference>>, Error> {
        let key = payment_key(purpose);
        let before = self.payments.get::<Payment>(&key).await?;
        let (theirs, refunds) = match self.provider.ask(intent).await {
            Ok(theirs) => (Some(theirs), self.provider.refunds(intent).await?),
            Err(Trouble::Missing) => (None, Vec::new()),
            Err(trouble) => return Err(trouble.into()),
        };
        let after = self.payments.get::<Payment>(&key).await?;
        let is_quiet = version(&before) == version(&after);
        let ours = after.as_ref().map(|payment| &payment.value);
        Ok(is_quiet.then(|| differences(ours, (purpose, intent), theirs.as_ref(), &refunds, self.now)))
    }

    /// Changes a break as `decide` says; whether it did.
    async fn change(
        &self,
        id: BreakId,
        decide: impl Fn(Option<&Break>) -> Option<discrepancy::Next>,
    ) -> Result<bool, Error> {
        let mut is_changed = false;
        let decide = |found: Option<&Stored<Break>>| {
            let next = decide(found.map(|found| &found.value));
            is_changed = next.is_some();
            Ok(next.map_or(Decision::Keep, |(next, events)| Decision::To(next, events)))
        };
        self.payments.advance(&break_key(id), decide).await?;
        Ok(is_changed)
    }
}

fn version<T>(found: &Option<Stored<T>>) -> Option<u64> {
    found.as_ref().map(|found| found.version)
}

fn purpose_of(entry: &Entry) -> Option<Purpose> {
    match entry {
        Entry::Charge(taken) => Some(taken.purpose),
        Entry::Refund(news) => news.purpose,
        Entry::Idle | Entry::Foreign => None,
    }
}

/// The place of a page of ours.
fn cursor(comparison: &Comparison) -> Result<Option<Cursor>, Error> {
    comparison.place.clone().map(Cursor::try_from).transpose().map_err(Error::broken)
}
