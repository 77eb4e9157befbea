//! Keeping rows out of errors.
//!
//! PostgreSQL shows a row that breaks a constraint, but not to those whom the table's row security binds. While a foreign key's
//! action writes rows, whosever they are, it binds nobody: that runs as the table's owner, without FORCE. The words go to whoever
//! changed the row referred to.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};

use pgrx::{PgSqlErrorCode, pg_guard, pg_sys};

use super::backend_local::BackendLocal;
use super::owner;

/// Does a table hold rows that are not everybody's to see?
pub type HidesRows = fn(table: pg_sys::Oid) -> bool;

static HIDES_ROWS: BackendLocal<Cell<Option<HidesRows>>> = BackendLocal::new(Cell::new(None));

const INSTEAD: &std::ffi::CStr =
    c"The row is not shown: the change of another row wrote it, and it may be another tenant's.";

/// The same where it is not another row's change, but a function of ours.
const INSTEAD_FOR_FUNCTIONS: &std::ffi::CStr = c"The row is not shown: it may be another tenant's.";

unsafe extern "C-unwind" {
    // In utils/elog.h.
    fn errdetail(format: *const c_char, ...) -> c_int;
    safe fn geterrcode() -> c_int;
}

/// Whom to ask. Call once, from `_PG_init`.
pub fn listen(hides_rows: HidesRows) {
    HIDES_ROWS.set(Some(hides_rows));
}

/// What is told beside an error, where an execution hides rows; as PostgreSQL's own it lies in the frame that runs the execution.
pub(super) fn teller() -> pg_sys::ErrorContextCallback {
    // SAFETY: reads a variable of the backend.
    let previous = unsafe { pg_sys::error_context_stack };
    pg_sys::ErrorContextCallback { previous, callback: Some(hide), arg: std::ptr::null_mut() }
}

/// Before rows are written.
///
/// # Safety
/// A query with its plan; `teller` stays where it is until [`end`], or until an error takes the frame away.
pub(super) unsafe fn begin(query: *mut pg_sys::QueryDesc, teller: *mut pg_sys::ErrorContextCallback) {
    // SAFETY: by the caller's promise. Errors give the list back as it was where they are caught.
    unsafe {
        let written = (*(*query).plannedstmt).resultRelations;
        if owner::passes_forced_policies() && !written.is_null() && are_hidden(query) {
            pg_sys::error_context_stack = teller;
        }
    }
}

/// After that.
pub(super) fn end(teller: &pg_sys::ErrorContextCallback) {
    // SAFETY: what the list was before.
    unsafe { pg_sys::error_context_stack = teller.previous };
}

#[pg_guard]
extern "C-unwind" fn are_hidden(query: *mut pg_sys::QueryDesc) -> bool {
    // SAFETY: `begin` passes a query with its plan, which writes at least one table.
    let table = unsafe {
        let plan = (*query).plannedstmt;
        let first = (*(*plan).resultRelations).elements.read().int_value;
        (*pg_sys::rt_fetch(first.cast_unsigned(), (*plan).rtable)).relid
    };
    HIDES_ROWS.get().is_some_and(|hides_rows| !owner::caller_is_exempt() && hides_rows(table))
}

unsafe extern "C-unwind" fn hide(_: *mut c_void) {
    use PgSqlErrorCode::*;
    let shows_row =
        [ERRCODE_NOT_NULL_VIOLATION, ERRCODE_UNIQUE_VIOLATION, ERRCODE_CHECK_VIOLATION, ERRCODE_EXCLUSION_VIOLATION];
    if shows_row.iter().any(|code| *code as c_int == geterrcode()) {
        // SAFETY: called for an error that is being told, whose words may be changed; the text has no place for arguments.
        unsafe { errdetail(if owner::looked_into().is_some() { INSTEAD_FOR_FUNCTIONS } else { INSTEAD }.as_ptr()) };
    }
}
