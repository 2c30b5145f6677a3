//! Notifications: what people are told, through which channel, and what became of it.
//!
//! Owns the table and topic `notifications`. `notify` hears of everything that a person must be told, puts it into the
//! feed and queues a message for each channel; `send-email` and `send-sms` send them, at most once but for a lost
//! reply; what can wait is held in quiet hours and comes as one message in the morning (`sweep-messages`). Contact
//! details are asked for at identity when something is sent, and kept nowhere here.

pub mod channel;
pub mod desk;
pub mod feed;
pub mod feedback;
pub mod figures;
pub mod heard;
pub mod letter;
pub mod limit;
pub mod locale;
pub mod message;
pub mod notice;
pub mod preferences;
pub mod pressing;
pub mod quiet_hours;
pub mod sending;
pub mod store;
pub mod suppression;
pub mod templates;
pub mod topic;
pub mod unsubscribing;
pub mod waiting;
pub mod words;

platform::context! {
    name: "notifications",
    indexes: [],
    functions: [
        email_feedback,
        get_preferences,
        list_notifications,
        mark_notification_read,
        notify,
        relay_notifications,
        render_template,
        republish_notifications,
        send_email,
        send_sms,
        set_preferences,
        sweep_messages,
        unsubscribe,
    ],
}
