//! The events that contexts publish, and the envelope (CloudEvents 1.0, JSON format) they travel in.
//!
//! An event is a snapshot of what its consumers need. Changes within a version are additive; anything else is a new
//! type `….v2` beside the old one, which stays for as long as somebody consumes it.

pub mod billing;
pub mod catalog;
pub mod envelope;
pub mod hiring;
pub mod identity;
pub mod jobs;
pub mod matching;
pub mod notifications;
pub mod orders;
pub mod partners;
pub mod payments;
pub mod sensors;
pub mod services;
pub mod supplies;
pub mod training;

pub use envelope::{CloudEvent, Stamp};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};

/// A fact that a context publishes.
pub trait Event: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Type and version, `<context>.<noun>-<past participle>.v<N>`. The context's topic carries it.
    const TYPE: &'static str;

    /// What the fact is about, as an id or code (the CloudEvent's `subject`).
    fn subject(&self) -> String;
}

/// Names the type of an event: `event!(OrderPlaced = "orders.order-placed.v1", about order)`.
macro_rules! event {
    ($name:ident = $kind:literal, about $field:ident) => {
        impl crate::Event for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.$field.to_string()
            }
        }
    };
}
pub(crate) use event;

/// What a function may consume: an event, or one of several ([`one_of!`]).
pub trait Consumed: Send + Sync + Sized + 'static {
    /// Type and schema of each.
    fn catalogue(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)>;

    /// Reads an event of type `kind`; `None` if it is another one.
    fn read(kind: &str, data: &str) -> Option<Result<Self, serde_json::Error>>;
}

impl<E: Event> Consumed for E {
    fn catalogue(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![(E::TYPE, generator.root_schema_for::<E>())]
    }

    fn read(kind: &str, data: &str) -> Option<Result<Self, serde_json::Error>> {
        (kind == E::TYPE).then(|| serde_json::from_str(data))
    }
}

/// Declares what a function consumes that acts on several events: `one_of! { /// … pub enum Ended { OrderExpired,
/// OrderCancelled } }`. A variant is named after its event, which is in scope.
#[macro_export]
macro_rules! one_of {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($event:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Debug)]
        $visibility enum $name {
            $(
                #[doc = concat!("See [`", stringify!($event), "`].")]
                $event($event),
            )*
        }

        impl $crate::Consumed for $name {
            fn catalogue(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
                let mut catalogue = Vec::new();
                $(catalogue.extend(<$event as $crate::Consumed>::catalogue(generator));)*
                catalogue
            }

            fn read(kind: &str, data: &str) -> Option<Result<Self, serde_json::Error>> {
                $(
                    if let Some(event) = <$event as $crate::Consumed>::read(kind, data) {
                        return Some(event.map($name::$event));
                    }
                )*
                None
            }
        }
    };
}

/// What a function asks another context's function, and waits for: only where no replica can answer.
pub trait Question: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What it is answered.
    type Reply: Serialize + DeserializeOwned + JsonSchema + Send + 'static;

    /// The function that answers it.
    const FUNCTION: &'static str;
}

/// All events of one context, as an enum: what its relay may publish.
pub trait Published: Serialize + Send + Sync + 'static {
    /// The event's type.
    fn kind(&self) -> &'static str;

    /// What the event is about.
    fn subject(&self) -> String;

    /// Type and schema of every event of the context.
    fn catalogue(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)>;
}

/// Declares the enum of a context's events: `published!(OrderPlaced, OrderCancelled)`.
macro_rules! published {
    ($($event:ident),* $(,)?) => {
        /// Every event of this context.
        #[derive(Clone, PartialEq, Debug, serde::Serialize)]
        #[serde(untagged)]
        pub enum Published {
            $(
                #[doc = concat!("See [`", stringify!($event), "`].")]
                $event($event),
            )*
        }

        $(
            impl From<$event> for Published {
                fn from(event: $event) -> Self {
                    Published::$event(event)
                }
            }
        )*

        impl crate::Published for Published {
            fn kind(&self) -> &'static str {
                match self { $(Published::$event(_) => <$event as crate::Event>::TYPE,)* }
            }

            fn subject(&self) -> String {
                match self { $(Published::$event(event) => crate::Event::subject(event),)* }
            }

            fn catalogue(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
                vec![$((<$event as crate::Event>::TYPE, generator.root_schema_for::<$event>())),*]
            }
        }
    };
}
pub(crate) use published;
