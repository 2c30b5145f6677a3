//! `render-template`: letters for other contexts.

use crate::support::stage;
use serde_json::{Value, json};

fn ask(template: &str, facts: &Value, locale: &str, time_zone: &str) -> Option<Value> {
    let question = json!({ "template": template, "facts": facts, "locale": locale, "time_zone": time_zone });
    stage().question("render-template", &question)
}

fn facts() -> Value {
    let total = json!({ "amount_minor": 129_900, "currency": "RUB" });
    json!({ "order": "ord_00000000000000000000000001", "total": total, "pay_until": "2026-01-05T08:15:00Z" })
}

#[test]
fn another_context_gets_all_parts_of_a_letter() {
    let written = ask("order-reserved", &facts(), "ru", "Europe/Moscow").unwrap();
    assert_eq!(written["version"], 1);
    assert_eq!(written["subject"], "Заказ № 000001 ждёт оплаты");
    assert!(written["text"].as_str().unwrap().contains("5 января 2026 г., 11:15 (UTC+3)"), "{written}");
    assert!(written["html"].as_str().unwrap().contains("<html lang=\"ru\">"));
    assert!(written["sms"].as_str().unwrap().starts_with("Ярмарка. Заказ 000001 отложен."));
    let english = ask("order-reserved", &facts(), "en", "nowhere").unwrap();
    assert!(english["text"].as_str().unwrap().contains("5 January 2026, 08:15 (UTC)"));
}

#[test]
fn what_cannot_be_written_is_said_and_a_wrong_question_fails() {
    assert_eq!(ask("order-burnt", &facts(), "en", "UTC"), Some(Value::Null));
    assert_eq!(ask("order-reserved", &json!({}), "en", "UTC"), Some(Value::Null));
    assert_eq!(ask("code", &json!({ "purpose": "verify-contact" }), "en", "UTC"), Some(Value::Null));
    assert_eq!(stage().question("render-template", &json!({ "template": 1 })), None);
}
