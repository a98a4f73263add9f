//! What an undo does with each thing that a change was about, and what came of it in total.

use std::collections::{BTreeMap, BTreeSet};

use super::part::Done;
use crate::model::event::Event;
use crate::model::journal::{Action, Kept};

/// What is to be done about a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is as the change left it.
    PutBack,
    /// It is as it was before the change.
    Already,
    /// Somebody changed it since.
    Changed,
    /// Somebody removed it since.
    Removed,
}

impl Fate {
    pub fn of<K: Kept>(done: &Done<K>, now: Option<&K>) -> Self {
        match (&done.before, &done.after, now) {
            (_, None, None) => Self::PutBack,
            // No id is given twice, so it came back.
            (_, None, Some(_)) | (None, Some(_), None) => Self::Already,
            (Some(_), Some(_), None) => Self::Removed,
            (_, Some(after), Some(now)) if after.is(now) => Self::PutBack,
            (Some(before), Some(_), Some(now)) if before.is(now) => Self::Already,
            _ => Self::Changed,
        }
    }
}

/// Some things, with the name of the first, to mention if it is the only one.
#[derive(Debug, Default)]
pub struct Few {
    pub count: i64,
    pub first: String,
}

impl Few {
    fn add(&mut self, name: impl FnOnce() -> String) {
        if self.count == 0 {
            self.first = name();
        }
        self.count += 1;
    }
}

/// What came of the things of one kind.
#[derive(Debug, Default)]
pub struct Tally {
    pub total: i64,
    /// What was done to how many.
    pub done: BTreeMap<Action, Few>,
    /// The first to which something was done and that is there.
    pub first: Option<i64>,
    pub already: i64,
    pub changed: Few,
    pub removed: Few,
}

impl Tally {
    pub fn did<K: Kept>(&mut self, action: Action, id: i64, kept: &K) {
        self.done.entry(action).or_default().add(|| kept.short_name());
        if action != Action::Remove {
            self.first = self.first.or(Some(id));
        }
    }

    /// Counts a thing; says whether it is to be put back.
    pub fn is_put_back<K: Kept>(&mut self, fate: Fate, done: &Done<K>) -> bool {
        let name = || done.after.as_ref().or(done.before.as_ref()).map(Kept::short_name).unwrap_or_default();
        self.total += 1;
        match fate {
            Fate::PutBack => (),
            Fate::Already => self.already += 1,
            Fate::Changed => self.changed.add(name),
            Fate::Removed => self.removed.add(name),
        }
        fate == Fate::PutBack
    }
}

/// What came of an undo.
#[derive(Debug, Default)]
pub struct Undone {
    pub queues: Tally,
    pub hooks: Tally,
    pub flow_schemas: Tally,
    /// Hooks that came or went with their queues.
    pub with_queues: i64,
    /// The events of hooks that came back disabled, because another hook is enabled by now.
    pub disabled: BTreeSet<Event>,
    /// The events of hooks that stay as they are, for the same reason.
    pub taken: BTreeSet<Event>,
    /// Hooks that cannot be put back, because their flow schema no longer exists.
    pub without_schema: i64,
    /// Hooks that cannot be put back, because their flow schema belongs to another domain of Webitel.
    pub of_other_domains: i64,
    /// Hooks that cannot be put back, because their queue no longer exists.
    pub without_queue: i64,
    /// Flow schemas that stay, because hooks run them.
    pub used: i64,
    /// The names of flow schemas that cannot be put back, because others have these names now.
    pub names_taken: Vec<String>,
    /// The queues and flow schemas that went.
    pub gone_queues: BTreeSet<i64>,
    pub gone_flow_schemas: BTreeSet<i64>,
}

impl Undone {
    /// There was no such change.
    pub fn is_of_nothing(&self) -> bool {
        self.queues.total + self.hooks.total + self.flow_schemas.total == 0
    }

    /// Something was changed, so it can be undone.
    pub fn is_change(&self) -> bool {
        [&self.queues, &self.hooks, &self.flow_schemas].iter().any(|tally| !tally.done.is_empty())
    }
}
