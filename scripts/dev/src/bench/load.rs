//! `cargo dev bench load`: orders placed and paid over HTTP by several clients at once, on the embedded cloud; and what of
//! the machine's time is the functions' own.
//!
//! First real orders of December 2010 by ever more clients, then orders of ten lines, which are judged. Clients and
//! cloud share the machine, as on a desk. Of the processor's time what functions take is what counts on Lambda: tables,
//! queues, HTTP and clients are other people's there. The provider's webhooks come at once and once, as they usually do.

use super::processor::{Owner, Spent, Taken, Timed};
use super::{Folder, milliseconds};
use crate::demo::{plan, quiet, stock_up};
use crate::retail::{self, Product};
use crate::{Options, Outcome};
use futures_util::future::BoxFuture;
use journeys::{ADMIN, Api, Person, Site, shop};
use local::cloud::Cloud;
use local::gateway::Gateway;
use local::outside::{Answer, NoAnswer, Outside, OutsideCall};
use local::realtime::{Machine, Running};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// How many clients there are at once, round by round, for the real orders.
const RISING: [usize; 5] = [1, 2, 4, 8, 16];
/// How many there are for the orders that are judged, and of how many lines those are.
const CLIENTS: usize = 8;
const LINES: usize = 10;
/// What functions may take of the processor for an order, from its placing to the e-mail that it is paid.
const BAR: Duration = Duration::from_millis(6);
/// What carries letters: told apart, and judged with the rest.
const LETTERS: [&str; 5] = [
    "relay-notifications",
    "send-email",
    "send-sms",
    "read-contacts",
    "email-feedback",
];
/// Orders that only warm everything up.
const WARM_UPS: usize = 50;
/// How many orders a customer places: fewer than the messages of one kind that a person gets in an hour.
const ORDERS_EACH: usize = 16;
/// More of everything than is ordered.
const ON_HAND: u32 = 10_000_000;
/// Whose the processor's time is: whom functions call, and from this number on the functions themselves.
const OUTSIDE: Owner = 1;
const FIRST: Owner = 2;

