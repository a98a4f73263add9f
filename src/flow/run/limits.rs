//! How far a run may go. Whatever reaches one of these ends the run, or the step, with a sentence.

use std::time::Duration;

/// Steps of a run.
pub const MAX_STEPS: usize = 10_000;
/// Passes of one loop. Webitel's own limit is the same, unless `maxSteps` sets another.
pub const MAX_PASSES: usize = 1000;
/// Jumps within one list of applications. Further ones do nothing, as in Webitel.
pub const MAX_JUMPS: usize = 1000;
/// Requests of a run.
pub const MAX_REQUESTS: usize = 50;
/// Flow schemas that are in each other, the first one among them.
pub const MAX_SCHEMAS: usize = 10;
/// Bytes of all variables, with their names.
pub const MAX_VARIABLES: usize = 4 << 20;
/// Bytes that a script may use, beside those of the variables.
pub const MAX_SCRIPT_MEMORY: usize = 16 << 20;
/// Bytes of a script in a flow schema. A pattern in it may take as long as the square of these.
pub const MAX_SCRIPT: usize = 64 << 10;
/// How long one script may run, there and here.
pub const SCRIPT_TIME: Duration = Duration::from_secs(1);
/// How long a whole run may take that sends nothing and so waits for nobody.
pub const WAY_TIME: Duration = Duration::from_secs(2);
/// How long a run may take that sends its requests.
pub const TRY_TIME: Duration = Duration::from_mins(1);
/// How long one request may take, its redirects among it, so that an answer is seen that Webitel does not wait for.
pub const REQUEST_TIME: Duration = Duration::from_secs(10);
/// How long Webitel waits where an application does not say.
pub const PATIENCE: Duration = Duration::from_secs(1);
/// Requests that one becomes by redirects. The client of Go gives up at the same number.
pub const MAX_HOPS: usize = 10;
/// Bytes of an answer's headers.
pub const MAX_ANSWER_HEADERS: usize = 64 << 10;
/// Bytes of an answer's body that are read.
pub const MAX_ANSWER: usize = 1 << 20;
/// Bytes of an answer's body that are shown.
pub const MAX_ANSWER_SHOWN: usize = 16 << 10;
