//! Doing something to see whether it could be done.

use std::panic::AssertUnwindSafe;

use pgrx::PgSqlErrorCode;
use pgrx::pg_sys::{self, PgTryBuilder};

/// The subtransaction in which something is tried, and what was current before it.
struct Attempt(pg_sys::MemoryContext, pg_sys::ResourceOwner);

impl Attempt {
    fn begin() -> Self {
        // SAFETY: as PL/pgSQL does it; ended once, below.
        unsafe {
            let before = Self(pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
            pg_sys::BeginInternalSubTransaction(std::ptr::null());
            pg_sys::MemoryContextSwitchTo(before.0);
            before
        }
    }

    /// What was done stays.
    fn keep(&self) {
        // SAFETY: the subtransaction begun above is the current one: those begun inside it have ended.
        unsafe {
            pg_sys::ReleaseCurrentSubTransaction();
            self.end();
        }
    }

    /// What was done is taken back.
    fn take_back(&self) {
        // SAFETY: the subtransaction begun above is the current one: those begun inside it have ended or failed with it.
        unsafe {
            pg_sys::MemoryContextSwitchTo(self.0);
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
            self.end();
        }
    }

    /// # Safety
    /// The subtransaction is over.
    unsafe fn end(&self) {
        // SAFETY: both were current before the subtransaction, and last longer.
        unsafe {
            pg_sys::MemoryContextSwitchTo(self.0);
            pg_sys::CurrentResourceOwner = self.1;
        }
    }
}

/// Runs `work` and takes back all that it did in the database. So does an error, which goes on to the caller from there: the
/// subtransaction is not left to those who know nothing of it.
pub fn taken_back<R>(work: impl FnOnce() -> R) -> R {
    let attempt = Attempt::begin();
    PgTryBuilder::new(AssertUnwindSafe(work)).finally(|| attempt.take_back()).execute()
}

/// Runs `work`; None where it fails with this error, and then nothing of it stays. Other errors go on to the caller.
pub fn unless<R>(error: PgSqlErrorCode, work: impl FnOnce() -> R) -> Option<R> {
    let attempt = Attempt::begin();
    let result = PgTryBuilder::new(AssertUnwindSafe(|| Some(work())))
        .catch_when(error, |_| {
            attempt.take_back();
            None
        })
        .catch_others(|other| {
            attempt.take_back();
            other.rethrow()
        })
        .execute();
    if result.is_some() {
        attempt.keep();
    }
    result
}
