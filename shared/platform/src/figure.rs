//! Business figures: what a deployment may want otherwise, with a default.

use crate::argument::broken;
use crate::{Argument, Call, Error};
use kernel::Problem;

/// A figure by name.
pub trait Figure: Send + Sync + 'static {
    /// What it is read as.
    type Value: Send;

    /// The setting that overrides it: `UNPAID_MINUTES`.
    const NAME: &'static str;

    /// What it is where nobody overrides it, as text.
    const DEFAULT: &'static str;

    /// The deployment's own setting that says it, where it is no business figure: `first-admin`.
    const DEPLOYMENT: Option<&'static str> = None;

    /// Reads it; the text says what is wrong with it otherwise.
    fn read(text: &str) -> Result<Self::Value, String>;
}

/// The figure `F` as this deployment has it.
#[derive(Clone, Copy, Debug)]
pub struct Setting<F: Figure>(pub F::Value);

impl<F: Figure> Argument for Setting<F> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let text = call.world.settings.optional(F::NAME).unwrap_or(F::DEFAULT);
        F::read(text)
            .map(Setting)
            .map_err(|reason| broken(call, &Error::broken(format!("setting {}: {reason}", F::NAME))))
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        match F::DEPLOYMENT {
            Some(setting) => description.settings.push(setting),
            None => description.figures.push((F::NAME, F::DEFAULT)),
        }
    }
}
