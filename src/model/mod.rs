//! The rules: what queues, hooks and flow schemas are, how they are found, and how they may be changed. Pages, imports
//! and whatever speaks to programs call the same functions. Knows neither HTTP nor HTML.
//!
//! # The order of locks
//!
//! On PostgreSQL a change locks what it needs in this order, so that two changes wait for each other and never in a circle
//! (on SQLite the transaction is the one lock):
//!
//! 1. queues, by their ids;
//! 2. the id of the change, of a form that adds something;
//! 3. flow schemas, by their ids: those that are changed, and those that hooks are to refer to. Where these are several,
//!    all at once (`flow_schemas::query::keep_those_of`);
//! 4. hooks, their counts and the journal, which need no lock of their own: whoever changes a hook has its queue.
//!
//! People and their sessions are apart: no change touches them and these. A row that is new may come at any time, since
//! nobody else has it. An import takes what is there already in the order of its file; what the file brings itself is new.

pub mod event;
pub mod flow_schemas;
pub mod history;
pub mod hooks;
pub mod journal;
pub mod listing;
pub mod queues;
pub mod restoration;
pub mod variable;
