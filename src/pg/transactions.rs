//! Hearing of the ends of transactions and savepoints.

use std::cell::Cell;

use pgrx::{pg_guard, pg_sys};

/// What is called when; none of them may raise an error.
#[derive(Clone, Copy)]
pub struct Listeners {
    /// The transaction, or its parallel worker's part, is over.
    pub over: fn(),
    /// The subtransaction at the current nesting level was rolled back.
    pub rolled_back_to: fn(level: i32),
    /// The subtransaction at the current nesting level became part of the one around it.
    pub released: fn(level: i32),
    /// The transaction is about to commit; may still write and may raise an error.
    pub before_commit: fn(),
}

thread_local! {
    static LISTENERS: Cell<Option<Listeners>> = const { Cell::new(None) };
}

/// Registers the listeners. Call once, from `_PG_init`.
pub fn listen(listeners: Listeners) {
    LISTENERS.set(Some(listeners));
    // SAFETY: the callbacks stay valid for the life of the backend, and they are registered once.
    unsafe {
        pg_sys::RegisterXactCallback(Some(transaction), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(subtransaction), std::ptr::null_mut());
    }
}

/// How deep the current subtransaction is; 1 outside any savepoint.
pub fn nesting_level() -> i32 {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::GetCurrentTransactionNestLevel() }
}

/// May this transaction write? Not on a standby, in a read-only transaction or in a parallel plan.
pub fn may_write() -> bool {
    // SAFETY: reads variables of the backend.
    unsafe { !pg_sys::XactReadOnly && !pg_sys::RecoveryInProgress() && !pg_sys::IsInParallelMode() }
}

/// Lets `work` write at commit, also where the transaction became read-only after it had written.
pub fn writing<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: a variable of the backend, set back below, or by the next transaction's begin if `work` raises an error.
    let before = unsafe { pg_sys::XactReadOnly };
    // SAFETY: as above.
    unsafe { pg_sys::XactReadOnly = false };
    let result = work();
    // SAFETY: as above.
    unsafe { pg_sys::XactReadOnly = before };
    result
}

/// Runs queries at commit, when no statement is running whose snapshot they could take.
pub fn with_snapshot<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: pushed and popped in pairs; an error in between aborts the transaction, which pops it.
    unsafe {
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        let result = work();
        pg_sys::PopActiveSnapshot();
        result
    }
}

#[pg_guard]
extern "C-unwind" fn transaction(event: pg_sys::XactEvent::Type, _arg: *mut core::ffi::c_void) {
    use pg_sys::XactEvent::*;
    let Some(listeners) = LISTENERS.get() else { return };
    match event {
        XACT_EVENT_PRE_COMMIT | XACT_EVENT_PRE_PREPARE => (listeners.before_commit)(),
        XACT_EVENT_PARALLEL_PRE_COMMIT => (),
        _ => (listeners.over)(),
    }
}

#[pg_guard]
extern "C-unwind" fn subtransaction(
    event: pg_sys::SubXactEvent::Type,
    _own: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _arg: *mut core::ffi::c_void,
) {
    use pg_sys::SubXactEvent::*;
    let Some(listeners) = LISTENERS.get() else { return };
    match event {
        SUBXACT_EVENT_ABORT_SUB => (listeners.rolled_back_to)(nesting_level()),
        SUBXACT_EVENT_COMMIT_SUB => (listeners.released)(nesting_level()),
        _ => (),
    }
}

/// May this backend change settings? Not while it runs a parallel plan.
pub fn may_change_settings() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { !pg_sys::IsInParallelMode() }
}

/// The time at which the transaction began, as `now()` gives it.
pub fn began() -> pg_sys::Datum {
    // SAFETY: reads a variable of the backend; a timestamp is passed by value on every supported machine.
    pg_sys::Datum::from(unsafe { pg_sys::GetCurrentTransactionStartTimestamp() })
}

/// When the statement that the client sent began, in seconds since 1970. Parallel workers have it from their leader.
pub fn statement_began() -> i64 {
    const SECONDS_BEFORE_2000: i64 = 946_684_800;
    statement_mark().div_euclid(1_000_000) + SECONDS_BEFORE_2000
}

unsafe extern "C-unwind" {
    // In access/xact.h. pgrx's own binding prepares for errors each time, which this one is too often called for.
    safe fn GetCurrentStatementStartTimestamp() -> i64;
    // In utils/snapmgr.h. Likewise; the second only where the first says yes.
    safe fn ActiveSnapshotSet() -> bool;
    fn GetActiveSnapshot() -> pg_sys::Snapshot;
}

/// The same in microseconds, since 2000: another one for each statement.
pub fn statement_mark() -> i64 {
    GetCurrentStatementStartTimestamp()
}

/// Another one for each snapshot that sees more commits than the one before: a function's queries have snapshots of their own.
/// A commit either raises `xmax` or makes the list of those in progress below it shorter, which on a standby is another list.
pub fn snapshot_mark() -> (u32, u32) {
    if !ActiveSnapshotSet() {
        return (0, 0);
    }
    // SAFETY: there is one, which stays while the statement runs.
    let snapshot = unsafe { &*GetActiveSnapshot() };
    let in_progress = if snapshot.takenDuringRecovery { snapshot.subxcnt.cast_unsigned() } else { snapshot.xcnt };
    (snapshot.xmax.into_inner(), in_progress)
}

/// May the statement meet rows that are newer than its snapshot? At READ COMMITTED, if it locks or changes rows, which takes
/// a transaction number: then PostgreSQL asks policies about the latest version of a row that somebody else changed.
pub fn may_meet_newer_rows() -> bool {
    // SAFETY: reads variables of the backend; its entry of the list of processes is its own as long as it lives.
    unsafe {
        pg_sys::XactIsoLevel < pg_sys::XACT_REPEATABLE_READ as i32
            && (*pg_sys::MyProc).xid != pg_sys::InvalidTransactionId
    }
}

/// How many triggers are under way.
pub fn trigger_depth() -> i32 {
    // SAFETY: the function has no arguments and reads a variable of the backend.
    unsafe { pgrx::direct_function_call(pg_sys::pg_trigger_depth, &[]) }.unwrap_or_default()
}

/// The number of this backend's process.
pub fn process_number() -> i32 {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::MyProcPid }
}

/// Does PostgreSQL keep the times at which transactions were committed?
pub fn times_are_kept() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::track_commit_timestamp }
}

/// The time at this moment.
pub fn time_of_day() -> pgrx::datum::TimestampWithTimeZone {
    pgrx::datum::clock_timestamp()
}
