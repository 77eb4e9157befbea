//! Learning that a table of ours, or a protected one, has changed: by PostgreSQL's own relation-cache invalidation, which
//! is transactional and reaches every backend.

use std::cell::Cell;

use pgrx::{pg_guard, pg_sys};

type Listener = fn(pg_sys::Oid);

thread_local! {
    static LISTENER: Cell<Option<Listener>> = const { Cell::new(None) };
}

/// Calls `listener` with the oid of each relation that changes, or with `InvalidOid` for "any may have changed", also when
/// roles or schemas change. It runs at moments when no catalog may be read: it may only take notes. Call once, from
/// `_PG_init`.
pub fn listen(listener: Listener) {
    LISTENER.set(Some(listener));
    // SAFETY: the callbacks stay valid for the life of the backend, and they are registered once.
    unsafe {
        pg_sys::CacheRegisterRelcacheCallback(Some(forward), pg_sys::Datum::from(0));
        // A login role that is renamed or dropped may stand for another user or none; kept queries name schemas.
        for cache in [pg_sys::SysCacheIdentifier::AUTHOID, pg_sys::SysCacheIdentifier::NAMESPACEOID] {
            pg_sys::CacheRegisterSyscacheCallback(cache as i32, Some(any_changed), pg_sys::Datum::from(0));
        }
    }
}

#[pg_guard]
extern "C-unwind" fn any_changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    if let Some(listener) = LISTENER.get() {
        listener(pg_sys::InvalidOid);
    }
}

#[pg_guard]
extern "C-unwind" fn forward(_arg: pg_sys::Datum, relation: pg_sys::Oid) {
    if let Some(listener) = LISTENER.get() {
        listener(relation);
    }
}

/// Tells every backend, at commit, that what was read from `relation` is out of date, and the own one at once. For triggers
/// of statements that write.
pub fn announce(relation: pg_sys::Oid) {
    // SAFETY: queues a message. The next command hears of it only if the present one has written something since the last
    // step, which a trigger cannot know: marking its number as used makes sure of that.
    unsafe {
        pg_sys::CacheInvalidateRelcacheByRelid(relation);
        pg_sys::GetCurrentCommandId(true);
        pg_sys::CommandCounterIncrement();
    }
}

/// Hears now of what others have committed. PostgreSQL does so when a lock is taken that the transaction does not hold yet,
/// and so perhaps not again until its end.
pub fn hear() {
    // SAFETY: what PostgreSQL itself does at any lock that it takes for a statement.
    unsafe { pg_sys::AcceptInvalidationMessages() };
}
