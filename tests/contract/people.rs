//! A day of the people behind the orders: somebody registers, verifies an address, becomes staff, and is attacked.

use contracts::identity::{CodeIssued, ContactKind};
use identity::challenge::Challenge;
use identity::store::challenge_key;
use kernel::{AccountId, Role};
use local::stage::Stage;
use local::testing::{caller, item};
use local::trigger::HttpResponse;
use platform::seal;
use serde_json::{Value, json};
use std::time::Duration;

const EMAIL: &str = "maria@example.com";
/// Everybody's.
pub const PASSWORD: &str = "correct horse battery staple";

/// Everything that identity announces happens once.
pub fn day(stage: &Stage) {
    stage.set("PASSWORD_COST", "8,1,1");
    let account = register(stage);
    let code = json!({ "kind": "email", "code": code(stage, account) });
    succeeds(&stage.ask("verify-contact").at(account).send(&code));
    let roles = json!({ "roles": ["customer", "manager"], "reason": "Runs the shop" });
    succeeds(&stage.ask("change-roles").by(&caller(9, Role::Admin)).at(account).send(&roles));

    // Nobody is reached under this address: the code comes back.
    register_as(stage, "bounce@simulator.amazonses.com", "somebody-who-is-not-there");

    let session = sign_in(stage, PASSWORD, "a-session-that-is-stolen");
    let token = json!({ "refresh_token": session.json()["refresh_token"] });
    succeeds(&stage.ask("refresh-session").send(&token));
    stage.pass(Duration::from_secs(60));
    assert_eq!(stage.ask("refresh-session").send(&token).status_code, 401, "a token is good once");
    for n in 0..10 {
        assert_eq!(sign_in(stage, "a guess", &format!("a-guess-at-the-password-{n}")).status_code, 401);
    }
}

fn register(stage: &Stage) -> AccountId {
    register_as(stage, EMAIL, "somebody-who-registers-1")
}

/// Registers somebody under this address.
pub fn register_as(stage: &Stage, email: &str, key: &str) -> AccountId {
    let body = json!({ "email": email, "password": PASSWORD, "locale": "ru", "time_zone": "Europe/Moscow" });
    let answer = stage.ask("register").key(key).send(&body);
    succeeds(&answer);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

fn sign_in(stage: &Stage, password: &str, key: &str) -> HttpResponse {
    sign_in_as(stage, EMAIL, password, key)
}

/// Signs in with this address and password.
pub fn sign_in_as(stage: &Stage, email: &str, password: &str, key: &str) -> HttpResponse {
    let body: Value = json!({ "email": email, "password": password });
    stage.ask("sign-in").key(key).send(&body)
}

/// The code that notifications would send.
pub fn code(stage: &Stage, account: AccountId) -> String {
    let challenge: Challenge = item(stage, "identity", &challenge_key(account, ContactKind::Email)).unwrap();
    let purpose = CodeIssued::sealed_for(account, ContactKind::Email, challenge.expires_at);
    let key = stage.cloud.secrets().get("code-seal").current;
    String::from_utf8(seal::open(&key, &purpose, &challenge.sealed).unwrap()).unwrap()
}

fn succeeds(answer: &HttpResponse) {
    assert!((200..300).contains(&answer.status_code), "{}", answer.body);
}
