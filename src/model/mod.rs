//! The rules: what queues, hooks and flow schemas are, how they are found, and how they may be changed. Pages, imports
//! and whatever speaks to programs call the same functions. Knows neither HTTP nor HTML.

pub mod event;
pub mod flow_schemas;
pub mod history;
pub mod hooks;
pub mod journal;
pub mod listing;
pub mod queues;
pub mod restoration;
pub mod variable;
