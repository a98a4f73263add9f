//! Time zones by their names, as IANA gives them. The rules of all zones are built in, so that what a page shows does
//! not depend on the machine. We only ever go from UTC to a zone, which has one answer: no hour is missing or twice.

use std::sync::LazyLock;

use chrono::{NaiveDateTime, TimeDelta};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// What the names of places begin with. Other names are of whole countries, or are kept for programs of long ago.
const AREAS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

static PLACES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = DATABASE.available().map(|name| name.to_string());
    let is_place = |name: &String| name.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area));
    [Zone::UTC.name().to_owned()].into_iter().chain(names.filter(is_place)).collect()
});

impl Zone {
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone with this name, in whatever case.
    pub fn named(name: &str) -> Option<Self> {
        DATABASE.get(name).ok().filter(|zone| !zone.is_unknown()).map(Self)
    }

    /// The zone that somebody typed; none if they typed nothing. People write the names of places with spaces.
    pub fn typed(typed: &str) -> Result<Option<Self>, &'static str> {
        const UNKNOWN: &str =
            "There is no such time zone. Choose one from the list, such as Europe/Berlin, or leave this empty.";
        match typed.trim() {
            "" => Ok(None),
            name => Self::named(&name.replace(' ', "_")).ok_or(UNKNOWN).map(Some),
        }
    }

    /// What a person may choose from: UTC, and the places in the order of their names. Every other name that
    /// [`Zone::named`] knows will do as well.
    pub fn places() -> &'static [String] {
        &PLACES
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What clocks in this zone show at a moment.
    pub fn local(&self, at: NaiveDateTime) -> NaiveDateTime {
        let offset = Timestamp::from_second(at.and_utc().timestamp()).map(|moment| self.0.to_offset(moment).seconds());
        at.checked_add_signed(TimeDelta::seconds(offset.unwrap_or(0).into())).unwrap_or(at)
    }
}
