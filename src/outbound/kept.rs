//! How much of its hops a run keeps. A server that redirects to itself could fill the memory, and the log of tries.

use crate::flow::run::exchange::Hop;
use crate::flow::text::boundary;

/// Bytes of addresses, headers and bodies of all hops of a run. What comes later is kept without headers and bodies.
pub const MAX_KEPT: usize = 4 << 20;
/// What a hop or a header costs beside its letters.
const ELEMENT: usize = 64;
/// How many headers of an answer are kept.
const MAX_HEADERS: usize = 200;
/// Bytes of an address, or of a sentence, once there is no more room.
const MAX_SHORT: usize = 1000;

/// What the hops of a run have so far.
#[derive(Default)]
pub struct Kept {
    bytes: usize,
    is_full: bool,
}

impl Kept {
    /// Takes away what is not kept of a hop.
    pub fn cut(&mut self, hop: &mut Hop, notes: &mut Vec<String>) {
        if let Ok(answer) = &mut hop.answer
            && answer.headers.len() > MAX_HEADERS
        {
            let note = format!("The answer has {} headers, of which {MAX_HEADERS} are kept.", answer.headers.len());
            if !notes.contains(&note) {
                notes.push(note);
            }
            answer.headers.truncate(MAX_HEADERS);
            answer.headers.shrink_to_fit();
        }
        let bytes = cost(hop);
        if !self.is_full && self.bytes + bytes <= MAX_KEPT {
            self.bytes += bytes;
            return;
        }
        if !self.is_full {
            self.is_full = true;
            let most = MAX_KEPT >> 20;
            notes.push(format!("This run got more than {most} MiB, so no headers and bodies are kept from here on."));
        }
        hop.headers = Vec::new();
        shorten(&mut hop.url);
        match &mut hop.answer {
            Ok(answer) => {
                answer.is_cut |= !answer.body.is_empty();
                (answer.headers, answer.body) = (Vec::new(), String::new());
            }
            Err(sentence) => shorten(sentence),
        }
    }
}

fn cost(hop: &Hop) -> usize {
    let headers = |headers: &[(String, String)]| -> usize {
        headers.iter().map(|(name, value)| name.len() + value.len() + ELEMENT).sum()
    };
    let answer = match &hop.answer {
        Ok(answer) => headers(&answer.headers) + answer.body.len(),
        Err(sentence) => sentence.len(),
    };
    ELEMENT + hop.method.len() + hop.url.len() + headers(&hop.headers) + answer
}

fn shorten(text: &mut String) {
    if text.len() > MAX_SHORT {
        text.truncate(boundary(text, MAX_SHORT));
        text.push('…');
        text.shrink_to_fit();
    }
}
