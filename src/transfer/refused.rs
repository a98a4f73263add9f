//! Why an import changes nothing.

use std::fmt;

use crate::error::Error;

/// What is on a line, or wrong with it, and its number from 1.
pub type Numbered<R> = (u64, R);

/// Why nothing was imported.
#[derive(Debug)]
pub enum Refused {
    /// The wrong lines, by number from 1, and how many more there are.
    Lines { errors: Vec<Numbered<String>>, more: u64 },
    /// The file could not be read, or the database could not be written.
    Fault(String),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Fault(error.cause().map_or_else(|| error.to_string(), str::to_owned))
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines { errors, more } => {
                writeln!(f, "Nothing was imported:")?;
                // A name in it may have line breaks.
                let one_line = |error: &str| error.replace(['\n', '\r'], " ");
                errors.iter().try_for_each(|(line, error)| writeln!(f, "line {line}: {}", one_line(error)))?;
                if *more > 0 {
                    writeln!(f, "and {more} more")?;
                }
                write!(f, "Correct the file and import it again")
            }
            Self::Fault(cause) => write!(f, "Nothing was imported: {cause}"),
        }
    }
}
