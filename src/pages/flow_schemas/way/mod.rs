//! The Way tab of a flow schema: it runs here with sample values, and nothing is sent.

pub mod form;
pub mod handler;
pub mod view;
