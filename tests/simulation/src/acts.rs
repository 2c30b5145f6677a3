//! What people do, one thing after the other: for histories that are written down, not drawn.

use crate::commands::{Command, FULFILMENT, fulfilment};
use crate::shop::{GOOD_CARD, Shop};
use local::sandbox::stripe::confirmation;
use local::simulation::{Random, Simulation};
use std::time::Duration;

/// How long an order may be paid.
const TIME_TO_PAY: Duration = Duration::from_secs(15 * 60);
/// What follows at once has followed by then, repetitions included, and nobody's time to pay is over.
const MINUTES: Duration = Duration::from_secs(10 * 60);
/// How often a client tries.
const PATIENCE: usize = 20;

/// Something that somebody does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// A customer places an order.
    Place,
    /// The customer wants to pay.
    Pay,
    /// The customer confirms the payment at the provider.
    Confirm,
    /// The customer confirms the payment, and cancels the order before anybody else hears of it.
    ConfirmAndCancel,
    /// The customer confirms the payment in the very moment in which the time to pay is over.
    ConfirmTooLate,
    /// The customer cancels.
    Cancel,
    /// Staff pack, ship, or deliver: 0, 1 or 2.
    Fulfil(usize),
    /// The customer gives everything back.
    GiveBack,
}

/// All that it takes until an order is delivered.
pub const UNTIL_DELIVERED: [Act; 6] = [
    Act::Place,
    Act::Pay,
    Act::Confirm,
    Act::Fulfil(0),
    Act::Fulfil(1),
    Act::Fulfil(2),
];

impl Shop {
    /// Does this, again and again until it is answered, and waits for what follows within minutes. For shops with one
    /// order.
    pub fn act(&mut self, simulation: &mut Simulation, act: Act) {
        let mut random = Random::new(1);
        if act == Act::ConfirmTooLate {
            simulation.pass(TIME_TO_PAY);
        }
        if matches!(act, Act::Confirm | Act::ConfirmAndCancel | Act::ConfirmTooLate) {
            let (payment, cloud) = (self.secrets.pop(), simulation.cloud.clone());
            let secret = payment.as_ref().map(|(_, secret)| secret.as_str()).unwrap_or_default();
            let answer = cloud.sandboxes().ask("stripe", &confirmation(secret, GOOD_CARD), simulation.now());
            match answer.status {
                200 => self.confirmed.extend(payment.map(|(order, _)| (order, 0))),
                status => self.surprises.push(format!("the payment was not confirmed: {status}")),
            }
        }
        let command = match act {
            Act::Place => Some(self.place(&mut random)),
            Act::Pay => self.pay(&mut random),
            Act::Cancel | Act::ConfirmAndCancel => self.cancel(&mut random),
            Act::GiveBack => self.give_back(&mut random),
            Act::Fulfil(step) => {
                let order = self.known.keys().next().copied();
                order.and_then(|order| Some(fulfilment(order, *FULFILMENT.get(step)?)))
            }
            Act::Confirm | Act::ConfirmTooLate => None,
        };
        let mut commands: Vec<Command> = command.into_iter().collect();
        for _ in 0..PATIENCE {
            let now = simulation.now();
            let requests = commands.drain(..).map(|command| self.request(command, now)).collect();
            simulation.requests_within(MINUTES, self, requests);
            commands = std::mem::take(&mut self.again);
            if commands.is_empty() {
                return;
            }
        }
        self.surprises.push(format!("{act:?} was never answered"));
    }
}
