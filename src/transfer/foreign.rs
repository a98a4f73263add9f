//! What a file is that has no JSON Lines in it: told once, instead of a riddle for each of its lines.

use serde::de::IgnoredAny;

/// As many bytes of a file as tell what it is.
pub const HEAD: u64 = 1 << 16;

/// What some programs put before the first character of a text, and sometimes before the first of each part.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// First bytes, what a file is that begins with them, and what to do with it.
const KINDS: &[(&[u8], &str, &str)] = &[
    (
        b"SQLite format 3\0",
        "a SQLite database",
        "“queue-hooks restore” puts it into use, “queue-hooks export --database-url sqlite://FILE” makes lines of it",
    ),
    (b"PGDMP", "a dump of a PostgreSQL database", "pg_restore reads it"),
    (b"\x1f\x8b", "packed with gzip", "try “gunzip -c FILE | queue-hooks import -”"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "try “zstd -dc FILE | queue-hooks import -”"),
    (b"\xfd7zXZ\0", "packed with xz", "try “xz -dc FILE | queue-hooks import -”"),
    (b"BZh", "packed with bzip2", "try “bzip2 -dc FILE | queue-hooks import -”"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet", "unpack it first"),
    (b"\xff\xfe", UTF_16, FROM_UTF_16),
    (b"\xfe\xff", UTF_16, FROM_UTF_16),
];

const UTF_16: &str = "text in UTF-16";
const FROM_UTF_16: &str = "save it as UTF-8, or try “iconv -f UTF-16 -t UTF-8 FILE | queue-hooks import -”";

/// A sentence about a file that begins like this, if it is clearly something else.
pub fn recognize(head: &[u8]) -> Option<String> {
    let of_bytes = KINDS.iter().find(|(first, ..)| head.starts_with(first)).map(|&(_, what, next)| (what, next));
    let (what, next) = of_bytes.or_else(|| of_wide_text(head)).or_else(|| of_text(head))?;
    Some(format!("this is {what}, not one JSON object on each line; {next}"))
}

/// A text of two bytes for each character, without a mark that says so.
fn of_wide_text(head: &[u8]) -> Option<(&'static str, &'static str)> {
    match head {
        [0, low, ..] if *low != 0 => Some((UTF_16, "try “iconv -f UTF-16BE -t UTF-8 FILE | queue-hooks import -”")),
        [low, 0, ..] if *low != 0 => Some((UTF_16, "try “iconv -f UTF-16LE -t UTF-8 FILE | queue-hooks import -”")),
        _ => None,
    }
}

fn of_text(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const SEPARATORS: [char; 3] = [',', ';', '\t'];
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines().map(|line| line.trim_start_matches('\u{feff}')).filter(|line| !line.trim().is_empty());
    let (first, second) = (lines.next()?.trim_start(), lines.next());
    let has_object = second.into_iter().chain(lines).any(|line| line.trim_start().starts_with('{'));
    let is_begun = || {
        let read: Result<IgnoredAny, _> = serde_json::from_str(first);
        read.is_err_and(|cause| cause.is_eof())
    };
    let goes_on = second.is_some_and(|line| !line.starts_with('{'));
    match first.chars().next()? {
        '[' => Some(("a JSON array", "try “jq -c '.[]' FILE | queue-hooks import -”")),
        '{' if goes_on && is_begun() => {
            Some(("JSON with an object on several lines", "try “jq -c . FILE | queue-hooks import -”"))
        }
        '{' => None,
        '<' => Some(("XML or a page of the web", "an export has the lines that are wanted")),
        _ if first.starts_with("--") || first.starts_with("PRAGMA") => {
            Some(("SQL", "psql or sqlite3 runs it, in an empty database"))
        }
        _ if goes_on
            && SEPARATORS.iter().any(|c| first.contains(*c) && second.is_some_and(|line| line.contains(*c))) =>
        {
            Some(("a table (CSV)", "docs/data.md says how the lines look"))
        }
        _ if goes_on && !has_object => Some(("a text", "docs/data.md says how the lines look")),
        _ => None,
    }
}
