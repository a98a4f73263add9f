//! Files that `queue-hooks import` cannot read line by line, and what it says of them: once.

use support::process::*;

/// The sentence about a file; nothing of it is stored.
#[track_caller]
fn said(database: &Database, file: impl Into<Vec<u8>>) -> String {
    let said = database.import(file).sentence();
    assert!(said.starts_with("queue-hooks: Nothing was imported: this is "), "{said}");
    said
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn a_file_that_is_something_else_is_told_once() {
    let database = Database::sqlite();
    database.migrate();
    let pretty = "{\n  \"queue\": {\n    \"id\": \"1\"\n  }\n}\n{\n  \"queue\": {}\n}\n";
    let array = format!("[{}]", CENTRE.trim().replace('\n', ",\n"));
    let database_file = std::fs::read(database.file()).expect("a database");
    let texts: [(Vec<u8>, &[&str]); 20] = [
        (utf_16(&format!("\u{feff}{CENTRE}"), u16::to_le_bytes), &["UTF-16", "iconv -f UTF-16 "]),
        (utf_16(&format!("\u{feff}{CENTRE}"), u16::to_be_bytes), &["UTF-16", "iconv -f UTF-16 "]),
        (utf_16(CENTRE, u16::to_le_bytes), &["UTF-16", "iconv -f UTF-16LE "]),
        (utf_16(CENTRE, u16::to_be_bytes), &["UTF-16", "iconv -f UTF-16BE "]),
        (array.clone().into(), &["a JSON array", "jq -c '.[]'"]),
        (format!("\u{feff}\n  {array}").into(), &["a JSON array", "jq -c '.[]'"]),
        (b"[\n  {\n    \"queue\": {}\n  }\n]\n".to_vec(), &["a JSON array"]),
        (pretty.into(), &["on several lines", "jq -c ."]),
        (format!("\u{feff}{}", pretty.replace('\n', "\r\n")).into(), &["on several lines", "jq -c ."]),
        (database_file, &["a SQLite database", "queue-hooks restore"]),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(), &["gzip", "gunzip -c"]),
        (b"\x28\xb5\x2f\xfd\x04\x58".to_vec(), &["zstd"]),
        (b"PK\x03\x04\x14\0".to_vec(), &["a ZIP archive or a spreadsheet"]),
        (b"PGDMP\x01\x0e".to_vec(), &["a dump of a PostgreSQL database", "pg_restore"]),
        (b"id,name,type\r\n1,Sales,1\r\n".to_vec(), &["a table (CSV)", "docs/data.md"]),
        (b"id;name;type\n1;\"Sales, EU\";1\n".to_vec(), &["a table (CSV)"]),
        (b"--\n-- PostgreSQL database dump\n--\n".to_vec(), &["SQL"]),
        (b"queues:\n  - name: Sales\n    type: 1\n".to_vec(), &["a text", "docs/data.md"]),
        (b"To whom it may concern\n\nHere are our queues.\n".to_vec(), &["a text"]),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n4 0 obj\n<< /Length 3 >>\n".to_vec(), &["a text"]),
    ];
    for (file, words) in texts {
        let said = said(&database, file);
        assert!(said.contains("not one JSON object on each line"), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?} in {said}");
    }
    assert_eq!(database.export(), "");
}

#[on_both]
fn a_byte_order_mark_is_skipped_wherever_a_line_begins(database: &Database) {
    let lines = format!("\u{feff}\n\u{feff}{}", CENTRE.replace('\n', "\r\n\u{feff}"));
    assert_eq!(database.import(lines).well().errors, "Imported 1 queues, 2 flow schemas and 0 hooks.\n");
    assert_eq!(database.export(), CENTRE);
}

#[test]
fn a_file_with_lines_of_ours_is_told_line_by_line() {
    let database = Database::sqlite();
    database.migrate();
    for (file, error) in [
        (format!("nonsense, or so\n{CENTRE}"), "line 1: expected value (column 1)"),
        ("{\"queue\":{\"id\":".into(), "line 1: EOF while parsing a value (column 15)"),
        (format!("{{\"queue\":\n{CENTRE}"), "line 1: EOF while parsing a value (column 9)"),
        ("{\"queue\":{}}\n  \"x\"\n".into(), "line 1: missing field `id` (column 11)"),
    ] {
        let said = database.import(file.clone()).failed();
        assert!(said.contains(error), "{error} in {said}");
    }
}
