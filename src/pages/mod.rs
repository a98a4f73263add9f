//! The pages: a folder for each section, with the forms that come in, the views that go out, and the handlers between.

pub mod account;
pub mod coverage;
pub mod crumbs;
pub mod events;
pub mod flow_schemas;
pub mod history;
pub mod hooks;
pub mod people;
pub mod plans;
pub mod queues;
pub mod sessions;
pub mod settings;
pub mod undo;
