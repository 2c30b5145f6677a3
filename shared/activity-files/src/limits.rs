//! What is too much, and why a file cannot be read.

use std::fmt;

/// What a recording may hold at most. What is more is refused before it is read, or as soon as it shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes, also after inflating.
    pub bytes: usize,
    /// Records.
    pub records: usize,
    /// Readings, missing ones counted: records times channels.
    pub readings: usize,
    /// Elements of XML within each other.
    pub nesting: usize,
    /// Seconds from the first record to the last.
    pub seconds: i64,
}

impl Default for Limits {
    /// A week, 32 MiB, 400,000 records and ten times as many readings.
    fn default() -> Self {
        Limits {
            bytes: 32 << 20,
            records: 400_000,
            readings: 4_000_000,
            nesting: 32,
            seconds: 7 * 86_400,
        }
    }
}

/// Why a file cannot be read, for the person who uploaded it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// No bytes.
    Nothing,
    /// More bytes than the limit, or inflated to more.
    TooLarge,
    /// More records or readings than the limits.
    TooManyRecords,
    /// The records are further apart than the limit: a wrong clock, or several activities in one file.
    TooLong,
    /// XML nested deeper than the limit.
    TooDeep,
    /// Gzip within gzip.
    Nested,
    /// Gzip that cannot be inflated.
    Gzip,
    /// A ZIP archive.
    Archive,
    /// Neither FIT nor GPX nor TCX.
    UnknownFormat,
    /// FIT, but settings, a workout, a course: not an activity.
    NotAnActivity,
    /// XML that is not UTF-8.
    NotUtf8,
    /// XML that declares a document type.
    DocumentType,
    /// Not one record with a time.
    NoRecords,
}

impl Unreadable {
    /// The same in a word that never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Unreadable::Nothing => "empty",
            Unreadable::TooLarge => "too-large",
            Unreadable::TooManyRecords => "too-many-records",
            Unreadable::TooLong => "too-long",
            Unreadable::TooDeep => "too-deep",
            Unreadable::Nested => "nested-compression",
            Unreadable::Gzip => "damaged-compression",
            Unreadable::Archive => "archive",
            Unreadable::UnknownFormat => "unknown-format",
            Unreadable::NotAnActivity => "not-an-activity",
            Unreadable::NotUtf8 => "not-utf-8",
            Unreadable::DocumentType => "document-type",
            Unreadable::NoRecords => "no-records",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Nothing => "the file is empty: upload it again",
            Unreadable::TooLarge => "the file is too large: split the recording",
            Unreadable::TooManyRecords => "the file holds too many records: split the recording",
            Unreadable::TooLong => {
                "the records are too far apart: check the device's clock, upload one activity a file"
            }
            Unreadable::TooDeep => "the file's elements are nested too deep: export it again",
            Unreadable::Nested => "the file is compressed twice: decompress it once",
            Unreadable::Gzip => "the compressed file is damaged: compress it again, or upload it as it is",
            Unreadable::Archive => "this is an archive: unpack it and upload the files in it",
            Unreadable::UnknownFormat => "this is no FIT, GPX or TCX file: export the activity in one of these formats",
            Unreadable::NotAnActivity => "this file holds no recorded activity: export the activity itself",
            Unreadable::NotUtf8 => "the file's text is not UTF-8: export it again",
            Unreadable::DocumentType => "the file declares a document type, which is not accepted: export it again",
            Unreadable::NoRecords => "no record of the file has a time: export the recording, not the route",
        })
    }
}

impl std::error::Error for Unreadable {}
