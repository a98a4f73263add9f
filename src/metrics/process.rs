//! What the system knows of the process, under the names that all programs use.

use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Default)]
pub struct Process {
    seconds: Counter<f64, AtomicU64>,
    resident: Gauge<u64, AtomicU64>,
    size: Gauge<u64, AtomicU64>,
    descriptors: Gauge<u64, AtomicU64>,
    most_descriptors: Gauge<u64, AtomicU64>,
    threads: Gauge<u64, AtomicU64>,
    begun: Gauge<f64, AtomicU64>,
}

impl Process {
    #[cfg(target_os = "linux")]
    pub fn register(&self, all: &mut Registry) {
        all.register("process_cpu_seconds", "Seconds of processor time", self.seconds.clone());
        all.register("process_resident_memory_bytes", "Memory in use", self.resident.clone());
        all.register("process_virtual_memory_bytes", "Address space", self.size.clone());
        all.register("process_open_fds", "File descriptors that are open", self.descriptors.clone());
        all.register("process_max_fds", "File descriptors that may be open", self.most_descriptors.clone());
        all.register("process_threads", "Threads", self.threads.clone());
        all.register("process_start_time_seconds", "When the process began, in seconds since 1970", self.begun.clone());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.begun.set(now.as_secs_f64());
    }

    /// Looks at the process as it is now. What cannot be seen stays as it was.
    #[cfg(target_os = "linux")]
    pub fn look(&self) {
        use procfs::process::{LimitValue, Process};
        use std::sync::atomic::Ordering::Relaxed;
        let Ok(process) = Process::myself() else { return };
        if let Ok(stat) = process.stat() {
            let ticks = procfs::ticks_per_second();
            let seconds = (stat.utime + stat.stime) as f64 / ticks as f64;
            self.seconds.inner().store(seconds.to_bits(), Relaxed);
            self.resident.set(stat.rss * procfs::page_size());
            self.size.set(stat.vsize);
            self.threads.set(u64::try_from(stat.num_threads).unwrap_or_default());
        }
        if let Ok(count) = process.fd_count() {
            self.descriptors.set(count as u64);
        }
        if let Ok(limits) = process.limits() {
            self.most_descriptors.set(match limits.max_open_files.soft_limit {
                LimitValue::Value(most) => most,
                LimitValue::Unlimited => u64::MAX,
            });
        }
    }

    /// Other systems have no such folder to look into.
    #[cfg(not(target_os = "linux"))]
    pub fn register(&self, _: &mut Registry) {}

    #[cfg(not(target_os = "linux"))]
    pub fn look(&self) {}
}
