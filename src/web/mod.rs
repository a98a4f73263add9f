//! The HTTP kernel of the pages: what every request must be and what every answer carries, whatever the section.

pub mod access;
pub mod assets;
pub mod body;
pub mod cookies;
pub mod failure;
pub mod flash;
pub mod form;
pub mod html;
pub mod page;
pub mod paging;
pub mod params;
pub mod paths;
pub mod probes;
pub mod registry;
pub mod requests;
pub mod security;
pub mod settings;
pub mod site;
pub mod times;
pub mod token;
mod turns;
pub mod undone;
