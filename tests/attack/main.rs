//! What somebody does who means harm, or who is merely quick: each attack that once worked is a test, bounded in time, so
//! that what does not hold fails quickly.

mod bodies;
mod commands;
mod faults;
mod floods;
mod forgeries;
mod history;
mod ids;
mod late;
mod lockout;
mod locks;
mod matching;
mod plans;
mod scripts;
mod slow;
mod terminal;
mod tries;
mod twice;
