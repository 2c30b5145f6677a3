//! The Lambda shell: the only place that reads the environment.

use crate::settings::Settings;
use crate::{Error, Function, Handler, Host, Invocation, World, aws};
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// Runs `function` on Lambda until the execution environment is stopped.
pub fn run(function: Function) -> ExitCode {
    match serve(function) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Lambda.log(&serde_json::json!({ "level": "error", "message": error.to_string() }).to_string());
            ExitCode::FAILURE
        }
    }
}

fn serve(function: Function) -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    // Whatever the deployment sets; AWS' own variables hold credentials, which are nobody's setting.
    let settings = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| !name.starts_with("AWS_"));
    let way = aws::from_environment(variable)?;
    let settings = Settings::new(settings);
    let world = Arc::new(World::new(Arc::new(Lambda), settings, way, aws::partners(function.timeout), aws::public()));
    (function.prepare)(&world)?;
    // One thread: an execution environment serves one invocation at a time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::broken)?;
    runtime.block_on(poll(function.handler, world)).map_err(Error::broken)
}

async fn poll(handler: Handler, world: Arc<World>) -> Result<(), lambda_runtime::Error> {
    let service = service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let invocation = Invocation {
            request: event.context.request_id,
            payload: event.payload.get().as_bytes().to_vec(),
        };
        let answer = handler(world.clone(), invocation);
        async move {
            let bytes = answer.await?;
            Ok::<_, lambda_runtime::Error>(RawValue::from_string(String::from_utf8(bytes)?)?)
        }
    });
    lambda_runtime::Runtime::new(service).run().await
}

/// What Lambda gives a function: the machine's clock, the kernel's randomness, standard output.
struct Lambda;

impl Host for Lambda {
    #[allow(clippy::disallowed_methods, reason = "this is where time comes from")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn random(&self) -> u64 {
        // Used for the jitter of retries only; ids are derived, never drawn.
        getrandom::u64().unwrap_or_default()
    }

    #[allow(clippy::disallowed_methods, reason = "this is where sleeping comes from")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    #[allow(clippy::print_stdout, reason = "standard output is the function's log")]
    fn log(&self, line: &str) {
        println!("{line}");
    }
}
