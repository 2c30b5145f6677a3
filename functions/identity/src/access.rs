//! How an account is got into: its sessions, and the failures to sign in. Pure.
//!
//! One item an account, so that one conditional write decides over all of it: a guess at a password, the renewal of a
//! session, the end of all sessions cannot overtake each other, and what was answered is what was counted.

use crate::keys::{Key, Keys};
use crate::refresh::{RefreshToken, TokenHash};
use crate::settings::{LockoutRules, SessionRules};
use crate::tries::Tries;
use contracts::identity::ContactKind;
use kernel::{AccountId, SessionId, Text, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many sessions an account has at most. One more ends the one that was renewed the longest ago.
pub const MAX_SESSIONS: usize = 20;
/// How many ended sessions are remembered, and for how long, so that a repeated request to sign in does not bring one
/// back.
const MAX_ENDED: usize = 20;
const REMEMBERED: Duration = Duration::from_secs(86_400);

/// Sessions and failures of one account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Access {
    /// The account; of an address that nobody has verified, an id that stands for the address.
    pub account: AccountId,
    /// Failures with the e-mail address.
    #[serde(default, skip_serializing_if = "Tries::is_clean")]
    pub by_email: Tries,
    /// Failures with the phone number.
    #[serde(default, skip_serializing_if = "Tries::is_clean")]
    pub by_phone: Tries,
    /// The sessions, those ended lately included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<Session>,
    /// Second after which the table forgets the item: where there is no account, and so nothing but failures.
    #[serde(rename = "expires_at", default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<i64>,
}

/// A session: a device that is signed in, or a partner's machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Names it.
    pub id: SessionId,
    /// When it began.
    #[serde(rename = "at")]
    pub started_at: Timestamp,
    /// The device, as it names itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Text<1, 100>>,
    /// The mark of the request that began it.
    #[serde(rename = "req")]
    pub request: String,
    /// Its refresh tokens. A partner has none: it signs in again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Family>,
    /// When it ends unless it is renewed.
    #[serde(rename = "until")]
    pub expires_at: Timestamp,
    /// When it was ended.
    #[serde(rename = "end", default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// The refresh tokens of a session: each was derived from the one before, the leaf alone is good.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Family {
    /// The token that is good.
    pub leaf: TokenHash,
    /// The one before, forgiven for a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TokenHash>,
    /// When the leaf was issued.
    #[serde(rename = "at")]
    pub renewed_at: Timestamp,
}

/// What access announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessEvent {
    /// Too many failures: nobody can sign in until then.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// A refresh token was used again: its session was ended.
    TokenReused,
}

/// What became of a refresh token that somebody sent.
#[derive(Debug)]
pub enum Renewal {
    /// It was good: the session goes on with this one.
    Renewed(Access, RefreshToken),
    /// It was used a moment ago, and answered with this one, at that time.
    Repeated(RefreshToken, Timestamp),
    /// It was used before: its session is over.
    Reused(Access),
    /// It is no good, and that is all.
    Unknown,
}

