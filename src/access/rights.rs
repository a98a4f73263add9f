//! What a person may do, section by section, and what each route requires. The facts are those of Webitel's object
//! classes: to change something a person also has to see it, and hooks belong to their queue.
//!
//! | to | needs |
//! |---|---|
//! | see queues, hooks, their coverage and their history | queues: read |
//! | add a queue | queues: read and create |
//! | edit and switch a queue | queues: read and update |
//! | remove a queue with its hooks | queues: read and delete |
//! | add, edit, switch and remove hooks | queues: read and update |
//! | plan a hook for many queues, copies of hooks, another flow schema | the same; flow schemas: read |
//! | see flow schemas and their history, choose one for a hook | flow schemas: read |
//! | see which hooks run a flow schema | flow schemas: read; queues: read |
//! | add, edit and remove flow schemas | flow schemas: read and create, update, delete |
//! | try a flow schema, which sends its requests | flow schemas: read and try |
//! | undo what became of a hook, queue or flow schema | what changes it; if it came or went, what removes it |
//! | see and change people, and who did what to them | people: manage |
//!
//! `routes.rs` names one of the constants below for every route, and nobody else gets there. What depends on the change
//! itself is a rule of the model: the choice of a flow schema for a hook, and what an undo does. Pages leave out what a
//! person may not use, for their comfort and not for safety.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::sql_types::Text;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::db::abilities::{Abilities, Work};
use crate::word::Word;

/// One thing that a person may do in one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
pub enum Right {
    #[strum(serialize = "queues:create", message = "Create")]
    CreateQueues,
    #[strum(serialize = "queues:read", message = "Read")]
    ReadQueues,
    #[strum(serialize = "queues:update", message = "Update")]
    UpdateQueues,
    #[strum(serialize = "queues:delete", message = "Delete")]
    DeleteQueues,
    #[strum(serialize = "flow_schemas:create", message = "Create")]
    CreateFlowSchemas,
    #[strum(serialize = "flow_schemas:read", message = "Read")]
    ReadFlowSchemas,
    #[strum(serialize = "flow_schemas:update", message = "Update")]
    UpdateFlowSchemas,
    #[strum(serialize = "flow_schemas:delete", message = "Delete")]
    DeleteFlowSchemas,
    #[strum(serialize = "flow_schemas:try", message = "Try")]
    TryFlowSchemas,
    #[strum(serialize = "people:manage", message = "Manage")]
    ManagePeople,
}

/// The name is the word that people read beside the section's.
impl Word for Right {}

use Right::{
    CreateFlowSchemas, CreateQueues, DeleteFlowSchemas, DeleteQueues, ManagePeople, ReadFlowSchemas, ReadQueues,
    TryFlowSchemas, UpdateFlowSchemas, UpdateQueues,
};

impl Right {
    /// Whether it is there to change something. Managing people is also looking at them, and a try is written down.
    fn changes(self) -> bool {
        !matches!(self, ReadQueues | ReadFlowSchemas | ManagePeople)
    }

    /// The rights by section, as forms show them.
    pub const SECTIONS: [(&'static str, &'static [Self]); 3] = [
        ("Queues", &[CreateQueues, ReadQueues, UpdateQueues, DeleteQueues]),
        ("Flow schemas", &[CreateFlowSchemas, ReadFlowSchemas, UpdateFlowSchemas, DeleteFlowSchemas, TryFlowSchemas]),
        ("People", &[ManagePeople]),
    ];
}

/// Everything that a person may do. Stored as words with spaces between them; an unknown word gives no right.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromSqlRow)]
pub struct Rights(BTreeSet<Right>);

impl Rights {
    pub fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self(words.into_iter().filter_map(Right::from_word).collect())
    }

    pub fn words(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|right| right.word()).collect();
        words.join(" ")
    }

    pub fn has(&self, right: Right) -> bool {
        self.0.contains(&right)
    }

    /// Those that are in both.
    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.intersection(&others.0).copied().collect())
    }

    /// Whether these are at least the others.
    pub fn include(&self, others: &Self) -> bool {
        self.0.is_superset(&others.0)
    }

    pub fn may(&self, needed: Access) -> bool {
        match needed {
            Access::Anyone | Access::SignedIn => true,
            Access::Having(rights, _) | Access::Changing(rights) => rights.iter().all(|right| self.has(*right)),
        }
    }

    /// The preset with exactly these rights.
    pub fn preset(&self) -> Option<Preset> {
        Preset::ALL.iter().copied().find(|preset| preset.rights() == *self)
    }

    /// The rights in a few words.
    pub fn summary(&self) -> String {
        if let Some(preset) = self.preset() {
            return preset.name().into();
        }
        let section = |(name, rights): (&str, &[Right])| {
            let held: Vec<_> = rights.iter().filter(|right| self.has(**right)).map(|right| right.name()).collect();
            (!held.is_empty()).then(|| format!("{name}: {}", held.join(", ").to_lowercase()))
        };
        let sections: Vec<_> = Right::SECTIONS.into_iter().filter_map(section).collect();
        if sections.is_empty() { "None".into() } else { sections.join(" · ") }
    }
}

