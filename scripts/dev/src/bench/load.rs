//! `cargo dev bench load`: orders of ten lines, placed and paid over HTTP by several clients at once, on the embedded
//! cloud; and what of the machine's time is the functions' own.
//!
//! Clients and cloud share the machine, as on a desk. Of the processor's time what functions take is what counts on
//! Lambda: tables, queues, HTTP and clients are other people's there.

use super::processor::{Owner, Spent, Taken, Timed};
use super::{Folder, median, milliseconds};
use crate::demo::quiet;
use crate::{Options, Outcome};
use futures_util::future::BoxFuture;
use journeys::{ADMIN, Api, Person, Site, shop};
use local::authorizer::Authorizer;
use local::cloud::Cloud;
use local::gateway::Gateway;
use local::outside::{Answer, NoAnswer, Outside, OutsideCall};
use local::realtime::{Machine, Running};
use platform::Context;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// How many different products an order is of, and what each costs in pence.
const LINES: usize = 10;
const PRICE: i64 = 255;
/// How many products there are.
const PRODUCTS: usize = 200;
/// What functions may take of the processor for an order, from its placing to the e-mail that it is paid.
const BAR: Duration = Duration::from_millis(6);
/// Orders that only warm everything up.
const WARM_UPS: usize = 50;
/// Whose the processor's time is: whom functions call, and from this number on the functions themselves.
const OUTSIDE: Owner = 1;
const FIRST: Owner = 2;

/// Measures, prints, judges.
#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["orders", "clients"])?;
    let (orders, clients) = (options.get("orders", 3_000usize)?.max(1), options.get("clients", 8usize)?.max(1));
    let folder = Folder::new()?;
    let names: Vec<&str> = functions(&simulation::contexts()).collect();
    let spent = Arc::new(Spent::by(FIRST - 1 + names.len()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let url = runtime.block_on(serve(&folder.0, &spent))?;
    let api = Api::new(Site::embedded(&url));
    let manager = api.manager()?;
    for n in 0..PRODUCTS {
        shop::put_on_shelf(&api, &manager, &sku(n), PRICE, 1_000_000)?;
    }
    let customers: Vec<Person> = (0..clients).map(|_| api.customer()).collect::<Result<_, _>>()?;
    place_and_pay(&api, &customers, 0..WARM_UPS)?;
    quiet(&api)?;

    let before = spent.taken();
    let begun = Instant::now();
    let told = place_and_pay(&api, &customers, WARM_UPS..WARM_UPS + orders)?;
    let paid_in = begun.elapsed();
    quiet(&api)?;
    let taken = spent.taken();
    report(&Figures {
        orders,
        clients,
        paid_in,
        placing: told.iter().map(|(placing, _)| *placing).collect(),
        paying: told.iter().map(|(_, paying)| *paying).collect(),
        outside: taken[OUTSIDE].since(before[OUTSIDE]).time,
        functions: names.into_iter().zip((FIRST..).map(|owner| taken[owner].since(before[owner]))).collect(),
        resident_kb: super::resident_kb("self", "VmHWM")?,
    })
}

/// What was measured.
struct Figures {
    orders: usize,
    clients: usize,
    paid_in: Duration,
    /// From the request to the reply.
    placing: Vec<Duration>,
    /// From the request that places an order until its customer sees that it is paid.
    paying: Vec<Duration>,
    functions: Vec<(&'static str, Taken)>,
    outside: Duration,
    resident_kb: u64,
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn report(figures: &Figures) -> Outcome {
    let of_each = |all: Duration| milliseconds(all) / figures.orders as f64;
    let all: Duration = figures.functions.iter().map(|(_, taken)| taken.time).sum();
    println!(
        "{} orders of {LINES} lines, placed and paid by {} clients at once:",
        figures.orders, figures.clients
    );
    println!("orders a second               {:>8.1}", figures.orders as f64 / figures.paid_in.as_secs_f64());
    println!("placing, median               {:>8.1} ms", milliseconds(median(figures.placing.clone())));
    println!("placed until paid, median     {:>8.1} ms", milliseconds(median(figures.paying.clone())));
    println!("functions' time, an order     {:>8.2} ms", of_each(all));
    println!("tables' and queues' time      {:>8.2} ms", of_each(figures.outside));
    println!("resident, clients included    {:>8.1} MB", figures.resident_kb as f64 / 1024.0);
    let mut functions: Vec<_> = figures.functions.iter().filter(|(_, taken)| taken.times > 0).collect();
    functions.sort_by_key(|(_, taken)| std::cmp::Reverse(taken.time));
    println!("of an order:            times          ms");
    for (name, taken) in functions {
        println!("{name:<20} {:>8.2} {:>11.3}", taken.times as f64 / figures.orders as f64, of_each(taken.time));
    }
    match of_each(all) <= milliseconds(BAR) {
        true => Ok(()),
        false => Err(format!("functions may take {} ms of an order", milliseconds(BAR))),
    }
}

/// Starts the embedded cloud on a free port; its address.
#[allow(clippy::disallowed_methods, reason = "a server beside what measures it")]
async fn serve(folder: &Path, spent: &Arc<Spent>) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let issuer = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    let cloud = Arc::new(Cloud::on_disk(timed(simulation::contexts(), spent), folder, &issuer)?);
    cloud.on_a_desk(ADMIN);
    let host = Arc::new(Machine(|_: &str| ()));
    let running =
        Running::behind(cloud, host, |inner| Arc::new(Elsewhere { inner, spent: spent.clone() }) as Arc<dyn Outside>)?;
    let gateway = Arc::new(Gateway {
        running: running.clone(),
        authorizer: Authorizer::new(running.cloud.key(), &issuer),
    });
    tokio::spawn(running.deliver());
    tokio::spawn(gateway.serve(listener));
    Ok(issuer)
}

/// The contexts with functions whose time is taken.
fn timed(mut contexts: Vec<Context>, spent: &Arc<Spent>) -> Vec<Context> {
    for (owner, function) in (FIRST..).zip(contexts.iter_mut().flat_map(|context| &mut context.functions)) {
        let (handler, spent) = (function.handler.clone(), spent.clone());
        function.handler =
            Arc::new(move |world, invocation| Box::pin(Timed::new(owner, spent.clone(), handler(world, invocation))));
    }
    contexts
}

/// The functions' names, in the order of their numbers.
fn functions(contexts: &[Context]) -> impl Iterator<Item = &'static str> {
    contexts.iter().flat_map(|context| &context.functions).map(|function| function.name)
}

/// What functions call, with its time taken.
struct Elsewhere {
    inner: Arc<dyn Outside>,
    spent: Arc<Spent>,
}

impl Outside for Elsewhere {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let answer = self.spent.during(OUTSIDE, || self.inner.call(call));
        Box::pin(Timed::new(OUTSIDE, self.spent.clone(), answer))
    }
}

