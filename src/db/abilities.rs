//! What this installation can do. The check of rights and the pages ask it, so that nobody is offered what the database
//! will refuse. A database that may only be read is shown, and nothing on it changes. On the tables of a Webitel system
//! some work stays with Webitel.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use crate::error::{DRAWN, Error, RENAMED};

/// What somebody does, as far as an installation may be unable to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    AddQueues,
    /// Their names and types.
    EditQueues,
    RemoveQueues,
    WriteFlowSchemas,
    RemoveFlowSchemas,
    /// What each installation can do.
    Other,
}

/// The Webitel system on whose tables an installation works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webitel {
    /// The name of the domain whose rows are here.
    pub domain: String,
    /// Flow schemas are written here too.
    pub writes_flow_schemas: bool,
}

impl Webitel {
    /// Where a work is done, and why not here.
    fn refuses(&self, work: Work) -> Option<&'static str> {
        match work {
            Work::AddQueues => {
                Some("Queues are added in Webitel, where they get a strategy and a calendar. They are here at once.")
            }
            Work::EditQueues => Some(RENAMED),
            Work::RemoveQueues => {
                Some("Queues are removed in Webitel: members and statistics go with them, which no undo brings back.")
            }
            Work::WriteFlowSchemas if self.writes_flow_schemas => None,
            Work::WriteFlowSchemas => {
                Some("Flow schemas are written in Webitel. They can be read here, and chosen for hooks.")
            }
            Work::RemoveFlowSchemas => Some(
                "Flow schemas are removed in Webitel: triggers and versions go with them, which no undo brings back.",
            ),
            Work::Other => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Rows can be added, changed and removed.
    pub change: bool,
    /// Whose tables these are, if they are not ours.
    pub webitel: Option<Arc<Webitel>>,
}

impl Default for Abilities {
    fn default() -> Self {
        Self { change: true, webitel: None }
    }
}

impl Abilities {
    /// Where drawn flow schemas are changed, if not here: Webitel would go on with their drawing.
    pub fn keeps_drawings(&self) -> Option<&'static str> {
        self.webitel.as_ref().map(|_| DRAWN)
    }

    /// Why a work is not done here, and where it is.
    pub fn refuses(&self, work: Work) -> Option<&'static str> {
        self.webitel.as_ref().and_then(|webitel| webitel.refuses(work))
    }
}

/// What the transactions of a database have shown. Each one teaches it, so it needs no restart: the use of a session,
/// which is written down once a minute, is a try too.
#[derive(Clone, Default)]
pub(super) struct Known {
    is_read_only: Arc<AtomicBool>,
    webitel: Arc<RwLock<Option<Arc<Webitel>>>>,
}

impl Known {
    pub(super) fn of(webitel: Option<Webitel>) -> Self {
        let known = Self::default();
        known.learn_webitel(webitel);
        known
    }

    /// What an attach made of it. Where it is detached it stays what it was: nothing works there any more.
    pub(super) fn learn_webitel(&self, webitel: Option<Webitel>) {
        if let Some(webitel) = webitel {
            *self.webitel.write().expect("nobody panics with it") = Some(Arc::new(webitel));
        }
    }

    pub(super) fn abilities(&self) -> Abilities {
        Abilities {
            change: !self.is_read_only.load(Ordering::Relaxed),
            webitel: self.webitel.read().expect("nobody panics with it").clone(),
        }
    }

    pub(super) fn learn<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => self.is_read_only.store(false, Ordering::Relaxed),
            Err(Error::ReadOnly(_)) => self.is_read_only.store(true, Ordering::Relaxed),
            Err(_) => (),
        }
    }
}
