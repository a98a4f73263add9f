//! History: who changed what, removed things included. A queue has one, about itself and its hooks; so does each flow
//! schema. Both sections have one too, about what was added, changed and removed there.

pub mod filter;
pub mod handler;
pub mod view;
