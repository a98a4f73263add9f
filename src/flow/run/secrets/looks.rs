//! Everything that known secrets can look like, to be found in any text in one go.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use form_urlencoded::byte_serialize;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{MASK, MIN, Secrets};
use crate::flow::request::{ADDRESS, escaped};
use crate::flow::text::boundary;
use crate::flow::variables::COMPONENT;

/// Bytes of everything that they can look like. Finding takes some times as much memory.
const MAX_BYTES: usize = 512 << 10;

/// Known secrets; none if there are too many, and then every text of [`MIN`] bytes may have one in it.
pub struct Known(Option<Finder>);

struct Finder {
    /// By their first bytes.
    looks: HashMap<Vec<u8>, Vec<Look>>,
    longest: usize,
    all: AhoCorasick,
    /// What others begin with of which the rest is not known.
    cut: Vec<String>,
}

impl Known {
    pub fn of(secrets: &Secrets) -> Self {
        if secrets.are_too_many {
            return Self(None);
        }
        let (mut looks, mut bytes) = (BTreeSet::new(), 0);
        for look in secrets.all.iter().flat_map(|secret| looks_of(secret)).filter(|look| look.len() >= MIN) {
            bytes += look.len();
            if bytes > MAX_BYTES {
                return Self(None);
            }
            looks.insert(look);
        }
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::ContiguousNFA));
        let all = builder.build(&looks).ok();
        let longest = looks.iter().map(String::len).max().unwrap_or_default();
        let mut by_start: HashMap<_, Vec<Look>> = HashMap::new();
        for look in looks {
            by_start.entry(look.as_bytes()[..MIN].to_vec()).or_default().push(Look::new(look));
        }
        let is_known = |cut: &String| secrets.all.iter().any(|all| all.len() > cut.len() && all.starts_with(cut));
        let cut = secrets.cut.iter().filter(|cut| !is_known(cut)).cloned().collect();
        Self(all.map(|all| Finder { looks: by_start, longest, all, cut }))
    }

    /// Masks them in a text. If its end may be missing, the beginning of one there, too.
    pub fn mask(&self, text: &mut String, is_cut: bool) {
        match &self.0 {
            Some(finder) => finder.mask(text, is_cut),
            None if text.len() >= MIN => MASK.clone_into(text),
            None => (),
        }
    }
}

impl Finder {
    fn mask(&self, text: &mut String, is_cut: bool) {
        for start in &self.cut {
            if let Some(at) = text.find(&**start) {
                text.truncate(at);
                text.push_str(MASK);
            }
        }
        if self.all.is_match(&*text) {
            let mut masked = String::with_capacity(text.len());
            self.all.replace_all_with(text, &mut masked, |_, _, masked| {
                masked.push_str(MASK);
                true
            });
            *text = masked;
        }
        if !is_cut && !text.contains('…') {
            return;
        }
        let pieces: Vec<&str> = text.split('…').collect();
        let last = pieces.len() - 1;
        let mut masked = String::with_capacity(text.len());
        for (number, piece) in pieces.into_iter().enumerate() {
            let whole = if number < last || is_cut { piece.trim_end_matches(char::REPLACEMENT_CHARACTER) } else { "" };
            let beginning = self.beginning_at_end(whole);
            if beginning > 0 {
                masked.push_str(&whole[..whole.len() - beginning]);
                masked.push_str(MASK);
                masked.push_str(&piece[whole.len()..]);
            } else {
                masked.push_str(piece);
            }
            masked.push_str(if number < last { "…" } else { "" });
        }
        *text = masked;
    }
}

impl Finder {
    /// How many bytes at the end of a text are the beginning of a secret, if they have [`MIN`].
    fn beginning_at_end(&self, text: &str) -> usize {
        let end = &text.as_bytes()[text.len().saturating_sub(self.longest)..];
        let starts: BTreeSet<&[u8]> = end.windows(MIN).filter(|start| self.looks.contains_key(*start)).collect();
        let looks = starts.into_iter().filter_map(|start| self.looks.get(start)).flatten();
        looks.map(|look| look.beginning_at_end(text)).filter(|bytes| *bytes >= MIN).max().unwrap_or_default()
    }
}

/// Something to be found, by its beginning too, as Knuth, Morris and Pratt do it.
struct Look {
    bytes: Box<[u8]>,
    /// For each beginning of it, the longest shorter one that it ends with.
    shorter: Box<[u32]>,
}

impl Look {
    fn new(look: String) -> Self {
        let bytes = look.into_bytes().into_boxed_slice();
        let (mut shorter, mut matched) = (vec![0_u32; bytes.len()].into_boxed_slice(), 0);
        for at in 1..bytes.len() {
            while matched > 0 && bytes[matched] != bytes[at] {
                matched = shorter[matched - 1] as usize;
            }
            matched += usize::from(bytes[matched] == bytes[at]);
            shorter[at] = matched as u32;
        }
        Self { bytes, shorter }
    }

    /// How many bytes at the end of a text are its beginning.
    fn beginning_at_end(&self, text: &str) -> usize {
        let text = &text.as_bytes()[text.len().saturating_sub(self.bytes.len() - 1)..];
        let mut matched = 0;
        for byte in text {
            while matched > 0 && self.bytes[matched] != *byte {
                matched = self.shorter[matched - 1] as usize;
            }
            matched += usize::from(self.bytes[matched] == *byte);
        }
        matched
    }
}

/// What a secret can look like where this program or a server wrote it.
fn looks_of(secret: &str) -> BTreeSet<String> {
    let plain: String = serde_json::from_str(&format!("\"{secret}\"")).unwrap_or_else(|_| secret.to_owned());
    let mut looks = BTreeSet::from([
        secret.to_owned(),
        percent_decode_str(&plain).decode_utf8_lossy().into_owned(),
        percent_decode_str(&plain.replace('+', " ")).decode_utf8_lossy().into_owned(),
        ENTITIES.iter().rev().fold(plain.clone(), |text, (letter, entity)| text.replace(entity, letter)),
        ENTITIES.iter().fold(plain.clone(), |text, (letter, entity)| text.replace(letter, entity)),
        plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
    ]);
    let quoted = serde_json::Value::from(&*plain).to_string();
    let quoted = &quoted[1..quoted.len() - 1];
    looks.extend([quoted.replace('/', "\\/"), quoted.to_owned(), escaped(&plain)]);
    let in_address = |set: &'static AsciiSet| utf8_percent_encode(&plain, set).to_string();
    let in_form: String = byte_serialize(plain.as_bytes()).collect();
    for text in [in_address(NON_ALPHANUMERIC), in_address(COMPONENT), in_address(ADDRESS), in_form] {
        looks.insert(in_lower_case(&text));
        looks.insert(text);
    }
    looks.insert(plain);
    looks
}

/// What XML writes letters as. The first one is escaped first.
const ENTITIES: [(&str, &str); 5] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&apos;")];

/// The same with the digits after each `%` in lower case.
fn in_lower_case(text: &str) -> String {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (digits, rest) = piece.split_at(boundary(piece, 2));
        text + "%" + &digits.to_ascii_lowercase() + rest
    })
}
