//! Doing something to see whether it could be done.

use std::panic::AssertUnwindSafe;

use pgrx::pg_sys::{self, PgTryBuilder};

/// Runs `work` and takes back all that it did in the database. So does an error, which goes on to the caller from there: the
/// subtransaction is not left to those who know nothing of it.
pub fn taken_back<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: begun here and rolled back below, once, also after an error, with the memory context and the resource owner of
    // before, as PL/pgSQL does it.
    let (context, owner) = unsafe {
        let (context, owner) = (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(context);
        (context, owner)
    };
    let take_back = || {
        // SAFETY: the subtransaction begun above is the current one: those begun inside it have ended or failed with it.
        unsafe {
            pg_sys::MemoryContextSwitchTo(context);
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
            pg_sys::MemoryContextSwitchTo(context);
            pg_sys::CurrentResourceOwner = owner;
        }
    };
    PgTryBuilder::new(AssertUnwindSafe(work)).finally(take_back).execute()
}
