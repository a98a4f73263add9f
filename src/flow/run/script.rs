//! The JavaScript of a flow schema: expressions, and the bodies of `js`. Nothing of the machine can be reached from it,
//! and each piece ends in bounded time and memory. `prelude.js` says how.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use chrono::{Datelike, NaiveDateTime, Timelike};
use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::prelude::Func;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, FromJs, Runtime};

use super::limits::{MAX_SCRIPT, MAX_SCRIPT_MEMORY, SCRIPT_TIME};
use super::values::Values;
use crate::flow::variables::Variables;

const PRELUDE: &str = include_str!("prelude.js");
const MAX_STACK: usize = 256 << 10;
/// How much of an error's message is shown.
const MAX_MESSAGE: usize = 200;
const TOO_LONG: &str = "It ran too long, so it was stopped.";
const TOO_LARGE: &str = "It needs more than 16 MiB of memory, so it was stopped.";

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

/// What scripts share: those of one run see each other's variables, as in Webitel.
#[derive(Default)]
pub struct Scripts {
    started: Option<Started>,
}

struct Started {
    context: Context,
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    values: RefCell<Values>,
    now: Cell<NaiveDateTime>,
    until: Cell<Option<Instant>>,
}

impl Scripts {
    /// What a script comes to, or why there is nothing.
    pub fn evaluate<T: for<'js> FromJs<'js>>(
        &mut self,
        script: &str,
        values: &mut Values,
        now: NaiveDateTime,
        end: Instant,
    ) -> Result<T, String> {
        let started = match self.started.take() {
            Some(started) => started,
            None => Started::new().map_err(|_| TOO_LARGE.to_owned())?,
        };
        let Started { context, shared } = &started;
        shared.values.replace(std::mem::take(values));
        shared.now.set(now);
        shared.until.set(Some(end.min(Instant::now() + SCRIPT_TIME)));
        let result = context.with(|ctx| {
            run(&ctx, script).and_then(|value| T::from_js(&ctx, value)).catch(&ctx).map_err(|error| sentence(&error))
        });
        *values = shared.values.take();
        // One that was stopped may have left anything behind.
        if !matches!(&result, Err(sentence) if sentence == TOO_LONG || sentence == TOO_LARGE) {
            self.started = Some(started);
        }
        result
    }
}

fn run<'js>(ctx: &Ctx<'js>, script: &str) -> rquickjs::Result<rquickjs::Value<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options(script, options)
}

impl Started {
    fn new() -> rquickjs::Result<Self> {
        use intrinsic::{Date, Eval, Json, Promise, RegExp, RegExpCompiler};
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(MAX_SCRIPT_MEMORY);
        runtime.set_max_stack_size(MAX_STACK);
        let shared = Rc::new(Shared::default());
        let clock = Rc::clone(&shared);
        let is_late = move || clock.until.get().is_some_and(|until| Instant::now() > until);
        runtime.set_interrupt_handler(Some(Box::new(is_late)));
        let context = Context::custom::<(Date, Eval, RegExpCompiler, RegExp, Json, Promise)>(&runtime)?;
        context.with(|ctx| {
            let (variables, time) = (Rc::clone(&shared), Rc::clone(&shared));
            let get = move |name: String| variables.values.borrow_mut().get(&name).unwrap_or_default().to_owned();
            ctx.globals().set("_getChannelVar", Func::from(get))?;
            ctx.globals().set("_local", Func::from(move || parts(time.now.get())))?;
            ctx.eval::<(), _>(PRELUDE)
        })?;
        Ok(Self { context, shared })
    }
}

/// A time as `prelude.js` wants it.
fn parts(now: NaiveDateTime) -> Vec<u32> {
    let first = now.with_day(1).unwrap_or(now);
    let week = |of: NaiveDateTime| of.iso_week().week();
    vec![
        now.year().unsigned_abs(),
        now.month(),
        now.day(),
        now.hour(),
        now.minute(),
        now.second(),
        now.ordinal(),
        week(now),
        (1 + week(now)).saturating_sub(week(first)),
        now.weekday().num_days_from_sunday() + 1,
    ]
}

fn sentence(error: &CaughtError) -> String {
    let message = match error {
        CaughtError::Exception(exception) => exception.message().unwrap_or_default(),
        CaughtError::Value(value) if value.is_null() => return TOO_LARGE.into(),
        CaughtError::Value(value) => value.get::<rquickjs::Coerced<String>>().map(|text| text.0).unwrap_or_default(),
        CaughtError::Error(error) => error.to_string(),
    };
    match &*message {
        "interrupted" => TOO_LONG.into(),
        "out of memory" | "string too long" | "invalid string length" => TOO_LARGE.into(),
        message => {
            let short: String = message.chars().take(MAX_MESSAGE).collect();
            format!("Its script failed: {short}.").replace("..", ".")
        }
    }
}

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
