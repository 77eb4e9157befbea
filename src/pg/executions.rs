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
use super::planner::is_marked;

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
    /// Further rows are asked for from an execution that leans on rights which are no longer what they were; raises an error.
    pub rights_lost: fn(),
}

static LISTENERS: BackendLocal<Cell<Option<Listeners>>> = BackendLocal::new(Cell::new(None));
static OTHERS_START: BackendLocal<Cell<pg_sys::ExecutorStart_hook_type>> = BackendLocal::new(Cell::new(None));
static OTHERS_RUN: BackendLocal<Cell<pg_sys::ExecutorRun_hook_type>> = BackendLocal::new(Cell::new(None));

/// Whether a step of an execution is running that has not leaned on anything yet: what every question looks at.
static MAY_LEAN: BackendLocal<Cell<bool>> = BackendLocal::new(Cell::new(false));

thread_local! {
    /// The rights on which executions that give their rows in steps lean, by their addresses.
    static IN_STEPS: RefCell<HashMap<usize, u64>> = RefCell::new(HashMap::new());
    /// For each such step that is running, the innermost one last: the rights by which the first question in it was answered. Where
    /// an error has ended some, the one around them finds them above its own.
    static RUNNING: RefCell<Vec<Option<u64>>> = const { RefCell::new(Vec::new()) };
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
    RUNNING.with_borrow_mut(Vec::clear);
    MAY_LEAN.set(false);
}

/// The session has been asked for its rights: what is running leans on them.
#[inline]
pub fn lean_on(rights: u64) {
    if MAY_LEAN.get() {
        innermost_leans_on(rights);
    }
}

#[cold]
fn innermost_leans_on(rights: u64) {
    RUNNING.with_borrow_mut(|running| {
        if let Some(innermost) = running.last_mut() {
            innermost.get_or_insert(rights);
        }
    });
    MAY_LEAN.set(false);
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
        let step = look_at(query, direction, count);
        let mut teller = hidden_rows::teller();
        hidden_rows::begin(query, &raw mut teller);
        match OTHERS_RUN.get() {
            Some(next) => next(query, direction, count),
            None => standard_ExecutorRun(query, direction, count),
        }
        hidden_rows::end(&teller);
        if step != NO_STEP {
            step_done(query, step);
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
        let step = look_at(query, direction, count);
        let mut teller = hidden_rows::teller();
        hidden_rows::begin(query, &raw mut teller);
        match OTHERS_RUN.get() {
            Some(next) => next(query, direction, count, once),
            None => standard_ExecutorRun(query, direction, count, once),
        }
        hidden_rows::end(&teller);
        if step != NO_STEP {
            step_done(query, step);
        }
    }
}

/// The place in `RUNNING` of what is not there.
const NO_STEP: usize = usize::MAX;

/// What has to be known before rows are asked for; gives the step that this is, if the execution gives its rows in steps and is
/// not known to lean on rights.
///
/// # Safety
/// A query with its plan, whose execution has begun.
unsafe fn look_at(query: *mut pg_sys::QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64) -> usize {
    // SAFETY: by the caller's promise.
    unsafe {
        let goes_on = (*query).already_executed;
        let in_steps = (goes_on || (count != 0 && may_go_on(query)) || goes_back(query))
            && direction != pg_sys::ScanDirection::NoMovementScanDirection;
        let step = if in_steps { step_begins(query, goes_on) } else { NO_STEP };
        if is_marked((*query).plannedstmt) {
            of_marked_plan();
        }
        step
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

/// Refuses a further step where the rights on which the first ones leaned are lost.
#[pg_guard]
extern "C-unwind" fn step_begins(query: *mut pg_sys::QueryDesc, goes_on: bool) -> usize {
    let Some(listeners) = LISTENERS.get() else { return NO_STEP };
    // What was answered before this step is no answer in it.
    (listeners.begins)();
    let leans_on = IN_STEPS.with_borrow_mut(|in_steps| match in_steps.is_empty() {
        true => None,
        false if goes_on => in_steps.get(&query.addr()).copied(),
        // An execution before this one had its address.
        false => in_steps.remove(&query.addr()).and(None),
    });
    let Some(leans_on) = leans_on else { return new_step() };
    if (listeners.rights)() != leans_on {
        (listeners.rights_lost)();
    }
    lean_on(leans_on);
    NO_STEP
}

fn new_step() -> usize {
    MAY_LEAN.set(true);
    RUNNING.with_borrow_mut(|running| {
        running.push(None);
        running.len() - 1
    })
}

/// Notes on what the execution leans, and that what is around it does so, too.
#[pg_guard]
extern "C-unwind" fn step_done(query: *mut pg_sys::QueryDesc, step: usize) {
    let leans_on = RUNNING.with_borrow_mut(|running| {
        let leans_on = running.get(step..).and_then(|steps| steps.iter().find_map(|step| *step));
        running.truncate(step);
        if let (Some(around), Some(rights)) = (running.last_mut(), leans_on) {
            around.get_or_insert(rights);
        }
        MAY_LEAN.set(running.last().is_some_and(Option::is_none));
        leans_on
    });
    if let Some(rights) = leans_on {
        IN_STEPS.with_borrow_mut(|in_steps| in_steps.insert(query.addr(), rights));
    }
}
