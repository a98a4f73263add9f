//! How pages show moments, for all of them in one place: in the person's time zone.
//!
//! A person chooses a zone in their account, or leaves it to their browser, whose script names its zone in a cookie
//! (`static/script/times.js`). Without either, and where we do not know a name, it is UTC. [`super::page`] hands the
//! [`Clock`] of a request to its template as askama's values, so no view and no handler knows of zones. Templates show
//! a moment by the macros of `templates/macros.html`: every one of them carries UTC, for its tip and for the script.
//!
//! Files, the log and the command line are in UTC.

use std::any::Any;
use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use chrono::{Datelike, NaiveDateTime, Timelike};

use super::cookies::{self, Kind};
use super::site::Site;
use crate::access::session::Signed;
use crate::db::now;
use crate::zone::Zone;

/// By which clock a page shows its moments.
pub struct Clock {
    pub zone: Zone,
    /// It is the browser's zone, as far as we know it.
    pub is_browsers: bool,
    now: NaiveDateTime,
}

impl Clock {
    pub fn of(request: &HttpRequest, signed: Option<&Signed>) -> Self {
        let chosen = signed.and_then(|signed| signed.person.zone.as_deref());
        let zone = match chosen {
            Some(name) => Zone::named(name),
            None => cookies::read(request, Kind::Zone).and_then(|name| Zone::named(&name)),
        };
        Self { zone: zone.unwrap_or(Zone::UTC), is_browsers: chosen.is_none(), now: now() }
    }

    /// When the page was made, so that the age of a moment does not depend on the browser's clock.
    pub fn now(&self) -> Text {
        utc(&self.now)
    }
}

/// The cookie in which the browser's script names its zone, but for the value.
pub fn cookie(site: &Site) -> String {
    cookies::left_to_script(site, Kind::Zone, Duration::days(365))
}

/// How templates find the clock.
const CLOCK: &str = "clock";

impl Values for Clock {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == CLOCK).then_some(self)
    }
}

fn clock(values: &dyn Values) -> Option<&Clock> {
    askama::get_value(values, CLOCK).ok()
}

/// A moment as a row shows it.
pub fn minute(at: &NaiveDateTime) -> Moment {
    Moment { at: *at, length: "2026-11-26 01:02".len() }
}

pub fn second(at: &NaiveDateTime) -> Moment {
    Moment { at: *at, length: "2026-11-26 01:02:03".len() }
}

/// A moment in UTC, to the second.
pub fn utc(at: &NaiveDateTime) -> Text {
    Text::of(*at)
}

/// A moment in the zone of the page that it is written on.
pub struct Moment {
    at: NaiveDateTime,
    length: usize,
}

/// The name of that zone.
pub struct ZoneName;

impl FastWritable for Moment {
    fn write_into(&self, dest: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        let local = clock(values).map_or(self.at, |clock| clock.zone.local(self.at));
        Ok(dest.write_str(&Text::of(local).as_str()[..self.length])?)
    }
}

impl FastWritable for ZoneName {
    fn write_into(&self, dest: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(clock(values).map_or(Zone::UTC.name(), |clock| clock.zone.name()))?)
    }
}

/// Digits and the names of zones need no escaping.
impl HtmlSafe for Moment {}
impl HtmlSafe for ZoneName {}
impl HtmlSafe for Text {}

/// Without a page, in UTC.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&utc(&self.at).as_str()[..self.length])
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Zone::UTC.name())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FastWritable for Text {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(self.as_str())?)
    }
}

/// `2026-11-26 01:02:03`. A format would be read anew for each of 1000 rows.
pub struct Text([u8; 19]);

impl Text {
    fn of(at: NaiveDateTime) -> Self {
        let mut text = *b"0000-00-00 00:00:00";
        let year = at.year().clamp(0, 9999) as u32;
        let (month, day, hour) = (at.month(), at.day(), at.hour());
        let numbers = [year / 100, year % 100, month, day, hour, at.minute(), at.second()];
        for (place, number) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(numbers) {
            text[place] += (number / 10) as u8;
            text[place + 1] += (number % 10) as u8;
        }
        Self(text)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits")
    }
}
