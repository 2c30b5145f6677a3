//! The embedded cloud: everything that functions need around them, in one process.
//!
//! Tables live on dynoxide (DynamoDB on SQLite), events on a small event plane, requests come through a gateway that
//! speaks API Gateway's format. Functions get and give the same JSON as on Lambda. Every call that a function makes
//! to the outside crosses one seam ([`outside::Outside`]): here calls are answered without sockets, counted, delayed
//! or broken. Real time ([`realtime`]) and seeded simulation ([`simulation`]) drive the same plane.

pub mod ask;
pub mod authorizer;
mod clockwork;
pub mod cloud;
mod console;
mod direct;
pub mod directory;
pub mod discretion;
pub mod faults;
pub mod gateway;
pub mod journal;
pub mod keys;
pub mod metering;
pub mod mutants;
pub mod outside;
mod page;
pub mod partners;
pub mod plane;
mod queue;
pub mod realtime;
mod rest;
pub mod rights;
pub mod sandbox;
pub mod sent;
mod server;
pub mod services;
pub mod simulation;
pub mod stage;
pub mod tables;
pub mod testing;
pub mod trigger;
