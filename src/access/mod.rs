//! Who may come in, and what they may do: people, their passwords, rights and sessions. Knows neither HTTP nor HTML.

pub mod browsers;
pub mod changes;
pub mod failures;
pub mod journal;
pub mod links;
pub mod own_password;
pub mod password;
pub mod people;
pub mod person;
pub mod rights;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod tokens;