/// Measures, prints, judges.
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["orders", "data"])?;
    let each = options.get("orders", 1_000usize)?.max(1);
    let data: PathBuf = options.get("data", PathBuf::from("data/retail"))?;
    let products = retail::products(&data.join("products.csv"))?;
    let december = december(&products, &data, each)?;
    let of_ten = of_ten_lines(&products, each);

    let folder = Folder::new()?;
    let names: Vec<&str> = functions(&simulation::contexts()).collect();
    let spent = Arc::new(Spent::by(FIRST - 1 + names.len()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let url = runtime.block_on(serve(&folder.0, &spent))?;
    let api = Api::new(Site::embedded(&url));
    stock_up(&api, &api.manager()?, &products, |_| Some(ON_HAND))?;
    quiet(&api)?;
    let customers = (WARM_UPS + 2 * each).div_ceil(ORDERS_EACH).max(2 * CLIENTS);
    let customers: Vec<Person> = (0..customers).map(|_| api.customer()).collect::<Result<_, _>>()?;
    let shop = Shop { api, customers, spent, next: AtomicUsize::new(0) };
    shop.serve(CLIENTS, &of_ten[..WARM_UPS.min(each)])?;

    heading(&december);
    let mut rest = december.as_slice();
    for (round, clients) in RISING.into_iter().enumerate() {
        let (now, later) = rest.split_at(rest.len() / (RISING.len() - round));
        rest = later;
        line(&shop.serve(clients, now)?);
    }
    let judged = shop.serve(CLIENTS, &of_ten)?;
    report(&judged, &names)
}

/// Real orders, and how many lines they have.
fn december(products: &[Product], data: &Path, count: usize) -> Result<Vec<Value>, String> {
    let invoices = retail::invoices(&data.join("orders-2010-12.csv.gz"))?;
    let plan = plan::plan(products.to_vec(), &invoices, count);
    let mut orders: Vec<_> = plan.customers.into_iter().flat_map(|customer| customer.orders).collect();
    orders.sort_by_key(|order| order.number);
    let order = |order: plan::Order| {
        let lines: Vec<(&str, u32)> = order.lines.iter().map(|(sku, quantity)| (sku.as_str(), *quantity)).collect();
        shop::order_of(&lines, order.total)
    };
    Ok(orders.into_iter().map(order).collect())
}

/// Orders of one each of different products.
fn of_ten_lines(products: &[Product], count: usize) -> Vec<Value> {
    let order = |n: usize| {
        let lines: Vec<&Product> = products.iter().cycle().skip(n * 7 % products.len()).take(LINES).collect();
        let total = lines.iter().map(|product| product.pence).sum();
        shop::order_of(&lines.iter().map(|product| (product.sku.as_str(), 1)).collect::<Vec<_>>(), total)
    };
    (0..count).map(order).collect()
}

/// A shop that is measured.
struct Shop {
    api: Api,
    customers: Vec<Person>,
    spent: Arc<Spent>,
    /// Counts all orders, so that they are spread over all customers.
    next: AtomicUsize,
}

/// What a round took.
struct Round {
    clients: usize,
    orders: usize,
    /// Until the last order was paid.
    took: Duration,
    /// From each request that places an order to its reply, sorted.
    placing: Vec<Duration>,
    /// From each of these requests until its customer sees that it is paid, sorted.
    paying: Vec<Duration>,
    /// By owner, until everything that followed was done.
    taken: Vec<Taken>,
}

impl Shop {
    /// Lets so many clients place and pay these orders, each one after the other.
    #[allow(clippy::disallowed_methods, reason = "this is what is measured")]
    fn serve(&self, clients: usize, orders: &[Value]) -> Result<Round, String> {
        let (before, begun) = (self.spent.taken(), Instant::now());
        let waiting = AtomicUsize::new(0);
        let told = Mutex::new(Vec::with_capacity(orders.len()));
        let work = || -> Outcome {
            while let Some(order) = orders.get(waiting.fetch_add(1, Ordering::Relaxed)) {
                let customer = self.next.fetch_add(1, Ordering::Relaxed) % self.customers.len();
                let took = buy(&self.api, &self.customers[customer], order)?;
                told.lock().unwrap_or_else(PoisonError::into_inner).push(took);
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..clients).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().map_err(|_| "a client panicked".to_owned())?)
        })?;
        let took = begun.elapsed();
        quiet(&self.api)?;
        let after = self.spent.taken();
        let (mut placing, mut paying): (Vec<_>, Vec<_>) =
            told.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().unzip();
        placing.sort_unstable();
        paying.sort_unstable();
        let taken = after.iter().zip(before).map(|(after, before)| after.since(before)).collect();
        Ok(Round { clients, orders: orders.len(), took, placing, paying, taken })
    }
}

impl Round {
    /// A part of each order's time, in milliseconds.
    fn of_each(&self, all: Duration) -> f64 {
        milliseconds(all) / self.orders as f64
    }

    /// The processor's time that functions took, altogether.
    fn functions(&self) -> Duration {
        self.taken[FIRST..].iter().map(|taken| taken.time).sum()
    }

    fn orders_a_second(&self) -> f64 {
        self.orders as f64 / self.took.as_secs_f64()
    }
}

