//! How often one token may ask.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many requests a token may send at once, as many seconds' worth.
const BURST: u32 = 10;

/// Counts in this process: each instance lets as many through.
pub struct Rate(DefaultKeyedRateLimiter<i64>);

impl Rate {
    pub fn new(per_second: NonZeroU32) -> Self {
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1));
        Self(RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)))
    }

    /// Counts a request. The error is after how many seconds the next one is welcome.
    pub fn take(&self, token: i64) -> Result<(), u64> {
        self.0.check_key(&token).map_err(|wait| wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}
