//! Running a flow schema step by step, as Webitel's flow manager does. What carries its requests out is given to it: a
//! [`wire::Wire`]. It looks at nothing but the texts that it gets, and ends within its [`limits`] whatever they say.

pub mod answer;
pub mod code;
pub mod control;
pub mod engine;
pub mod exchange;
pub mod given;
pub mod limits;
pub mod machine;
pub mod masked;
pub mod paths;
pub mod script;
pub mod scripts;
pub mod secrets;
pub mod steps;
pub mod values;
pub mod watch;
pub mod way;
pub mod wire;
