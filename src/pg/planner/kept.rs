//! Plans that outlive the moment for which they were made: dropping them, and marking those that take something for granted
//! which has to be asked for whenever rows are (`executions`).

use std::cell::Cell;

use pgrx::pg_sys::{self, Oid};

use super::functions;
use super::nodes::items;
use crate::pg::backend_local::BackendLocal;

/// By what a plan is known that takes for granted that all rows pass. A plan names the functions that it depends on; this one,
/// which only the planner can call, stands in no other plan.
static MARK: BackendLocal<Cell<Option<u32>>> = BackendLocal::new(Cell::new(None));
/// Whether there may be such plans.
static MARKED: BackendLocal<Cell<bool>> = BackendLocal::new(Cell::new(false));

/// Makes this backend plan its prepared statements anew.
pub fn forget_plans() {
    MARKED.set(false);
    // SAFETY: only marks the kept plans of this backend.
    unsafe { pg_sys::ResetPlanCache() };
}

/// Have plans been made, and not been dropped, that take for granted that all rows pass?
pub fn some_let_all_rows_pass() -> bool {
    MARKED.get()
}

/// Marks the plan that is being made: whether it still holds is asked when an execution of it begins. `function` is a support
/// function. False if there is none.
///
/// # Safety
/// The planner's present state.
pub(super) unsafe fn mark(root: *mut pg_sys::PlannerInfo, function: &'static str) -> bool {
    let Some(function) = functions::find(function, "(pg_catalog.internal)") else { return false };
    let hash = hash_of(function);
    // SAFETY: by the caller's promise.
    unsafe {
        MARK.set(Some(hash));
        MARKED.set(true);
        if !depends_on((*(*root).glob).invalItems, hash) {
            pg_sys::record_plan_function_dependency(root, function);
        }
    }
    true
}

/// By what a plan notes that it depends on a function.
fn hash_of(function: Oid) -> u32 {
    let none = pg_sys::Datum::from(0usize);
    // SAFETY: computed of the oid alone.
    unsafe {
        let cache = pg_sys::SysCacheIdentifier::PROCOID as i32;
        pg_sys::GetSysCacheHashValue(cache, pg_sys::Datum::from(function), none, none, none)
    }
}

/// Does the plan take for granted that all rows pass?
///
/// # Safety
/// A plan.
#[inline]
pub unsafe fn is_marked(plan: *mut pg_sys::PlannedStmt) -> bool {
    // SAFETY: by the caller's promise.
    MARK.get().is_some_and(|mark| unsafe { depends_on((*plan).invalItems, mark) })
}

/// # Safety
/// The list of what a plan depends on.
unsafe fn depends_on(list: *mut pg_sys::List, hash: u32) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        items::<pg_sys::PlanInvalItem>(list)
            .iter()
            .any(|item| (**item).cacheId == pg_sys::SysCacheIdentifier::PROCOID as i32 && (**item).hashValue == hash)
    }
}
