//! Jobs: what workers have to do, and how far each job is.
//!
//! Owns the table and topic `jobs`, and the bucket of photos. A match of matching's becomes a job; its worker draws the
//! supplies, starts it with a photo, finishes it with the photo of the report, fails, or withdraws before the start.
//! Who does not come is found by the clock. Client and worker are settled by what is announced here, so of one request
//! one job at most begins or ends: [`course`] decides on that, whatever comes first. Quality looks at what went wrong
//! and at a sample of what went well.
//!
//! Where a job is and whom to ask for there is personal data. Services keep it; it is asked for when a worker looks.

pub mod course;
pub mod figures;
pub mod job;
pub mod life;
pub mod photo;
pub mod review;
pub mod step;
pub mod store;

platform::context! {
    name: "jobs",
    indexes: [store::BY_WORKER, platform::BY_DUE, store::BY_REVIEW],
    functions: [
        cancel_job,
        close_missed_jobs,
        create_job,
        create_photo_link,
        create_photo_upload,
        fail_job,
        finish_job,
        get_job,
        list_jobs,
        list_reviews,
        note_supplies,
        record_review,
        relay_jobs,
        republish_jobs,
        start_job,
        withdraw_job,
    ],
}
