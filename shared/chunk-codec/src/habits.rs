//! What the codec knows of kinds: which share a model, which are coded first, and which of them goes along with which.

use crate::Kind;

/// Kinds of one class share priors and predictors. The order is the order in which channels are coded: what a channel
/// is predicted from comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Time,
    Speed,
    Altitude,
    Latitude,
    Longitude,
    Distance,
    Power,
    Work,
    Cadence,
    HeartRate,
    Grade,
    Temperature,
    Balance,
    Gait,
    Generic,
}

impl Class {
    /// How many there are.
    pub(crate) const COUNT: usize = Class::Generic as usize + 1;

    pub(crate) fn of(kind: Kind) -> Class {
        match kind {
            Kind::LATITUDE => Class::Latitude,
            Kind::LONGITUDE => Class::Longitude,
            Kind::ALTITUDE | Kind::ENHANCED_ALTITUDE => Class::Altitude,
            Kind::HEART_RATE => Class::HeartRate,
            Kind::CADENCE => Class::Cadence,
            Kind::DISTANCE => Class::Distance,
            Kind::SPEED | Kind::ENHANCED_SPEED => Class::Speed,
            Kind::POWER => Class::Power,
            Kind::GRADE => Class::Grade,
            Kind::TEMPERATURE => Class::Temperature,
            Kind::ACCUMULATED_POWER => Class::Work,
            Kind(30 | 43 | 44 | 45 | 46) => Class::Balance,
            Kind::VERTICAL_OSCILLATION | Kind::STANCE_TIME => Class::Gait,
            _ => Class::Generic,
        }
    }

    /// Whether values fall to zero and come back to where they were: freewheeling.
    pub(crate) fn rests_at_zero(self) -> bool {
        matches!(self, Class::Power | Class::Cadence | Class::Balance)
    }

    /// The classes that change when this one does, the closest first.
    pub(crate) fn companions(self) -> &'static [Class] {
        match self {
            Class::Time | Class::Speed => &[],
            Class::Altitude | Class::Latitude | Class::HeartRate => &[Class::Speed],
            Class::Longitude => &[Class::Latitude],
            Class::Distance => &[Class::Speed, Class::Latitude],
            Class::Power => &[Class::Speed],
            Class::Work => &[Class::Power],
            Class::Cadence => &[Class::Power, Class::Speed],
            Class::Grade => &[Class::Altitude],
            Class::Temperature => &[],
            Class::Balance => &[Class::Power, Class::Cadence],
            Class::Gait => &[Class::Cadence],
            Class::Generic => &[],
        }
    }
}
