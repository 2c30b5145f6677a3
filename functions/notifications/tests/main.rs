//! The use cases of notifications, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod email_feedback;
mod feed;
mod feedback;
mod histories;
mod letter;
mod limit;
mod lost_replies;
mod message;
mod notify;
mod preferences;
mod quiet_hours;
mod relay_notifications;
mod render_template;
mod samples;
mod send_email;
mod send_sms;
mod set_preferences;
mod support;
mod sweep_messages;
mod unsubscribe;
mod waiting;
mod words;
