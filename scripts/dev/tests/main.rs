//! Tests of the project's own tool.

mod cost;
mod up;
