//! The rules: what queues, hooks and flow schemas are, how they are found, and how they may be changed. Pages, imports
//! and any interface for programs call the same functions. Knows neither HTTP nor HTML.
//!
//! # The order of locks
//!
//! On PostgreSQL a change locks what it needs in this order, so that two changes may wait for each other but never in
//! a circle (on SQLite the transaction is the only lock):
//!
//! 1. what is undone, if anything is, by the id of that change;
//! 2. queues, by their ids;
//! 3. the id of the change, if it comes from a form that adds something;
//! 4. flow schemas, by their ids: those that are changed, and those that hooks will refer to; if there are several,
//!    all at once (`flow_schemas::query::keep_those_of`);
//! 5. hooks, their counts and the journal, which need no lock of their own: whoever changes a hook has locked its
//!    queue.
//!
//! People and their sessions are separate: no change touches both them and these. A new row may come at any time,
//! because nobody else has it yet. An import takes existing things in the order of its file; what the file itself
//! brings is new.

pub mod changes;
pub mod event;
pub mod flow_schemas;
pub mod forgetting;
pub mod history;
pub mod hooks;
pub mod journal;
pub mod listing;
pub mod plans;
pub mod queues;
pub mod tries;
pub mod undo;
pub mod variable;
