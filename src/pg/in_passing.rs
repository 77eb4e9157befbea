//! Looking at tables of ours without keeping locks on them: who has entered must not be in the way of those who change a table
//! until his transaction ends.

use pgrx::pg_sys::{self, ResourceReleasePhase};

/// Gives back the locks on relations that `work` takes, as soon as it is done. For reading what may change right after: what
/// is remembered of it is given up when an invalidation says so.
pub(super) fn without_keeping_locks<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: the owner made here is a child of the current one, which an error in `work` leaves to the aborting transaction.
    // What belongs to it is released in PostgreSQL's order; as if for an abort, for else the parent inherited the locks.
    unsafe {
        let outer = pg_sys::CurrentResourceOwner;
        let own = pg_sys::ResourceOwnerCreate(outer, c"pg_tenancy".as_ptr());
        pg_sys::CurrentResourceOwner = own;
        let result = work();
        pg_sys::CurrentResourceOwner = outer;
        for phase in [
            ResourceReleasePhase::RESOURCE_RELEASE_BEFORE_LOCKS,
            ResourceReleasePhase::RESOURCE_RELEASE_LOCKS,
            ResourceReleasePhase::RESOURCE_RELEASE_AFTER_LOCKS,
        ] {
            pg_sys::ResourceOwnerRelease(own, phase, false, false);
        }
        pg_sys::ResourceOwnerDelete(own);
        result
    }
}
