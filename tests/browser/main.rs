//! The application in a real browser, by key presses and clicks: headless Chromium, driven by chromedriver. A
//! file for each thing that a person does; each test has a server, a database and a browser of its own.

#[path = "../web/support/mod.rs"]
#[expect(dead_code, unused_imports, unused_macros, reason = "the other tests use the rest of it")]
mod support;

mod data;
mod webdriver;
mod window;

mod accessibility;
mod announcements;
mod combobox;
mod faults;
mod focus;
mod history;
mod keys;
mod modal;
mod no_script;
mod people;
mod places;
mod rights;
mod sections;
mod sign_in;
mod swaps;
mod tips;
