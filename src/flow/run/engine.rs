//! `QuickJS`, which runs the scripts of a flow schema. Nothing of the machine can be reached from it, and it looks at the
//! clock itself as often as it can: `prelude.js` says how.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use chrono::{Datelike, NaiveDateTime, Timelike};
use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::prelude::Func;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Exception, FromJs, Runtime};

use serde::{Deserialize, Serialize};

use super::limits::MAX_SCRIPT_MEMORY;

const PRELUDE: &str = include_str!("prelude.js");
const MAX_STACK: usize = 256 << 10;
/// How much of an error's message is shown.
const MAX_MESSAGE: usize = 200;
/// What `QuickJS` says when its clock stops a script; [`tick`] says the same.
const INTERRUPTED: &str = "interrupted";

/// Why there is nothing that a script comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Failure {
    TooLong,
    TooLarge,
    /// It failed by itself, and says how.
    Own(String),
}

pub struct Engine {
    context: Context,
    clock: Rc<Clock>,
}

/// What clocks show to a script, and when it has to end.
#[derive(Default)]
struct Clock {
    now: Cell<NaiveDateTime>,
    until: Cell<Option<Instant>>,
}

impl Clock {
    fn is_late(&self) -> bool {
        self.until.get().is_some_and(|until| Instant::now() > until)
    }
}

impl Engine {
    /// One whose scripts find the values of variables by this function.
    pub fn new(variable: impl Fn(&str) -> String + 'static) -> Result<Self, Failure> {
        Self::made(variable).map_err(|_| Failure::TooLarge)
    }

    fn made(variable: impl Fn(&str) -> String + 'static) -> rquickjs::Result<Self> {
        use intrinsic::{Date, Eval, Json, Promise, RegExp, RegExpCompiler};
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(MAX_SCRIPT_MEMORY);
        runtime.set_max_stack_size(MAX_STACK);
        let clock = Rc::new(Clock::default());
        let interrupts = Rc::clone(&clock);
        runtime.set_interrupt_handler(Some(Box::new(move || interrupts.is_late())));
        let context = Context::custom::<(Date, Eval, RegExpCompiler, RegExp, Json, Promise)>(&runtime)?;
        let (local, ticks) = (Rc::clone(&clock), Rc::clone(&clock));
        context.with(|ctx| {
            let globals = ctx.globals();
            globals.set("_getChannelVar", Func::from(move |name: String| variable(&name)))?;
            globals.set("_local", Func::from(move || parts(local.now.get())))?;
            globals.set("_tick", Func::from(move |ctx: Ctx| tick(&ctx, &ticks)))?;
            ctx.eval::<(), _>(PRELUDE)
        })?;
        Ok(Self { context, clock })
    }

    /// What a script comes to.
    pub fn evaluate<T>(&self, script: &str, now: NaiveDateTime, until: Instant) -> Result<T, Failure>
    where
        T: for<'js> FromJs<'js>,
    {
        self.clock.now.set(now);
        self.clock.until.set(Some(until));
        self.context.with(|ctx| {
            let value = run(&ctx, script).and_then(|value| T::from_js(&ctx, value));
            value.catch(&ctx).map_err(|error| failure(&error))
        })
    }
}

fn tick(ctx: &Ctx, clock: &Clock) -> rquickjs::Result<()> {
    if clock.is_late() { Err(Exception::throw_message(ctx, INTERRUPTED)) } else { Ok(()) }
}

fn run<'js>(ctx: &Ctx<'js>, script: &str) -> rquickjs::Result<rquickjs::Value<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options(script, options)
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

fn failure(error: &CaughtError) -> Failure {
    let message = match error {
        CaughtError::Exception(exception) => exception.message().unwrap_or_default(),
        CaughtError::Value(value) if value.is_null() => return Failure::TooLarge,
        CaughtError::Value(value) => value.get::<rquickjs::Coerced<String>>().map(|text| text.0).unwrap_or_default(),
        CaughtError::Error(error) => error.to_string(),
    };
    match &*message {
        INTERRUPTED => Failure::TooLong,
        "out of memory" | "string too long" | "invalid string length" => Failure::TooLarge,
        message => Failure::Own(match message.char_indices().nth(MAX_MESSAGE) {
            Some((end, _)) => format!("{}…", &message[..end]),
            None => message.to_owned(),
        }),
    }
}
