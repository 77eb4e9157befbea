//! Table locks, held until the end of the transaction.

use pgrx::pg_sys;
use pgrx::pg_sys::ffi::pg_guard_ffi_boundary;

use super::{owner, subtransaction};

/// Waits for no reader and no other ROW SHARE holder.
pub fn row_share(relation: pg_sys::Oid) {
    lock(relation, pg_sys::RowShareLock);
}

/// Waits for DDL that writers wait for, as they do.
pub fn row_exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::RowExclusiveLock);
}

/// Waits for DDL, not for readers nor for writers.
pub fn share_update_exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::ShareUpdateExclusiveLock);
}

/// Waits for everybody but plain readers.
pub fn exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::ExclusiveLock);
}

/// Waits for writers, not for readers nor for others who do the same.
pub fn share(relation: pg_sys::Oid) {
    lock(relation, pg_sys::ShareLock);
}

/// Waits for writers, not for readers.
pub fn share_row_exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::ShareRowExclusiveLock);
}

/// The same for a relation and all its partitions and inheritance children.
pub fn share_row_exclusive_with_parts(relation: pg_sys::Oid) {
    lock_with_parts(relation, pg_sys::ShareRowExclusiveLock);
}

/// Waits for everybody.
pub fn access_exclusive(relation: pg_sys::Oid) {
    lock(relation, pg_sys::AccessExclusiveLock);
}

/// The same for a relation and all its partitions and inheritance children.
pub fn access_exclusive_with_parts(relation: pg_sys::Oid) {
    lock_with_parts(relation, pg_sys::AccessExclusiveLock);
}

fn lock(relation: pg_sys::Oid, mode: u32) {
    // SAFETY: an ordinary heavyweight lock; a second request for one already held is counted locally.
    unsafe { pg_sys::LockRelationOid(relation, mode as i32) };
}

/// How long a lock is waited for by the session's `lock_timeout`, in milliseconds; None: for ever.
pub fn timeout() -> Option<i32> {
    // SAFETY: reads a variable of the backend.
    Some(unsafe { pg_sys::LockTimeout }).filter(|timeout| *timeout > 0)
}

/// Locks a relation and all its partitions and inheritance children, unless that takes longer; says whether it did.
pub fn with_parts_within(relation: pg_sys::Oid, mode: u32, milliseconds: i32) -> bool {
    let limit = std::ffi::CString::new(milliseconds.to_string()).expect("a number has no NUL bytes");
    let lock = || owner::with_settings(&[(c"lock_timeout", &limit)], || lock_with_parts(relation, mode));
    subtransaction::unless(pgrx::PgSqlErrorCode::ERRCODE_LOCK_NOT_AVAILABLE, lock).is_some()
}

/// Each is locked before its own parts are looked for: those that somebody else is about to give it are waited for, and found.
fn lock_with_parts(relation: pg_sys::Oid, mode: u32) {
    unsafe extern "C-unwind" {
        // In catalog/pg_inherits.h.
        fn find_all_inheritors(relation: pg_sys::Oid, mode: i32, parents: *mut *mut pg_sys::List) -> *mut pg_sys::List;
    }
    lock(relation, mode);
    // SAFETY: ordinary heavyweight locks; the list is left to the memory context.
    unsafe { pg_guard_ffi_boundary(|| find_all_inheritors(relation, mode as i32, std::ptr::null_mut())) };
}

/// A lock that stands for no relation, but for something that a relation of ours describes. No statement of SQL takes such.
#[derive(Clone, Copy)]
pub struct ObjectLock(pg_sys::LOCKTAG);

impl ObjectLock {
    /// Names the lock by the relation and two numbers.
    pub fn new(relation: pg_sys::Oid, object: u32, part: u16) -> Self {
        Self(pg_sys::LOCKTAG {
            // SAFETY: reads a variable of the backend.
            locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
            locktag_field2: relation.to_u32(),
            locktag_field3: object,
            locktag_field4: part,
            locktag_type: pg_sys::LockTagType::LOCKTAG_OBJECT as u8,
            locktag_lockmethodid: pg_sys::DEFAULT_LOCKMETHOD as u8,
        })
    }

    /// Waits for whoever has it, and keeps it until the end of the transaction.
    pub fn take(self) {
        self.acquire(false);
    }

    /// The same, if nobody else has it.
    pub fn try_take(self) -> bool {
        self.acquire(true)
    }

    fn acquire(self, at_once: bool) -> bool {
        // SAFETY: an ordinary heavyweight lock with deadlock detection, owned by the current resource owner.
        let result = unsafe { pg_sys::LockAcquire(&self.0, pg_sys::ExclusiveLock as i32, false, at_once) };
        result != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
    }

    /// Gives back, before the end of the transaction, what was taken once and under which nothing was done.
    pub fn give_back(self) {
        // SAFETY: of a lock that the current resource owner holds.
        unsafe { pg_sys::LockRelease(&self.0, pg_sys::ExclusiveLock as i32, false) };
    }
}
