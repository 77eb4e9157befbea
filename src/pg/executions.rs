//! Hearing of the beginnings of executions, and of their going on.
//!
//! The hooks stand between PostgreSQL and its executor, and errors of the executor pass them. They are plain functions without
//! destructors that call PostgreSQL directly: what pgrx puts around calls would take their place and context from those errors.

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
    /// Rows are asked for, the first ones or further ones, from a plan that takes for granted that all rows pass; raises an error
    /// unless they still do.
    pub of_marked_plan: fn(),
}

static LISTENERS: BackendLocal<Cell<Option<Listeners>>> = BackendLocal::new(Cell::new(None));
static OTHERS_START: BackendLocal<Cell<pg_sys::ExecutorStart_hook_type>> = BackendLocal::new(Cell::new(None));
static OTHERS_RUN: BackendLocal<Cell<pg_sys::ExecutorRun_hook_type>> = BackendLocal::new(Cell::new(None));

unsafe extern "C-unwind" {
    // In executor/executor.h.
    fn standard_ExecutorStart(query: *mut pg_sys::QueryDesc, flags: c_int);
    #[cfg(feature = "pg18")]
    fn standard_ExecutorRun(query: *mut pg_sys::QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64);
    #[cfg(not(feature = "pg18"))]
    fn standard_ExecutorRun(
        query: *mut pg_sys::QueryDesc,
        direction: pg_sys::ScanDirection::Type,
        count: u64,
        once: bool,
    );
}

/// Registers the listeners. Call once, from `_PG_init`.
pub fn listen(listeners: Listeners) {
    LISTENERS.set(Some(listeners));
    // SAFETY: hooks are there to be chained; the functions stay for the life of the backend.
    unsafe {
        OTHERS_START.set(pg_sys::ExecutorStart_hook);
        pg_sys::ExecutorStart_hook = Some(start);
        OTHERS_RUN.set(pg_sys::ExecutorRun_hook);
        pg_sys::ExecutorRun_hook = Some(run);
    }
}

unsafe extern "C-unwind" fn start(query: *mut pg_sys::QueryDesc, flags: c_int) {
    if let Some(listeners) = LISTENERS.get() {
        (listeners.begins)();
    }
    // SAFETY: the next in the chain takes what this one took.
    unsafe {
        match OTHERS_START.get() {
            Some(next) => next(query, flags),
            None => standard_ExecutorStart(query, flags),
        }
    }
}

#[cfg(feature = "pg18")]
unsafe extern "C-unwind" fn run(query: *mut pg_sys::QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64) {
    // SAFETY: PostgreSQL passes a query with its plan, and the next in the chain takes what this one took.
    unsafe {
        look_at(query);
        match OTHERS_RUN.get() {
            Some(next) => next(query, direction, count),
            None => standard_ExecutorRun(query, direction, count),
        }
    }
}

#[cfg(not(feature = "pg18"))]
unsafe extern "C-unwind" fn run(
    query: *mut pg_sys::QueryDesc,
    direction: pg_sys::ScanDirection::Type,
    count: u64,
    once: bool,
) {
    // SAFETY: as on 18.
    unsafe {
        look_at(query);
        match OTHERS_RUN.get() {
            Some(next) => next(query, direction, count, once),
            None => standard_ExecutorRun(query, direction, count, once),
        }
    }
}

/// # Safety
/// A query with its plan.
unsafe fn look_at(query: *mut pg_sys::QueryDesc) {
    // SAFETY: by the caller's promise.
    if unsafe { is_marked((*query).plannedstmt) } {
        of_marked_plan();
    }
}

#[pg_guard]
extern "C-unwind" fn of_marked_plan() {
    if let Some(listeners) = LISTENERS.get() {
        (listeners.of_marked_plan)();
    }
}
