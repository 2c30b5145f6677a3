//! What workers master.

use crate::Text;
use std::collections::BTreeMap;

/// Skills by name, and how well each is mastered or must be: 1 (just learnt) to 5.
pub type Skills = BTreeMap<Text<1, 40>, u8>;
