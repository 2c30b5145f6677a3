//! `get-balance`, `list-statement`, `get-account-balance`, `list-account-statement`.

use crate::support::{End, HOUR, KEY, adjust, client, ends, manager, only_for_overseers, stage, worker};
use kernel::{Principal, Role};
use local::stage::Stage;
use local::testing::{caller, problem};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn get(stage: &Stage, query: &str) -> Value {
    let answer = stage.ask("list-statement").by(&worker()).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn amounts(page: &Value) -> Vec<i64> {
    let amount = |line: &Value| line["amount"]["amount_minor"].as_i64().unwrap();
    page["items"].as_array().unwrap().iter().map(amount).collect()
}

#[test]
fn everybody_sees_what_is_theirs_and_nobody_elses() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    let of = |who: &Principal| stage.ask("get-balance").by(who).get().json()["balances"].clone();
    let balance = |side: &str, minor: i64| {
        let money = json!({ "amount_minor": minor, "currency": "RUB" });
        json!([{ "side": side, "balance": money, "available": money }])
    };
    assert_eq!(of(&client()), balance("client", -10_000));
    assert_eq!(of(&worker()), balance("worker", 6_000));
    assert_eq!(of(&caller(3, Role::Customer)), json!([]));
    problem(&stage.ask("get-balance").get(), 401, "token-invalid");
    problem(&stage.ask("list-statement").query("side=worker").get(), 401, "token-invalid");
    let stranger = stage.ask("list-statement").by(&caller(3, Role::Worker)).query("side=worker").get();
    assert_eq!(stranger.json(), json!({ "items": [] }));
    assert_eq!(get(&stage, "side=client"), json!({ "items": [] }), "the worker is no client");
}

#[test]
fn a_manager_sees_anybodys() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    let ask = |function| stage.ask(function).by(&manager()).at(worker().account);
    assert_eq!(ask("get-account-balance").get().json()["balances"][0]["balance"]["amount_minor"], 6_000);
    assert_eq!(amounts(&ask("list-account-statement").query("side=worker").get().json()), [6_000]);
    only_for_overseers(|| stage.ask("get-account-balance").at(worker().account));
    only_for_overseers(|| stage.ask("list-account-statement").at(worker().account).query("side=worker"));
    problem(&stage.ask("get-account-balance").by(&manager()).at("acc_1").get(), 404, "not-found");
}

#[test]
fn a_statement_is_read_in_pages_newest_first_and_sums_to_the_balance() {
    let stage = stage();
    let ends_of = [End::Completed, End::Failed, End::Cancelled, End::Completed, End::Missed];
    for (n, end) in (1..).zip(ends_of.into_iter().cycle().take(25)) {
        ends(&stage, n, end);
        stage.pass(HOUR);
    }
    let (mut lines, mut seen, mut query) = (Vec::new(), BTreeSet::new(), "side=worker&limit=7".to_owned());
    loop {
        let page = get(&stage, &query);
        assert!(page["items"].as_array().unwrap().len() <= 7);
        for line in page["items"].as_array().unwrap() {
            assert!(seen.insert(line["about"].as_str().unwrap().to_owned()), "each once: {line}");
            lines.push(line["at"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        query = format!("side=worker&limit=7&cursor={next}");
    }
    assert_eq!(lines.len(), 20, "what moved nothing is not in it");
    assert!(lines.windows(2).all(|pair| pair[0] > pair[1]));
    let all = amounts(&get(&stage, "side=worker"));
    assert_eq!(all.iter().sum::<i64>(), crate::support::earned(&stage, 2));
}

#[test]
fn a_statement_may_be_of_a_time() {
    let stage = stage();
    let mut times = Vec::new();
    for n in 1..=3 {
        times.push(stage.now());
        ends(&stage, n, End::Completed);
        stage.pass(HOUR);
    }
    for (from, until, lines) in [(0, 2, 2), (1, 2, 1), (1, 1, 0), (2, 0, 0)] {
        let query = format!("side=worker&from={}&until={}", times[from], times[until]);
        assert_eq!(amounts(&get(&stage, &query)).len(), lines, "{query}");
    }
    assert_eq!(amounts(&get(&stage, "side=worker&currency=GBP")).len(), 0);
    assert_eq!(amounts(&get(&stage, "side=worker&currency=nonsense")).len(), 0);
}

#[test]
fn a_statement_may_be_a_sheet() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    ends(&stage, 2, End::Failed);
    let ask = || stage.ask("list-statement").by(&worker());
    let by_query = ask().query("side=worker&format=csv&limit=1").get();
    assert_eq!(by_query.headers["content-type"], "text/csv; charset=utf-8");
    let job = "job_00000000000000000000000002";
    let line = format!("{},job,{job},-4000,RUB\r\n", stage.now());
    assert_eq!(by_query.body, format!("at,kind,about,amount_minor,currency\r\n{line}"));
    let next = by_query.headers["x-next-cursor"].clone();
    let by_header = ask().query(&format!("side=worker&cursor={next}")).header("accept", "text/csv, */*;q=0.1").get();
    assert!(by_header.body.ends_with(",6000,RUB\r\n"), "{}", by_header.body);
    assert!(!by_header.headers.contains_key("x-next-cursor"));
    let json = ask().query("side=worker&format=json").header("accept", "text/csv").get();
    assert_eq!(amounts(&json.json()), [-4_000, 6_000], "what is asked for in words counts");
}

#[test]
fn a_query_that_makes_no_sense_is_refused() {
    let stage = stage();
    for query in [
        "",
        "side=owner",
        "side=worker&limit=0",
        "side=worker&limit=1001",
        "side=worker&format=pdf",
        "side=worker&cursor=x",
        "side=worker&of=2",
    ] {
        problem(&stage.ask("list-statement").by(&worker()).query(query).get(), 400, "invalid-query");
    }
}

#[test]
fn a_fine_may_be_more_than_there_is_and_is_carried_over() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    assert_eq!(adjust(&stage, KEY, 2, "worker", -9_000).status_code, 201);
    assert_eq!(crate::support::earned(&stage, 2), -3_000);
}
