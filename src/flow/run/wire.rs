//! What carries the requests of a run out.

use std::collections::HashMap;

use crate::flow::request::Request;

pub trait Wire {
    /// Sends a request, and returns what a variable becomes by its answer; `None` if nobody can know.
    fn send(&mut self, request: &Request, asked: &[&str]) -> Vec<Option<String>>;
}

/// It sends nothing. Somebody says instead what the answers would set.
pub struct Silent {
    pub answers: HashMap<String, String>,
}

impl Wire for Silent {
    fn send(&mut self, _: &Request, asked: &[&str]) -> Vec<Option<String>> {
        asked.iter().map(|name| self.answers.get(*name).cloned()).collect()
    }
}
