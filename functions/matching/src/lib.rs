//! Matching: who does which request, and why.
//!
//! Owns the table and topic `matching`. Workers say when and where they are free; what they master it hears from
//! hiring, how their jobs ended from jobs. For each request of a client it finds the best worker by a pipeline that
//! managers edit, and takes the worker's slot in one transaction: a slot is taken once. What nobody can do waits and is
//! looked at again until its window ends. [`request::Request`] shows the way; how workers are scored, filtered and
//! batched stands in
//! `matching-core`, which is pure.

pub mod batch;
pub mod deciding;
pub mod life;
pub mod listing;
pub mod moving;
pub mod policy;
pub mod record;
pub mod rematching;
pub mod request;
pub mod searching;
pub mod store;
pub mod town;
pub mod worker;

platform::context! {
    name: "matching",
    indexes: [store::BY_CELL, platform::BY_DUE],
    functions: [
        accept_offer,
        cancel_match,
        decide_request,
        decline_offer,
        get_availability,
        get_pipeline,
        keep_worker,
        list_decisions,
        list_offers,
        list_waiting,
        mark_final,
        match_waiting,
        note_job,
        relay_matching,
        rematch_request,
        republish_matching,
        set_availability,
        set_pipeline,
        unlist_workers,
        withdraw_match,
    ],
}
