//! The People section: who may come in, what they may do, and what happened to their access.

pub mod filter;
pub mod form;
pub mod handler;
pub mod view;
