//! Statements that change rows, or lock them, and look at them: PostgreSQL asks the policy for the command, and the one for reading.
//! Before such a statement is planned, one function that asks for both takes their place, so that the planner has one condition to
//! look at instead of two. It means the same whoever acts: that it is there says nothing about the context. New rows that must be
//! readable as well, as after UPDATE and with RETURNING, are checked by one function instead of two likewise.
//!
//! The hook stands between PostgreSQL and its planner, and errors of the planner pass it: as in `executions`, it is a plain function
//! without destructors that calls PostgreSQL directly.

use std::cell::Cell;
use std::ffi::{c_char, c_int};

use pgrx::pg_guard;
use pgrx::pg_sys::{self, Oid};

use super::functions;
use super::nodes::{call_of, call_on_column, items, same_column};
use crate::pg::backend_local::BackendLocal;

/// Functions by their names for uuid and for numbers: where policies ask `one` and `other` about the same column, `both` is asked.
#[derive(Clone, Copy)]
pub struct AskOnce {
    pub one: [&'static str; 2],
    pub other: [&'static str; 2],
    pub both: [&'static str; 2],
}

static ASKED: BackendLocal<Cell<Option<[AskOnce; 2]>>> = BackendLocal::new(Cell::new(None));
static OTHERS: BackendLocal<Cell<pg_sys::planner_hook_type>> = BackendLocal::new(Cell::new(None));

unsafe extern "C-unwind" {
    // In optimizer/planner.h.
    fn standard_planner(
        query: *mut pg_sys::Query,
        text: *const c_char,
        options: c_int,
        parameters: pg_sys::ParamListInfo,
    ) -> *mut pg_sys::PlannedStmt;
}

pub(super) fn init(asked: [AskOnce; 2]) {
    ASKED.set(Some(asked));
    // SAFETY: hooks are there to be chained; the function stays for the life of the backend.
    unsafe {
        OTHERS.set(pg_sys::planner_hook);
        pg_sys::planner_hook = Some(plan);
    }
}

unsafe extern "C-unwind" fn plan(
    query: *mut pg_sys::Query,
    text: *const c_char,
    options: c_int,
    parameters: pg_sys::ParamListInfo,
) -> *mut pg_sys::PlannedStmt {
    // SAFETY: PostgreSQL passes a query that the planner is free to change, and the next in the chain takes what this one took.
    unsafe {
        if (*query).hasModifyingCTE
            || !(*query).rowMarks.is_null()
            || !(*query).withCheckOptions.is_null()
            || changes_rows(query)
        {
            look_at(query);
        }
        match OTHERS.get() {
            Some(next) => next(query, text, options, parameters),
            None => standard_planner(query, text, options, parameters),
        }
    }
}

/// Does it take rows that are there? MERGE asks the policies for what it does when it knows what that is for a row.
///
/// # Safety
/// A query.
unsafe fn changes_rows(query: *mut pg_sys::Query) -> bool {
    // SAFETY: by the caller's promise.
    matches!(unsafe { (*query).commandType }, pg_sys::CmdType::CMD_UPDATE | pg_sys::CmdType::CMD_DELETE)
}

/// # Safety
/// A query that the planner is free to change.
#[pg_guard]
unsafe extern "C-unwind" fn look_at(query: *mut pg_sys::Query) {
    // SAFETY: by the caller's promise; the query of a WITH that changes rows is a query like this one.
    unsafe {
        ask_once_in(query);
        if (*query).hasModifyingCTE {
            for with in items::<pg_sys::CommonTableExpr>((*query).cteList) {
                ask_once_in((**with).ctequery.cast());
            }
        }
    }
}

/// # Safety
/// A query that the planner is free to change.
unsafe fn ask_once_in(query: *mut pg_sys::Query) {
    // SAFETY: by the caller's promise; a query counts its tables from 1.
    unsafe {
        let tables = items((*query).rtable);
        let ask_once_about = |number: usize| {
            if let Some(table) = number.checked_sub(1).and_then(|place| tables.get(place)) {
                ask_once(*table, number);
            }
        };
        if changes_rows(query) {
            ask_once_about((*query).resultRelation as usize);
        }
        for locked in items::<pg_sys::RowMarkClause>((*query).rowMarks) {
            ask_once_about((**locked).rti as usize);
        }
        while check_once(query) {}
    }
}

/// Where one policy comes right after the other, one of what asks for both. What others have put in between stays there, and what
/// comes before and after keeps its order, which says what may be asked about a row that has not passed yet.
///
/// # Safety
/// A table of a query that the planner is free to change, and its number there.
unsafe fn ask_once(table: *mut pg_sys::RangeTblEntry, number: usize) {
    // SAFETY: by the caller's promise; a list has as many cells as it says.
    unsafe {
        let policies = (*table).securityQuals;
        let found = (1..).zip(items(policies).windows(2)).find_map(|(place, pair)| {
            let both = both(pair[0], pair[1], number)?;
            Some((place, both))
        });
        if let Some((place, both)) = found {
            (*(*policies).elements.add(place - 1)).ptr_value = both.cast();
            (*table).securityQuals = pg_sys::list_delete_nth_cell(policies, place as c_int);
        }
    }
}

/// Puts one check of a new row in the place of two, if one comes right after the other and both are made on the same occasion. Those
/// of restrictive policies have names.
///
/// # Safety
/// A query that the planner is free to change.
unsafe fn check_once(query: *mut pg_sys::Query) -> bool {
    // SAFETY: by the caller's promise; a list has as many cells as it says.
    unsafe {
        let checks = (*query).withCheckOptions;
        let found = (1..).zip(items::<pg_sys::WithCheckOption>(checks).windows(2)).find_map(|(place, pair)| {
            let (one, other) = (&*pair[0], &*pair[1]);
            if one.kind != other.kind || !one.polname.is_null() || !other.polname.is_null() {
                return None;
            }
            Some((place, pair[0], both(one.qual, other.qual, (*query).resultRelation as usize)?))
        });
        if let Some((place, check, both)) = found {
            (*check).qual = both;
            (*query).withCheckOptions = pg_sys::list_delete_nth_cell(checks, place);
        }
        found.is_some()
    }
}

/// What asks for both at once, where one of two conditions asks for one of them and nothing else, and the other for the other.
///
/// # Safety
/// Conditions on the table.
unsafe fn both(a: *mut pg_sys::Node, b: *mut pg_sys::Node, table: usize) -> Option<*mut pg_sys::Node> {
    // SAFETY: by the caller's promise.
    unsafe {
        let ((a, column), (b, of_other)) = (call_on_column(a)?, call_on_column(b)?);
        let of_table = (*column).varno as usize == table && (*column).varlevelsup == 0;
        if !of_table || !same_column(column, of_other) {
            return None;
        }
        let function = |names| function_on((*column).vartype, names);
        let asked = ASKED.get()?.into_iter().find(|asked| {
            let (one, other) = (function(asked.one), function(asked.other));
            let found = (Some(a), Some(b));
            found == (one, other) || found == (other, one)
        })?;
        let argument = pg_sys::lappend(std::ptr::null_mut(), column.cast());
        Some(call_of(function(asked.both)?, pg_sys::BOOLOID, argument))
    }
}

fn function_on(kind: Oid, [by_id, by_number]: [&'static str; 2]) -> Option<Oid> {
    match kind {
        pg_sys::UUIDOID => functions::find(by_id, "(pg_catalog.uuid)"),
        pg_sys::INT8OID => functions::find(by_number, "(pg_catalog.int8)"),
        pg_sys::INT4OID => functions::find(by_number, "(pg_catalog.int4)"),
        _ => None,
    }
}
