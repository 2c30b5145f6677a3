//! `admit-client`.

use crate::support::{EMAIL, PHONE, code, person, register, sign_in, verified, verify, wrong};
use contracts::identity::ContactKind;
use contracts::partners::{ClientImported, ImportedClient, ReadImportedClient};
use identity::account::Account;
use identity::admission::Admission;
use identity::store::{account_key, admission_key};
use kernel::AccountId;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, item, published, reports_only_what_it_cannot_read};
use platform::{Asked, Context, Error, Figure, Function, Setting, direct};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ANNA: &str = "anna@example.com";

/// Who the client is, as partners would tell it. `null`: nobody.
struct Client;

impl Figure for Client {
    type Value = Option<ImportedClient>;
    const NAME: &'static str = "CLIENT";
    const DEFAULT: &'static str = "null";

    fn read(text: &str) -> Result<Self::Value, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// Partners, as far as it is asked here.
async fn read_imported_client(
    Asked(question): Asked<ReadImportedClient>,
    Setting(client): Setting<Client>,
) -> Result<Option<ImportedClient>, Error> {
    assert_eq!(question.source, "happy-cat-box");
    Ok(client)
}

/// Identity, and somebody who answers for partners.
fn stage() -> Stage {
    let answers = Function { context: "partners", ..direct::answer(read_imported_client) };
    let partners = Context {
        name: "partners",
        indexes: Vec::new(),
        functions: vec![answers],
    };
    let stage = Stage::new(vec![identity::context(), partners]).unwrap();
    stage.set("PASSWORD_COST", "8,1,1");
    stage
}

/// From now on the partner says this of its client.
fn is(stage: &Stage, email: Option<&str>, phone: Option<&str>) {
    let client = json!({ "email": email, "phone": phone, "locale": "ru", "time_zone": "Europe/Moscow" });
    stage.set(Client::NAME, &client.to_string());
}

fn imported(stage: &Stage, external_id: &str, version: u64) -> Value {
    let imported = ClientImported {
        source: "happy-cat-box".to_owned(),
        external_id: external_id.to_owned(),
    };
    event(stage, &imported, 1, version)
}

fn import(stage: &Stage, external_id: &str, version: u64) {
    assert!(stage.deliver("admit-client", &imported(stage, external_id, version)), "{:?}", stage.log().last());
}

fn admission(stage: &Stage, external_id: &str) -> Option<Admission> {
    item(stage, "identity", &admission_key("happy-cat-box", external_id))
}

fn account(stage: &Stage, id: AccountId) -> Account {
    item(stage, "identity", &account_key(id)).expect("there is an account")
}

/// What was announced of clients since calls were last taken; nothing else was.
fn told(stage: &Stage) -> Vec<Value> {
    stage.settle().unwrap();
    let events = published(stage).concat();
    assert!(events.iter().all(|event| event["type"] == "identity.client-admitted.v1"), "{events:?}");
    events.into_iter().map(|mut event| event["data"].take()).collect()
}

fn forget(stage: &Stage) {
    stage.settle().unwrap();
    published(stage);
}

#[test]
fn a_client_gets_an_account_that_nobody_can_sign_in_to_and_nobody_is_written_to() {
    let stage = stage();
    is(&stage, Some(ANNA), Some(PHONE));
    import(&stage, "HCB-1001", 1);
    let admitted = admission(&stage, "HCB-1001").unwrap();
    let data = json!({
        "account": admitted.account, "source": "happy-cat-box", "external_id": "HCB-1001", "known": false,
    });
    assert_eq!(told(&stage), [data]);
    let account = account(&stage, admitted.account);
    assert_eq!(account.email.as_ref().unwrap().value.as_str(), ANNA);
    assert_eq!((account.email.unwrap().verified_at, account.phone.unwrap().verified_at), (None, None));
    assert_eq!((account.locale.name(), account.time_zone.as_str()), ("ru", "Europe/Moscow"));
    assert_eq!(account.roles.names(), ["customer"]);
    for password in ["", "A", &account.password] {
        assert_ne!(sign_in(&stage, ANNA, password, password).status_code, 201);
    }
    let contacts = stage.question("read-contacts", &json!({ "account": account.id })).unwrap();
    assert_eq!(contacts["email"], json!({ "value": ANNA, "verified": false }));
}

#[test]
fn the_event_again_changes_nothing() {
    let stage = stage();
    is(&stage, Some(ANNA), None);
    for _ in 0..3 {
        import(&stage, "HCB-1001", 1);
    }
    assert_eq!(told(&stage).len(), 1);
    import(&stage, "HCB-1002", 1);
    assert_eq!(told(&stage).len(), 1, "another client is another account, whatever the address");
    let accounts = ["HCB-1001", "HCB-1002"].map(|id| admission(&stage, id).unwrap().account);
    assert_ne!(accounts[0], accounts[1]);
}

#[test]
fn who_verified_an_address_of_the_client_is_the_client() {
    for (email, phone) in [(Some(EMAIL), None), (Some("maria.p+SHOP@EXAMPLE.com"), Some(PHONE))] {
        let stage = stage();
        let maria = verified(&stage, EMAIL);
        forget(&stage);
        let before = account(&stage, maria);
        is(&stage, email, phone);
        import(&stage, "HCB-1001", 1);
        let data = json!({ "account": maria, "source": "happy-cat-box", "external_id": "HCB-1001", "known": true });
        assert_eq!(told(&stage), [data]);
        is(&stage, Some(ANNA), Some("+442079460099"));
        import(&stage, "HCB-1001", 2);
        assert_eq!(account(&stage, maria), before, "the account is hers");
        assert!(told(&stage).is_empty());
    }
}

#[test]
fn who_verified_the_phone_number_is_the_client_as_well() {
    let stage = stage();
    let body = json!({
        "phone": PHONE, "password": crate::support::PASSWORD, "locale": "en", "time_zone": "Europe/London",
    });
    let maria = register(&stage, &body);
    assert_eq!(verify(&stage, maria, ContactKind::Phone, &code(&stage, maria, ContactKind::Phone)).status_code, 200);
    is(&stage, Some(ANNA), Some("+442079460018"));
    import(&stage, "HCB-1001", 1);
    assert_eq!(admission(&stage, "HCB-1001").map(|client| (client.account, client.known)), Some((maria, true)));
}

#[test]
fn who_only_named_an_address_is_not_the_client() {
    let stage = stage();
    let maria = register(&stage, &person(EMAIL));
    assert_eq!(
        verify(&stage, maria, ContactKind::Email, &wrong(&code(&stage, maria, ContactKind::Email))).status_code,
        422
    );
    is(&stage, Some(EMAIL), None);
    import(&stage, "HCB-1001", 1);
    let admitted = admission(&stage, "HCB-1001").unwrap();
    assert!(!admitted.known);
    assert_ne!(admitted.account, maria);
}

#[test]
fn what_the_partner_changes_is_changed_and_what_is_late_is_not() {
    let stage = stage();
    is(&stage, Some(ANNA), Some(PHONE));
    import(&stage, "HCB-1001", 1);
    is(&stage, Some("anna.new@example.com"), None);
    import(&stage, "HCB-1001", 3);
    let id = admission(&stage, "HCB-1001").unwrap().account;
    let now = account(&stage, id);
    assert_eq!((now.email.unwrap().value.as_str(), now.phone), ("anna.new@example.com", None));
    // An answer to an earlier question, which took its time.
    is(&stage, Some("anna.old@example.com"), None);
    import(&stage, "HCB-1001", 2);
    assert_eq!(account(&stage, id).email.unwrap().value.as_str(), "anna.new@example.com");
    assert_eq!(told(&stage).len(), 1);
}

#[test]
fn what_the_person_verified_stays() {
    let stage = stage();
    is(&stage, Some(ANNA), Some(PHONE));
    import(&stage, "HCB-1001", 1);
    let id = admission(&stage, "HCB-1001").unwrap().account;
    let client = |email: &str, phone: &str| {
        let client: ImportedClient = serde_json::from_value(
            json!({ "email": email, "phone": phone, "locale": "en", "time_zone": "Nowhere/Land" }),
        )
        .unwrap();
        identity::admission::Client::of(client, "UTC".to_owned().try_into().unwrap())
    };
    let person = account(&stage, id).verified(ContactKind::Email, stage.now());
    let changed = person.with_contacts_of(&client("else@example.com", "+442079460099")).unwrap();
    assert_eq!(changed.email, person.email);
    assert_eq!(changed.phone.unwrap().value.as_str(), "+442079460099");
    assert_eq!(person.with_contacts_of(&client("else@example.com", PHONE)), None);
}

#[test]
fn addresses_that_are_none_are_left_out() {
    let stage = stage();
    let client = json!({ "email": "no address", "phone": "12", "locale": "de", "time_zone": "Nowhere/Land" });
    stage.set(Client::NAME, &client.to_string());
    import(&stage, "HCB-1001", 1);
    let account = account(&stage, admission(&stage, "HCB-1001").unwrap().account);
    assert_eq!((account.email, account.phone), (None, None));
    assert_eq!((account.locale.name(), account.time_zone.as_str()), ("en", "UTC"));
    assert_eq!(told(&stage).len(), 1);
}

#[test]
fn a_client_whom_the_partner_does_not_know_is_nobody() {
    let stage = stage();
    import(&stage, "HCB-1001", 1);
    assert_eq!(admission(&stage, "HCB-1001"), None);
    assert!(told(&stage).is_empty());
}

#[test]
fn partners_that_do_not_answer_are_asked_again_later() {
    let stage = stage();
    is(&stage, Some(ANNA), None);
    stage.interfere(|call| if call.operation == "Invoke" { Fate::NeverSent } else { Fate::Answered });
    let delivered = stage.deliver("admit-client", &imported(&stage, "HCB-1001", 1));
    let asked = stage.calls().iter().any(|call| call.operation == "Invoke");
    stage.calm();
    assert!(asked && !delivered);
    import(&stage, "HCB-1001", 1);
    assert_eq!(told(&stage).len(), 1);
}

#[test]
fn two_deliveries_at_once_and_lost_replies_admit_once() {
    let stage = Arc::new(stage());
    is(&stage, Some(ANNA), None);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.operation == "TransactWriteItems" && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            import(&other, "HCB-1001", 1);
        }
        Fate::Answered
    });
    import(&stage, "HCB-1001", 2);
    stage.calm();
    assert_eq!(told(&stage).len(), 1);
    assert_eq!(admission(&stage, "HCB-1001").unwrap().heard, (1, 2));

    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = self::stage();
        is(&stage, Some(ANNA), None);
        let entered = AtomicUsize::new(0);
        stage.interfere(move |call| {
            let first = call.operation == "TransactWriteItems" && entered.fetch_add(1, Ordering::Relaxed) == 0;
            if first { fate.clone() } else { Fate::Answered }
        });
        import(&stage, "HCB-1001", 1);
        stage.calm();
        assert_eq!(told(&stage).len(), 1);
    }
}

#[test]
fn a_client_is_announced_again_under_the_same_id() {
    let stage = stage();
    is(&stage, Some(ANNA), None);
    import(&stage, "HCB-1001", 1);
    stage.settle().unwrap();
    let first = published(&stage).concat();
    is(&stage, Some("anna.new@example.com"), None);
    import(&stage, "HCB-1001", 2);
    assert!(told(&stage).is_empty());
    stage.invoke("republish-identity", b"{}".to_vec()).unwrap();
    assert_eq!(published(&stage).concat(), first);
}

#[test]
fn what_cannot_be_read_is_reported_and_nothing_else() {
    let stage = stage();
    is(&stage, Some(ANNA), None);
    reports_only_what_it_cannot_read(&stage, "admit-client", &imported(&stage, "HCB-1001", 1));
}
