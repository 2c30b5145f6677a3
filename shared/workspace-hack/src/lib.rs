//! Nothing but its `Cargo.toml`: features that tests and tools ask of the functions' dependencies.
