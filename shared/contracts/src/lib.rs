//! The events that contexts publish, and the envelope (CloudEvents 1.0, JSON format) they travel in.
//!
//! An event is a snapshot of what its consumers need. Changes within a version are additive; anything else is a new
//! type `….v2` beside the old one, which stays for as long as somebody consumes it.

pub mod catalog;
pub mod envelope;
pub mod orders;

pub use envelope::{CloudEvent, Stamp};

use schemars::JsonSchema;
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

/// All events of one context, as an enum: what its relay may publish.
pub trait Published: Serialize + Send + Sync + 'static {
    /// The event's type.
    fn kind(&self) -> &'static str;

    /// What the event is about.
    fn subject(&self) -> String;

    /// Type and schema of every event of the context.
    fn catalogue(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)>;
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
