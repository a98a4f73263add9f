//! Limits for looking up and writing while requests are built. A flow schema may ask for far more than it has letters,
//! with values that contain each other; so each step is counted before it is taken.

use std::ops::Add;

use super::text::boundary;

/// What is left to use.
pub struct Room {
    bytes: usize,
    look_ups: usize,
    used: Used,
}

/// What was used, to the byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Bytes that were written.
    pub bytes: usize,
    /// Look-ups and the bytes of the names that were looked up.
    pub look_ups: usize,
}

impl Add for Used {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { bytes: self.bytes + other.bytes, look_ups: self.look_ups + other.look_ups }
    }
}

impl Room {
    pub fn new(bytes: usize, look_ups: usize) -> Self {
        Self { bytes, look_ups, used: Used::default() }
    }

    pub fn used(&self) -> Used {
        self.used
    }

    pub fn is_full(&self) -> bool {
        self.bytes == 0 || self.look_ups == 0
    }

    /// Whether a name may be looked up.
    pub fn look_up(&mut self, name: &str) -> bool {
        let remaining = self.look_ups.checked_sub(name.len() + 1);
        self.used.look_ups += self.look_ups - remaining.unwrap_or_default();
        self.look_ups = remaining.unwrap_or_default();
        remaining.is_some()
    }

    /// A text to write, of at most `max` bytes.
    pub fn text(&self, max: usize) -> Text {
        Text { written: String::new(), remaining: self.bytes.min(max), is_cut: false }
    }

    /// The text that was written, and whether it had to be cut.
    pub fn take(&mut self, text: Text) -> (String, bool) {
        self.bytes = self.bytes.saturating_sub(text.written.len());
        self.take_draft(text)
    }

    /// The same for a draft, which another text is made from: it is counted, but takes no room.
    pub fn take_draft(&mut self, text: Text) -> (String, bool) {
        self.used.bytes += text.written.len();
        (text.written, text.is_cut)
    }
}

/// A text that ends where the room ends.
pub struct Text {
    written: String,
    remaining: usize,
    is_cut: bool,
}

impl Text {
    pub fn push(&mut self, piece: &str) {
        if self.is_cut {
            return;
        }
        let fits = boundary(piece, self.remaining);
        self.written.push_str(&piece[..fits]);
        self.remaining -= fits;
        self.is_cut = fits < piece.len();
    }

    pub fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Whether further writing is useless.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }
}
