//! The log, on standard error: for people or for programs, with a line for each request or without.
//!
//! Without `--log-format` the log is for people, and requests are not in it, because a proxy has a log of them already.
//! Whoever asks for a format has requests in it.

use std::io::{Result, Write};

use clap::ValueEnum;
use env_logger::fmt::Formatter;
use log::kv::{Error, Key, Value, VisitSource, VisitValue};
use log::{LevelFilter, Record};
use serde_json::{Map, Value as Json};

/// Where the lines of requests come from, for `RUST_LOG`.
pub const REQUESTS: &str = "queue_hooks::requests";

/// Lines for people, or an object on each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Begins to log. `RUST_LOG` says how much.
pub fn begin(format: Option<Format>) {
    let mut logger = env_logger::Builder::from_default_env();
    if format.is_none() {
        logger.filter_module(REQUESTS, LevelFilter::Off);
    }
    let levels = std::env::var("RUST_LOG").ok().filter(|levels| !levels.is_empty());
    logger.parse_filters(levels.as_deref().unwrap_or("info"));
    if format == Some(Format::Json) {
        logger.format(object);
    }
    logger.init();
}

fn object(out: &mut Formatter, record: &Record) -> Result<()> {
    let mut line = Map::new();
    line.insert("time".into(), out.timestamp_millis().to_string().into());
    line.insert("level".into(), record.level().as_str().to_lowercase().into());
    line.insert("target".into(), record.target().into());
    line.insert("message".into(), record.args().to_string().into());
    let _ = record.key_values().visit(&mut Fields(&mut line));
    writeln!(out, "{}", Json::Object(line))
}

/// Names and values beside the message.
struct Fields<'a>(&'a mut Map<String, Json>);

impl<'a> VisitSource<'a> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'a>, value: Value<'a>) -> std::result::Result<(), Error> {
        let mut field = Field(Json::Null);
        value.visit(&mut field)?;
        self.0.insert(key.to_string(), field.0);
        Ok(())
    }
}

struct Field(Json);

impl VisitValue<'_> for Field {
    fn visit_any(&mut self, value: Value) -> std::result::Result<(), Error> {
        self.0 = value.to_string().into();
        Ok(())
    }

    fn visit_null(&mut self) -> std::result::Result<(), Error> {
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> std::result::Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> std::result::Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> std::result::Result<(), Error> {
        self.0 = value.into();
        Ok(())
    }
}
