//! The use cases of identity, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod address;
mod admit_client;
mod challenge;
mod change_roles;
mod contacts;
mod costs;
mod documents;
mod grant_worker;
mod issue_code;
mod limits;
mod lockout;
mod own_sessions;
mod partners;
mod password;
mod refresh_session;
mod register;
mod relay_identity;
mod roles;
mod sessions;
mod sign_in;
mod support;
mod token_sequences;
mod tries;
mod verify_contact;
