//! Table locks, held until the end of the transaction.

use pgrx::pg_sys;

/// Waits for no reader and no other ROW SHARE holder.
pub fn row_share(relation: pg_sys::Oid) {
    lock(relation, pg_sys::RowShareLock);
}

/// Waits for everybody but plain readers.
pub fn exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::ExclusiveLock);
}

/// Waits for writers, not for readers.
pub fn share_row_exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::ShareRowExclusiveLock);
}

/// Waits for everybody.
pub fn access_exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::AccessExclusiveLock);
}

fn lock(relation: pg_sys::Oid, mode: u32) {
    // SAFETY: an ordinary heavyweight lock; a second request for one already held is counted locally.
    unsafe { pg_sys::LockRelationOid(relation, mode as i32) };
}
