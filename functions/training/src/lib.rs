//! Training: exercises, programmes, who trains by them, and what comes of it.
//!
//! Owns the table and topic `training`. Editors keep the library and the programmes; each change of a programme is a
//! new edition, and who enrolled goes on with theirs. A run through a programme is one small item; its calendar is
//! computed from the edition, and only sessions to which something happened are stored. What a person does, and how
//! their heart beats, is theirs: nobody reads it but the person and those to whom the person consented, auditors
//! included.

pub mod athlete;
pub mod change;
pub mod completion;
pub mod day;
pub mod done_by_hand;
pub mod enrolment;
pub mod load;
pub mod look_after;
pub mod plan;
pub mod records;
pub mod session;
pub mod store;
pub mod this_week;
pub mod view;
pub mod workout;

platform::context! {
    name: "training",
    indexes: [store::BY_DAY, platform::BY_DUE],
    functions: [
        admit_coach,
        delete_workout,
        dismiss_coach,
        enrol,
        follow_activity,
        follow_consent,
        get_athlete,
        get_calendar,
        get_load,
        get_programme,
        leave_programme,
        list_exercises,
        list_programmes,
        list_records,
        list_workouts,
        log_workout,
        move_session,
        relay_training,
        republish_training,
        set_exercise,
        set_programme,
        set_thresholds,
        set_training_clock,
        skip_session,
        sweep_enrolments,
    ],
}
