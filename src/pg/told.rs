//! Saying about which table an error is.
//!
//! As PostgreSQL's own callbacks do: the error stays what it is, with its SQLSTATE and its words.

use std::ffi::{CStr, CString, c_char, c_int, c_void};

use pgrx::{PgLogLevel, pg_sys};

unsafe extern "C-unwind" {
    // In utils/elog.h.
    fn errhint(format: *const c_char, ...) -> c_int;
}

struct Restore(*mut pg_sys::ErrorContextCallback);

impl Drop for Restore {
    // Also when a PostgreSQL error unwinds through: the words are about to go.
    fn drop(&mut self) {
        // SAFETY: what the list was before.
        unsafe { pg_sys::error_context_stack = self.0 };
    }
}

/// Runs `work`; the `HINT` of an error in it ends with these words, if it is none of ours. Not its `CONTEXT`, which errors lose on their way
/// through Rust.
pub fn with_hint<R>(hint: &str, work: impl FnOnce() -> R) -> R {
    let hint = CString::new(hint).unwrap_or_default();
    // SAFETY: reads a variable of the backend.
    let previous = unsafe { pg_sys::error_context_stack };
    let arg = hint.as_ptr().cast_mut().cast::<c_void>();
    let mut callback = pg_sys::ErrorContextCallback { previous, callback: Some(tell), arg };
    let _restore = Restore(previous);
    // SAFETY: callback and words stay where they are until the list is given back, be it by an error.
    unsafe { pg_sys::error_context_stack = &raw mut callback };
    work()
}

unsafe extern "C-unwind" fn tell(hint: *mut c_void) {
    // SAFETY: called while an error or a notice is being told, with what `with_hint` gave. The copy is made outside the memory for
    // errors, and freed; the format has places for the arguments that are given.
    unsafe {
        let before = pg_sys::MemoryContextSwitchTo(pg_sys::CurTransactionContext);
        let told = pg_sys::CopyErrorData();
        let is_error = (*told).elevel >= PgLogLevel::ERROR as c_int;
        let is_ours = !(*told).funcname.is_null() && CStr::from_ptr((*told).funcname) == c"pg_tenancy";
        if is_error && !is_ours {
            if (*told).hint.is_null() {
                errhint(c"%s".as_ptr(), hint.cast::<c_char>());
            } else {
                errhint(c"%s %s".as_ptr(), (*told).hint, hint.cast::<c_char>());
            }
        }
        pg_sys::FreeErrorData(told);
        pg_sys::MemoryContextSwitchTo(before);
    }
}
