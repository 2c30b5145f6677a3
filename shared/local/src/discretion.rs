//! Log lines hold no personal data and no secrets. Whatever runs functions in tests looks at each line that they log.

/// How people in tests are called, and where they live.
const PEOPLE: [&str; 6] = ["Maria", "Мария", "Petrov", "Петров", "Baker Street", "High Street"];
/// How what must stay secret begins, or what is in it.
const SECRETS: [&str; 7] = [
    "Bearer ",
    "eyJ",
    "sk_test_",
    "sk_live_",
    "whsec_",
    "_secret_",
    "PRIVATE KEY",
];
/// Digits that a phone number has at least (E.164 knows none shorter that are in use).
const PHONE: usize = 8;

/// What a line tells that it must not: a name, an e-mail address, a phone number, a token or key.
pub fn indiscretion(line: &str) -> Option<&str> {
    let named = PEOPLE.iter().chain(&SECRETS).find_map(|word| line.find(word).map(|at| &line[at..at + word.len()]));
    named.or_else(|| words(line).find(|word| is_address(word) || is_phone(word)))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| letter.is_whitespace() || "\"'`,;:()<>[]{}".contains(letter))
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.split_once('.').is_some_and(|(host, rest)| !host.is_empty() && !rest.is_empty())
    })
}

fn is_phone(word: &str) -> bool {
    let digits = word.strip_prefix('+').map(|digits| digits.trim_start_matches('0'));
    digits.is_some_and(|digits| digits.len() >= PHONE && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::indiscretion;

    #[test]
    fn what_people_would_not_want_in_a_log_is_found() {
        for (line, found) in [
            (r#"{"message":"maria.p+shop@example.com is taken"}"#, "maria.p+shop@example.com"),
            (r#"{"to":"+79990000000"}"#, "+79990000000"),
            ("Мария Сидорова", "Мария"),
            ("authorization: Bearer abc", "Bearer "),
            (r#"{"client":"pi_1_secret_2"}"#, "_secret_"),
        ] {
            assert_eq!(indiscretion(line), Some(found), "{line}");
        }
    }

    #[test]
    fn what_operators_need_is_not() {
        for line in [
            r#"{"facts":{"code":"try-again","status":503},"function":"start-payment","time":"2026-01-05T08:00:00.001Z"}"#,
            r#"{"cause":"unavailable: ord_00000000000000000000000001 is not here yet","trace":"4fc0ec5bdd5e4cfe"}"#,
            "Europe/Moscow is UTC+0300, @ noon, 1+1",
        ] {
            assert_eq!(indiscretion(line), None, "{line}");
        }
    }
}
