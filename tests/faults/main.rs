//! What goes wrong around the program, and what it does then: a database that is locked, full, gone, damaged
//! or back; a process that is killed or told to stop; many people at once.

mod backup;
mod concurrency;
mod disk;
mod dumps;
mod instances;
mod killed;
mod people;
mod pooler;
mod postgres;
mod read_only;
mod roles;
mod signals;
mod sqlite;
mod stopped;
mod texts;
mod tls;
mod try_answers;
mod try_bytes;
mod try_destinations;
mod try_faults;
mod try_kept;
mod try_masked;
mod try_masked_texts;
mod try_proxies;
mod try_stopped;
mod try_times;
mod try_tls;
mod trying;
mod webitel;
mod webitel_roles;
