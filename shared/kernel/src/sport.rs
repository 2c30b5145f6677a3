//! Kinds of sport, as recordings and training plans tell them apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody does in an activity or a planned session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sport {
    /// On a bicycle, outside or on a trainer.
    Cycling,
    /// On foot, running, outside or on a treadmill.
    Running,
    /// On foot, walking or hiking.
    Walking,
    /// In water.
    Swimming,
    /// In a boat or on a rowing machine.
    Rowing,
    /// On skis.
    Skiing,
    /// With weights, or one's own.
    Strength,
    /// Anything else.
    #[default]
    Other,
}

impl Sport {
    /// Every sport.
    pub const ALL: [Sport; 8] = [
        Sport::Cycling,
        Sport::Running,
        Sport::Walking,
        Sport::Swimming,
        Sport::Rowing,
        Sport::Skiing,
        Sport::Strength,
        Sport::Other,
    ];

    /// The sport as documents and keys write it.
    pub const fn name(self) -> &'static str {
        match self {
            Sport::Cycling => "cycling",
            Sport::Running => "running",
            Sport::Walking => "walking",
            Sport::Swimming => "swimming",
            Sport::Rowing => "rowing",
            Sport::Skiing => "skiing",
            Sport::Strength => "strength",
            Sport::Other => "other",
        }
    }
}
