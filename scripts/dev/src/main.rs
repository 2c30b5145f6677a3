//! `cargo dev <command>`.

use std::process::ExitCode;

const HELP: &str = "\
cargo dev <command>

  up [--port 8787] [--state .state/up]     the embedded cloud, until you stop it
  journeys [--url U --mail U --stripe U]   the HTTP journeys against a running system
  demo [--orders 500] [--url U] [--json yes]  real orders through the API, then everything is reconciled
  demo services [--requests 2000]          a week of services in fast-forward, then everything is reconciled
  demo sensors [--recordings N] [--seed S] real recordings through the API, twice; then held against the files
  load-products [--url U --count 200]      real products into a running system
  token [--as manager] [--url U]           an access token of somebody, for curl
  sandbox [--port 8791] [--url U]          the partners' sandboxes for a deployment elsewhere
  manifest [--check yes | --breaking yes]  write (or check) every generated file
  cost                                     what each use case costs
  bench start [--runs 40]                  the functions' starts beside a stock function's
  bench build [--functions 12]             what a further function costs in a release build
  bench ledger                             the ledger's rules over two million facts, and under a crowd
  bench load [--orders 1000]               orders placed and paid over HTTP; what the functions take of it
  bench writes                             whether writes stay as quick to 50,000 orders
  bench match                              matching replayed over real data, beside the best there is
  bench sensors                            what keeping readings costs, beside one item a record
  bench codec [sizes | fuzz N | train]      the codec of readings beside Gorilla, pco and zstd
  features [--write yes]                   check (or keep) the features that reach the functions
  symbols                                  check that the functions need no newer C library than Lambda's
  package [--into target/lambda]           the built functions as the deployment expects them
  simulate [--seeds 500] [--steps 500]     many histories, then the planted bugs, then determinism
  simulate --seed S [--steps 500]          one history, step by step; one that goes wrong, as short as it gets
  simulate --bug N [--seed S]              what a planted bug does, as short as it gets
  mutants [--only TEXT] [--world W]        whether each condition that is left out is caught
  fuzz [--executions 100000] [--only TEXT] damaged input for whatever reads input from outside
  crashes [--workflow N] [--every N]       every workflow with a fault at every call it makes, and pairs of them
  payouts [--workers 1000]                 a week's payouts while those who make them are killed at every boundary
";

#[allow(clippy::print_stderr, clippy::print_stdout, reason = "this is a command line")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.first() {
        Some(&"up") => dev::up::run(&arguments[1..]),
        Some(&"bench") => dev::bench::run(&arguments[1..]),
        Some(&"crashes") => dev::crashes::run(&arguments[1..]),
        Some(&"cost") => dev::cost::run(),
        Some(&"demo") => dev::demo::run(&arguments[1..]),
        Some(&"features") => dev::features::run(&arguments[1..]),
        Some(&"fuzz") => dev::fuzz::run(&arguments[1..]),
        Some(&"journeys") => dev::journeys::run(&arguments[1..]),
        Some(&"load-products") => dev::load_products::run(&arguments[1..]),
        Some(&"mutants") => dev::mutants::run(&arguments[1..]),
        Some(&"package") => dev::package::run(&arguments[1..]),
        Some(&"payouts") => dev::payouts::run(&arguments[1..]),
        Some(&"manifest") => dev::generate::run(&arguments[1..]),
        Some(&"sandbox") => dev::sandbox::run(&arguments[1..]),
        Some(&"token") => dev::token::run(&arguments[1..]),
        Some(&"symbols") => dev::symbols::run(&arguments[1..]),
        Some(&"simulate") => dev::simulate::run(&arguments[1..]),
        Some(&"help" | &"--help") => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
