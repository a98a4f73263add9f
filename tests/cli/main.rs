//! The program as somebody at a terminal meets it: its commands, what it says when it cannot do them, and
//! what goes in and out of it.

mod contrib;
mod export;
mod import;
mod import_foreign;
mod import_refused;
mod listen;
mod migrate;
mod names;
mod output;
mod person;
mod proxy;
mod refused;
mod serve;
mod token;
mod tries;
mod watch;
mod webitel;
mod webitel_check;
mod webitel_detach;
mod webitel_docs;
mod webitel_public;
mod webitel_roles;
