//! Services: what clients can request, and what became of their requests.
//!
//! Owns the table and topic `services`. Managers keep the types of services; a client requests one for a place and a
//! window of time, at the price of the day. Who does it is matching's business, and how the work goes that of jobs:
//! this context follows what both say of a request, cancels it as far as it can be cancelled, and tells its client how
//! it ended. [`request::State`] shows the way.
//!
//! What the client wrote (what is to be done, where exactly, whom to ask for) is personal data. It stays in the
//! request's item; the worker of the job is told it through `read-visit`.

pub mod life;
pub mod made;
pub mod request;
pub mod service;
pub mod store;
pub mod window;

platform::context! {
    name: "services",
    indexes: [store::BY_NAME, store::BY_CLIENT],
    functions: [
        cancel_service_request,
        copy_service_request,
        create_service,
        follow_job,
        follow_match,
        get_service,
        get_service_request,
        list_service_requests,
        list_services,
        read_visit,
        relay_services,
        republish_services,
        request_service,
        set_service,
        sweep_service_requests,
    ],
}
