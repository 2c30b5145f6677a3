//! What each use case costs, in DynamoDB's units and in calls: a change that costs more is noticed.

use crate::support::{EMAIL, PASSWORD, code, person, refresh, register, sign_in, stage, tokens, verify};
use contracts::identity::ContactKind;
use local::stage::Stage;

/// Read units, write units and calls of the table since this was last asked.
fn cost(stage: &Stage) -> (f64, f64, usize) {
    let costs = stage.costs();
    let sum = |unit: fn(&local::metering::Cost) -> f64| costs.iter().map(unit).sum::<f64>();
    (
        sum(|cost| cost.reads),
        sum(|cost| cost.writes),
        costs.iter().filter(|cost| cost.reads + cost.writes > 0.0).count(),
    )
}

#[test]
fn use_cases_cost_what_they_should() {
    let stage = stage();
    cost(&stage);
    let id = register(&stage, &person(EMAIL));
    assert_eq!(cost(&stage), (1.0, 5.0, 3), "register: the limit's count; account and challenge in one transaction");
    let good = code(&stage, id, ContactKind::Email);
    assert_eq!(verify(&stage, id, ContactKind::Email, &good).status_code, 200);
    assert_eq!(
        cost(&stage),
        (2.0, 7.0, 4),
        "verify-contact: the limit's count; claim, account and challenge in one transaction"
    );
    let first = tokens(&stage, EMAIL, "in");
    assert_eq!(cost(&stage), (3.0, 2.0, 5), "sign-in, with the limit's count");
    assert_eq!(refresh(&stage, &first).status_code, 200);
    assert_eq!(cost(&stage), (2.0, 1.0, 3), "refresh-session");
    assert_eq!(sign_in(&stage, EMAIL, "the wrong password", "wrong").status_code, 401);
    assert_eq!(cost(&stage), (3.0, 2.0, 5), "sign-in with a wrong password");
    assert_eq!(sign_in(&stage, EMAIL, PASSWORD, "in").status_code, 201);
    assert_eq!(cost(&stage), (3.0, 1.0, 4), "the same request again");
}

#[test]
fn an_account_with_as_many_sessions_as_it_may_have_stays_cheap() {
    let stage = stage();
    let id = register(&stage, &person(EMAIL));
    verify(&stage, id, ContactKind::Email, &code(&stage, id, ContactKind::Email));
    for n in 0..60 {
        tokens(&stage, EMAIL, &format!("device-{n}"));
    }
    cost(&stage);
    let last = tokens(&stage, EMAIL, "the-last");
    let (_, writes, _) = cost(&stage);
    assert!(writes <= 16.0, "{writes}");
    refresh(&stage, &last);
    let (_, writes, _) = cost(&stage);
    assert!(writes <= 16.0, "{writes}");
}
