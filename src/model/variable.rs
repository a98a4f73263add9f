//! The variables that a flow schema receives with an event. All values are text; an empty one is left out. The facts
//! are Webitel's; the catalogue and the hints in the modal read this table.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::event::Event;
use super::event::Event::{Active, Answered, Joined, Missed, Offering};
use super::queues::queue_type::QueueType;
use crate::word::Word;

pub struct Variable {
    pub name: &'static str,
    pub meaning: &'static str,
    /// When it is present, in words.
    pub present: &'static str,
    pub sample: &'static str,
    rule: Rule,
}

/// When a variable is present. We rule it out only where that is certain.
enum Rule {
    Always,
    /// It depends on the attempt.
    Sometimes,
    /// Only in an inbound queue at joined; otherwise it depends.
    SubscriberLeg,
    /// Not before an agent is found.
    Agent,
    /// Not before agent and subscriber were connected.
    Conversation,
    /// Not before the agent's report.
    Report,
    /// Only in calls.
    Call,
    /// Only in calls, and not before somebody accepted.
    AcceptedCall,
    /// Only in chats, and not before the end.
    ChatEnd,
}

/// Whether an event brings a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Always,
    Sometimes,
    Never,
}

impl Variable {
    pub fn find(name: &str) -> Option<&'static Self> {
        static BY_NAME: LazyLock<HashMap<&str, &Variable>> =
            LazyLock::new(|| VARIABLES.iter().map(|variable| (variable.name, variable)).collect());
        BY_NAME.get(name).copied()
    }

    /// A value that it might have with an event in a queue of this type; empty if it never comes with that.
    pub fn sample(&self, event: Event, queue_type: QueueType) -> &'static str {
        match (self.name, self.presence(event, queue_type)) {
            (_, Presence::Never) => "",
            ("state", _) => event.word(),
            ("channel", _) => queue_type.channel(),
            _ => self.sample,
        }
    }

    /// Whether the variable comes with an event in a queue of this type.
    pub fn presence(&self, event: Event, queue_type: QueueType) -> Presence {
        let is_before_talk = matches!(event, Joined | Offering | Active | Missed);
        let is_ruled_out = match self.rule {
            Rule::Always => return Presence::Always,
            Rule::Sometimes => false,
            Rule::SubscriberLeg => event == Joined && queue_type != QueueType::Inbound,
            Rule::Agent => event == Joined,
            Rule::Conversation => is_before_talk,
            Rule::Report => is_before_talk || matches!(event, Answered | Event::Bridged),
            Rule::Call => queue_type.channel() != "call",
            Rule::AcceptedCall => queue_type.channel() != "call" || matches!(event, Joined | Offering | Missed),
            Rule::ChatEnd => queue_type.channel() != "chat" || event != Event::Leaving && event != Event::Processing,
        };
        if is_ruled_out { Presence::Never } else { Presence::Sometimes }
    }
}

const fn variable(
    name: &'static str,
    meaning: &'static str,
    present: &'static str,
    sample: &'static str,
    rule: Rule,
) -> Variable {
    Variable { name, meaning, present, sample, rule }
}

/// In the order of the catalogue.
#[rustfmt::skip]
pub const VARIABLES: &[Variable] = &[
    variable("state", "the event's name", "always", "bridged", Rule::Always),
    variable("channel", "call, chat, task or im", "always", "call", Rule::Always),
    variable("attempt_id", "the attempt to connect a subscriber with an agent", "always", "918273", Rule::Always),
    variable("queue_id", "the queue", "always", "42", Rule::Always),
    variable("timestamp", "now, in milliseconds since 1970", "always", "1785146400000", Rule::Always),
    variable("joined_at", "when the attempt began, in milliseconds since 1970", "always", "1785146355000", Rule::Always),
    variable("destination", "the number or address", "if it is known", "+380441234567", Rule::Sometimes),
    variable("destination_seq", "the place of the number among the member's", "if it is known", "1", Rule::Sometimes),
    variable("destination_type", "the id of the kind of number", "if it is known", "3", Rule::Sometimes),
    variable("destination_description", "what was noted of the number", "if it is known", "work", Rule::Sometimes),
    variable("use_processing", "true when the queue has a wrap-up", "if the queue has a wrap-up", "true", Rule::Sometimes),
    variable("member_channel_id", "the subscriber's session or call", "once the subscriber's leg exists; at joined only in an inbound queue", "8f2b7c1e-5b5f-4c55-9c1c-0f0e4d1a2b3c", Rule::SubscriberLeg),
    variable("agent_channel_id", "the agent's session or call", "once the agent's leg exists, never at joined", "1c9d3f4a-7e21-4b0a-8a54-6f5e4d3c2b1a", Rule::Agent),
    variable("agent_id", "the agent", "once an agent is assigned, never at joined", "17", Rule::Agent),
    variable("agent_name", "the agent's name", "once an agent is assigned, never at joined", "Anna Petrova", Rule::Agent),
    variable("agent_extension", "the agent's internal number", "once an agent is assigned, never at joined", "1017", Rule::Agent),
    variable("user_id", "the agent's user", "once an agent is assigned, never at joined", "117", Rule::Agent),
    variable("agent_description", "what the agent wrote in the report", "after the report", "wants a call on Monday", Rule::Report),
    variable("member_id", "the member", "if there is one", "5501", Rule::Sometimes),
    variable("member_name", "the member's name", "if there is one", "Ivan Kovalenko", Rule::Sometimes),
    variable("member_timezone", "the member's time zone", "if there is one", "Europe/Kyiv", Rule::Sometimes),
    variable("bucket_id", "the member's bucket", "if there is one", "3", Rule::Sometimes),
    variable("communication_id", "the kind of communication", "if there is one", "2", Rule::Sometimes),
    variable("cc_resource_id", "the line that was dialled through", "if there is one", "4", Rule::Sometimes),
    variable("cc_attempt_seq", "which attempt it is", "if it is counted", "2", Rule::Sometimes),
    variable("bridged_at", "when agent and subscriber were connected, in milliseconds since 1970", "after bridged", "1785146380000", Rule::Conversation),
    variable("call_bill_sec", "seconds that are billed", "in calls with a subscriber's leg", "20", Rule::Call),
    variable("call_duration", "seconds of the call", "in calls with a subscriber's leg", "45", Rule::Call),
    variable("call_cause", "why the call ended", "in calls with a subscriber's leg", "NORMAL_CLEARING", Rule::Call),
    variable("call_sip_code", "the same as SIP says it", "in calls with a subscriber's leg", "200", Rule::Call),
    variable("call_voice_sec", "seconds of talk", "in calls, after somebody accepted", "18", Rule::AcceptedCall),
    variable("amd_result", "whether a machine answered", "in calls, after somebody accepted", "HUMAN", Rule::AcceptedCall),
    variable("amd_ai_result", "the same by speech recognition", "in calls, after somebody accepted", "human", Rule::AcceptedCall),
    variable("chat_transferred", "whether the chat was handed on", "in chats, once the session is closed", "false", Rule::ChatEnd),
    variable("cc_result", "success, abandoned, cancel, timeout, processing, transfer, …", "mainly at missed, processing and leaving", "success", Rule::Sometimes),
    variable("member_stop_cause", "why the member is finished", "if it was set", "max_attempts", Rule::Sometimes),
];
