//! The Hooks tab of a queue.

pub mod form;
pub mod handler;
pub mod modal;
pub mod view;