/// Median, 90 and 99 of a hundred, in milliseconds.
fn percentiles(sorted: &[Duration]) -> String {
    let at = |percent: usize| sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)));
    let text = |percent| format!("{:>7.1}", at(percent).map_or(0.0, |took| milliseconds(*took)));
    [50, 90, 99].map(text).join(" ")
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn heading(december: &[Value]) {
    let lines: usize = december.iter().filter_map(|order| order["lines"].as_array()).map(Vec::len).sum();
    println!(
        "{} real orders of December 2010, {:.1} lines each on average, placed and paid:",
        december.len(),
        lines as f64 / december.len().max(1) as f64
    );
    println!("                    placing, ms              paid, ms                functions,  tables, queues,");
    println!("clients  orders/s   50 %    90 %    99 %     50 %    90 %    99 %     ms/order     ms/order");
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn line(round: &Round) {
    println!(
        "{:>7} {:>9.1} {}  {} {:>12.2} {:>12.2}",
        round.clients,
        round.orders_a_second(),
        percentiles(&round.placing),
        percentiles(&round.paying),
        round.of_each(round.functions()),
        round.of_each(round.taken[OUTSIDE].time)
    );
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn report(round: &Round, names: &[&str]) -> Outcome {
    println!("{} orders of {LINES} lines:", round.orders);
    line(round);
    println!("resident, clients included: {:.1} MB", super::resident_kb("self", "VmHWM")? as f64 / 1024.0);
    let mut functions: Vec<_> = names.iter().zip(&round.taken[FIRST..]).filter(|(_, taken)| taken.times > 0).collect();
    functions.sort_by_key(|(_, taken)| std::cmp::Reverse(taken.time));
    println!("of such an order:       times          ms");
    for (name, taken) in functions {
        println!("{name:<20} {:>8.2} {:>11.3}", taken.times as f64 / round.orders as f64, round.of_each(taken.time));
    }
    let letters: Duration = names
        .iter()
        .zip(&round.taken[FIRST..])
        .filter(|(name, _)| LETTERS.contains(name))
        .map(|(_, taken)| taken.time)
        .sum();
    let all = round.of_each(round.functions());
    println!("together {all:.2} ms, of which letters {:.2} ms", round.of_each(letters));
    match all <= milliseconds(BAR) {
        true => Ok(()),
        false => Err(format!("functions may take {} ms of an order of {LINES} lines", milliseconds(BAR))),
    }
}

/// Starts the embedded cloud on a free port; its address.
#[allow(clippy::disallowed_methods, reason = "a server beside what measures it")]
async fn serve(folder: &Path, spent: &Arc<Spent>) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let issuer = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    let cloud = Arc::new(Cloud::on_disk(timed(simulation::contexts(), spent), folder, &issuer)?);
    cloud.on_a_desk(ADMIN);
    cloud.sandboxes().be_prompt();
    let host = Arc::new(Machine(|_: &str| ()));
    let running =
        Running::behind(cloud, host, |inner| Arc::new(Elsewhere { inner, spent: spent.clone() }) as Arc<dyn Outside>)?;
    let gateway = Arc::new(Gateway::new(running.clone()));
    tokio::spawn(running.deliver());
    tokio::spawn(gateway.serve(listener));
    Ok(issuer)
}

/// The contexts with functions whose time is taken.
fn timed(mut contexts: Vec<platform::Context>, spent: &Arc<Spent>) -> Vec<platform::Context> {
    for (owner, function) in (FIRST..).zip(contexts.iter_mut().flat_map(|context| &mut context.functions)) {
        let (handler, spent) = (function.handler.clone(), spent.clone());
        function.handler =
            Arc::new(move |world, invocation| Box::pin(Timed::new(owner, spent.clone(), handler(world, invocation))));
    }
    contexts
}

/// The functions' names, in the order of their numbers.
fn functions(contexts: &[platform::Context]) -> impl Iterator<Item = &'static str> {
    contexts.iter().flat_map(|context| &context.functions).map(|function| function.name)
}

/// What functions call, with its time taken.
struct Elsewhere {
    inner: Arc<dyn Outside>,
    spent: Arc<Spent>,
}

impl Outside for Elsewhere {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        // Nearly every answer is there at once; then one look at the clock more would only disturb.
        let (answer, first) = self.spent.during(OUTSIDE, || {
            let mut answer = self.inner.call(call);
            let first = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            (answer, first)
        });
        match first {
            Poll::Ready(answer) => Box::pin(std::future::ready(answer)),
            Poll::Pending => Box::pin(Timed::new(OUTSIDE, self.spent.clone(), answer)),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
fn buy(api: &Api, customer: &Person, order: &Value) -> Result<(Duration, Duration), String> {
    let begun = Instant::now();
    let placed = shop::place(api, customer, &api.fresh("an-order"), order)?;
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
