//! Hearing of the beginnings of executions, and of their going on.
//!
//! The hooks stand between PostgreSQL and its executor, and errors of the executor pass them. They are plain functions without
//! destructors that call PostgreSQL directly: what pgrx puts around calls would take their place and context from those errors.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_int;

use pgrx::{pg_guard, pg_sys};

use super::backend_local::BackendLocal;
use super::hidden_rows;
use super::planner::{compares, is_marked};

/// What is called when.
#[derive(Clone, Copy)]
pub struct Listeners {
    /// An execution begins; may not raise an error.
    pub begins: fn(),
    /// Rows are asked for, the first ones or further ones, from a plan that takes for granted that all rows pass; raises an error
    /// unless they still do.
    pub of_marked_plan: fn(),
    /// Another number whenever the session may do less than before, or acts for somebody else; may raise an error.
    pub rights: fn() -> u64,
    /// Further rows are asked for from a plan that compares with rights which are no longer what they were; raises an error.
    pub rights_lost: fn(),
}

static LISTENERS: BackendLocal<Cell<Option<Listeners>>> = BackendLocal::new(Cell::new(None));
static OTHERS_START: BackendLocal<Cell<pg_sys::ExecutorStart_hook_type>> = BackendLocal::new(Cell::new(None));
static OTHERS_RUN: BackendLocal<Cell<pg_sys::ExecutorRun_hook_type>> = BackendLocal::new(Cell::new(None));

thread_local! {
    /// The rights with which executions that give their rows in steps gave the first ones, by their addresses.
    static IN_STEPS: RefCell<HashMap<usize, u64>> = RefCell::new(HashMap::new());
}

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

/// The transaction is over, and with it all executions.
pub fn transaction_over() {
    IN_STEPS.with_borrow_mut(HashMap::clear);
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
        look_at(query, direction, count);
        let mut teller = hidden_rows::teller();
        hidden_rows::begin(query, &raw mut teller);
        match OTHERS_RUN.get() {
            Some(next) => next(query, direction, count),
            None => standard_ExecutorRun(query, direction, count),
        }
        hidden_rows::end(&teller);
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
        look_at(query, direction, count);
        let mut teller = hidden_rows::teller();
        hidden_rows::begin(query, &raw mut teller);
        match OTHERS_RUN.get() {
            Some(next) => next(query, direction, count, once),
            None => standard_ExecutorRun(query, direction, count, once),
        }
        hidden_rows::end(&teller);
    }
}

/// # Safety
/// A query with its plan, whose execution has begun.
unsafe fn look_at(query: *mut pg_sys::QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64) {
    // SAFETY: by the caller's promise.
    unsafe {
        if is_marked((*query).plannedstmt) {
            of_marked_plan();
        }
        let goes_on = (*query).already_executed;
        if (goes_on || (count != 0 && may_go_on(query)) || goes_back(query))
            && direction != pg_sys::ScanDirection::NoMovementScanDirection
            && compares((*query).plannedstmt)
        {
            in_steps(query, goes_on);
        }
    }
}

/// May further rows be asked for after some? Not of a query in a function that takes a row and is done, which is the usual one.
///
/// # Safety
/// As above.
unsafe fn may_go_on(query: *mut pg_sys::QueryDesc) -> bool {
    // SAFETY: as above; the portal that is running, if one is, lasts until it is done.
    unsafe {
        (*(*query).dest).mydest != pg_sys::CommandDest::DestSPI
            || (!pg_sys::ActivePortal.is_null() && (*pg_sys::ActivePortal).queryDesc == query)
    }
}

/// May rows be asked for again?
///
/// # Safety
/// As above.
unsafe fn goes_back(query: *mut pg_sys::QueryDesc) -> bool {
    const AGAIN: c_int = (pg_sys::EXEC_FLAG_REWIND | pg_sys::EXEC_FLAG_BACKWARD) as c_int;
    // SAFETY: as above.
    unsafe { (*(*query).estate).es_top_eflags & AGAIN != 0 }
}

#[pg_guard]
extern "C-unwind" fn of_marked_plan() {
    if let Some(listeners) = LISTENERS.get() {
        (listeners.of_marked_plan)();
    }
}

#[pg_guard]
extern "C-unwind" fn in_steps(query: *mut pg_sys::QueryDesc, goes_on: bool) {
    let Some(listeners) = LISTENERS.get() else { return };
    let rights = (listeners.rights)();
    if !goes_on {
        IN_STEPS.with_borrow_mut(|in_steps| in_steps.insert(query.addr(), rights));
    } else if IN_STEPS.with_borrow(|in_steps| in_steps.get(&query.addr()) != Some(&rights)) {
        (listeners.rights_lost)();
    }
}
