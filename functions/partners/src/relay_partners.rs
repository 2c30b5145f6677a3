//! Publishes what clients, imports, endpoints and deliveries announce.
//!
//! Reads the stream of the partners table; writes nothing.

use crate::client::{Client, ClientEvent};
use crate::delivery::{Delivery, DeliveryEvent};
use crate::endpoint::{Endpoint, EndpointEvent};
use crate::import::{Chunk, ChunkEvent};
use contracts::partners::{ChunkStored, ClientImported, DeliveryQueued, EndpointChanged, EndpointDisabled, Published};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the partners table
pub fn function() -> Function {
    relay::from_outbox(relay_partners)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_partners(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Client::KIND => {
            let (client, outbox) = change.read::<Client>()?;
            let imported = |ClientEvent::Imported| {
                let (source, external_id) = (client.source.clone(), client.external_id.to_string());
                ClientImported { source, external_id }.into()
            };
            Ok(outbox.events.into_iter().map(imported).collect())
        }
        Chunk::KIND => {
            let (chunk, outbox) = change.read::<Chunk>()?;
            let stored = |ChunkEvent::Stored| {
                let (import, number) = (chunk.import, chunk.number);
                ChunkStored { import, number }.into()
            };
            Ok(outbox.events.into_iter().map(stored).collect())
        }
        Endpoint::KIND => {
            let (Endpoint { id: endpoint, partner, .. }, outbox) = change.read::<Endpoint>()?;
            let announced = |event| match event {
                EndpointEvent::Changed => EndpointChanged { endpoint, partner }.into(),
                EndpointEvent::Disabled => EndpointDisabled { endpoint, partner }.into(),
            };
            Ok(outbox.events.into_iter().map(announced).collect())
        }
        Delivery::KIND => {
            let (delivery, outbox) = change.read::<Delivery>()?;
            let queued = |DeliveryEvent::Queued| {
                let (endpoint, delivery) = (delivery.endpoint, delivery.id.to_string());
                DeliveryQueued { endpoint, delivery }.into()
            };
            Ok(outbox.events.into_iter().map(queued).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}
