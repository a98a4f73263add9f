//! The application through its real server, on both databases; a file for each URL, named after it.
//!
//! A test is written once with [`on_both!`] and runs on SQLite and on PostgreSQL, each time on a server and a
//! database of its own.

#[macro_use]
mod support;

mod account;
mod bad_input;
mod conventions;
mod error;
mod events;
mod fragment;
mod hooks;
mod hooks_history;
mod hooks_hook;
mod hooks_hook_state;
mod hooks_new;
mod hooks_removal;
mod hooks_restoration;
mod hooks_state;
mod invariants;
mod people;
mod people_history;
mod people_person;
mod properties;
mod queues;
mod queues_new;
mod queues_queue;
mod queues_removal;
mod queues_state;
mod rights;
mod root;
mod routing_flow;
mod routing_flow_history;
mod routing_flow_new;
mod routing_flow_options;
mod routing_flow_preview;
mod routing_flow_removal;
mod routing_flow_restoration;
mod routing_flow_schema;
mod routing_flow_schema_file;
mod routing_flow_schema_history;
mod routing_flow_schema_history_version;
mod routing_flow_schema_hooks;
mod routing_flow_text;
mod security;
mod set_up;
mod settings;
mod sign_in;
mod sign_out;
mod site;
#[path = "static.rs"]
mod static_;
mod whole_story;
