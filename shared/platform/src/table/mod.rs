//! The context's table: typed items, consistent reads by key, and conditional writes that know their own tracks.
//!
//! Every write is conditional (creation on absence, change on the version) and leaves a mark of who wrote what. When a
//! condition fails on an item that carries this mark at the version we meant to write, our earlier attempt had
//! succeeded and only its reply was lost.

mod blob;
mod count;
mod due;
mod item;
mod list;
mod put;
mod read;
mod transaction;
pub(crate) mod typed;
mod walk;
mod write;
mod writer;

pub use blob::Blob;
pub use due::{BY_DUE, Due};
pub use item::{Item, Key, Never, Stored};
pub use list::{IndexEntry, IndexPage, List};
pub use read::TableReader;
pub use transaction::{Commit, Guard, Refused, Transaction};
pub use walk::TableWalk;
pub use write::{Creation, Decision, Kept, Table};

pub(crate) use item::Image;
#[cfg(feature = "describe")]
pub use item::read_item;
