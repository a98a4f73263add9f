//! Texts of a mebibyte that are as demanding as possible.

use queue_hooks::flow::text::MAX_TEXT;

/// A mebibyte of one piece, repeated between a beginning and an end.
pub fn filled(start: &str, piece: &str, separator: &str, end: &str) -> String {
    let room = MAX_TEXT - start.len() - end.len();
    let count = (room + separator.len()) / (piece.len() + separator.len());
    format!("{start}{}{end}", vec![piece; count].join(separator))
}

/// A mebibyte of numbered pieces, between a beginning and an end.
pub fn numbered(start: &str, piece: impl Fn(usize) -> String, end: &str, bytes: usize) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        let piece = piece(number);
        if text.len() + 1 + piece.len() + end.len() > bytes {
            break;
        }
        text += if number > 0 { "," } else { "" };
        text += &piece;
    }
    text + end
}

/// What is bad about a text, and the text.
type Text = (&'static str, String);

/// Texts that are accepted.
pub fn worst() -> Vec<Text> {
    [places(), values(), many_names(), many_values()].concat()
}

/// Long names of places with many applications in them.
fn places() -> Vec<Text> {
    let name = "n".repeat(520_000);
    vec![
        (
            "a long name of a place with many applications",
            filled(&format!("[{{\"switch\":{{\"variable\":\"x\",\"case\":{{\"{name}\":["), "{\"a\":1}", ",", "]}}}]"),
        ),
        (
            "the same of a function",
            filled(&format!("[{{\"function\":{{\"name\":\"{name}\",\"actions\":["), "{\"a\":1}", ",", "]}}]"),
        ),
        ("the same of a trigger", filled(&format!("[{{\"trigger\":{{\"{name}\":["), "{\"a\":1}", ",", "]}}]")),
        (
            "a long name of a place with many requests",
            filled(&format!("[{{\"trigger\":{{\"{name}\":["), "{\"httpRequest\":{\"url\":\"http://x\"}}", ",", "]}}]"),
        ),
    ]
}

/// Long values that are used again and again.
fn values() -> Vec<Text> {
    let long_variable = format!("${{{}}}", "x".repeat(500_000));
    let names = numbered("", |n| format!("\"{n:x}\":1"), "", 500_000);
    vec![
        (
            "values that contain each other",
            filled(
                &format!(
                    "[{{\"set\":{{\"a\":\"{}\",\"b\":\"{}\"}}}},{{\"httpRequest\":{{\"url\":\"http://x\",\"data\":\"",
                    "x".repeat(40_000),
                    "${a}".repeat(104)
                ),
                "${b}",
                "",
                "\"}}]",
            ),
        ),
        (
            "a value that grows when it is escaped, again and again",
            filled(
                &format!(
                    "[{{\"set\":{{\"b\":\"{}\"}}}},{{\"httpRequest\":{{\"url\":\"http://x\",\"data\":[\"",
                    "<".repeat(400_000)
                ),
                "${b}",
                "",
                "\"]}}]",
            ),
        ),
        (
            "many names in a path and many variables in the url",
            filled(
                &format!("[{{\"httpRequest\":{{\"path\":{{{names}}},\"url\":\"http://x?"),
                "${ab12}${z}",
                "",
                "\"}}]",
            ),
        ),
        (
            "a long name of a variable, looked up again and again",
            filled(
                &format!("[{{\"httpRequest\":{{\"path\":{{\"p\":\"{long_variable}\"}},\"url\":\"http://x/"),
                "${p}",
                "",
                "\"}}]",
            ),
        ),
        (
            "a long value with escapes in a path",
            filled(
                &format!("[{{\"httpRequest\":{{\"path\":{{\"p\":\"{}\"}},\"url\":\"http://x/", "\\n".repeat(200_000)),
                "${p}",
                "",
                "\"}}]",
            ),
        ),
        (
            "many parts of a query",
            filled("[{\"httpRequest\":{\"path\":{\"p\":1},\"url\":\"http://x?", "a", "&", "\"}}]"),
        ),
    ]
}

/// Many names of everything that has one.
fn many_names() -> Vec<Text> {
    let name = "n".repeat(520_000);
    vec![
        (
            "many headers that stand as they are",
            numbered(
                "[{\"httpRequest\":{\"url\":\"http://x\",\"headers\":{",
                |n| format!("\"{n:x}\":\"${{x}}y\""),
                "}}}]",
                MAX_TEXT,
            ),
        ),
        (
            "many headers",
            numbered(
                "[{\"httpRequest\":{\"url\":\"http://x\",\"headers\":{",
                |n| format!("\"{n:x}\":1"),
                "}}}]",
                MAX_TEXT,
            ),
        ),
        (
            "many variables that no event brings",
            numbered(
                "[{\"httpRequest\":{\"url\":\"http://x\",\"data\":[\"",
                |n| format!("${{{n:x}}}"),
                "\"]}}]",
                MAX_TEXT,
            ),
        ),
        (
            "a long name of a variable in many requests",
            filled(
                &format!("[{{\"set\":{{\"{name}\":1}}}},"),
                "{\"httpRequest\":{\"url\":\"http://x/${state.a.b}\"}}",
                ",",
                "]",
            ),
        ),
        ("many variables that are set", numbered("[{\"set\":{", |n| format!("\"{n:x}\":1"), "}}]", MAX_TEXT)),
        ("many applications that nobody knows", numbered("[", |n| format!("{{\"{n:x}\":1}}"), "]", MAX_TEXT)),
        ("many requests", filled("[", "{\"httpRequest\":{}}", ",", "]")),
        ("many places", numbered("[{\"switch\":{\"case\":{", |n| format!("\"{n:x}\":[{{\"a\":1}}]"), "}}}]", MAX_TEXT)),
    ]
}

/// Many values of each kind, and texts of odd characters.
fn many_values() -> Vec<Text> {
    let nested = format!("{}{}", "[".repeat(500), "]".repeat(500));
    vec![
        ("many numbers", filled("[{\"log\":[", "1", ",", "]}]")),
        ("many small lists", filled("[{\"log\":[", "[1]", ",", "]}]")),
        ("many deep lists", filled("[{\"log\":[", &nested, ",", "]}]")),
        ("many small objects", filled("[{\"log\":[", "{\"\":1}", ",", "]}]")),
        ("backslashes", filled("[{\"log\":\"", "\\\\", "", "\"}]")),
        ("characters that are almost refused", filled("[{\"log\":\"", "\\\\u0000", "", "\"}]")),
        ("names with escapes", numbered("[{\"set\":{", |n| format!("\"\\n{n:x}\":1"), "}}]", MAX_TEXT)),
        ("empty lines", filled("[{\"log\":1", "\n", "", "}]")),
        ("markup", filled("[{\"httpRequest\":{\"url\":\"http://x\",\"data\":\"", "<&'", "", "\"}}]")),
    ]
}
