//! Names of secrets. A name is like a secret if its last word is one of [`WORDS`], or if its words written together end
//! with one of [`ENDS`]. Words end at other characters than letters and digits and
//! before capitals, as in `X-Api-Key` and `accessToken`; numbers, versions as in `Token-V2`, the words [`AFTER`] and an
//! `s` at the end do not count. So `session_count` and `tokens_left` are no secrets.

use crate::flow::text::boundary;

pub const WORDS: [&str; 22] = [
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "cred",
    "csrf",
    "jwt",
    "key",
    "otp",
    "pass",
    "passwd",
    "pin",
    "pw",
    "pwd",
    "secret",
    "session",
    "sid",
    "sig",
    "signature",
    "totp",
    "xsrf",
];
pub const ENDS: [&str; 16] = [
    "accesskey",
    "accesskeyid",
    "apikey",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "sessid",
    "sessionid",
    "sessionkey",
    "signature",
    "token",
];
/// Words at the end of names that say nothing of what it is.
pub const AFTER: [&str; 6] = ["again", "confirm", "confirmation", "new", "old", "repeat"];
/// Bytes at the end of a name that are looked at.
pub const LOOKED_AT: usize = 100;

/// Whether something of this name is a secret.
pub fn is_secret(name: &str) -> bool {
    is_like_one(&words(name))
}

/// The same for what has many properties. One that is named “key” alone says nothing.
pub fn is_secret_property(name: &str) -> bool {
    let words = words(name);
    !matches!(&words[..], [word] if singular(word) == "key") && is_like_one(&words)
}

fn is_like_one(words: &[String]) -> bool {
    let Some(last) = words.last() else { return false };
    let together = words.concat();
    WORDS.contains(&singular(last)) || WORDS.contains(&&**last) || {
        let together = singular(&together);
        ENDS.iter().any(|end| together.ends_with(end))
    }
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// The words of a name in lower case, without those at its end that do not count.
fn words(name: &str) -> Vec<String> {
    let name = &name[boundary(name, name.len().saturating_sub(LOOKED_AT))..];
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let follows_small = !before.is_uppercase() || letters.peek().is_some_and(|next| next.is_lowercase());
        if !letter.is_alphanumeric() || letter.is_uppercase() && follows_small {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    while let Some(last) = words.last_mut() {
        last.truncate(last.trim_end_matches(|c: char| c.is_ascii_digit()).len());
        if !last.is_empty() && last != "v" && !AFTER.contains(&&**last) {
            break;
        }
        words.pop();
    }
    words.retain(|word| !word.is_empty());
    words
}
