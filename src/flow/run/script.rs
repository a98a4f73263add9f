//! JavaScript in a flow schema: expressions, and the bodies of `js`, as scripts that can be run.

use super::limits::MAX_SCRIPT;

/// What an expression may not have; Webitel takes these words out.
const TAKEN_OUT: [&str; 13] =
    ["break", "case", "continue", "do", "for", "function", "if", "new", "return", "switch", "this", "typeof", "while"];
const TIMES: [&str; 12] = [
    "date_time",
    "hour",
    "mday",
    "minute",
    "minute_of_day",
    "mon",
    "mweek",
    "time_of_day",
    "wday",
    "week",
    "yday",
    "year",
];

/// The expression of an `if` or a `while` as a script.
pub fn condition(expression: &str) -> Result<String, String> {
    let expression = with_variables(expression, "sys.getVariable");
    checked(format!("_result = {}", without_words(&with_times(&expression))))
}

/// The body of a `js` as a script.
pub fn body(text: &str) -> Result<String, String> {
    let text = with_variables(text, "_getChannelVar");
    checked(format!("(function(LocalDate) {{{text}}})(LocalDate)"))
}

/// Numbers such as `5n` grow beyond any clock, and Webitel does not know them either.
fn checked(script: String) -> Result<String, String> {
    if script.len() > MAX_SCRIPT {
        return Err("Its script has more than 64 KiB, which is too long to be run here.".into());
    }
    let mut words = script.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
    if let Some(word) = words.find(|word| is_big(word)) {
        return Err(format!("Its script has the number {}, which Webitel does not know.", short(word)));
    }
    Ok(script)
}

fn is_big(word: &str) -> bool {
    let Some(digits) = word.strip_suffix('n').filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit())) else {
        return false;
    };
    let is_prefixed = digits.len() > 1 && matches!(digits.as_bytes()[1], b'x' | b'X' | b'o' | b'O' | b'b' | b'B');
    let rest = if is_prefixed { &digits[2..] } else { digits };
    rest.chars().all(|c| c == '_' || c.is_ascii_digit() || is_prefixed && c.is_ascii_hexdigit())
}

fn short(word: &str) -> String {
    word.chars().take(20).collect()
}

/// Calls a function instead of each `${name}`.
fn with_variables(text: &str, function: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        out.push_str(&format!("{before}{function}(\"{name}\")"));
        rest = after;
    }
    out + rest
}

/// Calls a function of `sys` instead of each `&hour(…)`.
fn with_times(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('&') {
        let called = after.split_once('(').and_then(|(name, arguments)| {
            let (arguments, rest) = arguments.split_once(')')?;
            TIMES.contains(&name).then(|| (format!("sys.{name}(\"{arguments}\")"), rest))
        });
        out.push_str(before);
        rest = if let Some((call, rest)) = called {
            out.push_str(&call);
            rest
        } else {
            out.push('&');
            after
        };
    }
    out + rest
}

fn without_words(text: &str) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut out, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(if TAKEN_OUT.contains(&word) || word == "var" { "" } else { word });
        let next = after.find(is_of_word).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}
