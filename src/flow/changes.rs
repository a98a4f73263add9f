//! What an application does to the variables, as far as its text and the variables themselves tell. Preview and run
//! both go by it.

use std::borrow::Cow;

use super::program::{Application, each_set};
use super::request::plain;
use super::room::Room;
use super::variables::{Variables, filled};

/// The variables that an application sets, and their values; `None` is one that only a run can tell. As in Webitel,
/// all values are made before the first is set, and what is unset is empty.
pub fn changes<'p>(
    application: &Application<'p>,
    variables: &mut impl Variables,
    room: &mut Room,
) -> Vec<(Cow<'p, str>, Option<String>)> {
    if application.name == "unSet" {
        let names = application.arguments.elements().filter_map(|name| filled(&name.text()?, variables, room));
        return names.map(|name| (Cow::Owned(name), Some(String::new()))).collect();
    }
    let mut changes = Vec::new();
    each_set(application, &mut |name, value| {
        let value = value.and_then(|value| filled(&plain(value), variables, room));
        changes.push((name, value));
    });
    changes
}