impl Access {
    /// Of an account that nobody signed in to yet.
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            by_email: Tries::default(),
            by_phone: Tries::default(),
            sessions: Vec::new(),
            ttl: None,
        }
    }

    /// The failures with this kind of address.
    pub fn tries(&self, kind: ContactKind) -> &Tries {
        match kind {
            ContactKind::Email => &self.by_email,
            ContactKind::Phone => &self.by_phone,
        }
    }

    fn with_tries(self, kind: ContactKind, tries: Tries) -> Self {
        match kind {
            ContactKind::Email => Self { by_email: tries, ..self },
            ContactKind::Phone => Self { by_phone: tries, ..self },
        }
    }

    /// Somebody failed to sign in with this kind of address, which was not locked. Only an account that exists
    /// announces that it is locked; of an unknown address the failures are forgotten in time.
    #[must_use]
    pub fn failed(
        &self,
        kind: ContactKind,
        exists: bool,
        now: Timestamp,
        rules: LockoutRules,
    ) -> (Self, Vec<AccessEvent>) {
        let tries = self.tries(kind).failed(now, rules);
        let locked = tries.locked(now).filter(|_| exists);
        let forgotten = now.after(rules.window + rules.lock + REMEMBERED).as_seconds();
        let next = Self { ttl: (!exists).then_some(forgotten), ..self.clone() }.with_tries(kind, tries);
        (next, locked.map(|until| AccessEvent::Locked { until }).into_iter().collect())
    }

    /// The session of this id, running or ended lately.
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    /// The sessions that run, the newest first.
    pub fn running(&self, now: Timestamp) -> Vec<&Session> {
        let mut running: Vec<&Session> = self.sessions.iter().filter(|session| session.runs(now)).collect();
        running.sort_by_key(|session| std::cmp::Reverse(session.started_at));
        running
    }

    /// A new session, after who signed in proved to be who they are. With the address they did it with, failures are
    /// forgiven.
    #[must_use]
    pub fn signed_in(&self, session: Session, with: Option<ContactKind>, now: Timestamp) -> Self {
        let mut next = match with {
            Some(kind) => self.clone().with_tries(kind, Tries::default()),
            None => self.clone(),
        };
        next.ttl = None;
        while next.sessions.iter().filter(|session| session.runs(now)).count() >= MAX_SESSIONS {
            let oldest = next.sessions.iter_mut().filter(|session| session.runs(now)).min_by_key(|s| s.renewed_at());
            match oldest {
                Some(oldest) => oldest.ended_at = Some(now),
                None => break,
            }
        }
        next.sessions.push(session);
        next.tidy(now);
        next
    }

    /// Somebody sent a refresh token of one of the sessions.
    pub fn renew(&self, token: &RefreshToken, keys: &Keys, now: Timestamp, rules: SessionRules) -> Renewal {
        let session = self.session(token.session()).filter(|session| session.runs(now));
        let session = session.filter(|_| token.account() == self.account);
        let Some((session, family)) = session.and_then(|session| Some((session, session.family.as_ref()?))) else {
            return Renewal::Unknown;
        };
        if family.leaf.is_of(token) {
            let child = token.child(keys.current());
            let family = Family {
                leaf: child.hash(),
                parent: Some(family.leaf.clone()),
                renewed_at: now,
            };
            let renewed = Session {
                family: Some(family),
                expires_at: now.after(rules.refresh),
                ..session.clone()
            };
            return Renewal::Renewed(self.with_session(renewed, now), child);
        }
        let is_parent = family.parent.as_ref().is_some_and(|parent| parent.is_of(token));
        if is_parent && now < family.renewed_at.after(rules.forgiven) {
            let child = keys.accepted().map(|key| token.child(key)).find(|child| family.leaf.is_of(child));
            return child.map_or(Renewal::Unknown, |child| Renewal::Repeated(child, family.renewed_at));
        }
        if !is_parent && !token.is_authentic(keys) {
            return Renewal::Unknown;
        }
        Renewal::Reused(self.with_session(Session { ended_at: Some(now), ..session.clone() }, now))
    }

    /// The owner ends a session. `None`: there is none of this id; it stays as it is if it had ended.
    pub fn ended(&self, id: SessionId, now: Timestamp) -> Option<Self> {
        let session = self.session(id)?;
        let ended_at = session.ended_at.or_else(|| session.runs(now).then_some(now));
        let ended = Session { ended_at, ..session.clone() };
        if ended == *session { Some(self.clone()) } else { Some(self.with_session(ended, now)) }
    }

    /// All sessions end.
    #[must_use]
    pub fn all_ended(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        for session in next.sessions.iter_mut().filter(|session| session.runs(now)) {
            session.ended_at = Some(now);
        }
        next
    }

    fn with_session(&self, changed: Session, now: Timestamp) -> Self {
        let mut next = self.clone();
        for session in next.sessions.iter_mut().filter(|session| session.id == changed.id) {
            *session = changed.clone();
        }
        next.tidy(now);
        next
    }

    /// Forgets what expired, and what ended long ago.
    fn tidy(&mut self, now: Timestamp) {
        self.sessions.retain(|session| match session.ended_at {
            Some(ended_at) => now < ended_at.after(REMEMBERED),
            None => session.runs(now),
        });
        let ended = self.sessions.iter().filter(|session| session.ended_at.is_some()).count();
        for _ in MAX_ENDED..ended {
            let ended = self.sessions.iter().enumerate().filter(|(_, session)| session.ended_at.is_some());
            if let Some((oldest, _)) = ended.min_by_key(|(_, session)| session.ended_at) {
                self.sessions.remove(oldest);
            }
        }
    }
}

impl Session {
    /// A person's, and its first refresh token.
    pub fn of_person(
        (account, id): (AccountId, SessionId),
        device: Option<Text<1, 100>>,
        request: String,
        key: &Key,
        now: Timestamp,
        rules: SessionRules,
    ) -> Self {
        let leaf = RefreshToken::root(key, account, id).hash();
        Self {
            id,
            started_at: now,
            device,
            request,
            family: Some(Family { leaf, parent: None, renewed_at: now }),
            expires_at: now.after(rules.refresh),
            ended_at: None,
        }
    }

    /// A partner's: as long as its access token.
    pub fn of_partner(id: SessionId, request: String, now: Timestamp, rules: SessionRules) -> Self {
        Self {
            id,
            started_at: now,
            device: None,
            request,
            family: None,
            expires_at: now.after(rules.access),
            ended_at: None,
        }
    }

    /// Whether it neither was ended nor expired.
    pub fn runs(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }

    /// When it was last renewed, or began.
    pub fn renewed_at(&self) -> Timestamp {
        self.family.as_ref().map_or(self.started_at, |family| family.renewed_at)
    }
}
