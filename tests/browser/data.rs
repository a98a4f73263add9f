//! What there is when a person comes.

use queue_hooks::event::Event::*;

use crate::support::*;

/// Enabled hooks for Answered, Bridged, Joined, Missed and Offering, in the order of the list, all for “CRM”:
/// where they are.
pub fn five_hooks(app: &App) -> String {
    let (queue, crm) = (queue().create(app), schema("CRM").create(app));
    for event in [Answered, Bridged, Joined, Missed, Offering] {
        hook(queue, crm).event(event).create(app);
    }
    tab(queue)
}

/// 137 hooks of a queue: where they are.
pub fn many(app: &App) -> String {
    let (queue, crm) = (queue().create(app), schema("CRM").create(app));
    many_hooks(app, queue, &[crm], 137);
    tab(queue)
}
