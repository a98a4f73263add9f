//! Ctrl+C and SIGTERM. The first process of a container has no default for them: unless it says what they do, they do
//! nothing. So the program always says it.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

static END_AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Lets them end the process at once, whatever it is doing: no transaction is half done then.
#[cfg(unix)]
pub fn end_process() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag::register_conditional_shutdown;
    // As a shell tells it: 128 and the number of the signal.
    for signal in [SIGINT, SIGTERM] {
        if let Err(cause) = register_conditional_shutdown(signal, 128 + signal, END_AT_ONCE.clone()) {
            log::warn!("signal {signal} cannot be waited for: {cause}");
        }
    }
}

#[cfg(not(unix))]
pub fn end_process() {}

/// Ends the process without the C library's farewell, in which OpenSSL cleans up: a thread that is just connecting would
/// lose its footing. That cannot be turned off, because curl sets it up before `main`.
pub fn exit(code: i32) -> ! {
    // Nobody is left to be told if it cannot be written.
    let _ = std::io::stdout().flush();
    #[cfg(unix)]
    signal_hook::low_level::exit(code);
    #[cfg(not(unix))]
    std::process::exit(code);
}

/// Leaves them to the server, which lets running requests finish, until this is dropped.
pub struct LeftToServer;

impl LeftToServer {
    pub fn begin() -> Self {
        END_AT_ONCE.store(false, Ordering::SeqCst);
        Self
    }
}

impl Drop for LeftToServer {
    fn drop(&mut self) {
        END_AT_ONCE.store(true, Ordering::SeqCst);
    }
}
