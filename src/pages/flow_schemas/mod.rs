//! The Flow schemas section: the registry, the form with what it checks and shows of a schema, its versions, and the
//! search in the drop-down of a hook.

pub mod editor;
pub mod form;
pub mod handler;
pub mod texts;
pub mod tries;
pub mod view;
