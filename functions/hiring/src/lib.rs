//! Hiring: applications of people who want to become workers, and the tests they take.
//!
//! Owns the table and topic `hiring`. Anybody can apply, so abuse is expected. The walls against it, in their order:
//! only who signed in applies, and nobody signs in before a contact of theirs is verified; a network and an account may
//! apply so often; an account has one open application; who applies again under another account is shown to the manager
//! beside the first. A manager assigns tests from the bank, the server draws the questions, keeps the time and grades,
//! and the manager decides. [`application::State`] shows the way. Who the candidate is stands in the application alone,
//! never in events, and is erased a while after it ended without a job.

pub mod answers;
pub mod application;
pub mod bank;
pub mod caller;
pub mod candidate;
pub mod grading;
pub mod keys;
pub mod life;
pub mod likeness;
pub mod person;
pub mod settings;
pub mod sitting;
pub mod store;
pub mod view;

platform::context! {
    name: "hiring",
    indexes: [store::BY_STATE, platform::BY_DUE],
    functions: [
        apply,
        assign_tests,
        close_overdue_tests,
        close_undecided_applications,
        decide_application,
        erase_applications,
        get_application,
        get_test,
        list_applications,
        list_tests,
        relay_hiring,
        republish_hiring,
        set_test,
        start_test,
        submit_test,
        withdraw_application,
    ],
}
