//! Keeps what hiring says of workers: what each masters, and how well.
//!
//! Consumes `hiring.worker-hired.v1`. The newest snapshot wins; late and repeated ones change nothing. A worker who has
//! said already when and where to work is listed with it in the directory.

use crate::moving::move_worker;
use crate::town::Towns;
use contracts::hiring::WorkerHired;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// On `hiring.worker-hired.v1`
pub fn function() -> Function {
    events::on(keep_worker)
}

/// Writes the skills with the worker.
pub async fn keep_worker(
    hired: On<WorkerHired>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let step = |worker: &crate::worker::Worker, _| Ok(worker.hired(hired.skills.clone(), hired.stamp));
    move_worker(&matching, &towns, hired.worker, now, step).await.map(drop).map_err(Error::from)
}
