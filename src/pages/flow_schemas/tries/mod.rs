//! The Try tab of a flow schema. It runs here step by step: with its requests sent, or to show the way that it takes and
//! nothing more. And what is left of tries: those in the History of the flow schema.

pub mod form;
pub mod handler;
pub mod log;
pub mod running;
pub mod texts;
pub mod view;
pub mod words;
