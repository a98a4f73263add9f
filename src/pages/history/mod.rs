//! History: who changed what, removed things included. A queue has one, of itself and of its hooks; so has each flow
//! schema; and the two sections have one each of what was added, changed and removed there.

pub mod filter;
pub mod handler;
pub mod view;
