//! Replays, and the bars that they hold matching to: `cargo dev bench match`.

pub mod baseline;
pub mod bench;
pub mod dataset;
pub mod desk;
pub mod month;
pub mod optimum;
pub mod random;
pub mod scale;
pub mod tally;
