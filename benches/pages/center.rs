//! A large contact center as JSON Lines, the same in every run. Most hooks are in the first queue.

use std::io::{self, Write};

const EVENTS: [&str; 8] = ["joined", "answered", "offering", "bridged", "missed", "leaving", "processing", "active"];
const QUEUES: [(&str, u8); 12] = [
    ("Inbound support", 1),
    ("Sales callbacks", 3),
    ("Вхідна лінія", 1),
    ("Collections – progressive", 4),
    ("Surveys IVR", 2),
    ("Back-office tasks", 8),
    ("Web chat", 6),
    ("VIP & partners", 1),
    ("Predictive – B2B", 5),
    ("Offline mail", 0),
    ("Claims intake", 7),
    ("Messenger", 9),
];
const SYSTEMS: [&str; 12] = [
    "CRM",
    "Helpdesk",
    "Billing",
    "Data lake",
    "Wallboard",
    "WFM",
    "Quality",
    "Loyalty",
    "Delivery",
    "Fraud check",
    "Messenger bot",
    "Довідник клієнтів",
];
const ACTS: [&str; 17] = [
    "push",
    "open ticket",
    "close ticket",
    "update contact",
    "log attempt",
    "notify supervisor",
    "score lead",
    "start survey",
    "write result",
    "sync agent",
    "screen pop",
    "missed-call text",
    "retry plan",
    "archive",
    "count <wait> & talk",
    "copy to \\\"audit\\\"",
    "reserve slot",
];
const TYPES: [&str; 7] = ["service", "service", "service", "default", "voice", "chat", "processing"];

/// Searches, as written in a URL, that many flow schemas match, at the beginning of their names or further in.
pub const FREQUENT: [&str; 4] = ["crm", "ticket", "a", "%D0%94%D0%9E%D0%92%D0%86%D0%94"];
/// Searches that one or a few flow schemas match, or none.
pub const RARE: [&str; 4] = ["wfm%3A+push+12", "177", "plan+1", "nothing+of+that+name"];

pub struct Center {
    pub queues: usize,
    pub flow_schemas: usize,
    /// In the first queue.
    pub hooks: usize,
    /// In each of the other queues.
    pub hooks_each: usize,
}

impl Center {
    pub fn all_hooks(&self) -> usize {
        self.hooks + (self.queues - 1) * self.hooks_each
    }

    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_names(out, &TYPES)?;
        self.each_hook(|line| writeln!(out, "{line}"))
    }

    /// The queues, and flow schemas of these types in turn.
    pub fn write_names(&self, out: &mut dyn Write, types: &[&str]) -> io::Result<()> {
        for n in 1..=self.queues {
            let (name, kind) = QUEUES[(n - 1) % QUEUES.len()];
            let name = numbered(name, n, QUEUES.len());
            let enabled = n % 7 != 0;
            writeln!(out, r#"{{"queue":{{"id":"{n}","name":"{name}","type":{kind},"enabled":{enabled}}}}}"#)?;
        }
        for n in 1..=self.flow_schemas {
            let name = format!("{}: {}", SYSTEMS[n % SYSTEMS.len()], ACTS[n / SYSTEMS.len() % ACTS.len()]);
            let name = numbered(&name, n, SYSTEMS.len() * ACTS.len());
            let (kind, editor) = (types[n % types.len()], n % 3 == 0);
            write!(out, r#"{{"flow_schema":{{"id":"{n}","name":"{name}","type":"{kind}","editor":{editor},"schema":"#)?;
            write_flow(out, &name, n)?;
            writeln!(out, "}}}}")?;
        }
        Ok(())
    }

    /// The hooks in any order.
    pub fn write_hooks_mixed(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = Vec::with_capacity(self.all_hooks());
        self.each_hook(|line| {
            lines.push(line);
            Ok(())
        })?;
        let mut dice = Dice(20_261_125);
        for end in (1..lines.len()).rev() {
            lines.swap(end, dice.roll(end + 1));
        }
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    }

    fn each_hook(&self, mut write: impl FnMut(String) -> io::Result<()>) -> io::Result<()> {
        let usable: Vec<usize> = (1..=self.flow_schemas).filter(|n| n % TYPES.len() < 4).collect();
        let mut dice = Dice(20_261_122);
        let mut id = 0;
        for queue in 1..=self.queues {
            let mut taken = [false; EVENTS.len()];
            for k in 0..if queue == 1 { self.hooks } else { self.hooks_each } {
                let event = if queue == 1 { dice.roll(EVENTS.len()) } else { k % EVENTS.len() };
                let enabled = !taken[event] && dice.roll(10) < 6;
                taken[event] |= enabled;
                id += 1;
                let (event, schema) = (EVENTS[event], usable[dice.roll(usable.len())]);
                write(format!(
                    r#"{{"hook":{{"id":{id},"queue_id":{queue},"schema":{{"id":"{schema}"}},"event":"{event}","enabled":{enabled}}}}}"#
                ))?;
            }
        }
        Ok(())
    }
}

/// After this many, the names repeat, with a number to tell them apart.
fn numbered(name: &str, n: usize, names: usize) -> String {
    if n <= names { name.into() } else { format!("{name} {n}") }
}

/// A flow that sends the event to an outside system.
fn write_flow(out: &mut dyn Write, name: &str, n: usize) -> io::Result<()> {
    write!(
        out,
        concat!(
            r#"[{{"httpRequest":{{"url":"https://hooks.example.com/{n}","method":"POST","timeout":3000,"#,
            r#""responseCode":"code","headers":{{"content-type":"application/json"}},"data":{{"flow":"{name}","#,
            r#""event":"${{state}}","attempt":"${{attempt_id}}","agent":"${{agent_name}}","#,
            r#""destination":"${{destination}}","result":"${{cc_result}}"}}}}}},"#,
            r#"{{"if":{{"expression":"${{code}} != 200","then":[{{"log":"{name} failed: ${{code}}"}}],"else":[]}}}}]"#
        ),
        n = n,
        name = name
    )
}

/// Random enough, and the same everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }
}
