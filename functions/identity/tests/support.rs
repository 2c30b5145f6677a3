//! What the tests of identity share: a stage, people on it, and what they were sent.

use contracts::identity::{CodeIssued, ContactKind};
use identity::access::Access;
use identity::account::Account;
use identity::challenge::Challenge;
use identity::keys::Keys;
use identity::store::{access_key, account_key, challenge_key};
use kernel::{AccountId, Digest, Principal, Role, Timestamp};
use local::ask::Ask;
use local::authorizer::Authorizer;
use local::services::dynamodb;
use local::stage::Stage;
use local::testing::{caller, item, problem};
use local::trigger::HttpResponse;
use platform::{SecretValues, seal};
use serde_json::{Map, Value, json};

pub use local::testing::{first_write, puts as writes, told as announced};

/// So many seconds after the beginning.
pub fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000).after(std::time::Duration::from_secs(seconds))
}

/// The server's key.
pub fn keys() -> Keys {
    Keys::new(&SecretValues { current: vec![7; 32], previous: None }).unwrap()
}

/// The key after a rotation, with or without the one before.
pub fn other_keys(with_previous: bool) -> Keys {
    let previous = with_previous.then(|| vec![7; 32]);
    Keys::new(&SecretValues { current: vec![8; 32], previous }).unwrap()
}

/// The password of everybody here.
pub const PASSWORD: &str = "correct horse battery staple";
/// The e-mail address of the person whom most tests are about.
pub const EMAIL: &str = "Maria.P+shop@example.com";
/// And the phone number.
pub const PHONE: &str = "+44 20 7946 0018";

/// A stage on which passwords are cheap to try.
pub fn stage() -> Stage {
    let stage = Stage::new(vec![identity::context()]).unwrap();
    stage.set("PASSWORD_COST", "8,1,1");
    stage
}

/// A key of a request that nobody is signed in for: long enough, and another one for each name.
pub fn key(name: &str) -> String {
    Digest::of([name]).short(26)
}

/// Who registers with this e-mail address.
pub fn person(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "locale": "en", "time_zone": "Europe/London" })
}

/// Registers somebody.
pub fn register(stage: &Stage, body: &Value) -> AccountId {
    let answer = stage.ask("register").key(&key(&body["email"].to_string())).send(body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// The code that notifications would send now.
pub fn code(stage: &Stage, account: AccountId, kind: ContactKind) -> String {
    let challenge: Challenge = item(stage, "identity", &challenge_key(account, kind)).expect("there is a challenge");
    let sealing = stage.cloud.secrets().get("code-seal").current;
    let purpose = CodeIssued::sealed_for(account, kind, challenge.expires_at);
    String::from_utf8(seal::open(&sealing, &purpose, &challenge.sealed).expect("it opens")).unwrap()
}

/// Some other code.
pub fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Tries a code.
pub fn verify(stage: &Stage, account: AccountId, kind: ContactKind, code: &str) -> HttpResponse {
    stage.ask("verify-contact").at(account).send(&json!({ "kind": kind, "code": code }))
}

/// Registers somebody and verifies their e-mail address.
pub fn verified(stage: &Stage, email: &str) -> AccountId {
    let account = register(stage, &person(email));
    let answer = verify(stage, account, ContactKind::Email, &code(stage, account, ContactKind::Email));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    account
}

/// Signs in with an e-mail address and a password.
pub fn sign_in(stage: &Stage, email: &str, password: &str, name: &str) -> HttpResponse {
    stage.ask("sign-in").key(&key(name)).send(&json!({ "email": email, "password": password }))
}

/// The tokens of somebody who signs in.
pub fn tokens(stage: &Stage, email: &str, name: &str) -> Value {
    let answer = sign_in(stage, email, PASSWORD, name);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()
}

/// Sends the refresh token of these tokens.
pub fn refresh(stage: &Stage, tokens: &Value) -> HttpResponse {
    stage.ask("refresh-session").send(&json!({ "refresh_token": tokens["refresh_token"] }))
}

/// What the gateway's authorizer reads from an access token; `None` if it turns it away.
pub fn claims(stage: &Stage, tokens: &Value) -> Option<Map<String, Value>> {
    let authorizer = Authorizer::new(stage.cloud.key(), stage.cloud.issuer());
    authorizer.check(tokens["access_token"].as_str().unwrap(), stage.now())
}

/// An account with one role.
pub fn principal(account: AccountId, role: Role) -> Principal {
    Principal { account, roles: vec![role] }
}

/// Who grants roles.
pub fn admin() -> Principal {
    caller(1000, Role::Admin)
}

/// The account as it stands.
pub fn account(stage: &Stage, id: AccountId) -> Account {
    item(stage, "identity", &account_key(id)).expect("there is an account")
}

/// Sessions and failures as they stand.
pub fn access(stage: &Stage, id: AccountId) -> Option<Access> {
    item(stage, "identity", &access_key(id))
}

/// The types only, without the context and version that are always the same.
pub fn announced_types(stage: &Stage) -> Vec<String> {
    let short = |kind: String| kind.trim_start_matches("identity.").trim_end_matches(".v1").to_owned();
    announced(stage).into_iter().map(|(kind, _)| short(kind)).collect()
}

/// Everything in the table, as text.
pub fn everything(stage: &Stage) -> Vec<String> {
    let request = json!({ "TableName": "identity" }).to_string();
    let answer = dynamodb::answer(stage.cloud.table("identity").unwrap(), "Scan", request.as_bytes());
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    answer["Items"].as_array().unwrap().iter().map(Value::to_string).collect()
}

/// Checks that a function is open to whoever is signed in, whatever their roles, and to nobody else.
pub fn only_signed_in<'s>(ask: impl Fn() -> Ask<'s>) {
    problem(&ask().get(), 401, "token-invalid");
    for role in Role::ALL {
        assert!(![401, 403].contains(&ask().by(&caller(1, role)).get().status_code), "{role:?}");
    }
    let expired = ask().stage().now().as_seconds().to_string();
    for (claim, values) in [
        ("iss", [None, Some("https://elsewhere/")]),
        ("aud", [None, Some("another-api")]),
        ("token_use", [None, Some("refresh")]),
        ("exp", [None, Some(expired.as_str())]),
        ("sub", [None, Some("ses_00000000000000000000000001")]),
    ] {
        for value in values {
            problem(&ask().by(&caller(1, Role::Customer)).claim(claim, value).get(), 401, "token-invalid");
        }
    }
}
