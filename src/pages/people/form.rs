//! What the forms about people send, turned once from text as typed into what is stored, or into what is wrong with
//! it.

use chrono::{DateTime, NaiveDateTime};

use crate::access::password::Password;
use crate::access::people::Wanted;
use crate::access::person::{DisplayName, Name, Person};
use crate::access::rights::{Preset, Rights};
use crate::model::journal::Change;
use crate::web::params::Params;
use crate::word::Word;

/// The form for a person, as typed.
#[derive(Clone, Default)]
pub struct Typed {
    pub name: String,
    pub display_name: String,
    /// Never shown again.
    password: String,
    /// None means that the ticked rights count.
    pub preset: Option<Preset>,
    pub ticked: Rights,
    /// The person's last change before the form was made, in microseconds since 1970.
    pub seen: String,
    /// The id of the change that the form of a new person makes once.
    pub change: String,
}

/// What is wrong, and beside which field to say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    pub name: Option<&'static str>,
    pub display_name: Option<String>,
    pub password: Option<&'static str>,
    pub rights: Option<&'static str>,
}

impl Typed {
    pub fn read(params: &Params) -> Self {
        Self {
            name: params.text("name"),
            display_name: params.text("display_name"),
            password: params.text("password"),
            preset: params.get("preset").and_then(Preset::from_word),
            ticked: Rights::from_words(params.all("right")),
            seen: params.text("seen"),
            change: params.text("change"),
        }
    }

    /// The form for a new person.
    pub fn of_nobody() -> Self {
        let (preset, ticked) = (Some(Preset::Viewer), Preset::Viewer.rights());
        Self { preset, ticked, change: Change::new_id(), ..Self::default() }
    }

    /// The form for a person as they are.
    pub fn of(person: &Person, version: NaiveDateTime) -> Self {
        Self {
            name: person.name.clone(),
            display_name: person.display_name.clone(),
            password: String::new(),
            preset: person.rights.preset(),
            ticked: person.rights.clone(),
            seen: version.and_utc().timestamp_micros().to_string(),
            change: String::new(),
        }
    }

    pub fn rights(&self) -> Rights {
        self.preset.map_or_else(|| self.ticked.clone(), Preset::rights)
    }

    /// The moment in `seen`; one that cannot be read counts as long past.
    pub fn seen(&self) -> NaiveDateTime {
        let seen = self.seen.parse().ok().and_then(DateTime::from_timestamp_micros);
        seen.unwrap_or_default().naive_utc()
    }

    pub fn wanted(&self, rights: Rights) -> Result<Wanted, Errors> {
        match (Name::new(&self.name), DisplayName::new(&self.display_name)) {
            (Ok(name), Ok(display_name)) => Ok(Wanted { name, display_name, rights }),
            (name, display_name) => {
                Err(Errors { name: name.err(), display_name: display_name.err(), ..Errors::default() })
            }
        }
    }

    pub fn wanted_with_password(&self, rights: Rights) -> Result<(Wanted, Password), Errors> {
        let name = self.name.trim().to_ascii_lowercase();
        match (self.wanted(rights), Password::new(&self.password, &name)) {
            (Ok(wanted), Ok(password)) => Ok((wanted, password)),
            (wanted, password) => Err(Errors { password: password.err(), ..wanted.err().unwrap_or_default() }),
        }
    }
}
