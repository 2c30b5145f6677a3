//! The sandbox against what its provider documents.

use super::*;

struct Desk {
    hat: GoldenHat,
    now: Timestamp,
}

impl Desk {
    fn new() -> Self {
        Self {
            hat: GoldenHat::default(),
            now: Timestamp::from_millis(1_767_600_000_000),
        }
    }

    fn ask(&mut self, method: &str, path: &str, key: Option<&str>, body: &str) -> (u16, Value) {
        let mut headers = BTreeMap::from([("authorization".to_owned(), format!("Bearer {KEY}"))]);
        headers.extend(key.map(|key| ("idempotency-key".to_owned(), key.to_owned())));
        let (method, path) = (method.to_owned(), path.to_owned());
        let request = Request { method, path, headers, body: body.as_bytes().to_vec() };
        let answer = self.hat.answer(&request, self.now);
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    fn transfer(&mut self, key: &str, amount: i64) -> (u16, Value) {
        let body = json!({ "reference": key, "beneficiary": "acc_1", "amount_minor": amount, "currency": "RUB" });
        self.ask("POST", "/v1/transfers", Some(key), &body.to_string())
    }

    fn pass(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
    }

    /// All webhooks of the next minute, each answered with this status.
    fn webhooks(&mut self, status: u16) -> Vec<Webhook> {
        let mut sent = Vec::new();
        for _ in 0..60 {
            self.pass(Duration::from_secs(1));
            while let Some(webhook) = self.hat.due(self.now) {
                self.hat.delivered(webhook.delivery, Some(status), self.now);
                sent.push(webhook);
            }
        }
        sent
    }
}

#[test]
fn a_transfer_is_made_once_however_often_it_is_asked_for() {
    let mut desk = Desk::new();
    let first = desk.transfer("ref-1", 1000);
    assert_eq!((first.0, &first.1["status"]), (201, &json!("pending")));
    desk.webhooks(204);
    assert_eq!(desk.transfer("ref-1", 1000), first, "even when more is known of it by then");
    assert_eq!(desk.hat.kept(), BTreeMap::from([("ref-1".to_owned(), 1000)]));
}

#[test]
fn a_key_is_good_for_one_body_and_for_a_day() {
    let mut desk = Desk::new();
    desk.transfer("ref-1", 1000);
    assert_eq!(desk.transfer("ref-1", 1001).0, 409);
    desk.pass(KEY_LIFE);
    assert_eq!(desk.transfer("ref-1", 1000).0, 201);
    assert_eq!(desk.hat.kept()["ref-1"], 2000, "nothing else keeps a reference from being used twice");
}

#[test]
fn a_refusal_is_remembered_too_and_moves_nothing() {
    let mut desk = Desk::new();
    let refused = desk.transfer("ref-1", 1017);
    assert_eq!((refused.0, &refused.1["error"]["code"]), (422, &json!("beneficiary_unknown")));
    assert_eq!(desk.transfer("ref-1", 1017), refused);
    assert_eq!(desk.hat.kept(), BTreeMap::new());
}

#[test]
fn the_list_shows_a_transfer_only_after_a_moment() {
    let mut desk = Desk::new();
    desk.transfer("ref-1", 1000);
    let listed = |desk: &mut Desk| desk.ask("GET", "/v1/transfers?reference=ref-1", None, "").1["data"].clone();
    assert_eq!(listed(&mut desk), json!([]));
    desk.pass(LIST_LAG);
    assert_eq!(listed(&mut desk)[0]["reference"], "ref-1");
    assert_eq!(desk.ask("GET", "/v1/transfers?reference=ref-2", None, "").1["data"], json!([]));
}

#[test]
fn webhooks_are_signed_say_what_became_of_it_and_come_until_they_are_taken() {
    for (amount, kind) in [(1000, "transfer.paid"), (1013, "transfer.failed")] {
        let mut desk = Desk::new();
        desk.transfer("ref-1", amount);
        let refused = desk.webhooks(500);
        assert!(refused.len() > 1, "it is sent again");
        for webhook in &refused {
            let body: Value = serde_json::from_str(&webhook.body).unwrap();
            assert_eq!((&body["type"], &body["data"]["reference"]), (&json!(kind), &json!("ref-1")));
            assert!(webhook.headers["webhook-signature"].starts_with("v1,"));
            assert_eq!(webhook.headers["webhook-id"], refused[0].headers["webhook-id"], "it is the same event");
        }
        desk.pass(Duration::from_secs(86_400));
        while let Some(webhook) = desk.hat.due(desk.now) {
            desk.hat.delivered(webhook.delivery, Some(204), desk.now);
        }
        desk.pass(Duration::from_secs(86_400));
        assert!(desk.hat.due(desk.now).is_none(), "it was taken");
    }
}

#[test]
fn whoever_has_no_key_is_told_nothing() {
    let mut desk = Desk::new();
    let request = Request {
        method: "GET".to_owned(),
        path: "/v1/transfers?reference=ref-1".to_owned(),
        headers: BTreeMap::new(),
        body: Vec::new(),
    };
    assert_eq!(desk.hat.answer(&request, desk.now).status, 401);
    assert_eq!(desk.ask("GET", "/v1/transfers", None, "").0, 400);
    assert_eq!(desk.ask("GET", "/v1/else", None, "").0, 404);
    assert_eq!(desk.ask("POST", "/v1/transfers", None, "{}").0, 400);
}

#[test]
fn it_goes_on_from_what_it_stored() {
    let mut desk = Desk::new();
    desk.transfer("ref-1", 1000);
    let state: BTreeMap<String, Value> =
        desk.hat.changes().into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let mut restored = Desk { hat: GoldenHat::default(), now: desk.now };
    restored.hat.restore(state.into_iter().collect()).unwrap();
    assert_eq!(restored.transfer("ref-1", 1000), desk.transfer("ref-1", 1000));
    assert_eq!(restored.webhooks(204).len(), desk.webhooks(204).len());
}
