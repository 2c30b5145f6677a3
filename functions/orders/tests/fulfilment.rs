//! `pack-order`, `ship-order` and `deliver-order`: what they have in common.

use crate::domain::STATES;
use crate::support::{
    KEY, NO_ORDERS, bring, customer, first_write, kinds, manager, meanwhile, order_in, state, stored, writes,
};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use orders::order::State;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// One step of the way from payment to delivery.
struct Step {
    function: &'static str,
    from: State,
    to: State,
    announces: &'static str,
}

static STEPS: [Step; 3] = [
    Step {
        function: "pack-order",
        from: State::Paid,
        to: State::Packed,
        announces: "orders.order-packed.v1",
    },
    Step {
        function: "ship-order",
        from: State::Packed,
        to: State::Shipped,
        announces: "orders.order-shipped.v1",
    },
    Step {
        function: "deliver-order",
        from: State::Shipped,
        to: State::Delivered,
        announces: "orders.order-delivered.v1",
    },
];

impl Step {
    fn take(&self, stage: &Stage, id: OrderId) -> HttpResponse {
        stage.ask(self.function).by(&manager()).at(id).send(&json!({}))
    }
}

#[test]
fn only_managers_take_steps() {
    let (stage, id) = order_in(State::Placed, 1);
    for step in &STEPS {
        only_for(Role::Manager, || stage.ask(step.function).at(OrderId::from_bits(1)));
        let theirs = stage.ask(step.function).by(&customer()).at(id).send(&json!({}));
        problem(&theirs, 403, "role-missing");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn an_order_moves_on_by_one_write_and_announces_it() {
    for step in &STEPS {
        let (stage, id) = order_in(step.from, 1);
        stage.pass(Duration::from_secs(5));
        let answer = step.take(&stage, id);
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        let name = serde_json::to_value(step.to).unwrap();
        assert_eq!(answer.json(), json!({ "id": id, "state": name, "at": stage.now() }));
        assert_eq!(state(&stage, id), name);
        assert_eq!(stored(&stage, id).came_to(step.to), Some(stage.now()));
        assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
        assert_eq!(kinds(&stage), [step.announces]);
    }
}

#[test]
fn a_repeated_step_gets_the_same_reply_however_far_the_order_is() {
    for step in &STEPS {
        let (stage, id) = order_in(step.from, 1);
        let first = step.take(&stage, id);
        kinds(&stage);
        let same = |when: &str| {
            let again = step.take(&stage, id);
            assert_eq!(
                (again.status_code, &again.body, &again.headers.get("etag")),
                (200, &first.body, &None),
                "{when}"
            );
        };
        same("at once");
        stage.pass(Duration::from_secs(86_400));
        same("a day later");
        assert!(kinds(&stage).is_empty());
        for later in STEPS.iter().skip_while(|later| later.from != step.to) {
            assert_eq!(later.take(&stage, id).status_code, 200);
        }
        same("after it was delivered");
        let returned = stage.ask("return-order").by(&customer()).at(id).key(KEY).send(&json!({}));
        assert_eq!(returned.status_code, 201, "{}", returned.body);
        same("after it was returned");
    }
}

#[test]
fn an_order_that_is_not_so_far_or_has_ended_is_refused() {
    for step in &STEPS {
        for from in STATES.into_iter().filter(|from| *from != step.from) {
            let (stage, id) = order_in(from, 1);
            if stored(&stage, id).came_to(step.to).is_some() {
                continue;
            }
            stage.calls();
            let refused = problem(&step.take(&stage, id), 409, "not-ready");
            assert_eq!(refused["state"], serde_json::to_value(from).unwrap(), "{}", step.function);
            assert!(!stage.calls().iter().any(writes));
        }
    }
}

#[test]
fn what_is_no_order_is_not_found() {
    let (stage, _) = order_in(State::Paid, 1);
    for step in &STEPS {
        problem(&step.take(&stage, OrderId::from_bits(7)), 404, "not-found");
        for path in NO_ORDERS {
            problem(&stage.ask(step.function).by(&manager()).at(path).send(&json!({})), 404, "not-found");
        }
    }
}

#[test]
fn of_two_at_once_one_is_written_and_both_get_the_same_reply() {
    for step in &STEPS {
        let (stage, id) = order_in(step.from, 1);
        let stage = Arc::new(stage);
        meanwhile(&stage, move |stage| assert_eq!(step.take(stage, id).status_code, 200));
        let second = step.take(&stage, id);
        stage.calm();
        assert_eq!(second.body, step.take(&stage, id).body);
        assert_eq!(kinds(&stage), [step.announces]);
    }
}

#[test]
fn a_lost_reply_of_the_table_takes_the_step_once() {
    for step in &STEPS {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let (stage, id) = order_in(step.from, 1);
            first_write(&stage, fate);
            assert_eq!(step.take(&stage, id).status_code, 200);
            assert_eq!(kinds(&stage), [step.announces]);
        }
    }
}

#[test]
fn when_the_table_does_not_answer_the_step_may_be_repeated() {
    for step in &STEPS {
        let (stage, id) = order_in(step.from, 1);
        stage.interfere(|call| if writes(call) { Fate::ReplyLost } else { Fate::Answered });
        problem(&step.take(&stage, id), 503, "try-again");
        stage.calm();
        assert_eq!(step.take(&stage, id).status_code, 200);
        assert_eq!(kinds(&stage), [step.announces]);
    }
}

#[test]
fn a_large_order_goes_the_whole_way_with_all_its_lines() {
    let (stage, id) = order_in(State::Placed, 674);
    bring(&stage, id, State::Delivered);
    let view = stage.ask("get-order").by(&customer()).at(id).get().json();
    assert_eq!((view["state"].as_str(), view["lines"].as_array().map(Vec::len)), (Some("delivered"), Some(674)));
}
