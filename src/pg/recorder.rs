//! Writing what outlives a rollback: by a background worker, which has a transaction of its own. It needs no preloading, and
//! gets 128 bytes to write about.

use std::cell::Cell;

use pgrx::bgworkers::BackgroundWorker;
#[cfg(not(feature = "pg18"))]
use pgrx::pg_sys::pqsignal;
#[cfg(feature = "pg18")]
use pgrx::pg_sys::pqsignal_be as pqsignal;
use pgrx::{pg_guard, pg_sys};

/// As `pg_stat_activity.backend_type` shows it.
const NAME: &[u8] = b"pg_tenancy recorder";
const LIBRARY: &[u8] = b"$libdir/pg_tenancy";
const FUNCTION: &[u8] = b"pg_tenancy_recorder";

pub type Payload = [u8; pg_sys::BGW_EXTRALEN as usize];

thread_local! {
    static WRITER: Cell<Option<fn(&Payload)>> = const { Cell::new(None) };
}

/// What the worker does with what it was given, in a transaction as superuser. Call from `_PG_init`.
pub fn init(writer: fn(&Payload)) {
    WRITER.set(Some(writer));
}

/// Starts a worker in this database, and does not wait for it. False if no slot is free.
pub fn start(payload: &Payload) -> bool {
    // SAFETY: all bytes zero is a valid worker; the texts written are shorter than the arrays, which so end with zeros. The
    // registration is copied.
    unsafe {
        let mut worker: pg_sys::BackgroundWorker = std::mem::zeroed();
        write(&mut worker.bgw_name, NAME);
        write(&mut worker.bgw_type, NAME);
        write(&mut worker.bgw_library_name, LIBRARY);
        write(&mut worker.bgw_function_name, FUNCTION);
        write(&mut worker.bgw_extra, payload);
        worker.bgw_flags = (pg_sys::BGWORKER_SHMEM_ACCESS | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION) as i32;
        worker.bgw_start_time = pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished;
        worker.bgw_restart_time = pg_sys::BGW_NEVER_RESTART;
        worker.bgw_main_arg = pg_sys::Datum::from(pg_sys::MyDatabaseId);
        pg_sys::RegisterDynamicBackgroundWorker(&mut worker, std::ptr::null_mut())
    }
}

fn write(field: &mut [core::ffi::c_char], bytes: &[u8]) {
    for (to, from) in field.iter_mut().zip(bytes) {
        *to = *from as core::ffi::c_char;
    }
}

/// The worker's main function; PostgreSQL finds it by its name.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn pg_tenancy_recorder(database: pg_sys::Datum) {
    let database = pg_sys::Oid::from(database.value() as u32);
    // SAFETY: called by PostgreSQL in a background worker, whose entry lasts as long as the process. The handler is
    // PostgreSQL's own for backends.
    let payload: Payload = unsafe {
        // What a worker has until then ends it wherever it is, in the middle of a commit or holding a spinlock.
        pqsignal(pg_sys::SIGTERM as core::ffi::c_int, Some(die));
        pg_sys::BackgroundWorkerUnblockSignals();
        pg_sys::BackgroundWorkerInitializeConnectionByOid(database, pg_sys::InvalidOid, 0);
        (*pg_sys::MyBgworkerEntry).bgw_extra.map(|byte| byte as u8)
    };
    if let Some(writer) = WRITER.get() {
        BackgroundWorker::transaction(move || writer(&payload));
    }
}

unsafe extern "C-unwind" {
    // In tcopprot.h. A handler is to be the function itself, not what pgrx puts around it.
    fn die(signal: core::ffi::c_int);
}

/// Is this server a standby, on which nothing can be written?
pub fn is_standby() -> bool {
    // SAFETY: reads shared memory.
    unsafe { pg_sys::RecoveryInProgress() }
}

/// PostgreSQL's timestamp of now.
pub fn now() -> i64 {
    // SAFETY: asks the clock.
    unsafe { pg_sys::GetCurrentTimestamp() }
}

/// Does a superuser restore a dump? That is what its scripts say, and `pg_restore`. Everybody may say so, and what we do for
/// others is done with our rights: the session's own role counts.
pub fn restores_dump() -> bool {
    // SAFETY: reads variables of the backend; a plain look-up of a role.
    unsafe { !pg_sys::check_function_bodies && pg_sys::superuser_arg(pg_sys::GetOuterUserId()) }
}
