//! Applications that look like one person's: the same name and day of birth under different accounts. Pure.
//!
//! It is shown to the manager and refuses nobody: two people can share both.

use kernel::{AccountId, ApplicationId};
use serde::{Deserialize, Serialize};

/// How many applications are remembered: the latest ones.
const MOST: usize = 20;

/// Applications under one mark.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Likeness {
    /// What name and day of birth come to under the server's key.
    pub mark: String,
    /// The applications, oldest first.
    pub alike: Vec<Alike>,
}

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alike {
    /// The application.
    pub application: ApplicationId,
    /// Whose it is.
    pub account: AccountId,
}

impl Likeness {
    /// Nobody of this mark yet.
    pub fn new(mark: String) -> Self {
        Self { mark, alike: Vec::new() }
    }

    /// With one more application.
    #[must_use]
    pub fn with(&self, application: ApplicationId, account: AccountId) -> Self {
        let mut alike = self.alike.clone();
        alike.push(Alike { application, account });
        let old = alike.len().saturating_sub(MOST);
        Self { mark: self.mark.clone(), alike: alike.split_off(old) }
    }

    /// Without this application; `None` if it is not among them.
    pub fn without(&self, application: ApplicationId) -> Option<Self> {
        let alike: Vec<Alike> = self.alike.iter().filter(|one| one.application != application).copied().collect();
        (alike.len() < self.alike.len()).then(|| Self { mark: self.mark.clone(), alike })
    }

    /// Those of other accounts than this one.
    pub fn of_others(&self, account: AccountId) -> Vec<ApplicationId> {
        self.alike.iter().filter(|one| one.account != account).map(|one| one.application).collect()
    }
}
