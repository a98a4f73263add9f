//! Signing in and out, and the sessions in between.
//!
//! * A browser keeps 128 random bits in a cookie that scripts cannot read; the database has their SHA-256.
//!   Signing in always makes new ones, so nobody can be made to use a session that somebody else knows.
//! * A session ends when it rests for too long, when it is too old, when its person signs out, loses access or
//!   gets another password, or when it is ended by hand. Every request looks, so that is at once and on every
//!   instance.
//! * Signing in takes the same time and says the same whether the name or the password is wrong, and is
//!   throttled by name and by address ([`failures`]).

pub mod failures;
pub mod handler;
pub mod query;
pub mod session;
pub mod view;

pub use session::{Signed, load, sign_in_first};
