//! PostgreSQL's own record of what each backend is busy with, in which its views on progress look: others see it while the
//! transaction runs, and it needs no shared memory of ours.

use pgrx::datum::TimestampWithTimeZone;
use pgrx::{FromDatum, pg_sys};

/// Our command among those of `ProgressCommandType`: a number that PostgreSQL's views do not ask for.
const COMMAND: pg_sys::ProgressCommandType::Type = 0x7465_6e61;
/// How many numbers there are for us.
pub const NUMBERS: usize = 8;
/// The places of our numbers: the last ones. A COPY around us goes on writing to the first.
const FIRST: usize = pg_sys::PGSTAT_NUM_PROGRESS_PARAM as usize - NUMBERS;

/// What a backend of this database is busy with.
pub struct Entry {
    pub pid: i32,
    pub relation: pg_sys::Oid,
    pub numbers: [i64; NUMBERS],
}

/// Shows what this backend is busy with, also where a command run in between (CREATE INDEX, VALIDATE CONSTRAINT) had shown
/// its own. Does nothing where `track_activities` is off.
pub fn show(relation: pg_sys::Oid, numbers: &[i64; NUMBERS]) {
    let places: [i32; NUMBERS] = std::array::from_fn(|nth| (FIRST + nth) as i32);
    // SAFETY: the entry is this backend's own; the arrays are as long as it is said, and only read.
    unsafe {
        if !is_shown() || (*pg_sys::MyBEEntry).st_progress_command_target != relation {
            pg_sys::pgstat_progress_start_command(COMMAND, relation);
        }
        pg_sys::pgstat_progress_update_multi_param(NUMBERS as i32, places.as_ptr(), numbers.as_ptr());
    }
}

/// Shows nothing any more.
pub fn hide() {
    if is_shown() {
        // SAFETY: writes to this backend's own entry.
        unsafe { pg_sys::pgstat_progress_end_command() };
    }
}

fn is_shown() -> bool {
    // SAFETY: the entry is this backend's own, or there is none.
    unsafe { !pg_sys::MyBEEntry.is_null() && (*pg_sys::MyBEEntry).st_progress_command == COMMAND }
}

/// What the backends of this database show.
pub fn all() -> Vec<Entry> {
    // SAFETY: the callees give local copies, which last until the end of the transaction.
    unsafe {
        (1..=pg_sys::pgstat_fetch_stat_numbackends())
            .filter_map(|nth| {
                #[cfg(feature = "pg15")]
                let copy = pg_sys::pgstat_fetch_stat_local_beentry(nth);
                #[cfg(not(feature = "pg15"))]
                let copy = pg_sys::pgstat_get_local_beentry_by_index(nth);
                let status = &copy.as_ref()?.backendStatus;
                let ours = status.st_progress_command == COMMAND && status.st_databaseid == pg_sys::MyDatabaseId;
                ours.then(|| Entry {
                    pid: status.st_procpid,
                    relation: status.st_progress_command_target,
                    numbers: std::array::from_fn(|nth| status.st_progress_param[FIRST + nth]),
                })
            })
            .collect()
    }
}

/// The number of this backend's process.
pub fn own_pid() -> i32 {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::MyProcPid }
}

/// Now, as a number.
pub fn now() -> i64 {
    // SAFETY: asks the clock.
    unsafe { pg_sys::GetCurrentTimestamp() }
}

/// What [`now`] gave, as a time.
pub fn time(number: i64) -> Option<TimestampWithTimeZone> {
    // SAFETY: a timestamp is passed by value on every supported machine, and is a number of microseconds.
    unsafe { TimestampWithTimeZone::from_datum(pg_sys::Datum::from(number), false) }
}
