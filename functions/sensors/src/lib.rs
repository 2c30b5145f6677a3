//! Sensors: readings of wearables, kept exactly and small, and summed up for charts.
//!
//! Owns the table and topic `sensors`. A person consents, registers devices, and their apps send batches. A batch is
//! checked whole and cut into windows; each window of a batch is one item that is never added to ([`fragment`]), so
//! that a record costs a hundredth of a write; a file of an activity is a long batch with figures of the whole
//! ([`activity`]). Reading merges them; [`closing`] makes rollups of them when an hour is over. What belongs to a
//! person is seen by that person, and by coaches whom the person lets see it ([`access`]).

pub mod access;
pub mod activity;
pub mod alarm;
pub mod alerting;
pub mod backlog;
pub mod batch;
pub mod catching_up;
pub mod channel;
pub mod chart;
pub mod closing;
pub mod device;
pub mod erasing;
pub mod file;
pub mod forgetting;
pub mod fragment;
pub mod intake;
pub mod listening;
pub mod person;
pub mod plot;
pub mod recording;
pub mod rollup;
pub mod series;
pub mod silence;
pub mod store;
pub mod view;

platform::context! {
    name: "sensors",
    indexes: [platform::BY_DUE, store::LISTED],
    functions: [
        add_chunk,
        add_readings,
        allow_coach,
        close_hours,
        create_activity_file,
        delete_activity,
        delete_device,
        delete_readings,
        exclude_coach,
        export_activity,
        get_activity,
        get_activity_file,
        get_alert_rules,
        get_chart,
        get_consent,
        give_consent,
        ingest_activity_file,
        list_activities,
        list_devices,
        list_readings,
        read_activity,
        record_activity,
        register_device,
        relay_sensors,
        republish_sensors,
        set_alert_rules,
        withdraw_consent,
    ],
}
