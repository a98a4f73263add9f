//! Undo, from the message after a change and from a history: the person stays where they are, and is told what came of
//! it.

pub mod handler;
