//! Files of activities that people upload: where they are kept, and what became of them. Pure.

use activity_files::Unreadable;
use kernel::{AccountId, ActivityFileId, ActivityId, DeviceId, Timestamp};
use platform::BucketName;
use serde::{Deserialize, Serialize};

/// The largest file, in bytes. Inflated it may be three times as large.
pub const MAX_LENGTH: u32 = 10 * 1024 * 1024;

/// The bucket of the files.
#[derive(Clone, Copy, Debug)]
pub struct ActivityFiles;

impl BucketName for ActivityFiles {
    const NAME: &'static str = "activity-files";
}

/// The topic that is told of files that came.
pub const TOPIC: &str = "activity-files-uploads";

/// Whose a file is. Only what was signed for has a name like this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The person.
    pub person: AccountId,
    /// What recorded it.
    pub device: DeviceId,
    /// The file.
    pub file: ActivityFileId,
}

impl Place {
    /// As the object is named.
    pub fn key(&self) -> String {
        format!("activities/{}/{}/{}", self.person, self.device, self.file)
    }

    /// The place of an object of this name. `None`: it is no activity's.
    pub fn read(key: &str) -> Option<Self> {
        let mut parts = key.strip_prefix("activities/")?.split('/');
        let place = Self {
            person: parts.next()?.parse().ok()?,
            device: parts.next()?.parse().ok()?,
            file: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(place)
    }
}

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Upload {
    /// The file.
    pub id: ActivityFileId,
    /// Whose it is.
    pub person: AccountId,
    /// What became of it.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
}

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It is an activity.
    Recorded {
        /// Which.
        activity: ActivityId,
        /// Whether it was there already: the same recording under another name.
        again: bool,
        /// Whether only a part of the file could be read.
        damaged: bool,
    },
    /// Nothing of it is taken.
    Refused {
        /// Why, in a word that never changes.
        code: String,
        /// Why, and what to do.
        reason: String,
    },
}

impl Outcome {
    /// It cannot be read.
    pub fn unreadable(reason: Unreadable) -> Self {
        Self::refused(reason.code(), &reason.to_string())
    }

    /// It is not taken.
    pub fn refused(code: &str, reason: &str) -> Self {
        Self::Refused { code: code.to_owned(), reason: reason.to_owned() }
    }
}
