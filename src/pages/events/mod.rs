//! The catalog: what each event means, in which types of queue it happens, and what a flow schema learns from it.

pub mod handler;
pub mod view;
