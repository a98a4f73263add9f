//! What somebody does who means harm, or who is merely quick: each attack that once held is a test, bounded so that it
//! fails quickly where it fails.

mod ids;
mod locks;
mod twice;
