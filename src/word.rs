//! Enums whose values have a word in URLs, forms, files or the database, and another that people read.

/// One of a few values.
pub trait Word: Copy + Ord + 'static {
    /// In the order that people see them in.
    const ALL: &'static [Self];

    /// The word in URLs, forms and the database.
    fn word(self) -> &'static str;

    /// The words that people read.
    fn name(self) -> &'static str;

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}