/// Lets every client place and pay these orders, one after the other; how long each took to be placed, and paid.
fn place_and_pay(
    api: &Api,
    customers: &[Person],
    orders: std::ops::Range<usize>,
) -> Result<Vec<(Duration, Duration)>, String> {
    let next = AtomicUsize::new(orders.start);
    let told = Mutex::new(Vec::with_capacity(orders.len()));
    let work = |customer: &Person| -> Outcome {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= orders.end {
                return Ok(());
            }
            let took = buy(api, customer, n)?;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = customers.iter().map(|customer| scope.spawn(|| work(customer))).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "a client panicked".to_owned())?)
    })?;
    Ok(told.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
fn buy(api: &Api, customer: &Person, n: usize) -> Result<(Duration, Duration), String> {
    let skus: Vec<String> = (0..LINES).map(|line| sku(n * 7 + line)).collect();
    let lines: Vec<(&str, u32)> = skus.iter().map(|sku| (sku.as_str(), 1)).collect();
    let order = shop::order_of(&lines, PRICE * LINES as i64);
    let begun = Instant::now();
    let placed = shop::place(api, customer, &api.fresh("an-order"), &order)?;
    let placing = begun.elapsed();
    let id = shop::id_of(&placed)?;
    until(api, customer, id, "reserved")?;
    let (started, confirmed) = shop::pay(api, customer, id, &api.fresh("a-payment"), "pm_card_visa")?;
    started.expect(201)?;
    confirmed.ok_or("there is nothing to confirm")?.expect(200)?;
    until(api, customer, id, "paid")?;
    Ok((placing, begun.elapsed()))
}

/// Looks at an order until it is in this state, less and less often: a look is work for the functions, too.
#[allow(clippy::disallowed_methods, reason = "this is what a client does")]
fn until(api: &Api, customer: &Person, order: &str, state: &str) -> Outcome {
    let mut pause = Duration::from_millis(50);
    loop {
        std::thread::sleep(pause);
        let order = api.get(customer, &format!("/v1/orders/{order}"))?.expect(200)?;
        if order["state"] == state {
            return Ok(());
        }
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

fn sku(n: usize) -> String {
    format!("LOAD-{:03}", n % PRODUCTS)
}
