//! The check of an encoded chunk: CRC-16/XMODEM (polynomial 0x1021, start 0, nothing reflected).

const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 0x8000 != 0 { rest << 1 ^ 0x1021 } else { rest << 1 };
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

/// The check of some bytes.
pub(crate) fn check(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |rest, byte| rest << 8 ^ TABLE[usize::from((rest >> 8) as u8 ^ byte)])
}
