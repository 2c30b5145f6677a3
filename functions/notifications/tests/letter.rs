//! Every template in every language, held against what it reads like (`tests/golden`), and what no fact may do to a
//! letter.
//!
//! After a change of wording: raise the template's version, and run the tests once with `GOLDEN=write`.

use crate::samples::{ORDER, notices};
use contracts::payments::Unpaid;
use kernel::{Currency, Digest, InvoiceId, Money};
use notifications::letter::{
    Letter, Reader, Short, code_letter, code_short, letter, short, text_message, write_letter,
};
use notifications::locale::Locale;
use notifications::notice::Notice;
use notifications::preferences::zone;
use notifications::templates::{TEMPLATES, Template, layout};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

fn reader(locale: Locale) -> Reader {
    Reader {
        locale,
        zone: zone("Europe/Moscow").unwrap(),
        site: "https://yarmarka.example".to_owned(),
        unsubscribe: None,
    }
}

fn written(notice: &Notice, reader: &Reader) -> (Letter, Short) {
    match notice {
        Notice::Code { .. } => {
            (code_letter(notice, "042137", reader).unwrap(), code_short(notice, "042137", reader).unwrap())
        }
        _ => (letter(notice, reader).unwrap(), short(notice, reader).unwrap()),
    }
}

/// Compares `text` with the file, or writes it when asked to.
fn golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var("GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, expected, "{} is not what the templates write; GOLDEN=write writes it anew", file.display());
}

#[test]
fn every_template_reads_in_every_language_as_it_should() {
    for locale in Locale::ALL {
        for notice in notices() {
            let mut reader = reader(locale);
            if notice.unsubscribable().is_some() {
                reader.unsubscribe = Some("https://yarmarka.example/unsubscribe?token=abc".to_owned());
            }
            let (letter, short) = written(&notice, &reader);
            let message = text_message(&short, locale);
            let text = format!("Subject: {}\n\n{}\n---- SMS\n{message}\n", letter.subject, letter.text);
            golden(&format!("{}.{}.txt", notice.name(), locale.tag()), &text);
            golden(&format!("{}.{}.html", notice.name(), locale.tag()), &letter.html);
        }
    }
}

#[test]
fn no_placeholder_is_left_and_no_line_is_empty_where_it_should_not_be() {
    for locale in Locale::ALL {
        for notice in notices() {
            let (letter, short) = written(&notice, &reader(locale));
            for part in [&letter.subject, &letter.text, &letter.html, &short.title, &short.text] {
                for left in ["{{", "}}", "{%", "%}", "undefined", "none", "null"] {
                    assert!(!part.contains(left), "{left} in {} {locale:?}: {part}", notice.name());
                }
                assert!(!part.trim().is_empty(), "{} {locale:?}", notice.name());
            }
            for line in [&letter.subject, &short.title, &short.text] {
                assert!(!line.contains(['\n', '\r']), "{line:?}");
            }
        }
    }
}

#[test]
fn every_notice_has_a_template_and_every_template_a_notice() {
    let mut names: Vec<_> = notices().iter().map(Notice::name).collect();
    names.sort_unstable();
    let templates: Vec<_> = TEMPLATES.iter().map(|template| template.name).collect();
    assert_eq!(names, templates);
    for notice in notices() {
        let tagged = serde_json::to_value(&notice).unwrap();
        assert_eq!(tagged["kind"], notice.name(), "the name is that of the stored notice");
        assert_eq!(serde_json::from_value::<Notice>(tagged).unwrap(), notice);
    }
}

#[test]
fn a_change_of_wording_is_a_new_version() {
    let mut lines = String::new();
    for Template { name, version, .. } in TEMPLATES {
        let template = Template::of(name).unwrap();
        let parts = Locale::ALL.map(|locale| template.parts(locale));
        let texts = parts.iter().flat_map(|parts| [parts.subject, parts.text, parts.html, parts.short]);
        writeln!(lines, "{name} {version} {}", Digest::of(texts).short(12)).unwrap();
    }
    let layouts = Locale::ALL.map(layout);
    writeln!(lines, "layout - {}", Digest::of(layouts.iter().flat_map(|(html, text)| [html, text])).short(12)).unwrap();
    golden("versions.txt", &lines);
}

