//! Secrets that the application makes: random, shown once, and stored in the database only as a hash.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

/// Random bytes from the operating system. Where it has none, the program cannot run at all.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Bytes as lower-case hexadecimal digits.
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
        self.0.iter().try_for_each(|byte| {
            f.write_char(digit(byte >> 4))?;
            f.write_char(digit(byte & 0xf))
        })
    }
}

impl Hex<'_> {
    /// The bytes that these digits stand for, if there are exactly as many.
    pub fn read<const N: usize>(digits: &str) -> Option<[u8; N]> {
        let digits = digits.as_bytes();
        if digits.len() != 2 * N {
            return None;
        }
        let mut bytes = [0; N];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let digit = |d: u8| char::from(d).to_digit(16);
            *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
        }
        Some(bytes)
    }
}

/// The SHA-256 of a text, in hexadecimal digits.
pub fn hash(text: &str) -> String {
    Hex(&Sha256::digest(text.as_bytes())).to_string()
}

/// The secret in a session's cookie or in a link that works once: 128 random bits.
pub struct Secret(String);

impl Secret {
    pub fn new() -> Self {
        Self(Hex(&random::<16>()).to_string())
    }

    /// Reads what a request brings. Anything that cannot be one of our secrets is dropped before it reaches the
    /// database.
    pub fn read(typed: &str) -> Option<Self> {
        let is_ours = typed.len() == 32 && typed.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_ours.then(|| Self(typed.into()))
    }

    /// What the database stores of it.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    /// The secret itself, for a cookie or a link.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}
