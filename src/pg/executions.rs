//! Hearing of the beginnings of executions.
//!
//! The hook stands between PostgreSQL and its executor, and errors of the executor pass it. It is a plain function without
//! destructors that calls PostgreSQL directly: what pgrx puts around calls would take their place and context from those errors.

use std::cell::Cell;
use std::ffi::c_int;

use pgrx::{pg_guard, pg_sys};

use super::backend_local::BackendLocal;
use super::planner::is_marked;

/// What is called when.
#[derive(Clone, Copy)]
pub struct Listeners {
    /// An execution begins; may not raise an error.
    pub begins: fn(),
    /// An execution begins of a plan that takes for granted that all rows pass; raises an error unless they still do.
    pub of_marked_plan: fn(),
}

static LISTENERS: BackendLocal<Cell<Option<Listeners>>> = BackendLocal::new(Cell::new(None));
static OTHERS: BackendLocal<Cell<pg_sys::ExecutorStart_hook_type>> = BackendLocal::new(Cell::new(None));

unsafe extern "C-unwind" {
    // In executor/executor.h.
    fn standard_ExecutorStart(query: *mut pg_sys::QueryDesc, flags: c_int);
}

/// Registers the listeners. Call once, from `_PG_init`.
pub fn listen(listeners: Listeners) {
    LISTENERS.set(Some(listeners));
    // SAFETY: hooks are there to be chained; the function stays for the life of the backend.
    unsafe {
        OTHERS.set(pg_sys::ExecutorStart_hook);
        pg_sys::ExecutorStart_hook = Some(start);
    }
}

unsafe extern "C-unwind" fn start(query: *mut pg_sys::QueryDesc, flags: c_int) {
    if let Some(listeners) = LISTENERS.get() {
        (listeners.begins)();
    }
    // SAFETY: PostgreSQL passes a query with its plan, and the next in the chain takes what this one took.
    unsafe {
        if is_marked((*query).plannedstmt) {
            of_marked_plan();
        }
        match OTHERS.get() {
            Some(next) => next(query, flags),
            None => standard_ExecutorStart(query, flags),
        }
    }
}

#[pg_guard]
extern "C-unwind" fn of_marked_plan() {
    if let Some(listeners) = LISTENERS.get() {
        (listeners.of_marked_plan)();
    }
}
