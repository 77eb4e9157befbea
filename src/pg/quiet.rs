//! Keeping our own DDL from being answered by our own event triggers.

use std::cell::Cell;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

struct Restore(bool);

impl Drop for Restore {
    // Also when a PostgreSQL error unwinds through.
    fn drop(&mut self) {
        QUIET.set(self.0);
    }
}

/// Runs `work` while [`is_quiet`] says so.
pub fn run<R>(work: impl FnOnce() -> R) -> R {
    let _restore = Restore(QUIET.replace(true));
    work()
}

/// Is our own DDL running?
pub fn is_quiet() -> bool {
    QUIET.get()
}
