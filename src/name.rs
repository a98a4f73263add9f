//! What people call things: the one rule for names, whether typed into a form or imported, and how long ones are
//! shortened.

/// A name as it is stored: no spaces around it, 1 to `longest` characters, none of them invisible or changing the
/// direction of the text. The error is a sentence to show beside the field; `what` is the field's name in lower case.
pub fn read(typed: &str, what: &str, longest: usize) -> Result<String, String> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(format!("Type a {what}."));
    }
    if name.chars().count() > longest {
        return Err(format!("A {what} has at most {longest} characters."));
    }
    if name.chars().any(is_unseen) {
        return Err(format!("A {what} cannot have line breaks or invisible characters."));
    }
    Ok(name.to_owned())
}

/// Characters that show nothing or change the direction of the text around them, and U+FFFD, which stands for
/// something that could not be read.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What others wrote, for a terminal: characters that show nothing, or that tell the terminal what to do, are spelled out.
/// Line breaks and tabs stay.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) && !matches!(c, '\n' | '\t' | '\u{fffd}') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Something typed, or a name, short enough for a message.
pub fn short(text: &str) -> String {
    const LENGTH: usize = 30;
    if text.chars().count() <= LENGTH {
        return text.into();
    }
    text.chars().take(LENGTH).chain(['…']).collect()
}
