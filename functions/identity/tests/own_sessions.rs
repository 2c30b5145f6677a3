//! `list-sessions`, `end-session`, `end-sessions`: one's own sessions and nobody else's.

use crate::support::{EMAIL, first_write, only_signed_in, principal, refresh, stage, tokens, verified};
use kernel::{AccountId, Role, SessionId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use serde_json::{Value, json};
use std::time::Duration;

fn list(stage: &Stage, id: AccountId, session: Option<&str>) -> Vec<Value> {
    let answer = stage.ask("list-sessions").by(&principal(id, Role::Customer)).claim("sid", session).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["items"].as_array().unwrap().clone()
}

fn end(stage: &Stage, id: AccountId, session: &Value) -> u16 {
    let answer = stage.ask("end-session").by(&principal(id, Role::Customer)).at(session.as_str().unwrap()).get();
    if answer.status_code != 204 {
        problem(&answer, 404, "not-found");
    }
    answer.status_code
}

#[test]
fn only_who_is_signed_in_sees_and_ends_sessions() {
    let stage = stage();
    only_signed_in(|| stage.ask("list-sessions"));
    only_signed_in(|| stage.ask("end-sessions"));
    only_signed_in(|| stage.ask("end-session").at(SessionId::from_bits(1)));
}

#[test]
fn everybody_sees_where_they_are_signed_in() {
    let stage = stage();
    let (maria, ivan) = (verified(&stage, EMAIL), verified(&stage, "ivan@example.com"));
    assert_eq!(list(&stage, maria, None), Vec::<Value>::new());
    let old = tokens(&stage, EMAIL, "old");
    let began = stage.now();
    stage.pass(Duration::from_secs(60));
    let new = tokens(&stage, EMAIL, "new");
    stage.pass(Duration::from_secs(60));
    refresh(&stage, &old);
    let seen = list(&stage, maria, old["session"].as_str());
    let ids: Vec<_> = seen.iter().map(|session| &session["id"]).collect();
    assert_eq!(ids, [&new["session"], &old["session"]], "the newest first");
    assert_eq!(
        seen[1],
        json!({
            "id": old["session"],
            "started_at": began,
            "renewed_at": stage.now(),
            "expires_at": stage.now().after(Duration::from_secs(30 * 86_400)),
            "current": true,
        })
    );
    assert_eq!(seen[0]["current"], false);
    assert_eq!(list(&stage, ivan, None), Vec::<Value>::new());
    stage.pass(Duration::from_secs(30 * 86_400 - 60));
    assert_eq!(list(&stage, maria, None).len(), 1, "the other one expired");
}

#[test]
fn a_session_is_ended_by_its_owner_alone() {
    let stage = stage();
    let (maria, ivan) = (verified(&stage, EMAIL), verified(&stage, "ivan@example.com"));
    let (here, there) = (tokens(&stage, EMAIL, "here"), tokens(&stage, EMAIL, "there"));
    let theirs = tokens(&stage, "ivan@example.com", "theirs");
    assert_eq!(end(&stage, ivan, &here["session"]), 404);
    assert_eq!(end(&stage, maria, &theirs["session"]), 404);
    assert_eq!(end(&stage, maria, &json!(SessionId::from_bits(7))), 404);
    assert_eq!(end(&stage, AccountId::from_bits(7), &here["session"]), 404);
    for path in ["", "ses_1", "acc_00000000000000000000000001", "all", "сессия"] {
        let answer = stage.ask("end-session").by(&principal(maria, Role::Customer)).at(path).get();
        problem(&answer, 404, "not-found");
    }
    assert_eq!(list(&stage, maria, None).len(), 2);

    assert_eq!(end(&stage, maria, &there["session"]), 204);
    assert_eq!(end(&stage, maria, &there["session"]), 204, "once more is harmless");
    problem(&refresh(&stage, &there), 401, "refresh-token-invalid");
    assert_eq!(refresh(&stage, &here).status_code, 200);
}

#[test]
fn all_sessions_end_at_once() {
    let stage = stage();
    let maria = verified(&stage, EMAIL);
    let (here, there) = (tokens(&stage, EMAIL, "here"), tokens(&stage, EMAIL, "there"));
    for _ in 0..2 {
        assert_eq!(stage.ask("end-sessions").by(&principal(maria, Role::Customer)).get().status_code, 204);
    }
    for tokens in [here, there] {
        problem(&refresh(&stage, &tokens), 401, "refresh-token-invalid");
    }
    assert_eq!(list(&stage, maria, None), Vec::<Value>::new());
    tokens(&stage, EMAIL, "again");
    assert_eq!(list(&stage, maria, None).len(), 1);
}

#[test]
fn lost_replies_end_sessions_all_the_same() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for all in [true, false] {
            let stage = stage();
            let maria = verified(&stage, EMAIL);
            let here = tokens(&stage, EMAIL, "here");
            first_write(&stage, fate.clone());
            let by = principal(maria, Role::Customer);
            let status = match all {
                true => stage.ask("end-sessions").by(&by).get().status_code,
                false => end(&stage, maria, &here["session"]),
            };
            stage.calm();
            assert_eq!((status, list(&stage, maria, None).len()), (204, 0));
        }
    }
}
