//! Passwords: which are good enough, and how they are kept.
//!
//! * Taken as RFC 8265 says (OpaqueString): the same password is the same whatever keyboard it comes from, because each
//!   letter counts in its composed form and every space as an ordinary one. Passwords that older versions stored as they
//!   were typed still open, and are then stored in this form.
//! * 12 to 128 characters, any of them, in any mixture. Refused is what others try first: a common password
//!   (`common.txt`), also with digits and signs around it, the same character again and again, 123456789012, and
//!   the person's own name.
//! * Kept as argon2id with the crate's defaults, which are OWASP's minimum (19 MiB, 2 rounds, 1 lane). The
//!   parameters stand in the stored text, and a text with others is replaced when its person signs in.
//! * Hashed off the async threads, two at once, since each takes its 19 MiB for as long as it is hashed; 32 more may wait, which is a third of a
//!   second. Nothing is hashed for somebody who could be refused without it.

mod argon;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Params};

use crate::bulkhead::Bulkhead;
use crate::error::Error;
use crate::name::composed;

/// Characters.
const MIN: usize = 12;
const MAX: usize = 128;

/// One a line, in lower case and in the order of their bytes.
const COMMON: &str = include_str!("common.txt");

/// Everything that hashes takes its turn here.
static HASHING: Bulkhead = Bulkhead::new(HASHED_AT_ONCE, 32);
pub const HASHED_AT_ONCE: usize = 2;

/// A new password that is good enough.
pub struct Password(String);

/// Never the password itself, not even in a panic.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// The error is a sentence for the person who typed it.
    pub fn new(typed: &str, name: &str) -> Result<Self, &'static str> {
        let typed = opaque(typed);
        let lower = typed.to_lowercase();
        let core = lower.trim_matches(|c: char| !c.is_alphabetic());
        match typed.chars().count() {
            0 => Err("Type a password."),
            1..MIN => Err("A password has at least 12 characters."),
            count if count > MAX => Err("A password has at most 128 characters."),
            _ if !name.is_empty() && core == name => Err("A password is not the name. Choose another."),
            _ if is_common(&lower) || is_common(core) || is_monotonous(&lower) || is_run(&lower) => {
                Err("This password is one of those that are tried first. Choose another, such as four words.")
            }
            _ => Ok(Self(typed)),
        }
    }

    /// What is stored of it. Takes as long as checking it.
    pub fn hash_now(&self) -> Result<String, Error> {
        argon::hash(self.0.as_bytes())
    }

    pub async fn hash(self) -> Result<String, Error> {
        HASHING.run(move || self.hash_now()).await?
    }
}

/// What is stored from now on of a password that is stored in an outdated form.
pub async fn hash_again(typed: String) -> Result<String, Error> {
    Password(opaque(&typed)).hash().await
}

/// A password as RFC 8265 takes it.
fn opaque(typed: &str) -> String {
    let is_space =
        |c| matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    composed(&typed.replace(is_space, " ")).into_owned()
}

fn is_common(password: &str) -> bool {
    static LINES: OnceLock<Vec<&str>> = OnceLock::new();
    LINES.get_or_init(|| COMMON.lines().collect()).binary_search(&password).is_ok()
}

/// One or two characters again and again.
fn is_monotonous(password: &str) -> bool {
    password.chars().collect::<BTreeSet<_>>().len() <= 2
}

/// Each character is the one after or before the last: 123456789012, zyxwvutsrqpo.
fn is_run(password: &str) -> bool {
    let follows = |from: char, to: char| from as u32 + 1 == to as u32 || (from, to) == ('9', '0');
    let characters: Vec<char> = password.chars().collect();
    let pairs = || characters.windows(2).map(|pair| (pair[0], pair[1]));
    pairs().all(|(a, b)| follows(a, b)) || pairs().all(|(a, b)| follows(b, a))
}

/// Whether a password is the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    No,
    Yes,
    /// Yes, and what is stored was made in another way than today's.
    Outdated,
}

/// Compares what was typed with what is stored. Without anything stored it takes just as long, and says no.
pub async fn verify(typed: String, stored: Option<String>) -> Result<Verified, Error> {
    let work = move || {
        let verified = verify_now(&typed, stored.as_deref().unwrap_or(&nobodys()));
        if stored.is_some() { verified } else { Verified::No }
    };
    HASHING.run(work).await
}

fn verify_now(typed: &str, stored: &str) -> Verified {
    let Ok(hash) = PasswordHash::new(stored) else { return Verified::No };
    // Longer ones are never stored; hashing a long text would only take time.
    let is_it = |typed: &str| typed.chars().count() <= MAX && argon::matches(typed.as_bytes(), &hash);
    let opaque = opaque(typed);
    if !is_it(&opaque) {
        // Older versions stored it as it was typed.
        return if opaque != typed && is_it(typed) { Verified::Outdated } else { Verified::No };
    }
    let is_todays = hash.algorithm == Algorithm::Argon2id.ident()
        && Params::try_from(&hash).is_ok_and(|params| {
            let of = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
            of(&params) == of(&Params::default())
        });
    if is_todays { Verified::Yes } else { Verified::Outdated }
}

/// A password's text as today's are stored, that no password fits.
fn nobodys() -> String {
    let params = Params::default();
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={m},t={t},p={p}$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
}
