//! The table that the run prints.

use std::fmt::{self, Write};

use crate::CONNECTIONS;
use crate::load::Measured;

#[derive(Default)]
pub struct Table(String);

/// What a row is compared with.
#[derive(Clone, Copy)]
pub enum Beside {
    Nothing,
    PerSecond(f64),
    /// Milliseconds that half of the answers took at most.
    P50(f64),
    /// Real pages per second, if the row is a ceiling for them.
    Page(f64),
}

impl Table {
    /// A row with the figures for each number of connections.
    pub fn add(&mut self, work: &str, measured: &[Measured; 2], beside: [Beside; 2]) {
        for ((measured, beside), connections) in measured.iter().zip(beside).zip(CONNECTIONS) {
            let per_second = measured.per_second;
            let (p50, p99) = (measured.ms(0.5), measured.ms(0.99));
            let (reference, ratio) = match beside {
                Beside::Nothing => (String::new(), None),
                Beside::PerSecond(reference) => (format!("{reference} per second"), Some(per_second / reference)),
                Beside::P50(reference) => (format!("p50 {reference} ms"), Some(reference / p50)),
                Beside::Page(page) => (format!("the page: {page:.0} per second"), Some(page / per_second)),
            };
            self.line(work, &format!("{connections} | {per_second:.1} | {p50:.2} | {p99:.2}"), &reference, ratio);
        }
    }

    /// The row of the import: hooks per second.
    pub fn add_import(&mut self, per_second: f64, reference: f64) {
        let ratio = Some(per_second / reference);
        self.line("import, hooks", &format!(" | {per_second:.0} | | "), &format!("{reference} per second"), ratio);
    }

    /// The row for the server's resident memory in MiB: after all other rows, and at its peak.
    pub fn add_memory(&mut self, now: f64, most: f64, reference: f64) {
        let work = format!("resident memory: {now:.0} MiB, at most {most:.0} MiB");
        self.line(&work, " | | | ", &format!("{reference} MiB"), Some(reference / most));
    }

    /// A row for what something takes of memory, in MiB.
    pub fn add_memory_of(&mut self, work: &str, most: f64, reference: f64) {
        self.line(&format!("{work}: {most:.0} MiB"), " | | | ", &format!("{reference} MiB"), Some(reference / most));
    }

    fn line(&mut self, work: &str, measured: &str, reference: &str, ratio: Option<f64>) {
        let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let line = format!("| {work} | {measured} | {reference} | {ratio} |");
        eprintln!("{line}");
        let _ = writeln!(self.0, "{line}");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| work | connections | per second | p50 ms | p99 ms | reference | ratio |")?;
        writeln!(f, "|---|--:|--:|--:|--:|---|--:|")?;
        f.write_str(&self.0)
    }
}
