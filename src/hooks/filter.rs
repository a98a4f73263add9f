//! What the registry of hooks can be narrowed and sorted by.

use std::collections::BTreeSet;

use crate::event::Event;
use crate::paging::{self, Query, read_search, read_word, short};
use crate::params::Params;

pub type View = paging::View<Filter>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// None means any.
    pub events: BTreeSet<Event>,
    pub enabled: Option<bool>,
    /// Part of the flow schema's name.
    pub q: String,
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The state that is asked for, as people read it.
    pub fn state(&self) -> &'static str {
        match self.enabled {
            None => "Any",
            Some(true) => "Enabled",
            Some(false) => "Disabled",
        }
    }

    pub fn without_event(&self, event: Event) -> Self {
        let mut filter = self.clone();
        filter.events.remove(&event);
        filter
    }

    pub fn without_state(&self) -> Self {
        Self { enabled: None, ..self.clone() }
    }

    pub fn without_q(&self) -> Self {
        Self { q: String::new(), ..self.clone() }
    }
}

impl paging::Filter for Filter {
    type Column = Column;

    fn read(params: &Params, notices: &mut Vec<String>) -> Self {
        let mut events = BTreeSet::new();
        for word in params.all("event") {
            match Event::from_word(word) {
                Some(event) => drop(events.insert(event)),
                None => notices.push(format!("There is no event “{}”, so it was left out.", short(word))),
            }
        }
        let enabled = read_word(params, "enabled", |word| word.parse().ok(), "true or false", notices);
        Self { events, enabled, q: read_search(params, notices) }
    }

    fn write(&self, query: &mut Query) {
        for event in &self.events {
            query.append_pair("event", event.word());
        }
        if let Some(enabled) = self.enabled {
            query.append_pair("enabled", if enabled { "true" } else { "false" });
        }
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    #[default]
    Event,
    Schema,
    Enabled,
    UpdatedAt,
}

impl paging::Column for Column {
    const ALL: &'static [Self] = &[Self::Event, Self::Schema, Self::Enabled, Self::UpdatedAt];

    fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Schema => "schema",
            Self::Enabled => "enabled",
            Self::UpdatedAt => "updated_at",
        }
    }
}