impl<DB: Backend> FromSql<Text, DB> for Rights
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_words(String::from_sql(bytes)?.split(' ')))
    }
}

/// Rights that are often given together.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray, clap::ValueEnum,
)]
#[strum(serialize_all = "lowercase")]
pub enum Preset {
    #[strum(message = "Administrator")]
    Administrator,
    #[strum(message = "Editor")]
    Editor,
    #[strum(message = "Viewer")]
    Viewer,
}

impl Word for Preset {}

impl Preset {
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Administrator => "everything, people included",
            Self::Editor => "queues, hooks and flow schemas",
            Self::Viewer => "looks and changes nothing",
        }
    }

    pub fn rights(self) -> Rights {
        let rights = Right::ALL.iter().copied().filter(|right| match self {
            Self::Administrator => true,
            Self::Editor => *right != ManagePeople,
            Self::Viewer => matches!(right, ReadQueues | ReadFlowSchemas),
        });
        Rights(rights.collect())
    }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Nobody has to be signed in.
    Anyone,
    SignedIn,
    /// People who are signed in and have all of these rights, where this work can be done.
    Having(&'static [Right], Work),
    /// People with all of these rights, to change what lies in no section, or in one whose right is also there to look.
    Changing(&'static [Right]),
}

impl Access {
    /// Whether the route is there to change something.
    pub fn changes(self) -> bool {
        match self {
            Self::Anyone | Self::SignedIn => false,
            Self::Having(rights, _) => rights.iter().any(|right| right.changes()),
            Self::Changing(_) => true,
        }
    }

    /// Whether the installation is able, whoever asks.
    pub fn is_possible(self, abilities: &Abilities) -> bool {
        (abilities.change || !self.changes()) && abilities.refuses(self.work()).is_none()
    }

    pub fn work(self) -> Work {
        match self {
            Self::Anyone | Self::SignedIn | Self::Changing(_) => Work::Other,
            Self::Having(_, work) => work,
        }
    }
}

pub const ANYONE: Access = Access::Anyone;
pub const SIGNED_IN: Access = Access::SignedIn;
/// One's own password, tokens and the like.
pub const CHANGE_ACCOUNT: Access = Access::Changing(&[]);
pub const SEE_QUEUES: Access = Access::Having(&[ReadQueues], Work::Other);
pub const ADD_QUEUES: Access = Access::Having(&[ReadQueues, CreateQueues], Work::AddQueues);
/// Their name and type.
pub const EDIT_QUEUES: Access = Access::Having(&[ReadQueues, UpdateQueues], Work::EditQueues);
/// Their state.
pub const SWITCH_QUEUES: Access = Access::Having(&[ReadQueues, UpdateQueues], Work::Other);
pub const REMOVE_QUEUES: Access = Access::Having(&[ReadQueues, DeleteQueues], Work::RemoveQueues);
pub const CHANGE_HOOKS: Access = Access::Having(&[ReadQueues, UpdateQueues], Work::Other);
/// Hooks in many queues at once, with a flow schema that is chosen for them.
pub const PLAN_HOOKS: Access = Access::Having(&[ReadQueues, UpdateQueues, ReadFlowSchemas], Work::Other);
pub const SEE_FLOW_SCHEMAS: Access = Access::Having(&[ReadFlowSchemas], Work::Other);
pub const ADD_FLOW_SCHEMAS: Access = Access::Having(&[ReadFlowSchemas, CreateFlowSchemas], Work::WriteFlowSchemas);
pub const CHANGE_FLOW_SCHEMAS: Access = Access::Having(&[ReadFlowSchemas, UpdateFlowSchemas], Work::WriteFlowSchemas);
pub const REMOVE_FLOW_SCHEMAS: Access = Access::Having(&[ReadFlowSchemas, DeleteFlowSchemas], Work::RemoveFlowSchemas);
/// Its requests are sent for real.
pub const TRY_FLOW_SCHEMAS: Access = Access::Having(&[ReadFlowSchemas, TryFlowSchemas], Work::Other);
/// Which hooks run a flow schema.
pub const SEE_USES: Access = Access::Having(&[ReadFlowSchemas, ReadQueues], Work::Other);
pub const SEE_PEOPLE: Access = Access::Having(&[ManagePeople], Work::Other);
pub const CHANGE_PEOPLE: Access = Access::Changing(&[ManagePeople]);