#[test]
fn facts_are_text_in_html_whatever_is_in_them() {
    let evil = "<script>alert(1)</script><img src=x onerror='x'>\"&amp;{{ 7 * 7 }}{% raw %}";
    let shipped = Notice::OrderShipped { order: ORDER, tracking: Some(evil.to_owned()) };
    for locale in Locale::ALL {
        let letter = letter(&shipped, &reader(locale)).unwrap();
        assert!(!letter.html.contains("<script") && !letter.html.contains("<img"), "{}", letter.html);
        assert!(letter.html.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"), "{}", letter.html);
        assert!(letter.html.contains("{{ 7 * 7 }}"), "a fact is no template");
        assert!(letter.text.contains(evil), "plain text stays as it is");
    }
    let roles = Notice::RolesChanged { roles: vec!["<b>admin</b>".to_owned()] };
    assert!(!letter(&roles, &reader(Locale::En)).unwrap().html.contains("<b>admin"));
    let digest = Notice::Digest { notices: vec![shipped], more: 0 };
    assert!(!letter(&digest, &reader(Locale::En)).unwrap().html.contains("<script"));
}

#[test]
fn a_line_is_one_line_whatever_is_in_it() {
    let evil = "A\r\nBcc: everybody@example.com\u{2028}x\u{0}\u{202e}\u{a0}y\tz ";
    let shipped = Notice::OrderShipped {
        order: ORDER,
        tracking: Some(format!("{evil}{}", "й".repeat(2_000))),
    };
    let short = short(&shipped, &reader(Locale::En)).unwrap();
    assert!(short.text.contains("A Bcc: everybody@example.com x \u{a0}y z й"), "{}", short.text);
    assert_eq!(short.text.chars().count(), 601);
    assert!(short.text.ends_with('…'));
    // A subject is made of facts too, where another context asks for a letter.
    let facts = json!({ "order": evil, "total": Money::new(1, Currency::GBP) });
    let letter = write_letter("order-paid", facts, &reader(Locale::En)).unwrap();
    assert!(!letter.subject.contains(|letter: char| letter.is_control()), "{:?}", letter.subject);
}

#[test]
fn a_fact_that_is_missing_or_wrong_is_an_error_that_quotes_no_fact() {
    let total = json!({ "amount_minor": 1, "currency": "GBP" });
    for facts in [
        json!({}),
        json!({ "order": "ord_secret" }),
        json!({ "order": "ord_secret", "total": "a lot of money" }),
        json!({ "order": "ord_secret", "total": { "amount_minor": 1, "currency": "gold" } }),
        json!({ "total": total }),
        json!(null),
        json!([]),
    ] {
        let error = write_letter("order-paid", facts.clone(), &reader(Locale::Ru)).unwrap_err().to_string();
        assert!(!error.contains("secret") && !error.contains("gold") && !error.contains("a lot"), "{facts}: {error}");
    }
    assert!(write_letter("order-burnt", json!({}), &reader(Locale::Ru)).is_err());
    let code = &notices().into_iter().find(|notice| notice.name() == "code").unwrap();
    assert!(letter(code, &reader(Locale::Ru)).is_err(), "a code is never written without being opened");
}

#[test]
fn an_optional_letter_says_how_to_get_no_more_of_them() {
    for locale in Locale::ALL {
        let link = "https://yarmarka.example/unsubscribe?token=a%26b";
        let reader = Reader { unsubscribe: Some(link.to_owned()), ..reader(locale) };
        let letter = letter(&Notice::OrderDelivered { order: ORDER }, &reader).unwrap();
        assert!(letter.text.contains(link));
        assert!(letter.html.contains("unsubscribe?token=a%26b"), "{}", letter.html);
    }
}

#[test]
fn text_messages_use_spaces_that_phones_have() {
    let paid = Notice::OrderPaid { order: ORDER, total: Money::new(129_900, Currency::RUB) };
    let english = text_message(&short(&paid, &reader(Locale::En)).unwrap(), Locale::En);
    assert_eq!(english, "Yarmarka. Order E7T6J2 is paid: RUB 1,299.00. Thank you!");
}

#[test]
fn why_an_invoice_is_not_paid_is_told_in_every_language() {
    let notice = |because| Notice::InvoiceUnpaid {
        invoice: InvoiceId::from_bits(1),
        amount: Money::new(129_900, Currency::RUB),
        because,
    };
    for locale in Locale::ALL {
        let all = [Unpaid::NoMethod, Unpaid::ActionRequired, Unpaid::Declined].map(|because| {
            let (letter, short) = written(&notice(because), &reader(locale));
            assert!(letter.text.contains("/invoices/inv_") && short.text.contains("/invoices/inv_"), "{letter:?}");
            letter.text
        });
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2], "{all:?}");
    }
}
