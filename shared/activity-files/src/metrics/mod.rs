//! What an activity says of training, in integers throughout (but for the exponential of [`trimp`]): the same figure on
//! every machine.
//!
//! A reading holds until the next one, for at most [`HOLD_SECONDS`]: devices with "smart recording" write every few
//! seconds, and what is missing for longer is not known. Neither that nor a pause is a zero.

mod effort;
mod heart;
mod power;
mod series;
mod summary;

pub use effort::{best_distances, best_powers, distance_cm};
pub use heart::{HeartRates, Variability, Weighting, heart_rates, trimp, variability};
pub use power::{Power, power, stress_tenths};
pub use series::{HOLD_SECONDS, Stretch, stretches};
pub use summary::Summary;
