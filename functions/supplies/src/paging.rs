//! Which page of a list somebody wants.

use kernel::{Count, Cursor};
use schemars::JsonSchema;
use serde::Deserialize;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichPage {
    /// The most entries on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

impl WhichPage {
    /// The most entries on it.
    pub fn limit(&self) -> u32 {
        self.limit.map_or(20, Count::get)
    }
}
