//! The checksum of FIT files: CRC-16 with the reversed polynomial 0x8005, four bits at a time.

const TABLE: [u16; 16] = [
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01,
    0x8801, 0x4400,
];

/// The checksum of bytes.
pub fn of(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| half(half(crc, byte & 15), byte >> 4))
}

fn half(crc: u16, bits: u8) -> u16 {
    crc >> 4 & 0x0FFF ^ TABLE[usize::from(crc & 15)] ^ TABLE[usize::from(bits & 15)]
}
