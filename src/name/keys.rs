//! What names are searched and sorted by. Both are made here when a name is written, and stored beside it, so that both
//! databases find and order the same, whatever their locale.
//!
//! **A search** finds a name that contains what was typed. It takes letters in either case as one, also ß and ss or σ
//! and ς, and all of i, ı, I and İ, which languages pair differently. It takes all spaces as one space, and takes no
//! notice of what cannot be seen.
//!
//! **The order** is the Unicode collation: letters in the order of their alphabets whatever their case and marks, and
//! numbers by their value. It is that of no language in particular.

use std::ops::Range;
use std::sync::LazyLock;

use icu_casemap::CaseMapper;
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_normalizer::DecomposingNormalizerBorrowed;

use super::{composed, is_unseen};

/// Which rules make the keys: the number of ours, and the crates that bring those of Unicode. A database keeps which
/// ones made its keys; with others they are made anew.
pub const RULES: &str = "1, icu_casemap 2.4.0, icu_casemap_data 2.4.0, icu_collator 2.4.0, icu_collator_data 2.4.0, \
                         icu_normalizer 2.4.0, icu_normalizer_data 2.4.0";

/// Bytes of a sort key: PostgreSQL's indexes have room for 2,700 with everything else. Names of 100 characters have
/// fewer in any writing.
const LONGEST: usize = 1024;

/// Digits: more than any name has.
const LONGEST_NUMBER: usize = 250;

/// A name as it is searched.
pub fn folded(name: &str) -> String {
    unified(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without the differences that a search takes no notice of, apart from those between spaces.
fn unified(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let mut unified = String::with_capacity(text.len());
    for c in CaseMapper::new().fold_string(&decomposed).chars() {
        match c {
            c if c.is_whitespace() => unified.push(' '),
            'ı' => unified.push('i'),
            // The dot of İ.
            '\u{307}' if unified.ends_with('i') => (),
            c if is_unseen(c) && c != '\u{fffd}' => (),
            c => unified.push(c),
        }
    }
    composed(&unified).into_owned()
}

/// Where in a name a search finds what was typed, in bytes.
pub fn place(name: &str, typed: &str) -> Option<Range<usize>> {
    let typed = folded(typed);
    // What each character of the name is in the folded name: where that ends, and the character.
    let (mut text, mut ends) = (String::new(), vec![(0, 0)]);
    for (at, c) in name.char_indices() {
        match c {
            c if c.is_ascii_graphic() => text.push(c.to_ascii_lowercase()),
            c if c.is_whitespace() && (text.is_empty() || text.ends_with(' ')) => (),
            c => text.push_str(&unified(c.encode_utf8(&mut [0; 4]))),
        }
        ends.push((text.len(), at + c.len_utf8()));
    }
    let start = text.find(&typed).filter(|_| !typed.is_empty())?;
    let (_, from) = ends.iter().rfind(|(end, _)| *end <= start)?;
    // With what shapes the last character.
    let (last, _) = ends.iter().find(|(end, _)| *end >= start + typed.len())?;
    let (_, to) = ends.iter().rfind(|(end, _)| end == last)?;
    Some(*from..*to)
}

static COLLATOR: LazyLock<CollatorBorrowed> = LazyLock::new(|| collator(Strength::Tertiary));
static LETTERS: LazyLock<CollatorBorrowed> = LazyLock::new(|| collator(Strength::Primary));

fn collator(strength: Strength) -> CollatorBorrowed<'static> {
    let mut preferences = CollatorPreferences::default();
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    let mut options = CollatorOptions::default();
    options.strength = Some(strength);
    CollatorBorrowed::try_new(preferences, options).expect("the order of no language is compiled in")
}

/// What a name is sorted by, byte for byte. Two names may have the same.
pub fn sort_key(name: &str) -> Vec<u8> {
    key(&COLLATOR, name)
}

fn key(collator: &CollatorBorrowed, text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let Ok(()) = collator.write_sort_key_to(text, &mut key);
    key.truncate(LONGEST);
    key
}

/// Between which sort keys the names are that begin with what was typed. In a few writings the first letters depend on
/// those that follow, so not quite all are there.
pub fn range_of_beginning(typed: &str) -> Range<Vec<u8>> {
    // The last number may go on, so it may be any.
    let letters = typed.trim_end_matches(char::is_numeric);
    let number = &typed[letters.len()..];
    let key_with = |number: &str| key(&LETTERS, &format!("{letters}{number}"));
    let (first, last) = match number {
        digits if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (key_with("0"), key_with(&"9".repeat(LONGEST_NUMBER)))
        }
        _ => (key_with(""), key_with("")),
    };
    first..[&*last, &[0xff; 3]].concat()
}
