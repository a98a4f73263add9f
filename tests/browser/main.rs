//! The application in a real browser, by key presses and clicks: headless Chromium, driven by chromedriver. A
//! file for each thing that a person does; each test has a server, a database and a browser of its own.

mod accessibility;
mod announcements;
mod api;
mod below;
mod combobox;
mod coverage;
mod faults;
mod filters;
mod focus;
mod history;
mod keys;
mod many_queues;
mod modal;
mod no_script;
mod people;
mod places;
mod plans;
mod rights;
mod sections;
mod sign_in;
mod slow_line;
mod swaps;
mod times;
mod tips;
mod tokens;
mod tries;
mod try_again;
mod unsaved;
mod way_back;
mod window;
