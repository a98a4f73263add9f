//! A registry's filter, in an address and as the choices and chips on its page.

use std::collections::BTreeSet;

use crate::model::event::Event;
use crate::model::listing::{Filter, Rows};
use crate::name::short;
use crate::web::paging::{self, Query, read_search, read_word};
use crate::web::params::Params;
use crate::word::Word;

/// An active filter: what it says, and the filter without it.
pub struct Chip<R: Rows> {
    pub text: String,
    pub without: Filter<R>,
}

/// A value that a filter can have.
pub struct Choice {
    pub word: &'static str,
    pub name: &'static str,
    pub is_chosen: bool,
}

impl<R: Rows> Filter<R> {
    pub fn kind_choices(&self) -> Vec<Choice> {
        let choice =
            |kind: &R::Kind| Choice { word: kind.word(), name: kind.name(), is_chosen: self.kinds.contains(kind) };
        R::Kind::ALL.iter().map(choice).collect()
    }

    /// The chosen kinds in short.
    pub fn kinds_chosen(&self) -> String {
        match self.kinds.first() {
            None => "Any".into(),
            Some(kind) if self.kinds.len() == 1 => kind.name().into(),
            Some(_) => format!("{} chosen", self.kinds.len()),
        }
    }

    pub fn state_choices(&self) -> Vec<Choice> {
        let [on, off] = R::STATE.2;
        vec![
            Choice { word: "true", name: on, is_chosen: self.state == Some(true) },
            Choice { word: "false", name: off, is_chosen: self.state == Some(false) },
        ]
    }

    pub fn missing_choices(&self) -> Vec<Choice> {
        let choice =
            |event: &Event| Choice { word: event.word(), name: event.name(), is_chosen: self.missing == Some(*event) };
        Event::ALL.iter().map(choice).collect()
    }

    pub fn chips(&self) -> Vec<Chip<R>> {
        let mut chips = Vec::new();
        for kind in &self.kinds {
            let mut without = self.clone();
            without.kinds.remove(kind);
            chips.push(Chip { text: format!("{}: {}", R::KIND.1, kind.name()), without });
        }
        if let Some(state) = self.state {
            let name = R::STATE.2[usize::from(!state)];
            let without = Self { state: None, ..self.clone() };
            chips.push(Chip { text: format!("{}: {name}", R::STATE.1), without });
        }
        if let (Some(event), Some((_, label))) = (self.missing, R::MISSING) {
            let without = Self { missing: None, ..self.clone() };
            chips.push(Chip { text: format!("{label}: {}", event.name()), without });
        }
        if !self.q.is_empty() {
            let without = Self { q: String::new(), ..self.clone() };
            chips.push(Chip { text: format!("{}: {}", R::SEARCH.1, self.q), without });
        }
        chips
    }
}

impl<R: Rows> paging::Filter for Filter<R> {
    type Column = R::Column;

    fn read(params: &Params, notices: &mut Vec<String>) -> Self {
        let mut kinds = BTreeSet::new();
        for word in params.all(R::KIND.0) {
            if let Some(kind) = R::Kind::from_word(word) {
                kinds.insert(kind);
            } else {
                let kind = R::KIND.1.to_lowercase();
                notices.push(format!("There is no {kind} “{}”, so it was left out.", short(word)));
            }
        }
        let state = read_word(params, R::STATE.0, |word| word.parse().ok(), "true or false", notices);
        let missing = R::MISSING.and_then(|(name, _)| {
            let words: Vec<_> = Event::ALL.iter().map(|event| event.word()).collect();
            read_word(params, name, Event::from_word, &words.join(", "), notices)
        });
        Self { kinds, state, missing, q: read_search(params, notices) }
    }

    fn write(&self, query: &mut Query) {
        for kind in &self.kinds {
            query.append_pair(R::KIND.0, kind.word());
        }
        if let Some(state) = self.state {
            query.append_pair(R::STATE.0, if state { "true" } else { "false" });
        }
        if let (Some(event), Some((name, _))) = (self.missing, R::MISSING) {
            query.append_pair(name, event.word());
        }
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
    }
}
