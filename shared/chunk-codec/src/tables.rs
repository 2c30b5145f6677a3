//! Fixed tables of the model, computed when the crate is compiled: the same on every machine.

/// Entries of `STRETCH` and `SQUASH`.
const SIZE: usize = 4096;

/// eˣ for −8 ≤ x ≤ 0: the series of a 1024th, squared ten times.
const fn exp(x: f64) -> f64 {
    let x = x / 1024.0;
    let mut power = 1.0 + x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0)));
    let mut squared = 0;
    while squared < 10 {
        power *= power;
        squared += 1;
    }
    power
}

/// The logistic function: index `x + 2048` holds 65536 / (1 + e^(−x / 256)), 24 short of certainty at most.
pub(crate) static SQUASH: [u16; SIZE] = {
    let mut table = [0; SIZE];
    let mut at = 0;
    while at < SIZE {
        let x = (at as f64 - 2048.0) / 256.0;
        let e = exp(if x < 0.0 { x } else { -x });
        let one = if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) };
        let one = (one * 65536.0 + 0.5) as u32;
        table[at] = if one < 24 {
            24
        } else if one > 65512 {
            65512
        } else {
            one as u16
        };
        at += 1;
    }
    table
};

/// Its inverse: index p (in 1/4096) holds 256 · ln(p / (1 − p)), from −2047 to 2047.
pub(crate) static STRETCH: [i16; SIZE] = {
    let mut table = [0; SIZE];
    let mut x = 1;
    let mut at = 0;
    while at < SIZE {
        let one = at as u32 * 16 + 8;
        while x < SIZE - 1 && (SQUASH[x] as u32) < one {
            x += 1;
        }
        table[at] = x as i16 - 2048;
        at += 1;
    }
    table
};

/// 8192 / (n + 1.5): how far a cell with n observations moves towards the next one.
pub(crate) static RATE: [i32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = (8192.0 / (at as f64 + 1.5)) as i32;
        at += 1;
    }
    table
};
