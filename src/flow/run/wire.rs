//! What carries the requests of a run out.

use std::collections::HashMap;
use std::time::Instant;

use super::exchange::Exchange;
use super::watch::Watch;
use crate::flow::program::Application;
use crate::flow::request::Request;

pub trait Wire {
    /// Sends the request of an application. `asked` are the variables that its answer may set, as
    /// [`each_set`](crate::flow::program::each_set) names them.
    fn send(&mut self, order: &Order, asked: &[&str]) -> Sent;
}

/// A request, and what is to be known of the run that it is part of.
pub struct Order<'o> {
    pub request: &'o Request,
    /// Its arguments say how long Webitel waits, and where the variables are in the answer.
    pub application: &'o Application<'o>,
    /// When the run has to end.
    pub deadline: Instant,
    pub watch: &'o Watch,
}

/// What came of a request.
#[derive(Default)]
pub struct Sent {
    /// The variables that the answer sets; `None` is a value that nobody can know.
    pub set: Vec<(String, Option<String>)>,
    /// None if nothing was sent.
    pub exchange: Option<Exchange>,
    /// What else there is to say, in sentences.
    pub notes: Vec<String>,
}

/// It sends nothing. Somebody says instead what the answers would set.
pub struct Silent {
    pub answers: HashMap<String, String>,
}

impl Wire for Silent {
    fn send(&mut self, _: &Order, asked: &[&str]) -> Sent {
        let answered = asked.iter().map(|name| ((*name).to_owned(), self.answers.get(*name).cloned()));
        Sent { set: answered.collect(), ..Sent::default() }
    }
}
