//! What makes a use case a Lambda function.
//!
//! A use case is an async function. The types of its arguments say what it takes in and what it may touch
//! ([`Argument`]); its result says what goes out. [`http::post`], [`events::on`] and [`relay::from_outbox`] turn it
//! into a [`Function`]: bytes in, bytes out, in the JSON that AWS sends and expects. The Lambda shell
//! ([`lambda::run`]) and the embedded cloud feed functions the same bytes.

pub mod argument;
pub mod aws;
pub mod bucket;
pub mod call;
pub mod courier;
#[cfg(feature = "describe")]
pub mod describe;
pub mod direct;
pub mod error;
pub mod events;
pub mod figure;
pub mod function;
pub mod http;
pub mod lambda;
pub mod log;
pub mod messages;
pub mod outbox;
pub mod partner;
pub mod relay;
mod retry;
pub mod schedule;
pub mod seal;
pub mod secrets;
pub mod settings;
pub mod signer;
pub mod standard_webhooks;
pub mod stream;
pub mod table;
pub mod telemetry;
pub mod world;

pub use argument::{Argument, Clock, Now};
pub use bucket::{BucketName, Downloads, Link, Object, Objects, Upload, Uploads};
pub use call::Call;
pub use courier::{Courier, PublicUrl, Undelivered};
pub use direct::{Ask, Asked};
pub use error::{Error, Failure};
pub use events::{Notice, On};
pub use figure::{Figure, Setting};
/// Runs two reads at once; the first failure ends both.
pub use futures_util::future::try_join as both;

pub use function::{Context, Function, Handler, Index, Invocation};
pub use kernel::Refusal;
pub use log::Log;
pub use messages::{Email, Mailer, Sent, Texter};
pub use partner::{NoAnswer, Partner, PartnerName, PartnerRequest, PartnerResponse};
pub use schedule::Scheduled;
pub use secrets::{Secret, SecretName, SecretValues};
pub use signer::Signer;
pub use stream::Change;
pub use table::{
    BY_DUE, Blob, Commit, Creation, Decision, Due, Guard, IndexEntry, IndexPage, Item, Key, List, Never, Refused,
    Stored, Table, TableReader, TableWalk, Transaction,
};
pub use world::{Host, World};
