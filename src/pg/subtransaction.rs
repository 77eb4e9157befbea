//! Doing something to see whether it could be done.

use pgrx::pg_sys;

/// Runs `work` and takes back all that it did in the database.
pub fn taken_back<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: begun and rolled back in pairs, with the memory context and the resource owner of before, as PL/pgSQL does it;
    // an error in between aborts the whole transaction.
    unsafe {
        let (context, owner) = (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(context);
        let result = work();
        pg_sys::RollbackAndReleaseCurrentSubTransaction();
        pg_sys::MemoryContextSwitchTo(context);
        pg_sys::CurrentResourceOwner = owner;
        result
    }
}
