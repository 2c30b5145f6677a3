//! `cargo dev sandbox`: the partners' sandboxes by themselves, for a deployment that runs elsewhere.

use crate::{Options, Outcome};
use journeys::{Api, Site};
use local::partners::Partners;
use local::realtime::Machine;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often it is looked for webhooks that are due.
const TICK: Duration = Duration::from_millis(100);

/// Answers on `--port`, and sends webhooks to the API at `--url`, until the process is stopped.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a server on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["port", "url"])?;
    let (port, url): (u16, String) = (options.get("port", 8791)?, options.get("url", crate::LOCAL.to_owned())?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let address = format!("127.0.0.1:{port}");
        let listener = TcpListener::bind(&address).await.map_err(|error| format!("{address}: {error}"))?;
        let partners = Partners::new(Arc::new(Machine(|_: &str| {})))?;
        println!("the partners' sandboxes listen on http://{address}/__sandbox/<partner>");
        let api = Arc::new(Api::new(Site::embedded(&url)));
        tokio::spawn(send_webhooks(partners.clone(), api));
        partners.serve(listener).await.map_err(|error| error.to_string())
    })
}

#[allow(clippy::disallowed_methods, reason = "each webhook is sent beside the others, when its time has come")]
async fn send_webhooks(partners: Arc<Partners>, api: Arc<Api>) {
    loop {
        for (partner, webhook) in partners.due() {
            let (partners, api) = (partners.clone(), api.clone());
            tokio::task::spawn_blocking(move || {
                let path = webhook.route.trim_start_matches("POST ");
                let headers: Vec<_> =
                    webhook.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let answer = api.send("POST", path, None, &headers, Some(webhook.body.as_bytes()));
                partners.delivered(partner, webhook.delivery, answer.ok().map(|answer| answer.status))
            });
        }
        tokio::time::sleep(TICK).await;
    }
}
