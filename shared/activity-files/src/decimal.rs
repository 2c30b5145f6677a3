//! Decimals as integers of a scale, without a float between: what was written is what is kept.

/// The number that `text` says, times ten to the `scale`, rounded half away from zero; none if it is no number, or too
/// great. `1.5`, `-0.25`, `+3`, `.5` and `1.0E-4` are numbers.
pub fn scaled(text: &str, scale: i32) -> Option<i64> {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|power| power.abs() < 100)?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes() {
        [b'-', ..] => (true, &mantissa[1..]),
        [b'+', ..] => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(part.bytes());
    if whole.len() + part.len() == 0 || !all().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits before this one are kept, this one rounds, those after it say nothing any more.
    let kept = i32::try_from(whole.len()).ok()?.checked_add(exponent + scale)?;
    let mut value: i64 = 0;
    for byte in all().take(usize::try_from(kept).unwrap_or(0)) {
        value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
    }
    let digits = i32::try_from(whole.len() + part.len()).ok()?;
    for _ in digits..kept {
        value = if value == 0 { 0 } else { value.checked_mul(10)? };
    }
    let next = usize::try_from(kept).ok().and_then(|kept| all().nth(kept));
    if next.is_some_and(|digit| digit >= b'5') {
        value = value.checked_add(1)?;
    }
    Some(if negative { -value } else { value })
}

/// A whole number, rounded half away from zero.
pub fn whole(text: &str) -> Option<i64> {
    scaled(text, 0)
}
